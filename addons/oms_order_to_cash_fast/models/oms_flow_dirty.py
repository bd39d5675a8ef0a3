from odoo import api, models

from .cron_bell import CronBell
from .plans import Plans

_BELL = CronBell()


class OmsFlowDirty(models.Model):
    _inherit = "oms.flow.dirty"

    @api.model
    def _flush_marks(self):
        """Write the marks, where the statement that finds what they lead to is planned once for many transactions."""
        with Plans(self.env):
            return super()._flush_marks()

    @api.model
    def _notify_crons(self):
        return _BELL.ring(self.env["ir.cron"]) or super()._notify_crons()
