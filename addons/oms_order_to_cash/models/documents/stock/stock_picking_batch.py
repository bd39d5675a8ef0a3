from odoo import models


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    # === ACTIONS === #

    def action_done(self):
        # Core drops a transfer without quantities from the batch in silence: what is on hold is told.
        self.picking_ids._oms_filter_held()._oms_refuse_held()
        return super().action_done()
