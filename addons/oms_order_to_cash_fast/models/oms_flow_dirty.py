from odoo import api, models

from .cron_bell import CronBell

_BELL = CronBell()


class OmsFlowDirty(models.Model):
    _inherit = "oms.flow.dirty"

    @api.model
    def _notify_crons(self):
        return _BELL.ring(self.env["ir.cron"]) or super()._notify_crons()
