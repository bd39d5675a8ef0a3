from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._oms_mark()
        return partials

    def unlink(self):
        self._oms_mark()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _oms_mark(self):
        """Mark what is matched here: what a payment leaves open concerns all the customer's invoices."""
        moves = self.debit_move_id.move_id | self.credit_move_id.move_id
        self.env["oms.flow.dirty"]._mark("account.move", moves._ids)
