from odoo import api, models

from .plans import Plans


class OmsFlow(models.Model):
    _inherit = "oms.flow"

    @api.model
    def _drain(self, *args, **kwargs):
        """Refresh what is marked, with the statements that read an order planned once for many refreshes."""
        with Plans(self.env):
            return super()._drain(*args, **kwargs)
