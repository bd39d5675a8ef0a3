from unittest.mock import patch

from odoo.addons.oms_order_to_cash import hooks
from odoo.addons.oms_order_to_cash.models.engines.flow import oms_flow_refresh

from .flow_case import FlowCase

_MARGIN = "odoo.addons.oms_order_to_cash.models.documents.oms_scan._MARGIN"


class TestInstall(FlowCase):
    """The orders that were there before the addon; dev/tests/test_uninstall.py installs and uninstalls for real."""

    def setUp(self):
        super().setUp()
        self.quotation, self.short_order, self.open_order, self.closed_order = self.orders = (
            self._place_order()
            + self._confirmed([(self.short, 2)])
            + self._confirmed([(self.delivered_goods, 5)])
            + self._confirmed()
        )
        self._ship(self.open_order, 2)
        self._finish(self.closed_order)
        self._forget()

    def _forget(self):
        """Leave no trace of what was read, as on the day before the addon was installed."""
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM oms_flow")
        self.env.cr.execute("DELETE FROM oms_flow_dirty")
        self.env.cr.execute("DELETE FROM oms_scan")
        self.env.invalidate_all()

    def _count(self):
        return self.env["oms.flow"].search_count([("order_id", "in", self.orders.ids)])

    def test_existing_orders_are_read(self):
        self.assertEqual(self._count(), 0)
        hooks.post_init_hook(self.env)
        self.assertEqual(self._count(), 4)
        stages = [self._get_flow(order).stage for order in self.orders]
        self.assertEqual(stages, ["quotation", "supply", "pick", "closed"])
        self.assertFlowsHold(self.orders)

    def test_every_order_of_the_database_is_read(self):
        self.env["oms.flow"]._fill()
        self.assertEqual(self.env["oms.flow"].search_count([]), self.env["sale.order"].sudo().search_count([]))
        self.assertEqual(self.env["oms.flow"]._audit(), [])

    def test_goes_on_where_it_stopped(self):
        flows = self.env["oms.flow"]
        total = self.env["sale.order"].sudo().search_count([])
        calls = []

        def stop(done, remaining):
            calls.append((done, remaining))
            return False

        self.assertEqual(flows._fill(commit=stop, batch_size=total - 1), total - 1)
        self.assertEqual(calls, [(total - 1, 1)])
        self.assertFalse(self._get_flow(self.closed_order))  # the newest comes last
        self.assertTrue(self._get_flow(self.open_order))
        self.assertEqual(flows._fill(commit=stop, batch_size=total - 1), 1)
        self.assertEqual(calls, [(total - 1, 1), (1, 0)])
        self.assertEqual(flows._fill(), 0)
        self.assertEqual(flows._audit([("id", "in", self.orders.ids)]), [])

    def test_leaves_what_is_read_alone(self):
        self._drain()
        self.env["oms.flow"]._refresh(self.open_order.ids)
        self.env.cr.execute(
            "UPDATE oms_flow SET stage_since = '2020-01-01', stage = 'ship' WHERE order_id = %s", [self.open_order.id]
        )
        self.env["oms.flow"]._fill()
        flow = self._get_flow(self.open_order)
        flow.invalidate_recordset()
        self.assertEqual((flow.stage, str(flow.stage_since)), ("ship", "2020-01-01 00:00:00"))
        self.assertEqual(self._count(), 4)

    def test_progress_is_logged(self):
        with patch.object(oms_flow_refresh._logger, "info") as log:
            self.env["oms.flow"]._fill(batch_size=3)
        lines = [call.args[0] % call.args[1:] for call in log.call_args_list]
        self.assertTrue(lines[0].startswith("Order flows: 3 read, up to order "), lines)
        self.assertTrue(lines[-1].endswith(" orders/s"), lines)
        self.assertGreater(len(lines), 1)

    def test_many_orders_are_read_in_the_background(self):
        cron = self.env.ref("oms_order_to_cash.oms_flow_refresh_cron")
        looks = self.env.ref("oms_order_to_cash.oms_issue_cron")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        with patch.object(hooks, "_FILL_AT_ONCE", 3):
            hooks.post_init_hook(self.env)
        self.assertEqual(self._count(), 0)
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), before + 1)
        self.env["oms.issue"].sudo().search([]).unlink()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            self.assertEqual(self._count(), 4)
            self.assertFalse(self.env["oms.issue"].search([]), "people wait for the flows; issues follow")
            self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", looks.id)]), "at once")
            looks.method_direct_trigger()
        self.assertTrue(self.env["oms.issue"].search([("order_id", "=", self.short_order.id)]))
        self.assertFlowsHold(self.orders)

    def test_what_is_read_is_not_looked_through_again(self):
        flows, scan = self.env["oms.flow"], self.env["oms.scan"]
        flows._fill()
        self.assertEqual(
            scan._get_last_id("flows"), self.env["sale.order"].sudo().search([], order="id desc", limit=1).id
        )
        with patch(_MARGIN, 0), patch.object(type(flows), "_get_unread", side_effect=AssertionError):
            self.assertEqual(flows._fill(), 0)
        newest = self._place_order()
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM oms_flow")
        with patch(_MARGIN, 0):
            self.assertEqual(flows._fill(), 1, "what came since")
        with patch(_MARGIN, newest.id - self.quotation.id + 1):
            self.assertEqual(flows._fill(), 4, "and what was being placed at that moment, a margin of ids back")
