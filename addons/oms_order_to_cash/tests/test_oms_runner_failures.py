from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .runner_case import OmsRunnerCase

RUNNER_LOG = "odoo.addons.oms_order_to_cash.models.engines.job.oms_runner"


@tagged("post_install", "-at_install")
class TestOmsRunnerFailures(OmsRunnerCase):
    """Whatever one order runs into, in our code, a carrier's or another addon's, stops that order alone."""

    def test_fault_in_the_code_stops_its_order_alone_and_is_logged(self):
        orders = self._place_order() + self._place_order() + self._place_order()
        with (
            self._break("confirm", on=orders[1], error=ZeroDivisionError("by nothing")),
            self.assertLogs(RUNNER_LOG, "ERROR") as logs,
        ):
            jobs = self._run("confirm", orders)
        self.assertJobs(jobs, "done", ("failed", "Unexpected error: ZeroDivisionError('by nothing')"), "done")
        self.assertEqual(orders.mapped("state"), ["sale", "draft", "sale"])
        self.assertIn("Traceback", logs.output[0])
        self.assertIn(f"confirm of orders [{orders[1].id}] failed", logs.output[0])

    def test_what_an_order_runs_into_while_it_is_looked_at_stops_it_alone(self):
        orders = self._place_order() + self._place_order() + self._place_order()
        real = self.env.registry["oms.verb.confirm"]._can

        def can(lane, some, **params):
            if orders[0] in some:
                raise KeyError("another addon")
            return real(lane, some, **params)

        with patch.object(self.env.registry["oms.verb.confirm"], "_can", can), mute_logger(RUNNER_LOG):
            obstacles = self.runner._get_obstacles("confirm", orders)
            run = self.env["oms.bulk.run"].create({"verb": "confirm", "order_ids": orders.ids})
            self.assertEqual((run.ready_count, run.obstacle_count), (2, 1))
            jobs = self._run("confirm", orders)
        text = "Unexpected error: KeyError('another addon')"
        self.assertEqual(obstacles, {orders[0].id: text, orders[1].id: "", orders[2].id: ""})
        self.assertJobs(jobs, ("failed", text), "done", "done")

    def test_preview_that_fails_stops_no_other(self):
        orders = self._place_order() + self._place_order()

        def preview(lane, some, **params):
            if orders[0] in some:
                raise ValueError("no rate")
            return {order.id: ["Fine."] for order in some}

        with patch.object(self.env.registry["oms.verb.confirm"], "_preview", preview), mute_logger(RUNNER_LOG):
            changes = self.runner._get_preview("confirm", orders)
        self.assertEqual(changes, {orders[0].id: ["Unexpected error: ValueError('no rate')"], orders[1].id: ["Fine."]})

    def test_lost_against_another_transaction_passes(self):
        orders = self._place_order() + self._place_order()
        for error in (SerializationFailure(), ConcurrencyError("again")):
            with self._break("confirm", on=orders[0], error=error), self.assertRaises(type(error)):
                self._run("confirm", orders)
        self.assertFalse(self.jobs.search([("order_id", "in", orders.ids)]))

    def test_undo_that_fails_stops_no_other(self):
        orders = self._place_order() + self._place_order()
        jobs = self._run("confirm", orders)
        real = self.env.registry["oms.verb.confirm"]._undo

        def undo(lane, order, documents, before):
            if order == orders[0]:
                raise KeyError("another addon")
            return real(lane, order, documents, before)

        with patch.object(self.env.registry["oms.verb.confirm"], "_undo", undo), mute_logger(RUNNER_LOG):
            with self.assertRaisesRegex(UserError, "Unexpected error: KeyError"):
                jobs.filtered(lambda job: job.order_id == orders[0]).action_undo()
            told = jobs.action_undo()["params"]
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])
        self.assertEqual((told["type"], told["sticky"]), ("warning", True))
        self.assertIn("Unexpected error: KeyError('another addon')", told["message"])
