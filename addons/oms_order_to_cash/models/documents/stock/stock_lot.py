from odoo import models

# With expiration dates installed: until when a lot may be reserved and may leave.
_WATCHED = {"expiration_date", "removal_date"}


class StockLot(models.Model):
    _inherit = "stock.lot"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not _WATCHED.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("product.product", self.product_id._ids)
        return result
