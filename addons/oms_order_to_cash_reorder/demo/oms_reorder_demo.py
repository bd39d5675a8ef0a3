"""A year of the demo company's past, so that reordering has something to learn from. Runs with demo data only."""

import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

_YEAR = 360
_QUIET = {"mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True, "tracking_disable": True}

# Name, price, vendor's delay, real delay, chance of demand on a day, sizes, minimum and maximum in use.
_PRODUCTS = (
    ("Desk Lamp, Brass", 24, 7, 9, 0.6, (1, 2, 3), None),
    ("Office Chair, Mesh", 119, 14, 13, 0.5, (1, 1, 2), (5, 20)),
    ("Printer Paper, Box", 21, 5, 8, 0.7, (2, 4, 6), (10, 40)),
    ("Whiteboard 120x90", 62, 10, 15, 0.15, (1, 2), (8, 12)),
    ("Cable Tray, 2 m", 9, 7, 7, 0.4, (5, 10, 40), (40, 200)),
    ("Conference Table", 640, 30, 41, 0.04, (1, 1, 2), None),
    ("Locker, Steel", 145, 21, 20, 0.08, (1, 4, 12), (2, 6)),
    ("Coat Stand", 38, 10, 10, 0.1, (1,), (30, 60)),
    ("Fax Machine", 95, 14, 14, 0.0, (1,), (3, 6)),
)


class OmsDemo(models.AbstractModel):
    _inherit = "oms.demo"

    @api.model
    def _load_reordering(self):
        """Make products with a past and plan them, unless they are there."""
        if self.env["product.product"].search_count([("name", "=", _PRODUCTS[0][0])], limit=1):
            return
        demo = self.with_context(**_QUIET)
        chance = random.Random(7)
        vendor = demo.env["res.partner"].create({"name": "Northern Office Supply", "is_company": True})
        products = [demo._make_reorder_product(row, vendor) for row in _PRODUCTS]
        for product, row in zip(products, _PRODUCTS, strict=True):
            demo._make_reorder_past(product, row, chance)
            demo._make_reorder_rule(product, row[6])
        demo._make_reorder_receipts(vendor, products, chance)
        demo._plan_reordering()

    def _make_reorder_product(self, row, vendor):
        name, price, delay = row[:3]
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "standard_price": price * 0.6,
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": price * 0.6, "delay": delay})],
            }
        )

    def _make_reorder_past(self, product, row, chance):
        """Sell a year long from stock that was found before."""
        days = [day for day in range(1, _YEAR) if chance.random() < row[4]]
        sold = [chance.choice(row[5]) for _day in days]
        warehouse = self.env.ref("stock.warehouse0")
        loss = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "in", [warehouse.company_id.id, False])], limit=1
        )
        customers = self.env.ref("stock.stock_location_customers")
        stock = warehouse.lot_stock_id
        self._make_reorder_moves(product, [_YEAR + 5], [sum(sold) + chance.randint(3, 30)], loss, stock)
        self._make_reorder_moves(product, days, sold, stock, customers)

    def _make_reorder_moves(self, product, days, quantities, source, dest):
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": source.id,
                    "location_dest_id": dest.id,
                    "quantity": quantity,
                    "picked": True,
                }
                for quantity in quantities
            ]
        )
        moves._action_done()
        self._date_reorder_moves(moves, days)

    def _date_reorder_moves(self, moves, days):
        """Let moves have been made and done so many days ago; Odoo would say now."""
        self.env.flush_all()
        now = fields.Datetime.now()
        moments = [now - timedelta(days=day) for day in days]
        self.env.cr.execute(
            "UPDATE stock_move m SET date = past.moment, create_date = past.moment"
            " FROM unnest(%s::int[], %s::timestamp[]) AS past(id, moment) WHERE m.id = past.id",
            [moves.ids, moments],
        )
        self.env.invalidate_all()

    def _make_reorder_rule(self, product, bounds):
        if bounds:
            self.env["stock.warehouse.orderpoint"].create(
                {"product_id": product.id, "product_min_qty": bounds[0], "product_max_qty": bounds[1]}
            )

    def _make_reorder_receipts(self, vendor, products, chance):
        """Let the vendor have delivered every other month, sooner or later than he says."""
        for asked in range(50, _YEAR, 60):
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_qty": 1}) for product in products[:-1]
                    ],
                }
            )
            purchase.button_confirm()
            purchase.date_approve = fields.Datetime.now() - timedelta(days=asked)
            moves = purchase.order_line.move_ids
            for move in moves:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            moves._action_done()
            real = {product: row[3] for product, row in zip(products, _PRODUCTS, strict=True)}
            took = [max(1, round(real[move.product_id] * chance.uniform(0.7, 1.4))) for move in moves]
            self._date_reorder_moves(moves, [asked - days for days in took])

    def _plan_reordering(self):
        run = self.env["oms.reorder.run"].create({"company_id": self.env.ref("base.main_company").id})
        while run.state not in ("done", "failed"):
            run._step()
