from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .runner_case import OmsRunnerCase

_QUEUE = "odoo.addons.oms_order_to_cash.models.engines.job.oms_job_queue"
_RESULT = "odoo.addons.oms_order_to_cash.models.engines.job.oms_job_result"


@tagged("post_install", "-at_install")
class TestOmsJob(OmsRunnerCase):
    """The queue: each request once, tried again when it makes sense, a failure always to be seen."""

    # === WAITING === #

    def test_queue_runs_in_the_background(self):
        orders = self._place_order() + self._place_order()
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])
        jobs = self._queue("confirm", orders)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)]), triggers + 1)
        self.assertRecordValues(
            jobs.sorted("id"),
            [
                {
                    "state": "queued",
                    "verb": "confirm",
                    "order_id": order.id,
                    "company_id": self.company.id,
                    "user_id": SUPERUSER_ID,
                    "origin": "automation",
                    "attempts": 0,
                    "params": False,
                    "follow": False,
                }
                for order in orders.sorted("id")
            ],
        )
        self.assertEqual(orders.mapped("state"), ["draft", "draft"])
        self._run_queue()
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])
        self.assertEqual(jobs.mapped("state"), ["done", "done"])
        self.assertEqual(jobs.mapped("attempts"), [1, 1])

    def test_request_that_waits_is_not_queued_twice(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        self.assertEqual(self._queue("confirm", order), job)
        other = self._queue("invoice", order)
        self.assertNotEqual(other, job)
        self.assertEqual(self.jobs.search_count([("order_id", "=", order.id)]), 2)

    def test_asked_again_while_running_waits_behind(self):
        order = self._place_order()
        first = self._queue("confirm", order)
        first.state = "running"
        second = self._queue("confirm", order)
        self.assertNotEqual(first, second)

    def test_documents_of_two_requests_are_put_together(self):
        order = self._confirmed()
        job = self._queue("post", order, params={"move_ids": [1]})
        self._queue("post", order, params={"move_ids": [2]})
        self.assertEqual(job.params, {"move_ids": [1, 2]})
        self._queue("post", order)
        self.assertFalse(job.params, "all of them")

    def test_request_of_the_company_keeps_acting_for_it(self):
        order = self._place_order()
        user = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        by_user = self.jobs.with_user(user).sudo()._queue("confirm", order, "bulk")
        self.assertEqual((by_user.user_id, by_user.origin), (user, "bulk"))
        self._queue("confirm", order)
        self.assertEqual((by_user.user_id.id, by_user.origin), (SUPERUSER_ID, "automation"))
        self.jobs.with_user(user).sudo()._queue("confirm", order, "bulk")
        self.assertEqual((by_user.user_id.id, by_user.origin), (SUPERUSER_ID, "automation"))

    # === RUNNING === #

    def test_queue_acts_as_the_user_who_asked(self):
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        order = self._place_order(user_id=seller.id)
        job = self.jobs.with_user(seller).sudo()._queue("confirm", order, "bulk")
        self._run_queue()
        self.assertEqual(job.state, "done")
        self.assertEqual(order.picking_ids.create_uid.id, seller.id)

    def test_queue_respects_rights_taken_away_meanwhile(self):
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        job = self.jobs.with_user(seller).sudo()._queue("confirm", self._place_order(user_id=seller.id), "bulk")
        seller.group_ids = self.env.ref("base.group_user")
        self._run_queue()
        self.assertEqual(job.state, "failed")
        self.assertIn("You may not run Confirm", job.message)

    def test_user_gone(self):
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        job = self.jobs.with_user(seller).sudo()._queue("confirm", self._place_order(), "bulk")
        seller.active = False
        self._run_queue()
        self.assertRecordValues(
            job,
            [
                {
                    "state": "failed",
                    "message": "The user who asked for it is gone: run it again as another.",
                }
            ],
        )

    def test_bad_order_does_not_stop_the_others(self):
        orders = self._place_order() + self._place_order() + self._place_order()
        jobs = self._queue("confirm", orders, "bulk")
        with self._break("confirm", on=orders[1]):
            self._run_queue()
        self.assertJobs(jobs, "done", ("failed", "The printer is on fire."), "done")
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])

    def test_fault_in_the_code_does_not_stop_the_others(self):
        orders = self._place_order() + self._place_order()
        jobs = self._queue("confirm", orders, "bulk")
        with self._break("confirm", on=orders[0], error=ZeroDivisionError("by nothing")), mute_logger(_QUEUE):
            self._run_queue()
        self.assertJobs(jobs, ("failed", "Unexpected error: ZeroDivisionError('by nothing')"), "done")

    def test_what_fails_after_a_batch_is_told_and_undoes_nothing(self):
        job = self._queue("confirm", self._place_order())
        broken = patch.object(type(self.jobs), "_wake_overtaken", side_effect=ZeroDivisionError("by nothing"))
        with broken, self.assertLogs(_QUEUE, "ERROR") as logs:
            self._run_queue()
        self.assertJobs(job, "done")
        self.assertIn("steps that wait may start late", logs.output[0])

    def test_lost_race_is_run_again_in_a_new_transaction(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        real = self.env.registry["oms.verb.confirm"]._do
        tries = []

        def lose_twice(lane, orders):
            tries.append(len(orders))
            if len(tries) < 3:
                raise SerializationFailure("could not serialize access due to concurrent update")
            return real(lane, orders)

        with patch.object(self.env.registry["oms.verb.confirm"], "_do", lose_twice):
            self._run_queue()
        self.assertEqual((len(tries), order.state), (3, "sale"))
        self.assertRecordValues(job, [{"state": "done", "attempts": 1, "message": False}])

    def test_race_lost_for_good_is_tried_later(self):
        orders = self._place_order() + self._place_order()
        jobs = self._queue("confirm", orders, "bulk")
        lost = SerializationFailure("could not serialize access due to concurrent update")
        with self._break("confirm", on=orders[0], error=lost), patch(f"{_QUEUE}.time.sleep"):
            self._run_queue()
        self.assertJobs(jobs, ("queued", "Someone else is working on it right now."), "done")
        self.assertEqual(jobs.filtered("is_retrying").order_id, orders[0])
        self.assertEqual(self.jobs.search([("is_retrying", "=", True)]).order_id, orders[0])

    def test_first_tries_share_a_transaction_and_later_ones_do_not(self):
        orders = self._place_order() + self._place_order() + self._place_order()
        jobs = self._queue("confirm", orders)
        jobs[2].attempts = 1
        sizes = []
        real = self.env.registry["oms.verb.confirm"]._do

        def count(lane, orders):
            sizes.append(len(orders))
            return real(lane, orders)

        with patch.object(self.env.registry["oms.verb.confirm"], "_do", count):
            self._run_queue()
        self.assertEqual(sizes, [2, 1])

    # === TRYING AGAIN === #

    def test_automation_is_tried_again_later_and_later_and_then_left_to_a_person(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        minutes, messages = [], order.message_ids
        with self._break("confirm"), freeze_time(fields.Datetime.now()) as clock, patch(f"{_RESULT}._JITTER", 0):
            for _attempt in range(5):
                self._run_queue()
                self.assertEqual((job.state, job.message), ("queued", "The printer is on fire."))
                minutes.append((job.next_try - fields.Datetime.now()).total_seconds() / 60)
                self._run_queue()  # too early
                clock.tick(timedelta(minutes=minutes[-1], seconds=1))
            self.assertEqual(order.message_ids, messages, "no noise before it is given up")
            self._run_queue()
        self.assertEqual(minutes, [1, 5, 30, 120, 720])
        self.assertRecordValues(job, [{"state": "failed", "attempts": 6, "next_try": False}])
        note = order.message_ids - messages
        self.assertIn("Confirm failed and needs a person: The printer is on fire.", note.body)
        self.assertEqual(order.state, "draft")

    def test_what_a_person_asked_for_fails_at_once(self):
        order = self._place_order()
        job = self._queue("confirm", order, "bulk")
        messages = order.message_ids
        with self._break("confirm"):
            self._run_queue()
        self.assertRecordValues(job, [{"state": "failed", "attempts": 1, "next_try": False}])
        self.assertEqual(order.message_ids, messages)

    def test_asked_again_meanwhile(self):
        order = self._place_order()
        old = self._queue("confirm", order)
        jobs, run = self.jobs, {}

        def ask_again(lane, orders):
            run.setdefault("new", True)
            raise UserError("The printer is on fire.")

        with patch.object(self.env.registry["oms.verb.confirm"], "_do", ask_again):
            old.write({"state": "running", "attempts": 1})
            new = jobs._queue("confirm", order, "automation")
            old._store({order.id: {"state": "failed", "message": "The printer is on fire."}})
        self.assertRecordValues(
            old + new,
            [
                {"state": "skipped", "message": "It was asked for again meanwhile."},
                {"state": "queued", "message": False},
            ],
        )

    def test_worker_that_died(self):
        order, other = self._place_order(), self._place_order()
        job, running = self._queue("confirm", order), self._queue("confirm", other)
        job.write({"state": "running", "attempts": 1, "date_started": fields.Datetime.now() - timedelta(hours=1)})
        running.write({"state": "running", "attempts": 1, "date_started": fields.Datetime.now()})
        self._run_queue()
        self.assertRecordValues(
            job, [{"state": "queued", "attempts": 1, "message": "The server stopped while it ran."}]
        )
        self.assertEqual(running.state, "running")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self._run_queue()
        self.assertEqual((job.state, job.attempts, order.state), ("done", 2, "sale"))

    def test_worker_that_dies_of_it_gives_up(self):
        order = self._place_order()
        job = self._queue("confirm", order, "bulk")
        for attempt in range(1, 7):
            job.write(
                {
                    "state": "running",
                    "attempts": attempt,
                    "date_started": fields.Datetime.now() - timedelta(hours=1),
                }
            )
            self.jobs._release_stale()
        self.assertRecordValues(job, [{"state": "failed", "message": "The server stopped while it ran."}])

    def test_what_a_session_that_is_gone_left_behind(self):
        jobs = self._queue("confirm", self._place_order()) + self._queue("confirm", self._place_order())
        self.env.cr.execute("SELECT pg_backend_pid()")
        [alive] = self.env.cr.fetchone()
        jobs.write({"state": "running", "attempts": 1, "date_started": fields.Datetime.now(), "worker_pid": alive})
        jobs[0].worker_pid = 2**31 - 1  # no server counts that far
        self.jobs._release_stale()
        self.assertEqual(jobs.mapped("state"), ["queued", "running"])
        self.assertEqual(jobs[0].message, "The server stopped while it ran.")

    def test_retry_now(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        with self._break("confirm"):
            self._run_queue()
        self.assertEqual((job.state, job.can_retry), ("queued", True))
        action = job.action_retry()
        self.assertRecordValues(job, [{"state": "done", "attempts": 2, "can_retry": False, "message": False}])
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "Only an action that failed or waits"):
            job.action_retry()

    def test_retry_needs_the_right_to_run_it(self):
        order = self._place_order()
        job = self._queue("confirm", order, "bulk")
        with self._break("confirm"):
            self._run_queue()
        warehouse_user = self._make_user("oms_warehouse", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            job.with_user(warehouse_user).action_retry()
        stranger = self._make_user("oms_stranger", "sales_team.group_sale_salesman")
        order.user_id = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            job.with_user(stranger).action_retry()
        self.assertEqual((job.state, order.state), ("failed", "draft"))

    def test_retry_of_two_failures_of_one_order_runs_once(self):
        order = self._place_order()
        with self._break("confirm"):
            first, second = self._run("confirm", order), self._run("confirm", order)
        self.assertEqual((first + second).mapped("state"), ["failed", "failed"])
        (first + second).action_retry()
        self.assertRecordValues(
            first + second,
            [
                {"state": "skipped", "message": "Done by a later run."},
                {"state": "done", "message": False},
            ],
        )

    # === ONE AFTER THE OTHER === #

    def test_what_follows_is_queued_for_what_was_made(self):
        order = self._confirmed()
        other_draft = self._down_payment(order, percent=10, post=False)
        self._queue("invoice", order, follow=["post", "send"])
        self._run_queue()
        made = order.invoice_ids - other_draft
        self.assertEqual(
            (made.state, other_draft.state), ("posted", "draft"), "only what the automation made is posted"
        )
        self.assertTrue(made.sending_data)
        jobs = self.jobs.search([("order_id", "=", order.id)], order="id")
        self.assertEqual(jobs.mapped("verb"), ["invoice", "post", "send"])
        self.assertEqual(jobs.mapped("state"), ["done"] * 3)
        self.assertEqual(jobs[1:].mapped("params"), [{"move_ids": made.ids}] * 2)

    def test_what_follows_waits_for_its_forerunner(self):
        order = self._confirmed()
        job = self._queue("invoice", order, follow=["post"])
        with self._break("post"):
            self._run_queue()
        post = self.jobs.search([("order_id", "=", order.id), ("verb", "=", "post")])
        self.assertEqual((job.state, post.state, order.invoice_ids.state), ("done", "queued", "draft"))
        post.action_retry()
        self.assertEqual((post.state, order.invoice_ids.state, len(order.invoice_ids)), ("done", "posted", 1))

    def test_nothing_follows_what_was_left_out(self):
        order = self._place_order()
        job = self._queue("invoice", order, follow=["post"])
        self._run_queue()
        self.assertRecordValues(job, [{"state": "skipped", "message": "Confirm the order first."}])
        self.assertEqual(self.jobs.search_count([("order_id", "=", order.id)]), 1)
