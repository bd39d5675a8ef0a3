import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .flow_case import FlowCase
from .history import STARTS, STEPS, OmsHistory

# The same histories in every run; OMS_HYPOTHESIS=long tries new ones each time.
_COMMON = {"deadline": None, "database": None, "print_blob": True, "suppress_health_check": list(HealthCheck)}
# Making a failing history shorter takes minutes: only the long run does.
settings.register_profile(
    "oms_fixed", max_examples=10, derandomize=True, phases=(Phase.explicit, Phase.generate), **_COMMON
)
settings.register_profile("oms_long", max_examples=400, **_COMMON)
_IS_LONG = os.environ.get("OMS_HYPOTHESIS") == "long"
_PROFILE = settings.get_profile("oms_long" if _IS_LONG else "oms_fixed")

_STEP = st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 2), st.sampled_from((1.0, 0.5, 0.25)))
_HISTORY = st.lists(_STEP, min_size=10, max_size=30 if _IS_LONG else 12)


@tagged("oms_property")
class TestOmsFlowProperty(OmsHistory, FlowCase):
    """Whatever happens to orders, their stored flows equal a fresh reading and the oracle's, after each step."""

    def setUp(self):
        super().setUp()
        # Made now, as what a history makes is rolled back with it.
        self.orders = self._place_plain_order() + self._place_two_step_order() + self._place_foreign_order()
        self.assertFlowsHold(self.orders, "before any step")

    def _place_plain_order(self):
        lines = [(self.goods, 8), (self.delivered_goods, 4), (self.service, 2)]
        if "bom_line_id" in self.env["stock.move"]._fields:
            lines.append((self.kit, 4))
        return self._place_order(lines)

    def _place_two_step_order(self):
        return self._place_order(
            [
                {"product_id": self.goods.id, "product_uom_qty": 2, "product_uom_id": self.uom_dozen.id},
                (self.purchased, 3),
                (self.delivered_service, 4),
            ],
            warehouse_id=self.two_step_warehouse.id,
        )

    def _place_foreign_order(self):
        lines = [(self.delivered_goods, 5, 30), (self.to_order, 2, 90), (self.consumable, 3, 7)]
        if self.env.ref("stock_dropshipping.route_drop_shipping", raise_if_not_found=False):
            lines.append((self.dropshipped, 3, 50))
        order = self._place_order(lines, pricelist_id=self.foreign_pricelist.id)
        order.set_delivery_line(self.carrier, 10)
        return order

    def test_random_histories(self):
        seen = set()

        @settings(_PROFILE)
        @given(start=st.sampled_from(STARTS), history=_HISTORY)
        def check(start, history):
            savepoint = self.env.cr.savepoint()
            try:
                seen.update(self._check_history(start, history))
            finally:
                savepoint.rollback()
                savepoint.close()

        check()
        # A test that does nothing finds nothing.
        self.assertGreater(len(seen), len(set(STEPS)) / 2, f"only these steps were taken: {sorted(seen)}")

    def _check_history(self, start, history):
        for name in start:
            for order in self.orders:
                self._run_step(name, order, 1.0)
        done = [start]
        self.assertFlowsHold(self.orders, f"after {done}")
        self.assertNextStepsCanRun(f"after {done}")
        for position, index, fraction in history:
            step = self._run_some_step(position, index, fraction)
            done.append((*(step or ["nothing"]), fraction))
            self.assertFlowsHold(self.orders, f"after {done}")
            self.assertNextStepsCanRun(f"after {done}")
        return {step[0] for step in done[1:]}

    def assertNextStepsCanRun(self, because):
        """Check that what a flow calls the next step is no step that its verb would refuse."""
        verbs = self.env["oms.runner"]._get_verbs()
        for order in self.orders:
            verb = self._get_flow(order).next_action
            if verb in verbs:
                obstacles = self.env["oms.runner"]._get_obstacles(verb, order)
                self.assertFalse(obstacles.get(order.id), f"{verb} {order.name} {because}")
