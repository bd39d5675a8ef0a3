from odoo import api, models
from odoo.exceptions import UserError


class OmsLanePayment(models.AbstractModel):
    """Invoices the customer refuses to pay: marked, blocked for payment, and decided."""

    _inherit = "oms.lane.payment"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "dispute": {
                "label": self.env._("Mark as disputed"),
                "groups": "account.group_account_invoice",
                "documents": "_get_payable",
                "params": ("note",),
                "required": ("note",),
                "ask": True,
            },
            "resolve_dispute": {
                "label": self.env._("Resolve dispute"),
                "groups": "account.group_account_invoice",
                "documents": "_get_disputed",
                "params": ("note",),
                "required": ("note",),
                "ask": True,
            },
        }

    @api.model
    def _get_disputed(self, orders, note=None):
        facts = self._read_receivable_facts(orders)
        return {
            order_id: self._browse_rows(row for row in fact.signals["receivables"] if self._is_disputed(row))
            for order_id, fact in facts.items()
        }

    @api.model
    def _check_note(self, note):
        if not (note or "").strip():
            raise UserError(self.env._("Write a note: why, in words that the next reader understands."))

    @api.model
    def _toggle_block(self, moves):
        for move in moves:
            move.action_toggle_block_payment()

    # === DISPUTE === #

    @api.model
    def _can_dispute(self, orders, note=None):
        nothing = self.env._("It has no open invoice that is not disputed already.")
        return {order_id: "" if moves else nothing for order_id, moves in self._get_payable(orders).items()}

    @api.model
    def _preview_dispute(self, orders, note=None):
        return {
            order_id: [
                self.env._("Blocks %(invoice)s for payment: it is not dunned.", invoice=move.name) for move in moves
            ]
            for order_id, moves in self._get_payable(orders).items()
        }

    @api.model
    def _do_dispute(self, orders, note=None):
        """Mark the open invoices of orders as disputed, and block them for payment."""
        self._check_note(note)
        payable = self._get_payable(orders)
        moves = self.env["account.move"].union(*payable.values())
        moves.oms_dispute_reason = note
        self._toggle_block(moves)
        return payable

    @api.model
    def _can_undo_dispute(self, order, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        blocked = moves.filtered(lambda move: move.payment_state == "blocked")
        return "" if blocked else self.env._("the dispute is resolved already.")

    @api.model
    def _undo_dispute(self, order, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        moves.oms_dispute_reason = False
        self._toggle_block(moves.filtered(lambda move: move.payment_state == "blocked"))

    # === RESOLVE === #

    @api.model
    def _can_resolve_dispute(self, orders, note=None):
        nothing = self.env._("Nothing of it is disputed.")
        return {order_id: "" if moves else nothing for order_id, moves in self._get_disputed(orders).items()}

    @api.model
    def _preview_resolve_dispute(self, orders, note=None):
        return {
            order_id: [self.env._("Unblocks %(invoice)s: it has to be paid.", invoice=move.name) for move in moves]
            for order_id, moves in self._get_disputed(orders).items()
        }

    @api.model
    def _before_resolve_dispute(self, orders):
        return {
            order_id: {str(move.id): [move.payment_state == "blocked", move.oms_dispute_reason] for move in moves}
            for order_id, moves in self._get_disputed(orders).items()
        }

    @api.model
    def _do_resolve_dispute(self, orders, note=None):
        """Have disputed invoices paid after all; what was agreed stands in their chatter."""
        self._check_note(note)
        disputed = self._get_disputed(orders)
        moves = self.env["account.move"].union(*disputed.values())
        moves.oms_dispute_reason = False
        self._toggle_block(moves.filtered(lambda move: move.payment_state == "blocked"))
        for move in moves:
            move.message_post(body=self.env._("The dispute is resolved: %(note)s", note=note))
        return disputed

    @api.model
    def _can_undo_resolve_dispute(self, order, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        paid = moves.filtered(lambda move: move.payment_state not in ("not_paid", "partial"))
        if paid:
            return self.env._("%(invoices)s is paid or blocked since.", invoices=", ".join(paid.mapped("name")))
        return ""

    @api.model
    def _undo_resolve_dispute(self, order, documents, before):
        for move in self.env["account.move"].browse(documents.get("account.move", [])).exists():
            is_blocked, reason = before.get(str(move.id)) or (False, False)
            move.oms_dispute_reason = reason
            if is_blocked:
                self._toggle_block(move)
