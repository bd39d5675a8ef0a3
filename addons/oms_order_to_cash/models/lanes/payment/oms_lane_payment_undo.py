from odoo import api, models


class OmsLanePayment(models.AbstractModel):
    """Taking a payment back."""

    _inherit = "oms.lane.payment"

    @api.model
    def _get_made_payments(self, documents):
        payments = self.env["account.payment"].browse(documents.get("account.payment", [])).exists()
        return payments.filtered(lambda payment: payment.state != "canceled")

    @api.model
    def _can_undo_pay(self, order, documents, before):
        payments = self._get_made_payments(documents)
        if not payments:
            return self.env._("its payment is cancelled already.")
        banked = payments.filtered("reconciled_statement_line_ids")
        if banked:
            return self.env._(
                "%(payments)s is matched with a bank statement.", payments=", ".join(banked.mapped("display_name"))
            )
        locked = payments.move_id.filtered(
            lambda move: move.inalterable_hash or move._get_violated_lock_dates(move.date, False)
        )
        if locked:
            return self.env._("%(payments)s is locked.", payments=", ".join(locked.mapped("display_name")))
        return ""

    @api.model
    def _undo_pay(self, order, documents, before):
        payments = self._get_made_payments(documents)
        for payment in payments:
            payment.action_cancel()
