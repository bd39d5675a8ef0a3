"""Products of every kind, from their moves to minimum and maximum: new, replaced, dead, rare, and those with terms."""

from odoo.fields import Command

from .common import OmsReorderCommon


class TestItems(OmsReorderCommon):
    def _plan(self, product, warehouse=None):
        self._run()
        return self._get_policy(product, warehouse)

    # === NEW, REPLACED, DEAD, RARE === #

    def test_a_new_product_sells_what_is_expected_of_it(self):
        fresh = self._make_product("Fresh", 40, seller_ids=[self.seller], categ_id=self._make_category().id)
        self._stock_up(fresh, 50, 10)
        self.assertEqual(self._plan(fresh).reason, "no_prior")
        policy = self._get_policy(fresh)
        policy.launch_quantity = 3
        self._run()
        self.assertEqual(policy.reason, "planned")
        # Expected for 28 days, then nothing sold for 10 (a history is at least 56 days long, but it began then).
        self.assertAlmostEqual(policy.mean, 28 * 3 / (28 + policy.days), 5)
        self.assertGreater(policy.maximum, 0)

    def _make_category(self):
        return self.env["product.category"].create({"name": "Test New Category"})

    def test_a_successor_sells_like_what_it_replaces(self):
        successor = self._make_product("Successor", 50, seller_ids=[self.seller], categ_id=self._make_category().id)
        self._make_year(self.steady)
        self._stock_up(successor, 50, 5)
        self._run()
        policy, old = self._get_policy(successor), self._get_policy(self.steady)
        policy.analogue_id = self.steady
        self._run()
        self.assertEqual(policy.reason, "planned")
        self.assertAlmostEqual(policy.mean, 28 * old.mean / (28 + policy.days), 2)

    def test_the_median_of_the_category_helps_a_new_product(self):
        self.steady.categ_id = self._make_category()
        self._make_year(self.steady)
        sibling = self._make_product("Sibling", 50, seller_ids=[self.seller], categ_id=self.steady.categ_id.id)
        self._stock_up(sibling, 5, 5)
        self._run()
        self.assertEqual(self._plan(sibling).reason, "planned")

    def test_a_dead_product_is_not_stocked_any_more(self):
        self._stock_up(self.steady, 50, 500)
        self._sell(self.steady, {450: 5, 420: 5})
        orderpoint = self._make_rule(self.steady, 10, 30)
        policy = self._plan(self.steady)
        self.assertEqual((policy.reason, policy.minimum, policy.maximum), ("dead", 0, 0))
        self.assertTrue(policy.is_pending)
        policy.action_accept()
        self.assertEqual((orderpoint.product_min_qty, orderpoint.product_max_qty), (0, 0))

    def test_rare_demand(self):
        self._stock_up(self.steady, 200, 370)
        self._sell(self.steady, {day: 2 for day in range(20, 360, 30)})
        policy = self._plan(self.steady)
        self.assertEqual((policy.demand_class, policy.reason), ("intermittent", "planned"))
        self.assertGreaterEqual(policy.fill, 0.95)

    # === TERMS === #

    def test_the_vendors_minimum(self):
        self._make_year(self.steady)
        self.steady.seller_ids.min_qty = 400
        policy = self._plan(self.steady)
        self.assertEqual((policy.moq, policy.order_limit), (400, "moq"))
        # Odoo orders up to the maximum once below the minimum: never less than the vendor sells.
        self.assertGreaterEqual(policy.maximum - policy.minimum + 1, 400)

    def test_packs(self):
        self._make_year(self.steady)
        self.steady.seller_ids.product_uom_id = self.uom_dozen
        policy = self._plan(self.steady)
        self.assertEqual(policy.pack, 12)
        policy.action_accept()
        self.assertEqual(policy.orderpoint_id.replenishment_uom_id, self.uom_dozen)
        on_hand = self.steady.with_context(warehouse_id=self.warehouse.id).qty_available
        self._put_in_stock(self.steady, policy.minimum - 1 - on_hand)
        self.assertEqual(policy.orderpoint_id.qty_to_order % 12, 0)
        self.assertGreaterEqual(policy.orderpoint_id.qty_to_order, policy.maximum - policy.minimum + 1)

    def test_a_price_break_within_reach(self):
        self._make_year(self.steady)
        before = self._plan(self.steady).order_quantity
        self.steady.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "price": 14, "min_qty": 200, "delay": 10})
        ]
        policy = self._plan(self.steady)
        self.assertLess(before, 200)
        self.assertEqual((policy.order_quantity, policy.order_limit, policy.price), (200, "price_break", 14))

    def test_shelf_life(self):
        self._make_year(self.steady)
        self.env["oms.reorder.rule"].create({"product_id": self.steady.id, "shelf_days": 9})
        policy = self._plan(self.steady)
        self.assertEqual(policy.order_limit, "shelf_life")
        self.assertLessEqual(policy.order_quantity, 9 * policy.mean + 1)

    def test_the_vendor_that_the_rule_names(self):
        other = self.env["res.partner"].create({"name": "Test Other Vendor"})
        self._make_year(self.steady)
        self.steady.seller_ids = [Command.create({"partner_id": other.id, "price": 30, "delay": 25, "sequence": 9})]
        self.assertEqual(self._plan(self.steady).declared, 10)
        orderpoint = self._make_rule(self.steady, 1, 2)
        orderpoint.supplier_id = self.steady.seller_ids.filtered(lambda seller: seller.partner_id == other)
        policy = self._plan(self.steady)
        self.assertEqual((policy.declared, policy.price), (25, 30))

    # === WAREHOUSES === #

    def _make_branch(self):
        """Make a warehouse that the main one supplies, with a year of sales in both."""
        vals = {"name": "Test Branch", "code": "TBR", "resupply_wh_ids": [Command.set(self.warehouse.ids)]}
        branch = self.env["stock.warehouse"].create({**vals, "company_id": self.company.id})
        self.steady.route_ids = [Command.set(branch.resupply_route_ids.ids)]
        self._make_year(self.steady)
        self._make_year(self.steady, 2, 4, branch)
        return branch

    def test_a_warehouse_that_another_one_supplies(self):
        branch = self._make_branch()
        policy = self._plan(self.steady, branch)
        self.assertEqual((policy.reason, policy.declared, policy.moq), ("planned", 1, 0))
        self.assertEqual(self._get_policy(self.steady).declared, 10, "the central warehouse buys")
        policy.action_accept()
        on_hand = self.steady.with_context(warehouse_id=branch.id).qty_available
        self._put_in_stock(self.steady, policy.minimum - 1 - on_hand, branch)
        self.env.flush_all()
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.steady.id),
                ("location_dest_id", "child_of", branch.view_location_id.id),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        self.assertEqual(set(moves.mapped("product_qty")), {policy.maximum - policy.minimum + 1})
        self.assertFalse(
            self.env["purchase.order.line"].search([("product_id", "=", self.steady.id)]),
            "nothing is bought for the branch",
        )
