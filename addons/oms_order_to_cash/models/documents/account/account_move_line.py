from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # === CRUD METHODS === #

    def write(self, vals):
        if "sale_line_ids" not in vals:
            return super().write(vals)
        before = self.sale_line_ids
        result = super().write(vals)
        self.env["oms.flow.dirty"]._mark("sale.order.line", (before | self.sale_line_ids)._ids)
        return result

    def unlink(self):
        self.env["oms.flow.dirty"]._mark("sale.order.line", self.sale_line_ids._ids)
        return super().unlink()
