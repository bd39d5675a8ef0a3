"""Runs: what they find and write, that a second one writes nothing, limits, undo, companies, rights."""

from contextlib import closing
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.sql_db import db_connect
from odoo.tests import new_test_user

from .common import OmsReorderCommon


class TestRun(OmsReorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_year(cls.steady)

    def _get_bounds(self, orderpoint):
        return orderpoint.product_min_qty, orderpoint.product_max_qty

    # === FIND === #

    def test_a_proposal_writes_nothing(self):
        run = self._run()
        policy = self._get_policy(self.steady)
        self.assertTrue(policy.is_pending)
        self.assertEqual((policy.reason, policy.last_run_id), ("planned", run))
        self.assertAlmostEqual(policy.mean, 2, delta=0.2)
        self.assertEqual((policy.declared, policy.lead_mean), (10, 10))
        self.assertGreater(policy.minimum, 10)
        self.assertGreaterEqual(policy.fill, 0.95)
        self.assertFalse(self._get_orderpoint(self.steady))
        self.assertEqual((run.written, run.kept), (0, 0))
        self.assertGreaterEqual(run.pending, 1)
        self.assertIn("<li>Demand: ", policy.explanation)
        self.assertEqual(len(policy.chart["bars"]), 52 + 13)

    def test_abc_classes(self):
        rare = self._make_product("Rare", 1, seller_ids=[self.seller])
        self._stock_up(rare, 5, 100)
        self._sell(rare, {10: 1})
        self._run()
        self.assertEqual(self._get_policy(self.steady).abc, "a")
        self.assertEqual(self._get_policy(rare).abc, "c")

    # === WRITE === #

    def test_apply_makes_a_rule_that_is_automatic_and_noted(self):
        self.company.oms_reorder_mode = "apply"
        run = self._run()
        orderpoint, policy = self._get_orderpoint(self.steady), self._get_policy(self.steady)
        self.assertEqual(orderpoint.trigger, "auto")
        self.assertEqual(self._get_bounds(orderpoint), (policy.minimum, policy.maximum))
        self.assertEqual(policy.orderpoint_id, orderpoint)
        self.assertFalse(policy.is_pending)
        change = run.change_ids.filtered(lambda change: change.product_id == self.steady)
        self.assertTrue(change.is_new)
        self.assertEqual((change.minimum, change.maximum), (policy.minimum, policy.maximum))

    def test_a_second_run_writes_nothing(self):
        self.company.oms_reorder_mode = "apply"
        self._run()
        orderpoint = self._get_orderpoint(self.steady)
        written = orderpoint.write_date
        with patch.object(type(orderpoint), "write", side_effect=AssertionError):
            run = self._run()
        self.assertEqual(run.written, 0)
        self.assertFalse(self._get_policy(self.steady).is_pending)
        self.assertEqual(orderpoint.write_date, written)

    def test_accepted_by_hand(self):
        orderpoint = self._make_rule(self.steady, 1, 2)
        self._run()
        policy = self._get_policy(self.steady)
        self.assertEqual((policy.old_minimum, policy.old_maximum), (1, 2))
        self.assertLess(policy.old_fill, 0.6)
        policy.action_accept()
        self.assertEqual(self._get_bounds(orderpoint), (policy.minimum, policy.maximum))
        self.assertEqual(policy.change_ids.old_maximum, 2)
        with self.assertRaisesRegex(UserError, "None of the selected"):
            policy.action_accept()

    def test_locked_and_snoozed_policies_are_left_alone(self):
        self.company.oms_reorder_mode = "apply"
        orderpoint = self._make_rule(self.steady, 1, 2)
        self.env["oms.reorder.run"]._find_policies(self.company)
        policy = self._get_policy(self.steady)
        for action in ("action_lock", "action_snooze"):
            getattr(policy, action)()
            self._run()
            self.assertEqual(self._get_bounds(orderpoint), (1, 2))
            self.assertFalse(policy.is_pending)
            policy.action_unlock()
        policy.write({"snoozed_until": "2020-01-01", "mode": "apply"})
        self.company.oms_reorder_cap_factor = 0
        self._run()
        self.assertNotEqual(self._get_bounds(orderpoint), (1, 2))

    def test_large_changes_are_left_to_people(self):
        self.company.write({"oms_reorder_mode": "apply", "oms_reorder_cap_factor": 3})
        orderpoint = self._make_rule(self.steady, 1, 2)
        run = self._run()
        policy = self._get_policy(self.steady)
        self.assertEqual(self._get_bounds(orderpoint), (1, 2))
        self.assertTrue(policy.is_pending)
        self.assertIn("3 times", policy.kept_reason)
        self.assertGreaterEqual(run.kept, 1)
        self.company.write({"oms_reorder_cap_factor": 0, "oms_reorder_cap_value": 1})
        self._run()
        self.assertIn("tie up", policy.kept_reason)
        policy.action_accept()
        self.assertFalse(policy.kept_reason)
        self.assertNotEqual(self._get_bounds(orderpoint), (1, 2))

    def test_an_archived_rule_is_nobodys_business(self):
        self.company.oms_reorder_mode = "apply"
        self._make_rule(self.steady, 1, 900).action_archive()
        self._run()
        self.assertIn("archived", self._get_policy(self.steady).kept_reason)
        self.assertFalse(self._get_orderpoint(self.steady))

    def test_a_vendors_pack_becomes_the_multiple(self):
        self.steady.seller_ids.product_uom_id = self.uom_dozen
        self.company.oms_reorder_mode = "apply"
        self._run()
        self.assertEqual(self._get_orderpoint(self.steady).replenishment_uom_id, self.uom_dozen)

    # === UNDO === #

    def test_undo(self):
        self.company.write({"oms_reorder_mode": "apply", "oms_reorder_cap_factor": 0})
        other = self._make_product("Other", 50, seller_ids=[self.seller])
        self._make_year(other, 3, 7)
        third = self._make_product("Third", 50, seller_ids=[self.seller])
        self._make_year(third, 3, 7)
        kept, changed = self._make_rule(self.steady, 1, 2), self._make_rule(other, 1, 2)
        run = self._run()
        self.assertTrue(run.can_undo)
        changed.product_max_qty = 999
        run.action_undo()
        self.assertEqual(self._get_bounds(kept), (1, 2))
        self.assertEqual(changed.product_max_qty, 999)
        self.assertFalse(self._get_orderpoint(third))
        self.assertEqual(
            {change.product_id: change.state for change in run.change_ids if change.product_id in self.steady + other},
            {self.steady: "undone", other: "kept"},
        )
        self.assertEqual(self._get_policy(self.steady).mode, "propose")
        self.assertFalse(run.can_undo)

    # === RUNS === #

    def test_plan_now_as_its_button_calls_it(self):
        Run = self.env["oms.reorder.run"].with_context(allowed_company_ids=self.company.ids)
        for _click in range(2):
            self.assertEqual(call_kw(Run, "action_start", [[]], {})["tag"], "display_notification")
        self.assertEqual(len(Run.search([("company_id", "=", self.company.id), ("state", "=", "waiting")])), 1)

    def test_one_run_at_a_time(self):
        Run = self.env["oms.reorder.run"]
        first = Run._open(self.company)
        self.assertEqual(Run._open(self.company), first)
        with self.assertRaisesRegex(UserError, "going on"):
            first.unlink()

    def test_cron_does_what_is_open_and_once_a_night(self):
        Run = self.env["oms.reorder.run"]
        with self.enter_registry_test_mode():
            self.env.ref("oms_order_to_cash_reorder.oms_reorder_cron").method_direct_trigger()
            runs = Run.search([("company_id", "=", self.company.id)])
            self.assertEqual(runs.mapped("state"), ["done"])
            self.env.ref("oms_order_to_cash_reorder.oms_reorder_cron").method_direct_trigger()
        self.assertEqual(Run.search([("company_id", "=", self.company.id)]), runs)

    def test_the_cron_does_not_wake_itself(self):
        cron = self.env.ref("oms_order_to_cash_reorder.oms_reorder_cron")
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        for _night in range(2):  # tonight's runs are opened by the first, and there by the second
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertFalse(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.assertTrue(self.env["oms.reorder.run"].search([("company_id", "=", self.company.id)]))

    def test_it_writes_nothing_while_the_scheduler_runs(self):
        self.company.oms_reorder_mode = "apply"
        cron, scheduler = (
            self.env.ref(name)
            for name in ("oms_order_to_cash_reorder.oms_reorder_cron", "stock.ir_cron_scheduler_action")
        )
        with self.enter_registry_test_mode():
            with closing(db_connect(self.env.cr.dbname).cursor()) as other:
                other.execute("SELECT FROM ir_cron WHERE id = %s FOR NO KEY UPDATE", [scheduler.id])  # as core does
                cron.method_direct_trigger()
            run = self.env["oms.reorder.run"].search([("company_id", "=", self.company.id)])
            self.assertEqual((run.state, run.written), ("applying", 0))
            self.assertFalse(self._get_orderpoint(self.steady))
            again = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id), ("call_at", ">", run.create_date)])
            self.assertTrue(again, "it comes back by itself")
            cron.method_direct_trigger()
        self.assertEqual(run.state, "done")
        self.assertTrue(self._get_orderpoint(self.steady))

    def test_it_goes_on_where_it_stopped(self):
        run = self.env["oms.reorder.run"].create({"company_id": self.company.id})
        with patch("odoo.addons.oms_order_to_cash_reorder.models.oms_reorder_run._PART", 1):
            run._step()
            run._step()
            self.assertEqual((run.state, run.planned), ("planning", 1))
            first = run.last_policy_id
            run._step()
        self.assertGreater(run.last_policy_id, first)
        self.assertEqual(run.planned, 2)

    def test_a_failure_is_told_and_can_be_retried(self):
        run = self.env["oms.reorder.run"].create({"company_id": self.company.id})
        self.env.flush_all()
        with (
            patch.object(type(run), "_prepare", side_effect=UserError("no luck")),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=100),
            patch.object(self.env.cr, "rollback", lambda: None),
            self.assertLogs("odoo.addons.oms_order_to_cash_reorder", "ERROR"),
        ):
            run._work()
        self.assertEqual((run.state, run.error), ("failed", "no luck"))
        run.action_retry()
        self.assertEqual(run.state, "planning")

    # === COMPANIES AND RIGHTS === #

    def test_companies_are_planned_apart(self):
        other = self.env["res.company"].create({"name": "Test Other Company", "oms_reorder_mode": "apply"})
        self.env.user.company_ids |= other
        self._run()
        run = self._run(other)
        self.assertEqual(run.total, 0)
        self.assertFalse(self._get_orderpoint(self.steady))
        user = new_test_user(
            self.env, "test_other", "stock.group_stock_manager", company_id=other.id, company_ids=[other.id]
        )
        self.assertFalse(self.env["oms.reorder.policy"].with_user(user).search([("product_id", "=", self.steady.id)]))

    def test_rights(self):
        self._run()
        policy = self._get_policy(self.steady)
        buyer = new_test_user(self.env, "test_buyer", "purchase.group_purchase_user")
        self.assertEqual(policy.with_user(buyer).reason, "planned")
        self.assertTrue(policy.with_user(buyer).chart)
        for action in ("action_accept", "action_lock", "action_snooze"):
            with self.assertRaises(AccessError):
                getattr(policy.with_user(buyer), action)()
        for action in ("action_retry", "action_undo"):
            with self.assertRaises(AccessError):
                getattr(policy.last_run_id.with_user(buyer), action)()
        manager = new_test_user(self.env, "test_manager", "stock.group_stock_manager")
        policy.with_user(manager).action_accept()
        self.assertTrue(self._get_orderpoint(self.steady))
        with self.assertRaises(AccessError):
            policy.change_ids.with_user(manager).write({"minimum": 0})
        policy.change_ids.with_user(manager).action_undo()
        self.assertFalse(self._get_orderpoint(self.steady))


class TestScheduler(OmsReorderCommon):
    def test_what_is_bought_fills_up_to_the_maximum(self):
        self.company.oms_reorder_mode = "apply"
        self._make_year(self.steady)
        self._run()
        orderpoint = self._get_orderpoint(self.steady)
        self._put_in_stock(
            self.steady,
            orderpoint.product_min_qty - self.steady.with_context(warehouse_id=self.warehouse.id).qty_available,
        )
        self.env.flush_all()
        # At the minimum nothing is ordered, one below it is.
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        lines = self.env["purchase.order.line"].search([("product_id", "=", self.steady.id)])
        self.assertFalse(lines)
        order = self._confirmed([(self.steady, 3)])
        self.assertEqual(order.state, "sale")
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)
        lines = self.env["purchase.order.line"].search([("product_id", "=", self.steady.id)])
        self.assertEqual(lines.product_qty, orderpoint.product_max_qty - (orderpoint.product_min_qty - 3))
