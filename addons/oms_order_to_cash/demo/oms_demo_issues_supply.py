from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

# What nobody else in the demo company sells, so that no order of the tables is touched: name, price, cost.
_GOODS = {
    "oak": ("Meeting Table Oak 3 m", 1290, 720),
    "stool": ("Bar Stool Walnut", 210, 98),
    "locker": ("Staff Locker, 6 Doors", 540, 305),
    "screen": ("Acoustic Screen 1.8 m", 330, 160),
    "stand": ("Projector Stand", 145, 66),
    "board": ("Glass Board 2 m", 390, 185),
}
# reference, customer, promised in days, product, quantity
_ORDERS = (
    ("S1-SHORT", "alder", 12, "oak", 2),
    ("S3-LATE", "granite", 4, "locker", 6),
    ("S5-LOSER", "juniper", 25, "stool", 8),
    ("S5-WINNER", "harbor", 3, "stool", 6),
    ("S6-ELSEWHERE", "lakeside", 6, "screen", 5),
    ("S7-FIRST", "ironwood", 7, "board", 6),
    ("S7-OVERSOLD", "kingsley", 9, "board", 6),
    ("S2-DRAFT", "cascade", 15, "stand", 4),
)


class OmsDemo(models.AbstractModel):
    """Orders that are short, one per kind of shortage."""

    _inherit = "oms.demo"

    @api.model
    def _make_supply_issues(self):
        if self.env["sale.order"].search_count([("client_order_ref", "=", _ORDERS[0][0])], limit=1):
            return
        company = self.env.ref("base.main_company")
        demo = self._in_company(self, company)
        goods = demo._make_short_goods()
        demo._count_short_goods(goods)
        demo._make_short_orders(goods)
        demo._make_short_purchases(goods)
        # Goods that turned up: free, and nobody reserved them yet.
        demo._find_goods(goods["board"], 2, "main")

    @api.model
    def _make_short_goods(self):
        vendor = self._get_record("partner", "brunner")
        products = self.env["product.product"].create(
            [
                {
                    "name": name,
                    "is_storable": True,
                    "invoice_policy": "delivery",
                    "list_price": price,
                    "standard_price": cost,
                    "seller_ids": [Command.create({"partner_id": vendor.id, "price": cost, "delay": 14})],
                }
                for name, price, cost in _GOODS.values()
            ]
        )
        return dict(zip(_GOODS, products, strict=True))

    @api.model
    def _count_short_goods(self, goods):
        self._find_goods(goods["stool"], 8, "main")
        self._find_goods(goods["screen"], 20, "reno")

    @api.model
    def _find_goods(self, product, quantity, warehouse):
        location = self._get_warehouse(warehouse).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, location, quantity)

    @api.model
    def _make_short_orders(self, goods):
        """Confirm the orders one after another: the first takes the stock."""
        for reference, customer, days, name, quantity in _ORDERS:
            order = self.env["sale.order"].create(
                {
                    "client_order_ref": reference,
                    "partner_id": self._get_record("partner", customer).id,
                    "user_id": self._get_record("user", "sales").id,
                    "warehouse_id": self._get_warehouse("main").id,
                    "date_order": self._get_moment(3),
                    "commitment_date": self._get_due(days),
                    "order_line": [Command.create({"product_id": goods[name].id, "product_uom_qty": quantity})],
                }
            )
            order.action_confirm()
            order.date_order = self._get_moment(3)

    @api.model
    def _make_short_purchases(self, goods):
        late = self._buy_short_goods(goods["locker"], 6, days=10)
        early = self._buy_short_goods(goods["board"], 6, days=5)
        (late + early).button_confirm()
        self._buy_short_goods(goods["stand"], 4, days=14)

    @api.model
    def _buy_short_goods(self, product, quantity, days):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self._get_record("partner", "brunner").id,
                "picking_type_id": self._get_warehouse("main").in_type_id.id,
                "order_line": [Command.create({"product_id": product.id, "product_qty": quantity})],
            }
        )
        purchase.order_line.date_planned = fields.Datetime.now() + timedelta(days=days)
        return purchase
