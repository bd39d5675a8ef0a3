from odoo import api, fields, models
from odoo.tools import SQL


class PurchaseOrderLine(models.Model):
    """What the vendor was asked for when the purchase was confirmed: what is changed later is measured against it."""

    _inherit = "purchase.order.line"

    oms_date_confirmed = fields.Datetime(
        string="First Expected Arrival",
        readonly=True,
        copy=False,
        help="The expected arrival when the purchase was confirmed.",
        groups="base.group_user",
    )
    oms_quantity_confirmed = fields.Float(
        string="First Quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="The quantity when the purchase was confirmed, in the product's unit of measure.",
        groups="base.group_user",
    )
    oms_vendor_reason = fields.Char(
        string="Why This Vendor",
        readonly=True,
        copy=False,
        help="Why this vendor was chosen when the line was bought for an order.",
        groups="base.group_user",
    )

    # === BUSINESS METHODS === #

    def _oms_keep_confirmed(self):
        """Remember what these lines of confirmed purchases ask for."""
        for line in self.filtered(lambda line: line.state == "purchase" and not line.display_type):
            line.write({"oms_date_confirmed": line.date_planned, "oms_quantity_confirmed": line.product_uom_qty})

    @api.model
    def _oms_read_cut(self, order_ids):
        """Read what vendors took back of what they had confirmed for these orders: lines lowered since, not cancelled ones.

        :return: {(order id, product id): list of purchase line ids}
        """
        if not order_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT sale.sale_id, pol.product_id, ARRAY_AGG(DISTINCT pol.id)
              FROM stock_reference_sale_rel sale
              JOIN stock_reference_purchase_rel purchase ON purchase.reference_id = sale.reference_id
              JOIN purchase_order po ON po.id = purchase.purchase_id AND po.state = 'purchase'
              JOIN purchase_order_line pol ON pol.order_id = po.id AND pol.oms_quantity_confirmed > pol.product_uom_qty
             WHERE sale.sale_id = ANY(%s)
          GROUP BY sale.sale_id, pol.product_id""",
                list(order_ids),
            )
        )
        return {(order_id, product_id): line_ids for order_id, product_id, line_ids in self.env.cr.fetchall()}
