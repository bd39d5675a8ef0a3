from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbDisputing(models.AbstractModel):
    """What marking a dispute and resolving it have in common."""

    _name = "oms.verb.disputing"
    _inherit = "oms.verb"
    _description = "Disputing"

    @api.model
    def _check_note(self, note):
        if not (note or "").strip():
            raise UserError(self.env._("Write a note: why, in words that the next reader understands."))

    @api.model
    def _toggle_block(self, moves):
        for move in moves:
            move.action_toggle_block_payment()


class OmsVerbDispute(models.AbstractModel):
    _name = "oms.verb.dispute"
    _inherit = "oms.verb.disputing"
    _description = "Mark as disputed"

    _label = _lt("Mark as disputed")
    _lane = "payment"
    _groups = "account.group_account_invoice"
    _params = (param.NOTE.required(),)
    _asks = True

    @api.model
    def _can(self, orders, note=None):
        nothing = self.env._("It has no open invoice that is not disputed already.")
        return {
            order_id: "" if moves else nothing
            for order_id, moves in self.env["oms.lane.payment"]._get_payable(orders).items()
        }

    @api.model
    def _preview(self, orders, note=None):
        return {
            order_id: [
                self.env._("Blocks %(invoice)s for payment: it is not dunned.", invoice=move.name) for move in moves
            ]
            for order_id, moves in self.env["oms.lane.payment"]._get_payable(orders).items()
        }

    @api.model
    def _get_documents(self, orders, **_choices):
        return self.env["oms.lane.payment"]._get_payable(orders, **_choices)

    @api.model
    def _do(self, orders, note=None):
        """Mark the open invoices of orders as disputed, and block them for payment."""
        self._check_note(note)
        payable = self.env["oms.lane.payment"]._get_payable(orders)
        moves = self.env["account.move"].union(*payable.values())
        moves.oms_dispute_reason = note
        self._toggle_block(moves)
        return payable

    @api.model
    def _can_undo(self, order, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        blocked = moves.filtered(lambda move: move.payment_state == "blocked")
        return "" if blocked else self.env._("the dispute is resolved already.")

    @api.model
    def _undo(self, order, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        moves.oms_dispute_reason = False
        self._toggle_block(moves.filtered(lambda move: move.payment_state == "blocked"))


class OmsVerbResolveDispute(models.AbstractModel):
    _name = "oms.verb.resolve_dispute"
    _inherit = ("oms.verb.disputing", "oms.verb.receivable")
    _description = "Resolve dispute"

    _label = _lt("Resolve dispute")
    _lane = "payment"
    _groups = "account.group_account_invoice"
    _params = (param.NOTE.required(),)
    _asks = True

    @api.model
    def _can(self, orders, note=None):
        nothing = self.env._("Nothing of it is disputed.")
        return {order_id: "" if moves else nothing for order_id, moves in self._get_documents(orders).items()}

    @api.model
    def _preview(self, orders, note=None):
        return {
            order_id: [self.env._("Unblocks %(invoice)s: it has to be paid.", invoice=move.name) for move in moves]
            for order_id, moves in self._get_documents(orders).items()
        }

    @api.model
    def _get_documents(self, orders, note=None):
        facts = self._read_receivable_facts(orders)
        return {
            order_id: self._browse_rows(
                row for row in fact.signals["receivables"] if self.env["oms.lane.payment"]._is_disputed(row)
            )
            for order_id, fact in facts.items()
        }

    @api.model
    def _before(self, orders):
        return {
            order_id: {str(move.id): [move.payment_state == "blocked", move.oms_dispute_reason] for move in moves}
            for order_id, moves in self._get_documents(orders).items()
        }

    @api.model
    def _do(self, orders, note=None):
        """Have disputed invoices paid after all; what was agreed stands in their chatter."""
        self._check_note(note)
        disputed = self._get_documents(orders)
        moves = self.env["account.move"].union(*disputed.values())
        moves.oms_dispute_reason = False
        self._toggle_block(moves.filtered(lambda move: move.payment_state == "blocked"))
        for move in moves:
            move.message_post(body=self.env._("The dispute is resolved: %(note)s", note=note))
        return disputed

    @api.model
    def _can_undo(self, order, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        paid = moves.filtered(lambda move: move.payment_state not in ("not_paid", "partial"))
        if paid:
            return self.env._("%(invoices)s is paid or blocked since.", invoices=", ".join(paid.mapped("name")))
        return ""

    @api.model
    def _undo(self, order, documents, before):
        for move in self.env["account.move"].browse(documents.get("account.move", [])).exists():
            is_blocked, reason = before.get(str(move.id)) or (False, False)
            move.oms_dispute_reason = reason
            if is_blocked:
                self._toggle_block(move)
