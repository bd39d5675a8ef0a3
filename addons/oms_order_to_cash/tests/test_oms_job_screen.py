from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsJobScreen(OmsRunnerCase):
    """What people see of jobs, and for how long."""

    # === ON THE SCREEN === #

    def test_failures_stand_on_the_order(self):
        good, bad = self._place_order(), self._place_order()
        with self._break("confirm", on=bad):
            self._run("confirm", good + bad)
        self.assertEqual((good + bad).mapped("oms_failed_job_count"), [0, 1])
        waiting = self._queue("invoice", good)._get_notification()["params"]
        self.assertEqual((waiting["type"], waiting["message"]), ("info", "It waits for its turn in the background."))
        action = bad.action_open_oms_jobs()
        self.assertEqual((action["res_model"], action["domain"]), ("oms.job", [("order_id", "=", bad.id)]))

    def test_open_what_was_made(self):
        order = self._confirmed()
        job = self._run("invoice", order)
        action = job.action_open_documents()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", order.invoice_ids.id))
        self.assertEqual(job.action_open_order()["res_id"], order.id)
        order.invoice_ids.unlink()
        job.invalidate_recordset()
        self.assertEqual(job.document_names, "")

    def test_notification_tells_what_became_of_the_orders(self):
        good, bad, done = self._place_order(), self._place_order(), self._confirmed()
        with self._break("confirm", on=bad):
            jobs = self._run("confirm", good + bad + done)
        params = jobs._get_notification()["params"]
        self.assertEqual(
            (params["type"], params["title"], params["message"], params["sticky"]),
            ("danger", "1 done, 1 skipped, 1 failed", f"{bad.name}: The printer is on fire.", True),
        )
        single = jobs.filtered(lambda job: job.order_id == good)._get_notification()["params"]
        self.assertEqual(
            (single["type"], single["title"], single["message"]),
            ("success", f"Confirm {good.name}", good.picking_ids.name),
        )

    # === CLEANING === #

    def test_old_jobs_are_deleted_but_not_the_failed(self):
        order = self._place_order()
        with self._break("confirm"):
            failed = self._run("confirm", order)
        done, skipped = self._run("confirm", self._place_order()), self._run("invoice", order)
        recent = self._run("confirm", self._place_order())
        (done + skipped + failed).date_done = fields.Datetime.now() - timedelta(days=91)
        self.jobs._gc_done()
        self.assertEqual((done + skipped + failed + recent).exists(), failed + recent)
        self.env["ir.config_parameter"].set_param("oms_order_to_cash.job_keep_days", "30")
        recent.date_done = fields.Datetime.now() - timedelta(days=31)
        self.jobs._gc_done()
        self.assertFalse(recent.exists())

    def test_deleted_order_takes_its_jobs_along(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        order.unlink()
        self.assertFalse(job.exists())
