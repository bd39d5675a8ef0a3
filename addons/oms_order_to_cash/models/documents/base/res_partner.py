from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"street", "city", "country_id"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("res.partner", self._ids)
        return result
