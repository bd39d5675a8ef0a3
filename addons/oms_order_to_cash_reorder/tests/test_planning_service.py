"""Service: against exact enumeration, and what has to hold for any figures."""

import itertools

import numpy as np

from ..planning import const, policy, protection, service
from . import oracle
from .planning_case import PlanningCase


def _mix(chance, sizes):
    """Return daily demand: nothing on most days, else one of the sizes."""
    day = np.zeros(max(sizes) + 1)
    day[0] = 1 - chance
    for size, weight in sizes.items():
        day[size] = chance * weight
    return day


DAYS = {
    "slow": oracle.poisson(0.1),
    "half": oracle.poisson(0.5),
    "smooth": oracle.poisson(2.0),
    "fast": oracle.poisson(8.0),
    "erratic": oracle.negative_binomial(4, 20),
    "fast erratic": oracle.negative_binomial(10, 60),
    "intermittent": _mix(0.10, {1: 0.5, 2: 0.3, 3: 0.2}),
    "lumpy": _mix(0.08, {1: 0.4, 5: 0.3, 10: 0.2, 30: 0.1}),
    "lots": _mix(0.15, {2: 0.5, 12: 0.3, 24: 0.2}),
}
LEADS = ({3: 1.0}, {14: 1.0}, {30: 1.0}, {8: 0.2, 10: 0.3, 12: 0.3, 18: 0.2})
COVERS, TARGETS = (7, 30, 90), (0.90, 0.95, 0.98)


def _make_cycle(mean, variance, undershoot=0.0, undershoot_variance=0.0, gap=10.0, integer=True, step=1.0, family=0):
    arrays = np.broadcast_arrays(mean, variance, undershoot, undershoot_variance, gap, integer, step, family)
    return service.Cycle(*(np.array(array) for array in arrays))


def _solve(cycle, target, kind=const.FILL, old_level=0.0, old_gap=1.0):
    arrays = np.broadcast_arrays(cycle.mean, target, kind, old_level, old_gap)
    return service.solve(cycle, *(np.array(array) for array in arrays[1:]))


class TestExact(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = list(itertools.product(DAYS.values(), LEADS, COVERS, TARGETS))
        moments = np.array([oracle.get_moments(case[0]) for case in cls.cases]).T
        leads = [np.array(list(case[1].items())).T for case in cls.cases]
        lead_mean = np.array([days @ chance for days, chance in leads])
        lead_variance = np.array([days**2 @ chance for days, chance in leads]) - lead_mean**2
        cover, cls.target = np.array([case[2:] for case in cls.cases]).T
        mean, variance, second, third = moments
        under = protection.get_undershoot(second / mean, third / mean, True)
        cls.gap = policy.get_gap(mean * cover, under[0], cls._make_terms(len(cls.cases)))
        lead = protection.get_lead_demand(mean, variance, 0, lead_mean, lead_variance)
        cls.cycle = _make_cycle(*lead, *under, cls.gap)

    def _judge(self, level):
        return np.array(
            [
                oracle.judge(case[0], case[1], int(s), int(gap))
                for case, s, gap in zip(self.cases, level, self.gap, strict=True)
            ]
        ).T

    def test_fill_rate(self):
        level, achieved, _old = _solve(self.cycle, self.target)
        exact, _cycle = self._judge(level)
        self.assertLessEqual(np.abs(exact - self.target).mean(), 0.012)
        self.assertGreaterEqual(np.percentile(exact - self.target, 5), -0.02)
        self.assertLess(np.abs(achieved.fill - exact).mean(), 0.005)

    def test_cycle_service(self):
        level, achieved, _old = _solve(self.cycle, self.target, const.CYCLE)
        _fill, exact = self._judge(level)
        self.assertGreaterEqual(np.percentile(exact - self.target, 5), -0.02)
        self.assertLess(np.abs(achieved.cycle - exact).mean(), 0.01)

    def test_the_enumeration_by_cycles_is_the_one_by_days(self):
        for day, days, s, gap in itertools.product(
            (DAYS["smooth"], DAYS["lumpy"], DAYS["intermittent"]), (1, 9), (0, 12), (1, 25)
        ):
            self.assertClose(oracle.judge(day, {days: 1.0}, s, gap)[0], oracle.judge_by_day(day, days, s, gap))

    def test_the_enumeration_is_what_happens(self):
        rng, day = np.random.default_rng(3), DAYS["lumpy"]
        asked = rng.choice(len(day), 60_000, p=day / day.sum())
        net, arrivals, met = 30, np.zeros(len(asked) + 20), 0
        on_order = 0
        for today, wanted in enumerate(asked):
            met += np.clip(net, 0, wanted)
            net += arrivals[today] - wanted
            on_order -= arrivals[today]
            if net + on_order <= 12:
                arrivals[today + 9] = 30 + 12 - net - on_order
                on_order += arrivals[today + 9]
        self.assertClose(met / asked.sum(), oracle.judge(day, {9: 1.0}, 12, 30)[0], absolute=0.01)

    def test_average_stock(self):
        level, achieved, _old = _solve(self.cycle, self.target)
        position = level + self.gap / 2 - self.cycle.mean
        ample = position > 2 * np.sqrt(self.cycle.variance + self.gap**2 / 12)
        self.assertClose(achieved.stock[ample], position[ample], relative=0.25)
        self.assertTrue((achieved.stock >= 0).all())


class TestProperties(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = np.random.default_rng(8)
        size = 400
        mean = 10 ** rng.uniform(-1.5, 5, size)
        variance = mean * 10 ** rng.uniform(-0.5, 2, size)
        undershoot = rng.uniform(0, 0.3, size) * mean
        integer = rng.random(size) < 0.7
        cls.arguments = (mean, variance, undershoot, undershoot**2, np.ceil(mean * rng.uniform(0.2, 3, size)), integer)
        cls.cycle = _make_cycle(*cls.arguments, np.where(integer, 1.0, 0.01))

    def test_levels_rise_with_the_target(self):
        for kind in (const.FILL, const.CYCLE):
            levels = [_solve(self.cycle, target, kind)[0] for target in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)]
            self.assertTrue((np.diff(levels, axis=0) >= 0).all())
            self.assertTrue((levels[-1] > levels[0]).mean() > 0.9)

    def test_the_target_is_reached_and_one_less_would_not_do(self):
        for kind, name in ((const.FILL, "fill"), (const.CYCLE, "cycle")):
            level, achieved, _old = _solve(self.cycle, 0.95, kind)
            self.assertGreaterEqual(getattr(achieved, name).min(), 0.95 - 1e-9)
            less = _solve(self.cycle, 0.95, kind, level - self.cycle.step, self.cycle.gap)[2]
            lowest = np.where(self.cycle.integer, -1, 0)
            below = (getattr(less, name) < 0.95) | (level == lowest)
            self.assertTrue(below.all())

    def test_bisection_asks_for_no_number_out_of_bounds(self):
        asked = []

        def reaches(number):
            asked.append(number.copy())
            return number >= np.array([-9, 3, 70, 100])

        found = service.bisect(reaches, np.full(4, -1), np.array([1, 10, 90, 90]))
        self.assertSame(found, [-1, 3, 70, 90])
        self.assertGreaterEqual(np.min(asked), -1)

    def test_levels_rise_with_the_variance(self):
        wide = _make_cycle(
            self.cycle.mean, self.cycle.variance * 2, *self.arguments[2:5], self.cycle.integer, self.cycle.step
        )
        # Where most cycles see no demand at all, more variance makes these more frequent.
        usual = wide.variance < wide.mean**2
        self.assertTrue((_solve(wide, 0.95)[0] >= _solve(self.cycle, 0.95)[0])[usual].all())

    def test_pairs_do_not_depend_on_each_other(self):
        alone = _make_cycle(*(part[7:8] for part in self.arguments), self.cycle.step[7:8])
        self.assertSame(_solve(alone, 0.95)[0], _solve(self.cycle, 0.95)[0][7:8])

    def test_counts_and_amounts_meet_where_one_ends(self):
        mean = np.array([19.9, 20.1])
        self.assertClose(*_solve(_make_cycle(mean, mean * 2), 0.95)[0], absolute=1)

    def test_large_lots_need_no_reorder_level(self):
        level, achieved, _old = _solve(_make_cycle([1.0], 1.0, gap=1000.0), 0.9)
        self.assertSame(level, [-1])
        self.assertGreater(achieved.fill, 0.99)

    def test_what_is_in_use_is_judged_alike(self):
        level, new, _old = _solve(self.cycle, 0.95)
        again = _solve(self.cycle, 0.5, const.CYCLE, level, self.cycle.gap)[2]
        for name in ("fill", "cycle", "stock"):
            self.assertClose(getattr(again, name), getattr(new, name))

    def test_the_target_by_cost(self):
        found = service.get_cost_target(
            np.full(4, 2.0), np.array([50.0, 50, 50, 0]), np.array([10.0, 0.001, 0, 5]), np.full(4, 200.0)
        )
        self.assertClose(found, [0.95, 0.60, 0.60, 0.999])
