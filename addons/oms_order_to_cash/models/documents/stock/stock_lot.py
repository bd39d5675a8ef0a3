from odoo import api, models

# With expiration dates installed: until when a lot may be reserved and may leave.
_WATCHED = {"expiration_date", "removal_date"}


class StockLot(models.Model):
    _inherit = "stock.lot"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not self._oms_get_watched().isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("product.product", self.product_id._ids)
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED
