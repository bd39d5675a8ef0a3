from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === BUSINESS METHODS === #

    def _action_done(self):
        result = super()._action_done()
        done = self.filtered(lambda picking: picking.state == "done")
        for kind, pickings in done.grouped(lambda picking: picking._oms_get_event()).items():
            self.env["oms.event"]._note(kind, pickings)
        return result

    def _oms_get_event(self):
        """Return what a transfer that is done means to its order."""
        if self.location_id.usage == "customer":
            return "return_received"
        return "shipped" if self.location_dest_id.usage == "customer" else "picked"
