from odoo import models

# What unfinished orders are judged by; what can be delivered or invoiced at all concerns every order.
_WATCHED = {"active", "oms_freight_class", "sale_ok", "taxes_id", "tracking", "type", "uom_id", "volume", "weight"}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"invoice_policy", "type"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("product.template", self._ids)
        if not _WATCHED.isdisjoint(vals):
            products = self.with_context(active_test=False).product_variant_ids
            self.env["oms.flow.dirty"]._mark("sold", products._ids)
        return result
