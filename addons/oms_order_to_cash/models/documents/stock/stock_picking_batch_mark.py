from odoo import models


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self.env["oms.flow.dirty"]._mark("stock.picking", self.picking_ids._ids)
        return result

    def unlink(self):
        self.env["oms.flow.dirty"]._mark("stock.picking", self.picking_ids._ids)
        return super().unlink()
