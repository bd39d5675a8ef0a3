from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        dirty = self.env["oms.flow.dirty"]
        if not {"invoice_policy", "type"}.isdisjoint(vals):
            dirty._mark("product.template", self._ids)
        if not {"is_storable", "use_expiration_date", "tracking", "categ_id"}.isdisjoint(vals):
            dirty._mark("product.product", self.product_variant_ids._ids)  # how it is reserved
        return result
