from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # === CRUD METHODS === #

    def write(self, vals):
        unsent = self.filtered(lambda move: not move.is_move_sent) if vals.get("is_move_sent") else self.browse()
        result = super().write(vals)
        self.env["oms.event"]._note("invoice_sent", unsent)
        return result

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        posted = super()._post(soft)
        events = self.env["oms.event"]
        events._note("invoiced", posted.filtered(lambda move: move.move_type == "out_invoice"))
        events._note("credited", posted.filtered(lambda move: move.move_type == "out_refund"))
        return posted

    def button_draft(self):
        posted = self.filtered(lambda move: move.state == "posted" and move.move_type in ("out_invoice", "out_refund"))
        result = super().button_draft()
        self.env["oms.event"]._note("invoice_reset", posted)
        return result

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self.env["oms.event"]._note("paid", self.filtered(lambda move: move.move_type == "out_invoice"))
        return result
