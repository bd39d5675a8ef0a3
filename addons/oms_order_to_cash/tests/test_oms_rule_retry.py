from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsRuleRetry(OmsIssueCase):
    """A rule whose step failed goes on once a person has seen to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["oms.rule"].search([]).mode = "off"

    def _let_it_run(self):
        for _round in range(8):
            self._drain()
            self.jobs.search([("state", "=", "queued")]).next_try = fields.Datetime.now()
            self._run_queue()

    def _get_steps(self, rule):
        return [(job.verb, job.state) for job in self.jobs.search([("rule_id", "=", rule.id)], order="id")]

    def test_steps_after_the_one_tried_again_follow(self):
        steps = [Command.create({"verb": verb, "sequence": at}) for at, verb in enumerate(("invoice", "post", "pay"))]
        rule = self.env["oms.rule"].create(
            {"name": "Test Rule", "event": "confirmed", "mode": "live", "stop_on_touch": True, "step_ids": steps}
        )
        rule.date_started = "2020-01-01"
        order = self._confirmed([(self.service, 1)])
        with self._break("post"):
            self._let_it_run()
        self.assertEqual(self._get_steps(rule), [("invoice", "done"), ("post", "failed")])
        self.assertIssue(order, "X1", severity="high")
        self.assertIn("Post invoice", self._get_chain(order, "X1")[0])
        self.assertJobs(self._run("retry", order), "done")
        self.assertEqual(self._get_steps(rule), [("invoice", "done"), ("post", "queued")])
        self._let_it_run()
        self.assertEqual(self._get_steps(rule), [("invoice", "done"), ("post", "done"), ("pay", "done")])
        self.assertEqual(order.invoice_ids.payment_state, "paid")
        self.assertNoIssue(order, "X1")
        self.assertJobs(self._run("retry", order), ("skipped", "No automation failed for it."))
        self.assertIssuesHold(order)
