from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tools import mute_logger

from .issue_case import OmsIssueCase

_REFRESH = "odoo.addons.oms_order_to_cash.models.engines.flow.oms_flow_refresh"
_BY_NOTHING = ZeroDivisionError("by nothing")
_RECONCILE = "odoo.addons.oms_order_to_cash.models.engines.issue.oms_issue_reconcile"


class TestOmsFlowUnread(OmsIssueCase):
    """One order can't take down the screen: what makes its reading fail is its own trouble."""

    def setUp(self):
        super().setUp()
        self.orders = self.env["sale.order"].union(*(self._place_order() for _number in range(7)))
        self.bad = self.orders[3]
        self.others = self.orders - self.bad

    @contextmanager
    def _broken(self, model, method, error=_BY_NOTHING, of=None):
        """Have a method raise for the bad order: of facts, a fact, or ids."""
        real, bad_ids = getattr(self.env.registry[model], method), set((self.bad if of is None else of).ids)

        def fail(record, given, *args, **kwargs):
            ids = {given.header["id"]} if hasattr(given, "header") else set(given)
            if bad_ids & ids:
                raise error
            return real(record, given, *args, **kwargs)

        with patch.object(self.env.registry[model], method, fail), mute_logger(_REFRESH, _RECONCILE):
            yield

    def assertRead(self, orders, stage="pick"):
        self.assertEqual({flow.stage for flow in map(self._get_flow, orders)}, {stage})
        self.assertFalse(any(self._get_flow(order).read_error for order in orders))
        self.assertFalse(any(self._get_issue(order, "X1") for order in orders))

    # === FLOWS === #

    def test_a_lane_that_fails_for_one_order_stops_no_other(self):
        for lane, method in (("oms.lane.delivery", "_get_state"), ("oms.lane.payment", "_get_states")):
            self.orders = self.env["sale.order"].union(*(self._place_order() for _number in range(3)))
            self.bad, self.others = self.orders[1], self.orders[0] + self.orders[2]
            self._drain()
            with self.subTest(lane), self._broken(lane, method):
                self._confirm(self.orders)
                self._drain()
                self.assertRead(self.others)
                flow = self._get_flow(self.bad)
                self.assertEqual(flow.read_error, "ZeroDivisionError: by nothing")
                self.assertEqual(flow.stage, "quotation", "its last known state")
                self.assertFalse(self.env["oms.flow"]._has_dirty(), "nothing is tried for ever")
                self.assertEqual(
                    self._get_chain(self.bad, "X1"), ["It could not be read: ZeroDivisionError: by nothing"]
                )
                self.assertEqual(self.env["oms.flow"]._audit([("id", "in", self.orders.ids)]), [])
                self.assertEqual(self.env["oms.issue"]._audit([("id", "in", self.orders.ids)]), [])
            self._look(self.orders)
            self.assertRead(self.orders)

    def test_sql_that_fails_for_one_order_stops_no_other(self):
        def divide(moves, order_ids):
            query = "SELECT 1 / (1 - COUNT(*)) FROM sale_order WHERE id = %s AND id = ANY(%s)"
            moves.env.cr.execute(query, [self.bad.id, list(order_ids)])
            return real(moves, order_ids)

        real = self.env.registry["stock.move"]._oms_read_open
        self._confirm(self.orders)
        with (
            patch.object(self.env.registry["stock.move"], "_oms_read_open", divide),
            mute_logger(_REFRESH, "odoo.sql_db"),
        ):
            self._drain()
        self.assertRead(self.others)
        flow = self._get_flow(self.bad)
        self.assertEqual(
            (flow.read_error, flow.stage), ("DivisionByZero: division by zero", "check"), "never read before"
        )
        self.assertIssue(self.bad, "X1", turn="administrator", lane="order")
        self._run("retry", self.bad)
        self._drain()
        self.assertRead(self.orders)

    def test_what_was_known_of_an_order_stays(self):
        self._confirm(self.orders)
        self._drain()
        self.env["stock.quant"]._update_available_quantity(self.goods, self.warehouse.lot_stock_id, -1000)
        order = self._place_order([(self.short, 1)])
        self._confirm(order)
        issue = self.assertIssue(order, "S1")
        with self._broken("oms.lane.invoice", "_get_state", of=order):
            self._look(order)
            self.assertEqual((issue.state, self._get_flow(order).stage), ("open", "supply"))
            self.assertEqual(self._get_flow(order).issue_count, 2)
            self.env["oms.cockpit"].get_strip()
            self.assertTrue(self.env["oms.cockpit"].get_issue_cards(order.id))
            self.assertTrue(
                self.env["oms.flow"].web_search_read([("order_id", "=", order.id)], {"stage": {}})["records"]
            )

    def test_a_lost_transaction_is_not_blamed_on_an_order(self):
        self._confirm(self.orders)
        self.env.cr.flush()
        with (
            self._broken("oms.lane.order", "_get_state", SerializationFailure()),
            self.assertRaises(SerializationFailure),
        ):
            self.env["oms.flow"]._refresh(self.orders.ids)

    def test_all_orders_that_fail_cost_little(self):
        orders = self.orders.union(*(self._place_order() for _number in range(60)))
        self._drain()
        with self._broken("oms.lane.order", "_get_state", of=orders):
            before = self.env.cr.sql_log_count
            self._look(orders)
            spent = self.env.cr.sql_log_count - before
        self.assertEqual({bool(flow.read_error) for flow in map(self._get_flow, orders)}, {True})
        self.assertLess(spent, 1000)
        self._look(orders)
        self.assertEqual({bool(flow.read_error) for flow in map(self._get_flow, orders)}, {False})

    # === ISSUES === #

    def test_signals_that_fail_for_one_order_stop_no_other(self):
        self._confirm(self.orders)
        with self._broken("oms.lane.supply", "_read_signals"):
            self._drain()
            self.assertRead(self.others)
            self.assertEqual(self._get_flow(self.bad).stage, "pick")
            self.assertEqual(
                self._get_chain(self.bad, "X1")[0], "It could not be read: supply: ZeroDivisionError: by nothing"
            )
        self._look(self.orders)
        self.assertRead(self.orders)

    def test_a_detector_that_fails_for_one_order_finds_the_others(self):
        orders = self._place_order([(self.short, 1)]) + self._place_order([(self.short, 2)])
        self.bad = orders[0]
        self._confirm(orders)
        self._drain()
        issue = self.assertIssue(orders[0], "S1")
        third = self._place_order([(self.short, 1)])
        self._confirm(third)
        with self._broken("oms.detector.s1", "_find"):
            self._look(orders)
            self._drain()
            self.assertIssue(third, "S1")
            self.assertEqual(issue.state, "open", "nothing is known of it")
            self.assertIn("S1: ZeroDivisionError: by nothing", self._get_chain(self.bad, "X1")[0])
            self.assertNoIssue(third, "X1")
            self.assertEqual(self.env["oms.issue"]._audit([("id", "in", (orders + third).ids)]), [])
        self._look(orders)
        self.assertNoIssue(self.bad, "X1")

    # === CARDS === #

    def test_what_can_t_be_told_hides_no_card(self):
        order = self._place_order([(self.short, 1)])
        self._confirm(order)
        self.assertIssue(order, "S1")

        def fail(lane, *args, **kwargs):
            lane.env.cr.execute("SELECT 1 / 0")

        logger = mute_logger("odoo.addons.oms_order_to_cash.models.oms_cockpit_issues", "odoo.sql_db")
        finder, verb = self.env.registry["oms.detector.s1"], self.env.registry["oms.verb.buy"]
        with patch.object(finder, "_explain", fail), patch.object(verb, "_can", fail), logger:
            cards = self.env["oms.cockpit"].get_issue_cards(order.id)
        [card] = [card for card in cards if card["code"] == "S1"]
        text = "It could not be read: DivisionByZero: division by zero"
        self.assertEqual([link["text"] for link in card["chain"]], [text])
        told = "Unexpected error: DivisionByZero('division by zero\\n')"
        self.assertEqual([remedy["obstacle"] for remedy in card["remedies"] if remedy["verb"] == "buy"], [told])
