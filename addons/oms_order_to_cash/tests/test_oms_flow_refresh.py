from unittest.mock import patch

from .flow_case import FlowCase


class TestOmsFlowRefresh(FlowCase):
    """The scheduled action that keeps the flows up to date."""

    def test_marks_that_somebody_else_takes_are_no_failure(self):
        self._place_order()
        self.env.cr.flush()
        self.assertTrue(self.env["oms.flow"]._has_dirty())
        cron = self.env.ref("oms_order_to_cash.oms_flow_refresh_cron")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        progress = []

        def note(_cron, processed=0, *, remaining=None, deactivate=False):
            progress.append((processed, remaining))
            return 1.0

        with (
            patch.object(self.env.registry["oms.flow"], "_lock_refresh", lambda flows: False),
            patch.object(self.env.registry["ir.cron"], "_commit_progress", note),
        ):
            self.env["oms.flow"]._cron_refresh()
        # Odoo warns of an action that leaves something over and did nothing.
        self.assertEqual(progress[-1], (0, 0))
        self.assertTrue(self.env["oms.flow"]._has_dirty())
        later = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(len(later), 1, "it looks again")
