from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        # What is free below a place, and what comes into a warehouse, is read by the tree.
        if not {"location_id", "usage"}.isdisjoint(vals):
            stock = self.env["stock.quant"].sudo()._read_group([("location_id", "child_of", self.ids)], ["product_id"])
            self.env["oms.flow.dirty"]._mark("product.product", [product.id for (product,) in stock])
        return result
