"""What planners see: what-if, achieved service, before and after of a run, and bulk acceptance and undo."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .common import OmsReorderCommon


class TestScreens(OmsReorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_year(cls.steady)
        cls.other = cls._make_product("Other", 80, seller_ids=[cls.seller])
        cls._make_year(cls.other, 3, 7)

    def setUp(self):
        super().setUp()
        self._make_rule(self.steady, 1, 2)
        self.run = self._run()
        self.policies = self._get_policy(self.steady) + self._get_policy(self.other)

    # === WHAT IF === #

    def _open_what_if(self, **vals):
        return self.env["oms.reorder.what.if"].create({"company_id": self.company.id, **vals})

    def _get_curve(self, **vals):
        wizard = self._open_what_if(**vals)
        return wizard._get_curve(self.env["oms.reorder.policy"].search(wizard._get_domain()))

    def test_more_service_costs_more_stock_and_loses_less(self):
        curve = self._get_curve()
        self.assertEqual(sorted(curve.stock_value), list(curve.stock_value))
        self.assertEqual(sorted(curve.lost_value, reverse=True), list(curve.lost_value))
        self.assertTrue((curve.fill >= curve.target - 1e-9).all())

    def test_the_curve_agrees_with_the_proposal(self):
        curve = self._get_curve(product_id=self.steady.id)
        policy = self._get_policy(self.steady)
        [place] = [number for number, target in enumerate(curve.target) if target == policy.target]
        self.assertAlmostEqual(curve.stock_value[place], policy.stock_value, 2)
        self.assertAlmostEqual(curve.fill[place], policy.fill, 6)
        # Sold at the product's sales price.
        self.assertAlmostEqual(curve.lost_value[place], (1 - policy.fill) * policy.mean * 365 * 50, 2)

    def test_parts_make_the_whole(self):
        whole = self._get_curve(policy_ids=self.policies.ids)
        parts = [self._get_curve(product_id=policy.product_id.id) for policy in self.policies]
        self.assertAlmostEqual(whole.stock_value[5], sum(part.stock_value[5] for part in parts), 4)
        self.assertAlmostEqual(self._get_curve(categ_id=self.steady.categ_id.id).stock_value[5], whole.stock_value[5])

    def test_the_sentence(self):
        wizard = self._open_what_if(product_id=self.steady.id)
        self.assertRegex(
            wizard.sentence,
            r"^From 95 % to 98 % costs \$.[\d,.]+ of stock, and avoids \$.[\d,.]+ of lost sales a year. 1 products.$",
        )
        self.assertTrue(wizard.chart["used"])
        self.assertEqual(sum(point["chosen"] for point in wizard.chart["points"]), 2)
        wizard.target_to = 0.93
        self.assertIn("frees", wizard.sentence)
        wizard.product_id = self.consumable
        self.assertIn("Nothing that is chosen", wizard.sentence)
        self.assertFalse(wizard.chart)

    def test_it_answers_while_one_types(self):
        buyer = new_test_user(self.env, "test_buyer", "purchase.group_purchase_user")
        form = Form(self.env["oms.reorder.what.if"].with_user(buyer).with_company(self.company))
        before = form.sentence
        form.target_to = 0.97
        self.assertNotEqual(form.sentence, before)
        self.assertIn("97 %", form.sentence)

    # === ACHIEVED === #

    def test_achieved_service_by_class(self):
        moves = self.env["stock.move"].search([("product_id", "=", self.steady.id), ("state", "=", "done")])
        sold = moves.filtered(lambda move: move.location_dest_id.usage == "customer").sorted("date")[-4:]
        for move, late in zip(sold, (0, 0, 0, 5), strict=True):
            move.date_deadline = move.date - timedelta(days=late)
        self._run()
        rows = self.env["oms.reorder.service"].search([("company_id", "=", self.company.id)])
        row = rows.filtered(lambda row: row.abc == "a")
        policy = self._get_policy(self.steady)
        self.assertEqual((policy.measured_asked, policy.measured_met, policy.abc), (24, 18, "a"))
        self.assertEqual((row.policies, round(row.achieved, 4), round(row.target, 4)), (1, 0.75, 0.95))
        self.assertAlmostEqual(row.gap, -0.2)
        self.assertAlmostEqual(row.asked_value, 24 * policy.price)
        self.assertEqual(rows.filtered("demand_class").mapped("demand_class"), [policy.demand_class])
        self.assertEqual(self.env["oms.reorder.policy"].search(row.action_open_policies()["domain"]), policy)

    # === BEFORE AND AFTER === #

    def test_before_and_after_of_a_run(self):
        policy, other = self.policies
        self.assertAlmostEqual(self.run.stock_before, policy.old_stock_value + other.old_stock_value, 2)
        self.assertAlmostEqual(self.run.stock_after, policy.stock_value + other.stock_value, 2)
        self.assertLess(self.run.fill_before, 0.5)
        self.assertGreaterEqual(self.run.fill_after, 0.95)
        self.assertIn("then", self.run.verdict)
        self.assertEqual(self._run().stock_before, self.run.stock_before, "nothing was accepted")
        self.policies.action_accept()
        accepted = self._run()
        self.assertAlmostEqual(accepted.stock_before, self.run.stock_after, 2)
        self.assertEqual(accepted.stock_before, accepted.stock_after)

    # === IN BULK === #

    def test_all_of_a_class_accepted_and_undone(self):
        self.policies.abc = "b"
        chosen = self.env["oms.reorder.policy"].search([("abc", "=", "b"), ("is_pending", "=", True)])
        self.assertEqual(chosen, self.policies)
        old = self._get_orderpoint(self.steady)
        chosen.action_accept()
        self.assertEqual(old.product_max_qty, self.policies[0].maximum)
        self.assertTrue(self._get_orderpoint(self.other))
        self.assertTrue(all(policy.can_undo for policy in self.policies))
        self.assertEqual(self.policies.change_ids.create_uid, self.env.user)
        chosen.action_undo()
        self.assertEqual((old.product_min_qty, old.product_max_qty), (1, 2))
        self.assertFalse(self._get_orderpoint(self.other))
        self.assertTrue(all(policy.is_pending for policy in self.policies))
        with self.assertRaisesRegex(UserError, "has a change to undo"):
            chosen.action_undo()

    # === ONE PROPOSAL === #

    def test_the_headline_and_the_picture(self):
        policy, other = self.policies
        self.assertIn("instead of 1 – 2", policy.headline)
        self.assertIn("There is no reordering rule yet", other.headline)
        self.assertEqual((policy.in_use, other.in_use), ("1 – 2", ""))
        chart = policy.chart
        self.assertEqual([bar["ahead"] for bar in chart["bars"]].count(True), 13)
        self.assertEqual([bound["kind"] for bound in chart["bounds"]], ["minimum", "maximum", "used", "used"])
        self.assertEqual(len(chart["ahead"].split()), 14)

    def test_weeks_without_stock_are_marked(self):
        rare = self._make_product("Rare", 10, seller_ids=[self.seller])
        self._stock_up(rare, 3, 200)
        self._sell(rare, {100: 3})
        self._stock_up(rare, 30, 58)
        self._run()
        self.assertEqual(len(self._get_policy(rare).chart["outs"]), 6, "not those before it was there at all")

    # === WHAT IS REFUSED === #

    def test_numbers_out_of_range(self):
        for name, value in (
            ("oms_reorder_target", 1),
            ("oms_reorder_target", -0.1),
            ("oms_reorder_order_cost", -1),
            ("oms_reorder_holding_rate", -1),
            ("oms_reorder_cap_factor", -1),
            ("oms_reorder_cap_value", -1),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, "has to lie between"):
                self.company[name] = value
        for name in ("target", "shortage_cost", "order_cost", "holding_rate", "shelf_days"):
            with self.subTest(name=name), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.env["oms.reorder.rule"].create({"company_id": self.company.id, name: -1})
