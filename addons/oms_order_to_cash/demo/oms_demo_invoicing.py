from odoo import api, models


class OmsDemo(models.AbstractModel):
    """What accounting does to orders; each takes [(order, step)]."""

    _inherit = "oms.demo"

    @api.model
    def _join_orders(self, plays):
        return self.env["sale.order"].concat(*(order for order, _step in plays))

    @api.model
    def _order_invoice(self, plays):
        """Invoice each order; what came back is credited, down payments are deducted."""
        self._post(self._join_orders(plays)._create_invoices(grouped=True, final=True), plays)

    @api.model
    def _order_bill(self, plays):
        """Invoice the orders of a customer together."""
        self._post(self._join_orders(plays)._create_invoices(final=True), plays)

    @api.model
    def _order_draft(self, plays):
        self._join_orders(plays)._create_invoices(grouped=True, final=True)

    @api.model
    def _order_down(self, plays):
        for order, step in plays:
            context = {"active_model": "sale.order", "active_id": order.id, "active_ids": order.ids}
            wizard = self.env["sale.advance.payment.inv"].with_context(**context)
            wizard = wizard.create({"advance_payment_method": "percentage", "amount": step.share * 100})
            self._post(wizard._create_invoices(order), [(order, step)])

    @api.model
    def _post(self, invoices, plays):
        dates = {order.id: step.date.date() for order, step in plays}
        for invoice in invoices:
            invoice.invoice_date = max(dates[order.id] for order in invoice.line_ids.sale_line_ids.order_id)
        invoices.action_post()

    @api.model
    def _get_open_invoices(self, order):
        return order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.payment_state in ("not_paid", "partial")
        )

    @api.model
    def _order_pay(self, plays):
        for order, step in plays:
            for invoice in self._get_open_invoices(order):
                self._pay(invoice, step)

    @api.model
    def _pay(self, invoice, step):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        amount = invoice.currency_id.round(invoice.amount_residual * step.share)
        wizard = self.env["account.payment.register"].with_context(**context)
        wizard.create({"payment_date": step.date.date(), "amount": amount})._create_payments()

    @api.model
    def _order_dispute(self, plays):
        for order, _step in plays:
            for invoice in self._get_open_invoices(order):
                invoice.action_toggle_block_payment()
