from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        # Until when it may be reserved, where lots expire.
        if not {"removal_date", "expiration_date"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("product.product", self.product_id._ids)
        return result
