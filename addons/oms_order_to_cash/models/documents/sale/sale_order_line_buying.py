from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === BUSINESS METHODS === #

    def _action_launch_stock_rule(self, **kwargs):
        """Have what is short now bought: at the confirmation, and when more is ordered later."""
        result = super()._action_launch_stock_rule(**kwargs)
        self.order_id._oms_queue_buying()
        return result
