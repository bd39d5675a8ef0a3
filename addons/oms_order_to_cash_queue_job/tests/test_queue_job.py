from odoo.tests import tagged

from odoo.addons.oms_order_to_cash.tests.runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestQueueJob(OmsRunnerCase):
    """What waits is handed over to OCA's queue, which runs it by our rules."""

    def setUp(self):
        super().setUp()
        self.queue = self.env["queue.job"]
        self.before = self.queue.search([])

    def _get_queued(self):
        return self.queue.search([("id", "not in", self.before.ids)], order="id")

    def _work(self):
        """Do what the queue's worker does with its jobs."""
        for record in self._get_queued().filtered(lambda record: record.state == "pending"):
            with self.enter_registry_test_mode(), self.registry.cursor() as cr:
                record.records.with_env(self.env(cr=cr))._run_handed_over()
            record.state = "done"
        self.env.invalidate_all()

    def test_handed_over_by_verb(self):
        orders = self._confirmed([(self.service, 1)]) + self._confirmed([(self.service, 1)])
        other = self._place_order()
        jobs = self._queue("invoice", orders) + self._queue("confirm", other)
        self._run_queue()
        self.assertJobs(jobs, "queued", "queued", "queued")
        queued = self._get_queued()
        self.assertEqual(
            sorted((record.channel, record.method_name, record.records.ids) for record in queued),
            [
                ("root.oms.confirm", "_run_handed_over", jobs[2:].ids),
                ("root.oms.invoice", "_run_handed_over", jobs[:2].ids),
            ],
        )
        self.assertIn(orders[0].name, queued.filtered(lambda record: record.channel == "root.oms.invoice").name)
        self._run_queue()
        self.assertEqual(self._get_queued(), queued, "handed over once")
        self._work()
        self.assertJobs(jobs, "done", "done", "done")
        self.assertEqual([len(order.invoice_ids) for order in orders], [1, 1])
        self.assertEqual(other.state, "sale")

    def test_a_channel_for_each_verb(self):
        names = self.env["queue.job.channel"].search([]).mapped("complete_name")
        verbs = self.runner._get_verbs()
        self.assertEqual({f"root.oms.{verb}" for verb in verbs} - set(names), set())
        self.jobs._make_channels()
        self.assertEqual(len(self.env["queue.job.channel"].search([])), len(names), "made once")

    def test_run_again_changes_nothing(self):
        order = self._confirmed([(self.service, 1)])
        job = self._queue("invoice", order)
        self._run_queue()
        record = self._get_queued()
        self._work()
        record.state = "pending"
        self._work()
        self.assertEqual((job.state, job.attempts, len(order.invoice_ids)), ("done", 1, 1))

    def test_failure_is_handed_over_again_when_it_is_due(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        with self._break("confirm"):
            self._run_queue()
            self._work()
        self.assertEqual((job.state, job.message, job.attempts), ("queued", "The printer is on fire.", 1))
        self._run_queue()
        self.assertEqual(len(self._get_queued()), 1, "not before its time")
        job.next_try = "2020-01-01"
        self._run_queue()
        self._work()
        self.assertEqual((job.state, job.attempts, order.state), ("done", 2, "sale"))

    def test_job_of_the_queue_cancelled_is_made_anew(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        self._run_queue()
        self._get_queued().state = "cancelled"
        self._run_queue()
        self.assertEqual(self._get_queued().mapped("state"), ["cancelled", "pending"])
        self._work()
        self.assertEqual((job.state, order.state), ("done", "sale"))

    def test_run_that_died_is_taken_up(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        self._run_queue()
        job.write({"state": "running", "attempts": 1})
        self._work()
        self.assertEqual((job.state, job.attempts, order.state), ("done", 2, "sale"))

    def test_stopped_rules_wait_and_go_on(self):
        self.env["oms.rule"].search([]).mode = "off"
        rule = self.env["oms.rule"].create(
            {"name": "Test Rule", "event": "confirmed", "mode": "live", "step_ids": [(0, 0, {"verb": "invoice"})]}
        )
        rule.date_started = "2020-01-01"
        order = self._confirmed([(self.service, 1)])
        self._drain()
        self._run_queue()
        self.env["oms.rule"].action_stop_all()
        self._work()
        self.assertFalse(order.invoice_ids)
        self._run_queue()
        self.env["oms.rule"].action_resume_all()
        self._run_queue()
        self._work()
        self.assertEqual(len(order.invoice_ids), 1)
