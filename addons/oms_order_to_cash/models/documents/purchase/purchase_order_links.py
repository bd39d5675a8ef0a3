from odoo import api, fields, models
from odoo.tools import format_date


class PurchaseOrder(models.Model):
    """The orders a purchase was made for."""

    _inherit = "purchase.order"

    oms_order_ids = fields.Many2many(
        "sale.order",
        string="Bought for Orders",
        compute="_compute_oms_order_ids",
        groups="sales_team.group_sale_salesman",
    )
    oms_bought_for = fields.Text(
        string="Bought For",
        compute="_compute_oms_bought_for",
        help="The orders this purchase was made for, and when they are promised.",
        groups="base.group_user",
    )

    oms_vendor_reasons = fields.Text(
        string="Why This Vendor", compute="_compute_oms_vendor_reasons", groups="base.group_user"
    )

    # === COMPUTE METHODS === #

    @api.depends("reference_ids.sale_ids", "order_line.sale_order_id")
    def _compute_oms_order_ids(self):
        for purchase in self:
            orders = purchase.sudo()._get_sale_orders().sorted("id")
            purchase.oms_order_ids = self.env["sale.order"].browse(orders.ids)._filtered_access("read")

    @api.depends("reference_ids.sale_ids", "order_line.sale_order_id")
    def _compute_oms_bought_for(self):
        for purchase in self:
            orders = purchase.sudo()._get_sale_orders().sorted("id")  # a buyer may not read sales, but has to know
            purchase.oms_bought_for = "\n".join(purchase._oms_get_order_text(order) for order in orders)

    @api.depends("order_line.oms_vendor_reason")
    def _compute_oms_vendor_reasons(self):
        for purchase in self:
            lines = purchase.order_line.filtered("oms_vendor_reason")
            purchase.oms_vendor_reasons = "\n".join(
                f"{line.product_id.display_name}: {line.oms_vendor_reason}" for line in lines
            )

    # === BUSINESS METHODS === #

    def _oms_get_order_text(self, order):
        promised = order.oms_date_promised or order.commitment_date
        if not promised:
            return self.env._("%(order)s, no day promised", order=order.name)
        return self.env._(
            "%(order)s, promised for %(day)s", order=order.name, day=format_date(self.env, promised.date())
        )
