from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_amount

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbPost(models.AbstractModel):
    _name = "oms.verb.post"
    _inherit = "oms.verb.billing"
    _description = "Post invoice"

    _label = _lt("Post invoice")
    _lane = "invoice"
    _groups = "account.group_account_invoice"
    _milestones = ("invoiced", "credited")
    _params = (param.INVOICES,)
    _shares = "numbers"

    @api.model
    def _can(self, orders, move_ids=None):
        drafts = self._get_linked(orders, move_ids, "draft")
        return {order_id: self._get_post_obstacle(moves) for order_id, moves in drafts.items()}

    @api.model
    def _get_post_obstacle(self, moves):
        if not moves:
            return self.env._("It has no draft invoice.")
        if not moves.filtered(self._is_due):
            return self.env._("Its draft invoice is dated in the future, or posted automatically on its date.")
        return ""

    @api.model
    def _is_due(self, move):
        today = fields.Date.context_today(move)
        return move.auto_post == "no" and (move.invoice_date or today) <= today

    @api.model
    def _is_done(self, fact):
        return not any(invoice["state"] == "draft" for invoice in fact.invoices)

    @api.model
    def _preview(self, orders, move_ids=None):
        drafts = self._get_documents(orders, move_ids)
        return {order_id: [self._get_post_text(move) for move in moves] for order_id, moves in drafts.items()}

    @api.model
    def _get_post_text(self, move):
        values = {
            "amount": format_amount(self.env, move.amount_total, move.currency_id),
            "customer": move.partner_id.display_name,
        }
        if move.move_type == "out_refund":
            return self.env._("Posts the credit note of %(amount)s to %(customer)s.", **values)
        return self.env._("Posts the invoice of %(amount)s to %(customer)s.", **values)

    @api.model
    def _get_documents(self, orders, move_ids=None):
        """Return the draft invoices and credit notes to post now; the date somebody gave them is respected."""
        drafts = self._get_linked(orders, move_ids, "draft")
        return {order_id: moves.filtered(self._is_due) for order_id, moves in drafts.items()}

    @api.model
    def _before(self, orders):
        """Keep the dates that drafts have: posting dates those without one."""
        return {
            order_id: {"dates": [[move.id, fields.Date.to_string(move.invoice_date)] for move in moves]}
            for order_id, moves in self._get_documents(orders).items()
        }

    @api.model
    def _do(self, orders, move_ids=None):
        """Post the draft invoices and credit notes of orders."""
        drafts = self._get_documents(orders, move_ids)
        moves = self.env["account.move"].union(*drafts.values())
        self._date_today(moves)
        moves.action_post()
        asking = moves.filtered(lambda move: move.state != "posted")
        if asking:
            raise UserError(
                self.env._(
                    "Posting %(invoices)s asks for a decision: open it and post it there.",
                    invoices=", ".join(asking.mapped("display_name")),
                )
            )
        return drafts

    @api.model
    def _date_today(self, moves):
        """Date drafts without a date at once, as posting does one by one; one of a rate set by hand is left to it."""
        undated = moves.filtered(
            lambda move: (
                not move.invoice_date
                and move.invoice_currency_rate == move._get_expected_currency_rate_at(move.create_date.date())
            )
        )
        # Posting is no change by hand.
        undated.with_context(skip_is_manually_modified=True).write({"invoice_date": fields.Date.context_today(self)})

    @api.model
    def _can_undo(self, order, documents, before):
        moves = self._get_made(documents)
        reasons = (self._get_draft_obstacle(move) for move in moves)
        return next(filter(None, reasons), "") if moves else self.env._("it is deleted.")

    @api.model
    def _get_draft_obstacle(self, move):
        """Return why an invoice can't be made a draft again, in words."""
        if move.state != "posted":
            return self.env._("%(invoice)s is not posted any more.", invoice=move.display_name)
        if move.is_move_sent or move.sending_data:
            return self.env._("%(invoice)s is sent: credit it instead.", invoice=move.name)
        if move.payment_state != "not_paid" or move.has_reconciled_entries:
            return self.env._("%(invoice)s is paid or credited, or blocked for payment.", invoice=move.name)
        if not move.show_reset_to_draft_button or move._get_violated_lock_dates(move.date, bool(move.amount_tax)):
            return self.env._("%(invoice)s is locked: credit it instead.", invoice=move.name)
        return ""

    @api.model
    def _undo(self, order, documents, before):
        moves, dates = self._get_made(documents), dict(before.get("dates", []))
        moves.button_draft()
        for move in moves.filtered(lambda move: move.id in dates):
            move.invoice_date = dates[move.id]
