from odoo import api, fields, models


class SaleOrder(models.Model):
    """The purchases made for an order, and when they come."""

    _inherit = "sale.order"

    oms_purchase_ids = fields.Many2many(
        "purchase.order",
        string="Bought by Purchases",
        compute="_compute_oms_purchase_ids",
        groups="purchase.group_purchase_user",
    )
    oms_date_supplied = fields.Datetime(
        string="Purchases Arrive",
        compute="_compute_oms_date_supplied",
        help="When the last of the purchases made for this order is expected.",
        groups="base.group_user",
    )
    oms_is_supplied_late = fields.Boolean(compute="_compute_oms_date_supplied", groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends("stock_reference_ids.purchase_ids", "order_line.purchase_line_ids")
    def _compute_oms_purchase_ids(self):
        for order in self:
            purchases = self.env["purchase.order"].browse(order._oms_get_purchases().sorted("id").ids)
            order.oms_purchase_ids = purchases._filtered_access("read")

    @api.depends("stock_reference_ids.purchase_ids", "order_line.purchase_line_ids", "oms_date_promised")
    def _compute_oms_date_supplied(self):
        for order in self:
            purchases = order._oms_get_purchases()
            order.oms_date_supplied = max(order.sudo()._oms_get_arrivals(purchases), default=False)
            promised = order.oms_date_promised or order.commitment_date
            order.oms_is_supplied_late = bool(
                promised and order.oms_date_supplied and order.oms_date_supplied.date() > promised.date()
            )

    # === BUSINESS METHODS === #

    def _oms_get_purchases(self):
        """Return the purchases made for this order, as the superuser: who sells may not read them, but has to know when they come."""
        self.ensure_one()
        return self.sudo()._get_purchase_orders().filtered(lambda purchase: purchase.state != "cancel")

    def _oms_get_arrivals(self, purchases):
        """Return when what is still to come of this order's products is expected."""
        self.ensure_one()
        products = self.order_line.product_id | self.order_line.move_ids.product_id
        return [
            line.date_planned
            for line in purchases.order_line
            if line.product_id in products
            and line.date_planned
            and line.product_uom_id.compare(line.product_qty, line.qty_received) > 0
        ]
