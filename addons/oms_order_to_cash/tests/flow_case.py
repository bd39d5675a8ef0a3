"""The base of the flow's own tests: whatever they do, the stored flows must hold against two other readings."""

from .common import LANE_FIELDS, OmsCommon
from .oracle import read_flow


class FlowCase(OmsCommon):
    def assertFlow(self, order, stage, lanes, next_action=False, **values):
        flow = super().assertFlow(order, stage, lanes, next_action, **values)
        self.assertFlowsHold(order)
        return flow

    def assertFlowsHold(self, orders, because=""):
        """Check stored == recomputed == oracle for all fields of these orders, and that their open issues are those found now."""
        self._drain()
        self.assertEqual(self.env["oms.issue"]._audit([("id", "in", orders.ids)]), [], because)
        self.assertEqual(self.env["oms.flow"]._audit([("id", "in", orders.ids)]), [], because)
        for order in orders:
            flow, expected = self._get_flow(order), read_flow(order)
            stored = {field: self._to_plain(flow[field]) for field in expected}
            self.assertEqual(stored, expected, f"{order.name} {because}")

    def _to_plain(self, value):
        return value.id if hasattr(value, "_name") else value

    def _get_lanes(self, order):
        """Return the lanes of an order as ``assertFlow`` takes them."""
        flow = self._read_flow(order)
        return " ".join(flow[field] for field in LANE_FIELDS)
