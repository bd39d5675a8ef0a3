from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"invoice_policy", "type"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("product.template", self._ids)
        return result
