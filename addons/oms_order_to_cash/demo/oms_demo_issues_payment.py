from datetime import timedelta

from odoo import api, fields, models


class OmsDemo(models.AbstractModel):
    """Invoices whose payment is in a trouble that the tables can't tell."""

    _inherit = "oms.demo"

    @api.model
    def _make_payment_issues(self):
        soon = self._make_service_order("A1-3770", "bayview", "maintenance", 4, 28)
        self._make_service_invoice(soon, 27, due=3)
        self._make_unmatched_payment()
        self._make_overpayment()
        disputed = self._make_service_order("A4-5150", "harbor", "assembly", 16, 40)
        dispute = self._make_service_invoice(disputed, 38, due=-8)
        dispute.oms_dispute_reason = self.env._("Four of the sixteen hours were not worked.")
        dispute.action_toggle_block_payment()
        broken = self._make_service_order("A5-6620", "granite", "assembly", 20, 58)
        promised = self._make_service_invoice(broken, 56, due=-26)
        promised.write(
            {
                "oms_payment_promise_date": fields.Date.today() - timedelta(days=4),
                "oms_dunning_level": 1,
                "oms_dunned_on": fields.Date.today() - timedelta(days=18),
            }
        )

    @api.model
    def _make_unmatched_payment(self):
        """A customer pays less than is open, and whoever booked it did not say for what."""
        order = self._make_service_order("A3-0880", "kingsley", "maintenance", 3, 20)
        invoice = self._make_service_invoice(order, 19, due=-2)
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.payment.register"].with_context(**context)
        wizard.create({"payment_date": fields.Date.today() - timedelta(days=3), "amount": 1000})._create_payments()
        invoice.line_ids.remove_move_reconcile()

    @api.model
    def _make_overpayment(self):
        """A customer pays twice what two days' work cost, and wants the half back."""
        order = self._make_service_order("R3-2210", "bayview", "maintenance", 2, 16)
        invoice = self._make_service_invoice(order, 15, due=12)
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.payment.register"].with_context(**context)
        paid_on = fields.Date.today() - timedelta(days=2)
        wizard.create({"payment_date": paid_on, "amount": 2 * invoice.amount_total})._create_payments()
