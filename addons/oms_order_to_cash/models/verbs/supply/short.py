from odoo import api, models


class OmsVerbShortGoods(models.AbstractModel):
    """What verbs on goods that confirmed orders lack have in common."""

    _name = "oms.verb.short_goods"
    _inherit = "oms.verb"
    _description = "ShortGoods"

    @api.model
    def _read_confirmed_short(self, orders):
        """Return (facts of the confirmed orders with their shortages, obstacles of the others)."""
        facts, obstacles = self._read_confirmed(orders)
        self.env["oms.lane.supply"]._add_signals(facts)
        return facts, obstacles
