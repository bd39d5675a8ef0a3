from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "sale_order_ids" in vals:
            self.env["oms.flow.dirty"]._mark("sale.order", self.sale_order_ids._ids)
        return result
