import os
import subprocess
import time
import unittest

from odoo import sql_db
from odoo.tests import tagged
from odoo.tools import SQL

from .committed_case import OmsCommittedCase

_CHAIN = ("deliver", "invoice", "post", "pay")
# Orders beside the one that fails. The more, the slower.
_MANY = int(os.environ.get("OMS_TEST_ORDERS", "100")) - 1
# A command that restarts the server, where that is the tests' own: "pg_ctl restart -m immediate" is a crash of it.
_RESTART = os.environ.get("OMS_TEST_RESTART")
_PATIENCE = 60


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyRules(OmsCommittedCase):
    """Rules whose workers die, share the work, or meet an order that fails: every document is made, once, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold_tax = cls.env["account.tax"].create({"name": "Test 20 %", "amount": 20, "type_tax_use": "sale"})

    def _confirm_many(self, count):
        """Confirm orders of 3 goods at 9.99, 35.96 with their tax, and have the rules look at them."""
        line = {
            "product_id": self.goods.id,
            "product_uom_qty": 3,
            "price_unit": 9.99,
            "tax_ids": [(6, 0, self.sold_tax.ids)],
        }
        orders = self._confirm(self._place_many(count, [line]))
        self._let_rules_look()
        return orders

    def assertChain(self, rule, orders):
        """Check that the chain was run once for each order, and what it left behind, in pieces and cents."""
        count = len(orders)
        self.assertEqual(self._count_jobs(rule), {(verb, "done"): count for verb in _CHAIN})
        for order in orders:
            self.assertEqual(order.order_line.qty_delivered, 3)
            self.assertEqual(order.picking_ids.mapped("state"), ["done"])
            self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])
            self.assertEqual(order.invoice_ids.mapped("payment_state"), ["paid"])
            self.assertEqual(order.invoice_ids.matched_payment_ids.mapped("amount"), [35.96])
        entries = (orders.invoice_ids + orders.invoice_ids.matched_payment_ids.move_id).line_ids
        receivable = entries.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(round(sum(receivable.mapped("debit")), 2), round(35.96 * count, 2))
        self.assertEqual(sum(receivable.mapped("amount_residual")), 0)
        self.assertFlowsHold(orders)
        self.assertEqual(set(self.env["oms.flow"].search([("order_id", "in", orders.ids)]).mapped("stage")), {"closed"})

    def _get_on_hand(self):
        self.env.invalidate_all()
        quants = self.env["stock.quant"]._gather(self.goods, self.warehouse.lot_stock_id)
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def _count_running(self, rule):
        self._commit()
        return self.env["oms.job"].search_count([("rule_id", "=", rule.id), ("state", "=", "running")])

    def test_worker_killed_before_its_commit(self):
        rule, before = self._make_rule(_CHAIN), self._get_on_hand()
        orders = self._confirm_many(12)
        victim, heir = self._start_worker(), self._start_worker()
        victim.ask("stop_after", "oms.verb.invoice", "_do")
        victim.tell("run_cron", "oms.job", "_cron_run")
        self.assertEqual(victim.hear(), "stopped")  # invoices are made, and in no transaction that is over
        self._run_to_the_end(heir)
        self.assertEqual(self._count_running(rule), 12, "nobody takes what is alive")
        self._kill(victim)
        self.assertEqual(self._count_running(rule), 12)
        self._run_to_the_end(heir)
        self.assertChain(rule, orders)
        self.assertEqual(self._get_on_hand(), (before[0] - 36, before[1]))

    def test_worker_killed_anywhere(self):
        rule, before = self._make_rule(_CHAIN), self._get_on_hand()
        orders = self._confirm_many(12)
        victim, heir = self._start_worker(), self._start_worker()
        victim.tell("run_cron", "oms.job", "_cron_run")
        self._wait_for_done(rule, 20)
        self._kill(victim)
        self._run_to_the_end(heir)
        self.assertChain(rule, orders)
        self.assertEqual(self._get_on_hand(), (before[0] - 36, before[1]))

    def _wait_for_done(self, rule, count):
        domain = [("rule_id", "=", rule.id), ("state", "=", "done")]
        self._wait_until(lambda: self.env["oms.job"].search_count(domain) >= count)

    def _wait_until(self, is_so):
        until = time.monotonic() + _PATIENCE
        while not is_so():
            self.assertLess(time.monotonic(), until, "the worker does not do what is waited for")
            time.sleep(0.02)
            self._commit()

    def _kill(self, worker):
        """Kill a worker, and wait until the server has noticed that it is gone."""
        worker.kill()
        self._wait_until(lambda: not self._read_sessions(worker))

    def _read_sessions(self, worker):
        self.cr.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [f"odoo-{worker.pid}"])
        return self.cr.fetchall()

    def test_order_that_changes_before_its_step_is_seen_to_wait(self):
        rule = self._make_rule(("deliver",))
        order = self._confirm(self._place_order([(self.purchased, 2)]))
        self._let_rules_look()
        worker = self._start_worker()
        worker.ask("stop_after", "oms.job", "_read_waiting")
        worker.tell("run_cron", "oms.job", "_cron_run")
        self.assertEqual(worker.hear(), "stopped")  # it has found nothing to deliver, which nobody sees yet
        self._put_in_stock(self.purchased, 2)
        order.picking_ids.action_assign()
        self._let_rules_look()
        worker.tell("go on")
        self.assertEqual(worker.hear(), {"answer": True})
        self._commit()
        self.assertEqual(self._count_jobs(rule), {("deliver", "done"): 1})
        self.assertEqual(order.picking_ids.state, "done")
        self.assertFlowsHold(order)

    def test_two_workers_share_the_steps(self):
        rule = self._make_rule(_CHAIN)
        orders = self._confirm_many(24)
        slow, quick = self._start_worker(), self._start_worker()
        slow.ask("take_at_most", 20)
        quick.ask("wait_for_nobody")
        slow.ask("stop_after", "oms.verb.deliver", "_do")
        slow.tell("run_cron", "oms.job", "_cron_run")
        self.assertEqual(slow.hear(), "stopped")
        taken = self._count_running(rule)
        self.assertEqual(taken, 20)
        self._run_to_the_end(quick)
        self.assertEqual(self._count_jobs(rule)["pay", "done"], 24 - taken)
        slow.tell("go on")
        self.assertEqual(slow.hear(), {"answer": True})
        self._run_to_the_end(quick)
        self.assertChain(rule, orders)
        self.assertEqual(set(orders.oms_job_ids.mapped("attempts")), {1}, "nothing was tried twice")

    def test_connection_lost(self):
        rule = self._make_rule(_CHAIN)
        orders = self._confirm_many(6)
        worker = self._start_worker()
        for verb in ("deliver", "post", "pay"):
            worker.ask("stop_after", f"oms.verb.{verb}", "_do")
            worker.tell("run_cron", "oms.job", "_cron_run")
            self.assertEqual(worker.hear(), "stopped")
            self._cut_off(worker)
            worker.tell("go on")
            self.assertIn("error", worker.hear())
            self._run_together(worker)  # which puts back what was left behind
            self._make_due()
        self._run_to_the_end(worker)
        self.assertChain(rule, orders)

    @unittest.skipUnless(_RESTART, "OMS_TEST_RESTART names no command that restarts the PostgreSQL server")
    def test_server_restarted(self):
        rule = self._make_rule(_CHAIN)
        orders = self._confirm_many(6)
        worker = self._start_worker()
        worker.ask("stop_after", "oms.verb.post", "_do")
        worker.tell("run_cron", "oms.job", "_cron_run")
        self.assertEqual(worker.hear(), "stopped")
        subprocess.run(_RESTART, shell=True, check=True, stdout=subprocess.DEVNULL)
        sql_db.close_all()  # what is left of connections to the server that was
        self._connect()
        worker.tell("go on")
        self.assertIn("error", worker.hear())
        orders, rule = orders.with_env(self.env), rule.with_env(self.env)
        self.assertEqual(self._count_running(rule), 6)
        self._run_to_the_end(worker)
        self.assertChain(rule, orders)

    def _cut_off(self, worker):
        """Have the server end a worker's connections, as it does when it is restarted."""
        self.cr.execute(
            SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = %s",
                self.db_name,
                f"odoo-{worker.pid}",
            )
        )
        self.assertTrue(self.cr.rowcount)
        self._commit()

    def test_one_fails_amid_many(self):
        rule = self._make_rule(("invoice", "post"))
        account = self.env["account.account"].create(
            {"name": "Test Closed", "code": "TCLOSED", "account_type": "income"}
        )
        bad_product = self._make_product("Sold on a closed account", 10, property_account_income_id=account.id)
        good = self._place_many(_MANY, [(self.service, 1)])
        bad = self._place_order([(bad_product, 1)])
        account.active = False
        self._confirm(good + bad)
        self._let_rules_look()
        self._run_to_the_end(self._start_worker(), self._start_worker())
        self.assertEqual(
            self._count_jobs(rule),
            {("invoice", "done"): _MANY + 1, ("post", "done"): _MANY, ("post", "failed"): 1},
        )
        self.assertEqual(set(good.invoice_ids.mapped("state")), {"posted"})
        self.assertEqual(len(good.invoice_ids), _MANY)
        self.assertEqual(sum(good.invoice_ids.mapped("amount_total")), 50 * _MANY)
        self.assertEqual(bad.invoice_ids.mapped("state"), ["draft"])
        self.assertFlowsHold(good + bad)
        issue = self.env["oms.issue"].search([("code", "=", "X1"), ("order_id", "in", (good + bad).ids)])
        self.assertEqual(issue.order_id, bad)
        [link] = issue.type_id._explain(issue)
        self.assertIn(f"Post invoice {bad.name} failed after 6 tries: ", link["text"])
        self.assertIn("is archived", link["text"])
