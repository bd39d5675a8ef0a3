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
    ("Display Cabinet", 210, None, 20, 0.2, (1, 2), None),  # nobody sells it to us
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
        demo._read_changes()

    def _make_reorder_product(self, row, vendor):
        name, price, delay = row[:3]
        offer = {"partner_id": vendor.id, "price": price * 0.6}
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "standard_price": price * 0.6,
                "seller_ids": [Command.create({**offer, "delay": delay})] if delay else [],
            }
        )

    def _make_reorder_past(self, product, row, chance):
        """Sell for a year from stock that was filled up too late now and then: what was short left when goods came."""
        demand = {day: chance.choice(row[5]) for day in range(_YEAR, 0, -1) if chance.random() < row[4]}
        mean = sum(demand.values()) / _YEAR
        level, lot = mean * row[3] * 0.9, max(round(mean * 40), 4)
        stock, coming, owed = lot, {}, []
        found, sold = [(_YEAR + 5, lot)], []
        for day in range(_YEAR, 0, -1):
            if day in coming:
                stock += coming[day]
                found.append((day, coming.pop(day)))
            if day in demand:
                owed.append((day, demand[day]))
            while owed and owed[0][1] <= stock:
                wanted, quantity = owed.pop(0)
                stock -= quantity
                sold.append((wanted, day, quantity))
            if not coming and stock - sum(quantity for _day, quantity in owed) <= level and mean:
                # Somebody has to notice, and the vendor takes what he takes.
                coming[day - round(row[3] * chance.uniform(0.8, 1.5))] = lot
        self._move_reorder_past(product, found, sold)

    def _move_reorder_past(self, product, found, sold):
        """Make the moves of a past.

        :param found: days ago and quantity of what came
        :param sold: days ago it was wanted and left, and quantity
        """
        warehouse = self.env.ref("stock.warehouse0")
        loss = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "in", [warehouse.company_id.id, False])], limit=1
        )
        customers, stock = self.env.ref("stock.stock_location_customers"), warehouse.lot_stock_id
        days = [day for day, _quantity in found]
        moves = self._make_reorder_moves(product, [quantity for _day, quantity in found], loss, stock)
        self._date_reorder_moves(moves, days, days)
        moves = self._make_reorder_moves(product, [quantity for _wanted, _left, quantity in sold], stock, customers)
        self._date_reorder_moves(moves, [wanted for wanted, _left, _ in sold], [left for _wanted, left, _ in sold])

    def _make_reorder_moves(self, product, quantities, source, dest):
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
        return moves

    def _date_reorder_moves(self, moves, wanted, done):
        """Let moves have been wanted and done so many days ago; Odoo would say now."""
        self.env.flush_all()
        now = fields.Datetime.now()
        self.env.cr.execute(
            "UPDATE stock_move m SET date = past.done, create_date = past.wanted, date_deadline = past.wanted"
            " FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[]) AS past(id, wanted, done) WHERE m.id = past.id",
            [moves.ids, *([now - timedelta(days=day) for day in days] for days in (wanted, done))],
        )
        self.env.invalidate_all()

    def _make_reorder_rule(self, product, bounds):
        if bounds:
            self.env["stock.warehouse.orderpoint"].create(
                {"product_id": product.id, "product_min_qty": bounds[0], "product_max_qty": bounds[1]}
            )

    def _make_reorder_receipts(self, vendor, products, chance):
        """Let the vendor have delivered every other month, sooner or later than he says."""
        bought = [product for product, row in zip(products, _PRODUCTS, strict=True) if product.seller_ids and row[4]]
        for asked in range(50, _YEAR, 60):
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": vendor.id,
                    "order_line": [Command.create({"product_id": product.id, "product_qty": 1}) for product in bought],
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
            came = [asked - days for days in took]
            self._date_reorder_moves(moves, came, came)

    def _plan_reordering(self):
        run = self.env["oms.reorder.run"].create({"company_id": self.env.ref("base.main_company").id})
        while run.state not in ("done", "failed"):
            run._step()
