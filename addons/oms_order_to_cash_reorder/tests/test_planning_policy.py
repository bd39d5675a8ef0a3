"""The whole way: from rows to minimum and maximum, and which of them are written."""

import dataclasses

import numpy as np

from ..planning import const, policy
from ..planning.settings import DEFAULTS
from .planning_case import TODAY, PlanningCase

_NEITHER = (const.NO_PRIOR, const.NO_HISTORY, const.NO_LEAD_TIME)


class TestPlan(PlanningCase):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(11)
        smooth = rng.poisson(4, 364)
        rare = (rng.random(364) < 0.06) * rng.integers(1, 12, 364)
        young = rng.poisson(1, 40)
        self.daily = [part.tolist() for part in (smooth, rare, young)] + [[0] * 364]
        self.receipts = self._make_receipts(
            [(0, 9), (0, 12), (0, 10), (0, 15), (1, 20), (1, 31)],
        )

    def _plan(self, daily=None, settings=DEFAULTS, **terms):
        daily = self.daily if daily is None else daily
        rows = self._make_demand(daily)
        return policy.plan(rows, self.receipts, self._make_terms(len(daily), **terms), settings)

    def test_reasons(self):
        found = self._plan(declared=[10, np.nan, 10, 10])
        self.assertSame(found.reason, [const.PLANNED, const.NO_LEAD_TIME, const.NO_PRIOR, const.DEAD])
        self.assertSame(found.usable, [True, False, False, True])
        self.assertSame(found.write, [True, False, False, False])
        self.assertTrue(self._plan(old_min=3.0, old_max=9.0).write[3])
        self.assertSame(found.maximum[3], 0)

    def test_a_prior_makes_a_new_pair_known(self):
        found = self._plan(prior=[np.nan, np.nan, 1.5, np.nan])
        self.assertSame(found.reason[2], const.PLANNED)
        self.assertClose(found.mean[2], (28 * 1.5 + sum(self.daily[2])) / (28 + 56))

    def test_figures_agree_with_each_other(self):
        found = self._plan(prior=1.0)
        planned = found.reason == const.PLANNED
        self.assertClose(found.lead_demand, found.mean * found.lead_mean)
        self.assertClose(found.safety_stock[planned], (found.level - found.lead_demand - found.undershoot)[planned])
        self.assertClose(found.minimum[planned], found.level[planned] + 1)
        self.assertGreaterEqual(found.fill[planned].min(), 0.95 - 1e-9)
        self.assertClose(found.stock_value, found.stock * found.price)
        self.assertSame(found.receipts, [4, 2, 0, 0])
        for field in dataclasses.fields(found):
            values = getattr(found, field.name)
            self.assertEqual(values.shape, (4,), field.name)
            self.assertTrue(np.isfinite(values).all(), field.name)

    def test_the_target_asked_for_is_what_rises(self):
        lows = [self._plan(target=target).minimum[:2] for target in (0.8, 0.9, 0.97, 0.995)]
        self.assertTrue((np.diff(lows, axis=0) > 0).all())

    def test_no_target_means_to_order(self):
        for target in (np.nan, 0.0):
            found = self._plan(target=[target, 0.95, 0.95, 0.95])
            self.assertSame(found.reason[0], const.MAKE_TO_ORDER)
            self.assertSame([found.minimum[0], found.maximum[0]], [0, 0])

    def test_lots_that_serve_from_their_rest_are_ordered_when_something_is_owed(self):
        found = self._plan(moq=5000.0)
        self.assertSame(found.level[:2], [-1, -1])
        self.assertSame(found.minimum[:2], [0, 0])
        self.assertGreaterEqual(found.maximum[:2].min(), 4999)

    def test_every_order_is_as_large_as_the_vendor_asks_for(self):
        for rounding, integer in ((1.0, True), (6.0, True), (0.01, False), (0.5, False)):
            for moq in (0.0, 1.0, 37.0, 250.0):
                found = self._plan(moq=moq, rounding=rounding, integer=integer, prior=1.0)
                planned = found.reason == const.PLANNED
                least = found.maximum - found.minimum + (1.0 if integer else 0.0)
                self.assertGreaterEqual(least[planned].min(), moq - 1e-9)
                for values in (found.minimum, found.maximum):
                    self.assertClose(np.round(values / rounding), values / rounding, absolute=1e-6)

    def test_divisible_units_are_ordered_at_the_level_itself(self):
        found = self._plan(integer=False, rounding=0.01)
        self.assertClose(found.minimum[:2], found.level[:2])

    def test_cost_option(self):
        found = self._plan(kind=const.COST, shortage_cost=[40.0, 40, 40, 40])
        wanted = 1 - 0.25 * 10 * found.order_quantity[:2] / (40 * 365 * found.mean[:2])
        self.assertClose(found.target[:2], np.clip(wanted, 0.6, 0.999))
        self.assertGreaterEqual((found.cycle - found.target)[:2].min(), -1e-9)

    def test_a_season_raises_the_level_of_its_days(self):
        plain, high = self._plan(), self._plan(season=1.5)
        self.assertClose(high.mean, 1.5 * plain.mean)
        self.assertTrue((high.minimum >= plain.minimum)[:2].all())

    def test_a_pair_planned_alone_is_planned_alike(self):
        self.receipts = self._make_receipts([(0, 9), (0, 12)])
        together, alone = self._plan(), self._plan(self.daily[:1])
        for field in dataclasses.fields(together):
            self.assertClose(getattr(alone, field.name), getattr(together, field.name)[:1])

    def test_no_pairs(self):
        self.receipts = self._make_receipts()
        self.assertEqual(len(self._plan([]).minimum), 0)

    def test_packs_and_their_overshoot(self):
        self.assertClose(self._plan(pack=[12.0, 0, 1, 12]).pack_overshoot, [5.5, 0, 0, 5.5])

    def test_warnings(self):
        daily = [list(days) for days in self.daily]
        daily[0][100] = 900
        rows = self._make_demand(daily, empty=[(1, TODAY - 150, TODAY - 20)])
        terms = self._make_terms(4, horizon_days=[1.0, 365, 365, 365], moq=[0, 0, 9000, 0], shelf_days=30, prior=1.0)
        found = policy.plan(rows, self.receipts, terms)
        names = [
            {name for bit, name in enumerate(const.WARNINGS) if warnings >> bit & 1} for warnings in found.warnings
        ]
        self.assertEqual(names[0], {"horizon", "capped"})
        self.assertEqual(names[1], {"left_out", "few_receipts"})
        self.assertEqual(names[2], {"few_receipts", "shelf_life"})
        self.assertSame(found.capped, [1, 0, 0, 0])


class TestStability(PlanningCase):
    def setUp(self):
        super().setUp()
        daily = np.random.default_rng(4).poisson([3.0] * 6, (364, 6)).T.tolist()
        self.rows, self.receipts = self._make_demand(daily), self._make_receipts()
        self.first = self._plan()

    def _plan(self, low=np.nan, high=np.nan, **terms):
        return policy.plan(self.rows, self.receipts, self._make_terms(6, old_min=low, old_max=high, **terms))

    def test_a_second_run_writes_nothing(self):
        self.assertSame(self.first.write, [True] * 6)
        again = self._plan(self.first.minimum, self.first.maximum)
        self.assertSame(again.write, [False] * 6)
        self.assertClose(again.old_fill, self.first.fill)

    def test_a_unit_or_ten_percent_is_no_reason(self):
        low, high = self.first.minimum.copy(), self.first.maximum.copy()
        high += np.floor(0.1 * self.first.maximum / 1.1)
        self.assertSame(self._plan(low, high).write, [False] * 6)
        self.assertSame(self._plan(low, high * 1.3).write, [True] * 6)

    def test_service_off_target_is_a_reason(self):
        low, high = self.first.minimum * 0.9, self.first.maximum
        slack = DEFAULTS.service_slack
        found = self._plan(np.ceil(low), high)
        off = found.old_fill < 0.95 - slack
        self.assertTrue(off.any())
        self.assertTrue(found.write[off].all())

    def test_a_rule_without_quantities_is_written(self):
        self.assertSame(self._plan(0.0, 0.0).write, [True] * 6)

    def test_what_cannot_be_planned_is_not_written(self):
        self.assertSame(self._plan(declared=np.nan).write, [False] * 6)
        self.assertSame(np.isin(self._plan(declared=np.nan).reason, _NEITHER), [True] * 6)
