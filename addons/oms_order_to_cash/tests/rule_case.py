"""What the tests of automation rules share."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class OmsRuleCase(OmsRunnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["oms.rule"]
        cls.rules.search([]).mode = "off"
        cls.env["oms.rule.inbox"].search([]).unlink()

    def _make_rule(self, event="confirmed", steps=("invoice", "post"), mode="live", **vals):
        """Make a rule that runs since yesterday.

        :param steps: verbs, or dicts of values
        """
        return self.rules.create(
            {
                "name": "Test Rule",
                "event": event,
                "mode": mode,
                "step_ids": [
                    Command.create({"sequence": position, **(step if isinstance(step, dict) else {"verb": step})})
                    for position, step in enumerate(steps)
                ],
                **vals,
            }
        )

    def _get_jobs(self, rule):
        return self.jobs.search([("rule_id", "=", rule.id)], order="id")

    def _get_states(self, rule):
        return [(job.verb, job.state) for job in self._get_jobs(rule)]

    def _let_it_run(self):
        """Let what happened be looked at and what is due be run, until nothing is."""
        for _round in range(6):
            self._drain()
            self._run_queue()

    def _age_events(self, order, **ago):
        """Make all that happened to an order so far older."""
        self.env.cr.flush()
        self.env.cr.execute("UPDATE oms_event SET date = date - %s WHERE order_id = %s", [timedelta(**ago), order.id])

    def _start_earlier(self, rule, **ago):
        """Make a rule run for longer."""
        rule.date_started = fields.Datetime.now() - timedelta(**ago)
