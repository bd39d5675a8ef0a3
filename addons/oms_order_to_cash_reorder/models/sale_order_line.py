from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_is_one_off = fields.Boolean(
        string="One-off",
        copy=False,
        help="Not to be expected again: reordering leaves this demand out.",
        groups="base.group_user",
    )
