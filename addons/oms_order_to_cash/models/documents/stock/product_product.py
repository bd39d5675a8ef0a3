from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "volume", "weight"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("sold", self._ids)
        if "standard_price" in vals:
            self.env["oms.flow.dirty"]._mark("cost", self._ids)
        return result
