"""What is read from documents: demand by the day wanted, days without stock, lead times, vendors."""

from datetime import timedelta

import numpy as np

from odoo import fields
from odoo.fields import Command

from ..planning import demand
from .common import OmsReorderCommon


class TestReader(OmsReorderCommon):
    def _find(self):
        self.env["oms.reorder.run"]._find_policies(self.company)

    def test_policies_are_made_for_storable_products_once(self):
        self._stock_up(self.steady, 5, 100)
        self._find()
        self._find()
        policy = self._get_policy(self.steady)
        self.assertEqual(len(policy), 1)
        self.assertEqual((policy.company_id, policy.mode), (self.company, "propose"))
        self.assertEqual(policy.categ_id, self.steady.categ_id)
        self.assertFalse(self._get_policy(self.consumable))

    def test_demand_is_what_leaves_for_customers_production_and_other_warehouses(self):
        self._stock_up(self.steady, 100, 200)
        self._sell(self.steady, {50: 4, 20: 2})
        production = self.steady.with_company(self.company).property_stock_production
        stock = self.warehouse.lot_stock_id
        self._make_moves(self.steady, {40: 3}, stock, production, self.warehouse)
        self._make_moves(self.steady, {30: 5}, stock, self.other_warehouse.lot_stock_id, self.warehouse)
        # Neither what went back to the vendor, nor what was lost, nor what stayed in the warehouse.
        loss = self.steady.with_company(self.company).property_stock_inventory
        self._make_moves(self.steady, {25: 7}, stock, self.env.ref("stock.stock_location_suppliers"), self.warehouse)
        self._make_moves(self.steady, {24: 7}, stock, loss, self.warehouse)
        self._make_moves(self.steady, {23: 7}, stock, self.warehouse.wh_output_stock_loc_id, self.warehouse)
        self._find()
        rows, _receipts, _terms = self._read_pair(self.steady)
        today = rows.last_day + 1
        self.assertEqual(
            dict(zip((today - rows.day).tolist(), rows.quantity, strict=True)), {50: 4, 40: 3, 30: 5, 20: 2}
        )
        self.assertEqual(today - rows.first_day[0], 200)

    def test_the_day_is_the_one_of_the_order_not_of_the_delivery(self):
        self._stock_up(self.steady, 100, 200)
        order = self._confirmed([(self.steady, 5)])
        order.date_order = fields.Datetime.now() - timedelta(days=30)
        self._ship(order)
        self._find()
        rows, _receipts, _terms = self._read_pair(self.steady)
        self.assertEqual((rows.last_day + 1 - rows.day).tolist(), [30])

    def test_a_delivery_in_two_steps_counts_once(self):
        self._stock_up(self.steady, 100, 200, self.two_step_warehouse)
        order = self._confirmed([(self.steady, 5)], warehouse_id=self.two_step_warehouse.id)
        order.date_order = fields.Datetime.now() - timedelta(days=10)
        while pickings := self._get_open_pickings(order):
            self._validate(pickings[:1])
        self._find()
        rows, _receipts, _terms = self._read_pair(self.steady, self.two_step_warehouse)
        self.assertEqual(rows.quantity.tolist(), [5])

    def test_one_off_lines_and_cancelled_orders_are_left_out(self):
        self._stock_up(self.steady, 500, 200)
        orders = [self._confirmed([{"product_id": self.steady.id, "product_uom_qty": n}]) for n in (3, 200, 40)]
        for order in orders:
            order.date_order = fields.Datetime.now() - timedelta(days=9)
        orders[1].order_line.oms_is_one_off = True
        self._cancel(orders[2])
        self._find()
        self.assertEqual(self._read_pair(self.steady)[0].quantity.tolist(), [3])

    def test_what_is_bought_to_order_is_asked_of_no_stock(self):
        for _number in range(2):
            order = self._confirmed([(self.to_order, 4)])
            purchase = self.env["purchase.order"].search([("order_line.product_id", "=", self.to_order.id)])[0]
            purchase.button_confirm()
            self._receive_purchase(purchase)
            order.date_order = fields.Datetime.now() - timedelta(days=30)
            self._ship(order)
        waiting = self._confirmed([(self.to_order, 7)])
        waiting.date_order = fields.Datetime.now() - timedelta(days=20)
        self._find()
        rows, _receipts, _terms = self._read_pair(self.to_order)
        self.assertEqual(rows.quantity.tolist(), [])
        self._stock_up(self.to_order, 10, 100)
        self._sell(self.to_order, {10: 3})
        rows, _receipts, _terms = self._read_pair(self.to_order)
        self.assertEqual(rows.quantity.tolist(), [3])

    def test_what_is_bought_to_order_gets_no_levels(self):
        for _number in range(6):
            order = self._confirmed([(self.to_order, 4)])
            purchase = self.env["purchase.order"].search([("order_line.product_id", "=", self.to_order.id)], limit=1)
            purchase.button_confirm()
            self._receive_purchase(purchase)
            order.date_order = fields.Datetime.now() - timedelta(days=10 * (_number + 1))
            self._ship(order)
        self._run()
        policy = self._get_policy(self.to_order)
        self.assertEqual((policy.minimum, policy.maximum), (0, 0))

    def test_expired_lots_are_no_stock(self):
        if "removal_date" not in self.env["stock.lot"]._fields:
            self.skipTest("Expiration dates (product_expiry) are not installed.")
        product = self._make_product("Expiring", 5, tracking="lot", use_expiration_date=True)
        lot = self.env["stock.lot"].create({"name": "OLD", "product_id": product.id})
        self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, 8, lot_id=lot)
        self._find()
        policy = self.env["oms.reorder.policy"].create(
            {"product_id": product.id, "warehouse_id": self.warehouse.id, "company_id": self.company.id}
        )
        reader, ids = self.env["oms.reorder.reader"], np.array(policy.ids)
        self.assertEqual(reader._read_stock(ids).tolist(), [8])
        lot.removal_date = fields.Datetime.now() - timedelta(days=5)
        self.env.flush_all()
        self.assertEqual(reader._read_stock(ids).tolist(), [0])
        nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        pair, _day, net = reader._add_expired(self.company, ids, nothing)
        self.assertEqual((pair.tolist(), net.tolist()), ([0], [-8]))

    def test_other_units_are_converted(self):
        self._stock_up(self.steady, 100, 200)
        order = self._confirmed(
            [{"product_id": self.steady.id, "product_uom_qty": 2, "product_uom_id": self.uom_dozen.id}]
        )
        order.date_order = fields.Datetime.now() - timedelta(days=9)
        self._find()
        self.assertEqual(self._read_pair(self.steady)[0].quantity.tolist(), [24])

    def test_days_without_stock_are_left_out(self):
        self._stock_up(self.steady, 10, 100)
        self._sell(self.steady, {80: 4, 60: 6})
        self._stock_up(self.steady, 10, 40)
        self._find()
        rows, _receipts, _terms = self._read_pair(self.steady)
        history = demand.build(rows)
        # From the day after the last was sold to the day before goods came.
        self.assertEqual(history.left_out.tolist(), [19])
        self.assertEqual(history.days.tolist(), [100 - 19])

    def test_lead_time_counts_from_the_need_in_one_step_and_in_two(self):
        two_steps = self.env["stock.warehouse"].create(
            {"name": "Test In", "code": "TIN2", "reception_steps": "two_steps"}
        )
        for warehouse in (self.warehouse, two_steps):
            purchase = self._buy(self.steady, 8, warehouse)
            self._receive_purchase(purchase)
            moves = purchase.order_line.move_ids
            moves |= moves.move_dest_ids
            if following := moves.picking_id.filtered(lambda picking: picking.state != "done"):
                self._validate(following)
            self._date(moves, [7] * len(moves))
            purchase.date_approve = fields.Datetime.now() - timedelta(days=20)
            self._find()
            receipts = self._read_pair(self.steady, warehouse)[1]
            self.assertEqual(np.round(receipts.days, 2).tolist(), [13])

    def test_partial_receipts_are_one_observation_and_returns_none(self):
        self._buy_in(self.steady, 8, 30, 20)
        late = self._buy(self.steady, 4)
        late.date_approve = fields.Datetime.now() - timedelta(days=45)
        self._find()
        receipts = self._read_pair(self.steady)[1]
        self.assertEqual(np.round(receipts.days, 2).tolist(), [10])
        self.assertEqual(np.round(receipts.open_days, 2).tolist(), [45])

    def test_vendor_terms(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create({"currency_id": euro.id, "rate": 0.5, "name": "2020-01-01"})
        self.company.days_to_purchase = 2
        offer = {"product_uom_id": self.uom_dozen.id, "delay": 9, "currency_id": euro.id}
        self.steady.seller_ids = [
            Command.clear(),
            self._prepare_seller(**offer, min_qty=2, price=60),
            self._prepare_seller(**offer, min_qty=10, price=54),
            self._prepare_seller(partner_id=self.customer.id, price=1, delay=1, sequence=50),
        ]
        self._stock_up(self.steady, 5, 100)
        self._find()
        terms = self._read_pair(self.steady)[2]
        self.assertEqual((terms.declared[0], terms.moq[0], terms.pack[0]), (11, 24, 12))
        self.assertEqual(terms.break_quantity[0][:3].tolist(), [0, 120, np.inf])
        self.assertEqual(terms.break_price[0][:2].tolist(), [10, 9])
        self.assertTrue(terms.integer[0])

    def test_measured_units_and_products_without_a_vendor(self):
        kilo = self._make_product("Sand", 3, uom_id=self.env.ref("uom.product_uom_kgm").id)
        self._stock_up(kilo, 5, 100)
        self._find()
        terms = self._read_pair(kilo)[2]
        self.assertFalse(terms.integer[0])
        self.assertTrue(np.isnan(terms.declared[0]))
        self.assertEqual(terms.break_price[0][0], 1.5)

    def test_targets_by_how_exactly_they_name_the_product(self):
        Rule = self.env["oms.reorder.rule"]
        self.steady.categ_id = self.env["product.category"].create({"name": "Test Category"})
        self._stock_up(self.steady, 5, 100)
        self._find()

        def get_target():
            return self._read_pair(self.steady)[2].target[0]

        self.assertEqual(get_target(), 0.95)
        policy = self._get_policy(self.steady)
        policy.abc = "a"
        self.company.oms_reorder_by_abc = True
        self.assertEqual(get_target(), 0.97)
        Rule.create({"abc": "a", "target": 0.80})
        self.assertEqual(get_target(), 0.80)
        Rule.create({"categ_id": self.steady.categ_id.id, "target": 0.81, "order_cost": 33})
        self.assertEqual(get_target(), 0.81)
        Rule.create({"product_id": self.steady.id, "target": 0.82})
        Rule.create({"warehouse_id": self.other_warehouse.id, "product_id": self.steady.id, "target": 0.83})
        self.assertEqual(get_target(), 0.82)
        self.assertEqual(self._read_pair(self.steady)[2].order_cost[0], 33)
        policy.own_target = 0.99
        self.assertEqual(get_target(), 0.99)

    def test_measured_service_is_what_left_by_its_deadline(self):
        self._stock_up(self.steady, 100, 200)
        moves = self._sell(self.steady, {50: 6, 40: 3, 30: 1, 120: 50})
        for move, late in zip(moves, (0, 0, 5, 0), strict=True):
            move.date_deadline = move.date - timedelta(days=late)
        waiting = self._confirmed([(self.steady, 500)]).order_line.move_ids
        waiting.date_deadline = fields.Datetime.now() - timedelta(days=10)
        self._find()
        policy = self._get_policy(self.steady)
        self.env.flush_all()
        _rows, _whole, measured = self.env["oms.reorder.reader"]._read_past(self.company, np.array(policy.ids), 364)
        self.assertEqual(np.array(measured).tolist(), [[510], [9]])
