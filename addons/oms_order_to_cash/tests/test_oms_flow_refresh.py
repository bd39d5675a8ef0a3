from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

from .flow_case import FlowCase


class TestOmsFlowRefresh(FlowCase):
    """The scheduled action that keeps the flows up to date."""

    @contextmanager
    def _reading(self):
        """Yield the list of what is read again meanwhile."""
        real, read = self.env.registry["oms.flow"]._refresh, []

        def note(flows, order_ids, *args, **kwargs):
            read.extend(order_ids)
            return real(flows, order_ids, *args, **kwargs)

        with patch.object(self.env.registry["oms.flow"], "_refresh", note):
            yield read

    def _get_short_orders(self, number):
        orders = self.env["sale.order"].union(*(self._place_order([(self.short, 1)]) for _number in range(number)))
        orders.action_confirm()
        self._drain()
        self.assertEqual({self._get_flow(order).lane_supply for order in orders}, {"blocked"})
        return orders

    def test_who_looks_waits_for_a_share_alone(self):
        """One product that very many orders wait for: the rest of them is read by the scheduled action."""
        orders = self._get_short_orders(13)
        self.env["stock.quant"]._update_available_quantity(self.short, self.warehouse.lot_stock_id, 100)
        self.env.cr.flush()
        flows = self.env["oms.flow"]
        with patch("odoo.addons.oms_order_to_cash.models.engines.flow.oms_flow_drain._PATIENCE", 2):
            for first, last in ((0, 5), (5, 10)):
                with self._reading() as read:
                    flows.web_search_read([("order_id", "in", orders.ids)], {"stage": {}})
                self.assertEqual(sorted(read), orders.ids[first:last], "the next ones, each once")
                self.assertTrue(flows._has_dirty(), "the rest is not forgotten")
        with self._reading() as read:
            self._drain()
        self.assertEqual(sorted(read), orders.ids[10:])
        self.assertFalse(flows._has_dirty())
        self.assertFlowsHold(orders)

    def test_who_looks_sees_what_was_changed_last(self):
        self._get_short_orders(8)
        order = self._place_order()
        self.env["stock.quant"]._update_available_quantity(self.short, self.warehouse.lot_stock_id, 100)
        self.env.cr.flush()
        order.action_confirm()
        self.env.cr.flush()
        with patch("odoo.addons.oms_order_to_cash.models.engines.flow.oms_flow_drain._PATIENCE", 4):
            self.env["oms.cockpit"].get_strip()
        self.assertEqual(self._get_flow(order).stage, "pick")

    def test_what_is_marked_anew_starves_no_order(self):
        """A product that changes again before all its orders are read: the round goes on to its end, then begins anew."""
        orders = self._get_short_orders(13)
        seen = []
        for _round in range(6):
            self.env["oms.flow.dirty"]._mark("product.product", self.short.ids)
            self.env.cr.flush()
            with self._reading() as read:
                self.env["oms.flow"]._drain(2)
            seen += read
        self.assertEqual(set(seen), set(orders.ids))
        self._drain()
        self.assertFalse(self.env["oms.flow"]._has_dirty())

    def test_what_can_t_be_expanded_stops_nothing(self):
        order = self._place_order()
        order.action_confirm()
        self.env.cr.flush()
        flows = self.env.registry["oms.flow"]

        def fail(flows, scopes, limit):
            flows.env.cr.execute("SELECT 1 / 0")

        logger = "odoo.addons.oms_order_to_cash.models.engines.flow.oms_flow_drain"
        with patch.object(flows, "_expand", fail), self.assertLogs(logger, "ERROR"), mute_logger("odoo.sql_db"):
            self.env["oms.flow"]._drain()
        self.assertEqual(self._get_flow(order).stage, "pick")
        self.assertFalse(self.env["oms.flow"]._has_dirty())

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
