from odoo import models


class ProductCategory(models.Model):
    _inherit = "product.category"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        # Whether packages are reserved in part.
        if "packaging_reserve_method" in vals:
            # Those of other companies too, and those that are no longer sold and still to be delivered.
            products = self.env["product.product"].sudo().with_context(active_test=False)
            products = products.search([("categ_id", "in", self.ids)])
            self.env["oms.flow.dirty"]._mark("product.product", products._ids)
        return result
