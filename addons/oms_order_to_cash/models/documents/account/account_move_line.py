from odoo import api, models

# What says what a line bills, who owes it, and when.
_WATCHED = {"account_id", "date_maturity", "discount", "partner_id", "price_unit", "quantity", "tax_ids"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # === CRUD METHODS === #

    def write(self, vals):
        if not self._oms_get_watched().isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("account.move", self.move_id._ids)
        if "partner_id" in vals:
            self.move_id._oms_mark_former()
        if "sale_line_ids" not in vals:
            return super().write(vals)
        before = self.sale_line_ids
        result = super().write(vals)
        self.env["oms.flow.dirty"]._mark("sale.order.line", (before | self.sale_line_ids)._ids)
        return result

    def unlink(self):
        self.env["oms.flow.dirty"]._mark("sale.order.line", self.sale_line_ids._ids)
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED
