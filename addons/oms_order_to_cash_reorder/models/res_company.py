from odoo import api, fields, models

from .oms_reorder_policy import MODES

# A target of 1 would need endless stock.
_RANGES = {
    "oms_reorder_target": (0, 0.9999, "%"),
    "oms_reorder_order_cost": (0, 1_000_000_000),
    "oms_reorder_holding_rate": (0, 100, "%"),
    "oms_reorder_cap_factor": (0, 1_000_000),
    "oms_reorder_cap_value": (0, 1_000_000_000_000),
}


class ResCompany(models.Model):
    _inherit = "res.company"

    oms_reorder_nightly = fields.Boolean(
        string="Plan Reordering Every Night", default=True, prefetch="oms", groups="base.group_user"
    )
    oms_reorder_mode = fields.Selection(
        MODES, string="New Policies", default="propose", required=True, prefetch="oms", groups="base.group_user"
    )
    oms_reorder_target = fields.Float(string="Service Target", default=0.95, prefetch="oms", groups="base.group_user")
    oms_reorder_by_abc = fields.Boolean(
        string="Targets by ABC",
        default=True,
        help="97 % for A, 95 % for B and 92 % for C products, by issue value.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_reorder_order_cost = fields.Monetary(
        string="Cost of an Order Line", default=10, prefetch="oms", groups="base.group_user"
    )
    oms_reorder_holding_rate = fields.Float(
        string="Holding Cost per Year", default=0.25, prefetch="oms", groups="base.group_user"
    )
    oms_reorder_cap_factor = fields.Float(
        string="Largest Rise",
        default=3,
        help="A run leaves to you what raises a maximum to more than so many times what it was; 0: no limit.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_reorder_cap_value = fields.Monetary(
        string="Largest Value",
        default=10000,
        help="A run leaves to you what raises the value of a maximum by more than that; 0: no limit.",
        prefetch="oms",
        groups="base.group_user",
    )

    # === CONSTRAINS === #

    @api.constrains(*_RANGES)
    def _check_oms_reorder_ranges(self):
        self._oms_check_ranges(_RANGES)
