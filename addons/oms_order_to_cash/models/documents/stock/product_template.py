from odoo import models

# What unfinished orders are judged by; what can be delivered or invoiced at all concerns every order.
_WATCHED = {"active", "oms_freight_class", "sale_ok", "taxes_id", "tracking", "type", "uom_id", "volume", "weight"}
# How it is reserved.
_RESERVED = {"is_storable", "use_expiration_date", "tracking", "categ_id"}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        dirty = self.env["oms.flow.dirty"]
        if not {"invoice_policy", "type"}.isdisjoint(vals):
            dirty._mark("product.template", self._ids)
        for names, scope in ((_WATCHED, "sold"), (_RESERVED, "product.product")):
            if not names.isdisjoint(vals):
                dirty._mark(scope, self.with_context(active_test=False).product_variant_ids._ids)
        return result
