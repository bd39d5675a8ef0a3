from odoo import api, fields, models

from .res_company import MOST_DAYS

_RANGES = {"oms_chase_hours": (0, 24 * MOST_DAYS), "oms_return_reminder_days": (0, MOST_DAYS)}


class ResCompany(models.Model):
    _inherit = "res.company"

    oms_carrier_required = fields.Boolean(
        string="Carrier Required",
        help="A confirmed order with goods to ship and no carrier is an issue.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_chase_hours = fields.Integer(
        string="Chase After",
        default=24,
        help="Hours that an earlier step may be late before the steps waiting for it are an issue.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_return_reminder_days = fields.Integer(
        string="Remind of Returns After",
        default=7,
        help="Days that an announced return may be late before it is an issue.",
        prefetch="oms",
        groups="base.group_user",
    )

    # === CONSTRAINS === #

    @api.constrains(*_RANGES)
    def _check_oms_delivery_ranges(self):
        self._oms_check_ranges(_RANGES)
