from odoo import fields, models

from ..handed import get_handed


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_invoice_on_confirmation = fields.Selection(
        [("always", "Always"), ("never", "Never")],
        string="Invoice on Confirmation",
        help="Whether the invoice of this order is made and posted as soon as there is something to invoice. "
        "Empty: as set on the customer, else on the company.",
        groups="base.group_user",
    )

    # === BUSINESS METHODS === #

    def _action_confirm(self):
        result = super()._action_confirm()
        self._oms_queue_invoicing()
        return result

    def _oms_queue_invoicing(self):
        """Have those of these orders invoiced in the background that want it and have something to invoice now."""
        orders = self.filtered(lambda order: order.state == "sale")._oms_filter_automatic()
        # By its status core leaves out freight and discounts that wait for the goods they belong to.
        orders = orders.filtered(
            lambda order: (
                any(line.qty_to_invoice > 0 for line in order.order_line) and order.invoice_status == "to invoice"
            )
        )
        for company, company_orders in orders.grouped("company_id").items():
            is_sent = company.sudo().oms_invoice_send  # see _oms_get_invoicing
            follow = ["post", "send"] if is_sent else ["post"]
            self.env["oms.job"]._queue("invoice", company_orders, "automation", follow=follow)

    def _oms_filter_automatic(self):
        """Return those of these orders that are invoiced automatically."""
        return self.filtered(lambda order: order._oms_get_invoicing() == "always")

    def _oms_get_invoicing(self):
        self.ensure_one()
        # Whoever confirms, a portal customer too: the settings are the company's, and none that a customer may read.
        company = self.company_id.sudo()
        customer = self.partner_id.commercial_partner_id.sudo().with_company(company)
        by_company = "always" if company.oms_invoice_on_confirmation else "never"
        return self.sudo().oms_invoice_on_confirmation or customer.oms_invoice_on_confirmation or by_company

    def _get_invoiceable_lines(self, final=False):
        lines = super()._get_invoiceable_lines(final)
        quantities = get_handed(self.env, "oms_invoice_quantities")
        if quantities is None:
            return lines
        if self.state == "cancel":
            lines = self.order_line  # core invoices nothing of it, not even what the customer has
        lines |= self.order_line.filtered(lambda line: line._oms_is_overlooked(quantities))
        lines = self.order_line.filtered(lambda line: line.display_type or line in lines)
        deducted = lines.filtered(lambda line: line.is_downpayment and not line.display_type)
        return (lines - deducted)._oms_keep_to_invoice(quantities) + deducted._oms_keep_to_invoice(quantities)
