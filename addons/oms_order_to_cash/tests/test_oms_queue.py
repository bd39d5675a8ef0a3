from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsQueue(OmsRunnerCase):
    """What the queue screen counts, and what its buttons do."""

    def _read(self, verb="confirm", company=None):
        self.env.flush_all()
        queue = self.env["oms.queue"]
        queue.invalidate_model()
        return queue.search([("verb", "=", verb), ("company_id", "=", (company or self.company).id)])

    def _set(self, jobs, **values):
        jobs.write(values)
        return jobs

    def _fill(self):
        """Make one or more of each kind, and what must not be counted."""
        now = fields.Datetime.now()
        orders = [self._place_order() for _number in range(8)]
        jobs = [self._queue("confirm", order) for order in orders]
        self._set(jobs[0], next_try=now - timedelta(hours=2))
        self.env.flush_all()
        self.env.cr.execute("UPDATE oms_job SET create_date = %s WHERE id = %s", [now - timedelta(hours=3), jobs[0].id])
        self._set(jobs[2], next_try=now + timedelta(hours=2), attempts=1)
        self._set(jobs[3], state="waiting")
        self._set(jobs[4], state="running", date_started=now)
        self._set(jobs[5], state="failed", date_done=now - timedelta(days=5))
        self._set(jobs[6], state="stopped", date_done=now)
        self._set(jobs[7], state="stopped", date_done=now - timedelta(days=2))
        for age in (timedelta(minutes=5), timedelta(minutes=50), timedelta(minutes=70)):
            self._set(self._queue("confirm", self._place_order()), state="done", date_done=now - age)
        return jobs, now

    def test_what_it_counts(self):
        _jobs, now = self._fill()
        self._queue("invoice", self._place_order())
        row = self._read()
        self.assertEqual(
            (row.due_count, row.later_count, row.waiting_count, row.running_count, row.failed_count), (2, 1, 1, 1, 1)
        )
        self.assertEqual((row.stopped_count, row.done_count), (1, 2))
        self.assertEqual(row.date_oldest, now - timedelta(hours=2))
        self.assertEqual(row.duration_left, 1, "two are due, two were done in the last hour")
        self.assertEqual(self._read("invoice").due_count, 1)
        self.assertEqual(self._read("invoice").duration_left, 0, "nobody knows how long")
        self.assertFalse(self._read("post"))

    def test_one_query(self):
        self._fill()
        self.env.flush_all()
        self.env["oms.queue"].search([])  # rights are read once
        with self.assertQueryCount(1):
            self.env["oms.queue"].search_fetch([], ["due_count", "failed_count", "date_oldest"])

    def test_a_row_keeps_its_number(self):
        jobs, _now = self._fill()
        before = self._read()
        jobs[1].unlink()
        self._queue("invoice", self._place_order())
        self.assertEqual(self._read(), before)

    def test_open_retry_hurry_and_stop(self):
        jobs, now = self._fill()
        row = self._read()
        found = self.jobs.search(row.action_open_jobs()["domain"])
        self.assertEqual(found, self.jobs.union(*jobs[:6]))
        row.action_hurry()
        self.assertLess(jobs[2].next_try, now + timedelta(minutes=1))
        row.action_retry()
        self.assertEqual((jobs[5].state, jobs[5].message), ("skipped", "It was asked for again."))
        self.assertEqual(self._read().failed_count, 0)
        self.assertEqual(self._read().due_count, 4)
        self._read().action_stop()
        row = self._read()
        self.assertEqual((row.due_count, row.later_count, row.waiting_count, row.running_count), (0, 0, 0, 1))
        self.assertEqual((jobs[0].state, jobs[0].message), ("stopped", f"Stopped by {self.env.user.name}."))
        self._run_queue()
        self.assertEqual(jobs[0].order_id.state, "draft")

    def test_managers_of_the_company_only(self):
        self._fill()
        other = self.env["res.company"].create({"name": "Other Company"})
        self.env.user.company_ids += other
        self._queue("confirm", self._place_order(company_id=other.id))
        self.assertEqual(self._read(company=other).due_count, 1)
        manager = self._make_user("oms_queue_manager", "oms_order_to_cash.oms_group_manager")
        seller = self._make_user("oms_queue_seller", "sales_team.group_sale_salesman")
        self.assertEqual(self.env["oms.queue"].with_user(manager).search([]).company_id, self.company)
        with self.assertRaises(AccessError):
            self.env["oms.queue"].with_user(seller).search([])
        with self.assertRaises(AccessError):
            self._read().with_user(seller).action_stop()
        self._read().with_user(manager).action_stop()
        self.assertEqual(self._read().due_count, 0)
