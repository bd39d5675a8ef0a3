from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"state", "picking_type_id"}.isdisjoint(vals):
            self.order_line._oms_mark()
        return result
