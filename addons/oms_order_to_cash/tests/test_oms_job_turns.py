from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.oms_order_to_cash.models.engines.job import oms_job_turns

from .runner_case import OmsRunnerCase

_QUEUE = "odoo.addons.oms_order_to_cash.models.engines.job.oms_job_queue"


@tagged("post_install", "-at_install")
class TestOmsJobTurns(OmsRunnerCase):
    """Whose turn it is: people before rules, companies in turns, the order that began first is finished first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Test Other Company"})
        cls.env.user.company_ids += cls.other_company

    def _take(self, company=None, limit=100):
        """Take jobs as a worker does that last served a company, and let go what it shares with others."""
        jobs = self.jobs._take_due(company.id if company else 0, limit)
        self.jobs._let_go()
        return jobs

    def _place_elsewhere(self):
        return self._place_order([(self.service, 1)], company_id=self.other_company.id)

    # === PRIORITIES === #

    def test_people_go_before_rules(self):
        by_rule, by_bulk, by_click = self._place_order(), self._place_order(), self._place_order()
        self._queue("confirm", by_rule)
        self._queue("confirm", by_bulk, "bulk")
        self._queue("confirm", by_click, "user")
        taken = [self._take().order_id for _turn in range(4)]
        self.assertEqual(taken, [by_click, by_bulk, by_rule, self.env["sale.order"]])

    def test_click_for_many_orders_lets_clicks_for_a_few_pass(self):
        orders = self._place_order() + self._place_order()
        with patch(f"{_QUEUE}.MAX_AT_ONCE", 1):
            many = self._queue("confirm", orders, "user")
        few = self._queue("confirm", self._place_order(), "user")
        self.assertEqual((many.mapped("priority"), few.priority), ([1, 1], 0))
        self.assertEqual(self._take(), few)

    def test_request_that_waits_gets_the_priority_of_who_asks_again(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        self.assertEqual(job.priority, 2)
        self._queue("confirm", order, "user")
        self.assertEqual(job.priority, 0)
        self._queue("confirm", order)
        self.assertEqual(job.priority, 0)

    # === COMPANIES === #

    def test_backlog_of_a_company_does_not_starve_another(self):
        backlog = self._queue("confirm", self.env["sale.order"].union(*(self._place_order() for _number in range(6))))
        lone = self._queue("confirm", self._place_elsewhere())
        first = self._take(self.other_company, limit=2)
        second = self._take(self.company, limit=2)
        third = self._take(self.other_company, limit=2)
        self.assertEqual((first + third, second), (backlog[:4], lone))

    def test_click_in_any_company_goes_first(self):
        self._queue("confirm", self._place_order())
        click = self._queue("confirm", self._place_elsewhere(), "user")
        self.assertEqual(self._take(self.other_company), click)

    # === IN ONE COMPANY === #

    def test_whose_turn_it_is_costs_the_same_beside_a_backlog(self):
        order, there = self._place_order(), self._place_elsewhere()
        self._queue("confirm", order)
        self.env.cr.execute(
            """INSERT INTO oms_job (verb, res_model, res_id, order_id, company_id, origin, priority, state, attempts, next_try,
                                    cause)
               SELECT 'confirm', 'sale.order', %s, %s, %s, 'automation', 2, 'queued', 0, NOW() - INTERVAL '1 day', number::text
                 FROM GENERATE_SERIES(1, 3000) number""",
            [there.id, there.id, there.company_id.id],
        )
        self.env.cr.execute("ANALYZE oms_job")
        turns = SQL(oms_job_turns._TURNS, [0, 1, 2], fields.Datetime.now(), True)
        self.env.cr.execute(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", turns))
        plan = self.env.cr.fetchone()[0][0]["Plan"]
        self.assertEqual(plan["Actual Rows"], 2)
        self.assertLessEqual(max(self._get_jobs_read(plan)), 1)

    def _get_jobs_read(self, plan):
        """Return how many jobs each node of a plan reads, each time it is run."""
        own = (
            [plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)]
            if plan.get("Relation Name") == "oms_job"
            else []
        )
        return own + [rows for part in plan.get("Plans", ()) for rows in self._get_jobs_read(part)]

    def test_one_verb_at_a_time(self):
        confirmed = self._confirmed()
        invoice = self._queue("invoice", confirmed)
        confirms = self._queue("confirm", self._place_order() + self._place_order())
        self.assertEqual([self._take(), self._take()], [invoice, confirms])

    def test_order_that_began_first_is_finished_first(self):
        rule = self.env["oms.rule"].create(
            {
                "name": "Test",
                "event": "placed",
                "mode": "live",
                "step_ids": [
                    (0, 0, {"verb": verb, "sequence": index}) for index, verb in enumerate(("confirm", "invoice"))
                ],
            }
        )
        early, late = self._place_order(), self._place_order()
        now = fields.Datetime.now()
        for number, order in enumerate(early + late):
            date = now - timedelta(hours=2 - number)
            self.jobs._queue_rule(rule, [{"order_id": order.id, "event_id": number, "date": date, "date_due": date}])
        first = self._take(limit=1)
        self.assertEqual((first.order_id, first.verb), (early, "confirm"))
        first._store({early.id: {"state": "done", "message": False}})
        second = self._take(limit=1)
        self.assertEqual((second.order_id, second.verb), (early, "invoice"))

    # === SEVERAL WORKERS === #

    def test_what_another_worker_holds_is_left_for_other_work(self):
        confirm = self._queue("confirm", self._place_order())
        confirmed = self._confirmed()
        with self.registry.cursor() as cr:
            other = self.jobs.with_env(self.env(cr=cr))
            self.assertTrue(other._hold(self.company.id, "confirm"))
            self.assertFalse(self.jobs._hold(self.company.id, "reserve"), "both change the stock")
            self.assertTrue(self.jobs._is_held_up())
            self.assertFalse(self._take())
            invoice = self._queue("invoice", confirmed)
            self.assertEqual(self._take(), invoice)
            other._let_go()
        self.assertFalse(self.jobs._is_held_up())
        self.assertEqual(self._take(), confirm)

    def test_other_companies_are_not_held_up(self):
        job = self._queue("confirm", self._place_elsewhere())
        with self.registry.cursor() as cr:
            other = self.jobs.with_env(self.env(cr=cr))
            other._hold(self.company.id, "confirm")
            self.assertEqual(self._take(), job)
            other._let_go()

    def test_second_worker_is_woken_where_it_is_switched_on(self):
        second = self.env.ref("oms_order_to_cash.oms_job_cron_second")
        triggers = self.env["ir.cron.trigger"].search([])
        self._queue("confirm", self._place_order())
        self.assertEqual((self.env["ir.cron.trigger"].search([]) - triggers).cron_id & (self.cron + second), self.cron)
        second.active = True
        self._queue("confirm", self._place_order())
        self.assertEqual(
            (self.env["ir.cron.trigger"].search([]) - triggers).cron_id & (self.cron + second), self.cron + second
        )

    # === FAILURES === #

    def test_batch_that_fails_is_halved_down_to_the_one_to_blame(self):
        orders = self.env["sale.order"].union(*(self._place_order() for _number in range(8)))
        jobs = self._queue("confirm", orders, "bulk")
        sizes = []
        real = self.env.registry["oms.verb.confirm"]._do

        def fail_on_the_third(lane, batch):
            sizes.append(len(batch))
            if orders[2] in batch:
                raise UserError("The printer is on fire.")
            return real(lane, batch)

        with patch.object(self.env.registry["oms.verb.confirm"], "_do", fail_on_the_third):
            self._run_queue()
        self.assertEqual(sizes, [8, 4, 2, 2, 1, 1, 4])
        self.assertJobs(jobs, *["done"] * 2, ("failed", "The printer is on fire."), *["done"] * 5)

    def test_those_who_failed_together_do_not_come_back_together(self):
        orders = self.env["sale.order"].union(*(self._place_order() for _number in range(12)))
        jobs = self._queue("confirm", orders)
        jobs.write({"state": "running", "attempts": 2})
        now = fields.Datetime.now()
        jobs._store({order.id: {"state": "failed", "message": "No."} for order in orders})
        delays = [(job.next_try - now).total_seconds() / 60 for job in jobs]
        self.assertTrue(all(5 <= delay <= 5 * 1.25 + 0.1 for delay in delays), delays)
        self.assertGreater(len(set(delays)), 1)
