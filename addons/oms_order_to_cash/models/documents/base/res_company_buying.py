from odoo import api, fields, models

_RANGES = {"oms_purchase_ceiling": (0, 1_000_000_000_000)}


class ResCompany(models.Model):
    _inherit = "res.company"

    oms_buy_on_confirmation = fields.Boolean(
        string="Buy What Is Short",
        help="When an order is confirmed that stock and receipts on the way can't serve, "
        "the rest is asked of the best vendor at once.",
        groups="base.group_user",
    )
    oms_purchase_auto_confirm = fields.Boolean(
        string="Confirm Purchases Automatically",
        help="Purchases made for orders are confirmed without a person, up to a total.",
        groups="base.group_user",
    )
    oms_purchase_ceiling = fields.Monetary(
        string="Confirm Purchases Up To",
        help="Total with taxes, in company currency. A vendor may have another one.",
        prefetch="oms",
        groups="base.group_user",
    )

    # === CONSTRAINS === #

    @api.constrains(*_RANGES)
    def _check_oms_buying_ranges(self):
        self._oms_check_ranges(_RANGES)
