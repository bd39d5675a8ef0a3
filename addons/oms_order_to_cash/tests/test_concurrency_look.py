from unittest.mock import patch

from odoo.tests import tagged

from .committed_case import OmsCommittedCase

_SIZE = "odoo.addons.oms_order_to_cash.models.engines.issue.oms_issue_batch._SIZE"


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyLook(OmsCommittedCase):
    """Workers that share the look at all unfinished orders: each issue is raised, once, whoever dies meanwhile."""

    def setUp(self):
        super().setUp()
        rare = self._make_product("Rare", 10, is_storable=True)
        self.orders = self._confirm(self._place_many(12, [(rare, 1)]))
        self._let_rules_look()
        self.env["oms.issue"].search([]).unlink()
        with patch(_SIZE, 5):
            self.env["oms.issue"]._plan_look()
        self._commit()
        self.first, self.second = self._start_worker(), self._start_worker()

    def _stop_inside(self, worker, method):
        """Have a worker look at a batch, and stop before it commits."""
        worker.ask("stop_after", "oms.issue", "_reconcile")
        worker.tell("run_cron", "oms.issue", method)
        self.assertEqual(worker.hear(), "stopped")

    def _count_batches(self):
        self._commit()
        return self.env["oms.issue.batch"].search_count([])

    def assertLookedAt(self):
        """Check that the look is over, and that each issue was raised once."""
        self.assertEqual(self._count_batches(), 0)
        self.assertEqual(self.env["oms.scan"]._get_last_id("issues"), 0)
        short = self.env["oms.issue"].search([("order_id", "in", self.orders.ids), ("code", "=", "S1")])
        self.assertEqual((len(short), short.order_id), (12, self.orders))
        raised = self.env["oms.event"].search([("type", "=", "issue_raised"), ("res_id", "in", short.ids)])
        self.assertEqual(len(raised), 12)
        self.assertEqual(
            self.env["oms.flow"].search([("order_id", "in", self.orders.ids), ("issue_count", "=", 0)]).ids, []
        )
        self.assertFlowsHold(self.orders)

    def test_two_share_it(self):
        self._stop_inside(self.first, "_cron_take_part")
        self.assertEqual(self.second.ask("run_cron", "oms.issue", "_cron_detect"), {"answer": True})
        self.assertEqual(self._count_batches(), 1, "the first has it")
        self.first.tell("go on")
        self.assertEqual(self.first.hear(), {"answer": True})
        self.assertLookedAt()

    def test_two_at_the_same_time(self):
        self.first.tell("run_cron", "oms.issue", "_cron_detect")
        self.second.tell("run_cron", "oms.issue", "_cron_take_part")
        self.assertEqual([self.first.hear(), self.second.hear()], [{"answer": True}] * 2)
        self.assertLookedAt()

    def test_one_killed_inside_a_batch(self):
        self._stop_inside(self.first, "_cron_detect")
        self.assertEqual(self.second.ask("run_cron", "oms.issue", "_cron_take_part"), {"answer": True})
        self.assertEqual(self._count_batches(), 1)
        self.first.kill()
        self.env.cr.execute("SELECT FROM oms_issue_batch FOR UPDATE")  # until the server knows that it is dead
        self._commit()
        self.assertEqual(self.second.ask("run_cron", "oms.issue", "_cron_detect"), {"answer": True})
        self.assertLookedAt()
