from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === BUSINESS METHODS === #

    def _action_done(self):
        result = super()._action_done()
        # A warehouse user may not read prices; what is delivered is invoiced by the company all the same.
        self.sudo().move_ids.sale_line_id.order_id._oms_queue_invoicing()
        return result
