from odoo import api, fields, models


class OmsLaneInvoice(models.AbstractModel):
    """Taking back drafts, and postings nobody has seen yet."""

    _inherit = "oms.lane.invoice"

    @api.model
    def _get_documents(self, documents):
        return self.env["account.move"].browse(documents.get("account.move", [])).exists()

    # === DRAFTS === #

    @api.model
    def _can_undo_invoice(self, order, documents, before):
        # A salesperson may make drafts of invoices, and may not read all of them.
        moves = self._get_documents(documents).sudo()
        if not moves:
            return self.env._("its draft is deleted already.")
        posted = moves.filtered(lambda move: move.state == "posted")
        if posted:
            return self.env._(
                "%(invoices)s is posted: credit it instead.", invoices=", ".join(posted.mapped("display_name"))
            )
        cancelled = moves.filtered(lambda move: move.state == "cancel")
        if cancelled:
            return self.env._("%(invoices)s is cancelled.", invoices=", ".join(cancelled.mapped("display_name")))
        numbered = moves.filtered("posted_before")
        if numbered:
            return self.env._(
                "%(invoices)s was posted and keeps its number: cancel it instead.",
                invoices=", ".join(numbered.mapped("display_name")),
            )
        return ""

    @api.model
    def _undo_invoice(self, order, documents, before):
        # Core makes the drafts of a salesperson with the system's rights too.
        self._get_documents(documents).sudo().unlink()

    @api.model
    def _can_undo_credit_difference(self, order, documents, before):
        return self._can_undo_invoice(order, documents, before)

    @api.model
    def _undo_credit_difference(self, order, documents, before):
        self._undo_invoice(order, documents, before)

    @api.model
    def _can_undo_credit_excess(self, order, documents, before):
        return self._can_undo_invoice(order, documents, before)

    @api.model
    def _undo_credit_excess(self, order, documents, before):
        self._undo_invoice(order, documents, before)

    # === POSTING === #

    @api.model
    def _before_post(self, orders):
        """Keep the dates that drafts have: posting dates those without one."""
        return {
            order_id: {"dates": [[move.id, fields.Date.to_string(move.invoice_date)] for move in moves]}
            for order_id, moves in self._get_drafts(orders).items()
        }

    @api.model
    def _can_undo_post(self, order, documents, before):
        moves = self._get_documents(documents)
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
    def _undo_post(self, order, documents, before):
        moves, dates = self._get_documents(documents), dict(before.get("dates", []))
        moves.button_draft()
        for move in moves.filtered(lambda move: move.id in dates):
            move.invoice_date = dates[move.id]
