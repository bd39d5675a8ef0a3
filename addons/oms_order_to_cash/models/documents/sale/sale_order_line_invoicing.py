from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        # Somebody says what was performed; deliveries of goods are computed and come by their transfers.
        if "qty_delivered" in vals:
            self.order_id._oms_queue_invoicing()
        return result
