from odoo import api, models
from odoo.tools import format_amount


class OmsLanePayment(models.AbstractModel):
    """What registering a payment will change, and taking it back."""

    _inherit = "oms.lane.payment"

    @api.model
    def _preview_pay(self, orders, **_choices):
        return {
            order_id: [
                self.env._(
                    "Registers a payment of %(amount)s for %(invoice)s.",
                    amount=format_amount(self.env, move.amount_residual, move.currency_id),
                    invoice=move.name,
                )
                for move in moves
            ]
            for order_id, moves in self._get_payable(orders).items()
        }

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
