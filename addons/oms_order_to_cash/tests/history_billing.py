"""Steps of random histories in the books: invoices, credit notes, payments with and without an order."""

from datetime import timedelta

from odoo import fields


class OmsHistoryBilling:
    # === INVOICES === #

    def step_invoice(self, order, fraction):
        self._need(order.state == "sale")
        self._invoice(order, final=fraction >= 0.5)

    def step_invoice_late(self, order, _fraction):
        """Post an invoice that is due since some time."""
        self._need(order.state == "sale")
        invoices = self._invoice(order, post=False)
        invoices.invoice_date = fields.Date.today() - timedelta(days=80)
        self._post(invoices)

    def step_draft_invoice(self, order, fraction):
        self._need(order.state == "sale")
        invoices = self._invoice(order, post=False)
        lines = invoices.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line.is_downpayment
        )
        for line in lines:
            line.quantity *= fraction

    def step_invoice_all_orders(self, order, _fraction):
        self._invoice(
            self.orders.filtered(lambda other: other.state == "sale" and other.company_id == order.company_id)
        )

    def step_post(self, order, _fraction):
        self._post(self._need(self._get_invoices(order, "draft")))

    def step_down_payment(self, order, fraction):
        self._need(order.state == "sale")
        self._down_payment(order, percent=50 * fraction)

    def step_credit(self, order, fraction):
        self._credit(self._get_posted_invoice(order), None if fraction == 1 else 1)

    def step_draft_credit(self, order, fraction):
        self._credit(self._get_posted_invoice(order), None if fraction == 1 else 1, post=False)

    def step_settle(self, order, _fraction):
        invoices = self._get_invoices(order, "posted")
        credits = invoices.filtered(lambda move: move.move_type == "out_refund" and move.amount_residual)
        self._settle(self._need(invoices - credits), self._need(credits))

    def step_cancel_invoice(self, order, fraction):
        invoice = self._need(self._get_invoices(order, "posted"))[:1]
        invoice.button_draft()
        if fraction > 0.5:
            invoice.button_cancel()

    def step_delete_draft(self, order, _fraction):
        self._need(self._get_invoices(order, "draft")).unlink()

    def step_block_invoice(self, order, _fraction):
        self._get_posted_invoice(order).action_toggle_block_payment()

    def step_pay(self, order, fraction):
        invoices = self._get_invoices(order, "posted").filtered("amount_residual")
        invoice = self._need(invoices)[:1]
        self._pay(invoice, invoice.currency_id.round(invoice.amount_residual * fraction))

    def step_unpay(self, order, _fraction):
        self._need(self._get_invoices(order, "posted")).line_ids.remove_move_reconcile()

    # === PAYMENTS WITHOUT AN ORDER === #

    def step_bank_payment(self, order, fraction):
        """Get money of the customer that names no order, more of it than the order is worth at times."""
        amount = order.company_id.currency_id.round(order.amount_total / order.currency_rate * 1.5 * fraction)
        self._need(amount > 0)
        self._receive_money(amount, order.partner_id)

    def step_pay_online(self, order, _fraction):
        self._need(order.state in ("draft", "sent") and order.amount_total > 0 and not order.transaction_ids)
        self._pay_online(order, "done")

    def step_take_payment_back(self, order, fraction):
        payment = self._need(self._get_payments(order))[:1]
        if fraction == 1:
            payment.action_cancel()
        else:
            payment.action_draft()

    def step_unmatch(self, order, _fraction):
        """Take one payment off the invoice it was matched with."""
        lines = self._get_invoices(order, "posted").line_ids
        self._need(lines.matched_credit_ids | lines.matched_debit_ids)[:1].unlink()

    def step_match_by_hand(self, order, _fraction):
        """Match an invoice with what the customer paid without naming it."""
        invoice = self._need(self._get_invoices(order, "posted").filtered("amount_residual"))[:1]
        open_lines = self._get_payments(order).move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        self._settle(invoice, self._need(open_lines)[:1].move_id)

    def _get_payments(self, order):
        return self.env["account.payment"].search(
            [
                ("partner_id", "=", order.partner_id.id),
                ("company_id", "=", order.company_id.id),
                ("state", "in", ("in_process", "paid")),
            ],
            order="id desc",
        )

    # === WHAT THERE IS === #

    def _get_invoices(self, order, state):
        return order.invoice_ids.filtered(lambda move: move.state == state).sorted("id")

    def _get_posted_invoice(self, order):
        return self._need(self._get_invoices(order, "posted").filtered(lambda move: move.move_type == "out_invoice"))[
            :1
        ]
