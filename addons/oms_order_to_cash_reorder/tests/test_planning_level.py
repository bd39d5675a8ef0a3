"""The level today, of pairs with a history, new pairs and pairs with a season."""

import datetime

import numpy as np

from ..planning import const, demand, level, new_items, season
from .planning_case import PlanningCase

_ALPHA, _BETA = 0.1, 0.05


class TestLevel(PlanningCase):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(5)
        often, rare = rng.poisson(3, 364), (rng.random(364) < 0.04) * rng.integers(1, 9, 364)
        self.history = demand.build(self._make_demand([often.tolist(), rare.tolist(), [0] * 364]))
        self.statistics = demand.describe(self.history)
        self.weeks = [days.reshape(52, 7).sum(axis=1) for days in (often, rare)]

    def test_smoothing_is_the_recursion(self):
        found = level.get_ses(self.history, self.statistics, _ALPHA)
        for pair, weeks in enumerate(self.weeks):
            wanted = weeks.mean()
            for week in weeks:
                wanted += _ALPHA * (week - wanted)
            self.assertClose(found[pair], wanted)
        self.assertEqual(found[2], 0)

    def test_tsb_is_the_recursion(self):
        found = level.get_tsb(self.history, self.statistics, _ALPHA, _BETA)
        for pair, weeks in enumerate(self.weeks):
            size, chance = weeks[weeks > 0].mean(), (weeks > 0).mean()
            for week in weeks:
                chance += _BETA * ((week > 0) - chance)
                size += _ALPHA * (week - size) if week else 0
            self.assertClose(found[pair], size * chance)

    def test_sba_is_the_recursion(self):
        found = level.get_sba(self.history, self.statistics, _ALPHA)
        weeks, gap = self.weeks[1], 0
        size, interval = weeks[weeks > 0].mean(), 52 / (weeks > 0).sum()
        for week in weeks:
            gap += 1
            if week:
                size, interval, gap = size + _ALPHA * (week - size), interval + _ALPHA * (gap - interval), 0
        self.assertClose(found[1], 0.95 * size / interval)

    def test_tsb_sinks_while_nothing_is_asked_for_and_sba_does_not(self):
        weekly = ([0] * 6 + [4]) * 30
        found = [
            level.get_tsb(history, demand.describe(history), _ALPHA, _BETA)[0]
            for idle in (0, 70)
            for history in (demand.build(self._make_demand([weekly + [0] * idle])),)
        ]
        self.assertLess(found[1], 0.75 * found[0])

    def test_each_class_has_its_method(self):
        method, integer = np.zeros(3, int), np.ones(3, bool)
        found = level.estimate(self.history, self.statistics, method, integer)
        self.assertSame(self.statistics.demand_class[:2] == const.SMOOTH, [True, False])
        self.assertClose(found.mean[0], level.get_ses(self.history, self.statistics, _ALPHA)[0] / 7)
        self.assertClose(found.mean[1], level.get_tsb(self.history, self.statistics, _ALPHA, _BETA)[1] / 7)
        method[:] = const.LEVEL_SBA
        found = level.estimate(self.history, self.statistics, method, integer)
        self.assertClose(found.mean[0], level.get_ses(self.history, self.statistics, _ALPHA)[0] / 7)
        self.assertClose(found.mean[1], level.get_sba(self.history, self.statistics, _ALPHA)[1] / 7)

    def test_variance_is_the_largest_of_three_scaled_to_the_level(self):
        found = level.estimate(self.history, self.statistics, np.zeros(3, int), np.ones(3, bool))
        statistics = self.statistics
        base = np.maximum(np.maximum(statistics.variance, statistics.week_variance / 7), statistics.mean)[:2]
        self.assertClose(found.variance[:2], base * found.mean[:2] / statistics.mean[:2])
        self.assertClose(found.error[:2], found.variance[:2] / 7 * (0.1 / 1.9 + 1 / 52))

    def test_a_steady_weight_is_not_taken_for_a_count(self):
        history = demand.build(self._make_demand([[0.1] * 364] * 2))
        found = level.estimate(history, demand.describe(history), np.zeros(2, int), np.array([True, False]))
        self.assertClose(found.variance, [0.1, 0])

    def test_two_occasions_are_averaged(self):
        history = demand.build(self._make_demand([[0] * 300 + [5] + [0] * 40 + [3] + [0] * 22]))
        statistics = demand.describe(history)
        found = level.estimate(history, statistics, np.zeros(1, int), np.ones(1, bool))
        self.assertSame(statistics.demand_class, [const.SPARSE])
        self.assertClose(found.mean, [8 / 364])


class TestNewItems(PlanningCase):
    def test_posterior_weighs_28_days_of_what_is_expected(self):
        mean, error = new_items.get_posterior(np.array([2.0, 2.0]), np.array([0.0, 56.0]), np.array([0, 14]))
        self.assertClose(mean, [2, 112 / 42])
        self.assertClose(error, [2 / 28, 112 / 42**2])

    def test_the_first_prior_there_is(self):
        nan = np.nan
        found = new_items.choose_prior(
            np.array([1, nan, nan, nan]), np.array([2, 2, nan, nan]), np.array([3, 3, 3, nan])
        )
        self.assertSame(found, [1, 2, 3, nan])

    def test_median_of_the_usable_pairs_of_a_category(self):
        group, mean = np.array([0, 0, 0, 2, 2, 0]), np.array([1.0, 9.0, 4.0, 1.0, 2.0, 1000.0])
        usable = np.array([True, True, True, True, True, False])
        self.assertSame(new_items.get_medians(group, mean, usable, 3), [4, np.nan, 1.5])

    def test_own_sizes_count_once_there_are_some(self):
        daily = [[0, 0, 0, 0, 0, 0, 20] * 8, [0] * 14 + [20] + [0] * 13]
        history = demand.build(self._make_demand(daily))
        statistics = demand.describe(history)
        found = new_items.estimate(statistics, history.days, np.array([2.0, 2.0]))
        self.assertClose(found.second, [20, 1 + found.mean[1]])
        self.assertGreater(found.variance[0], 10 * found.mean[0])
        self.assertClose(found.variance[1], found.mean[1])


class TestSeason(PlanningCase):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(2)
        self.shape = 1 + 0.6 * np.sin(np.arange(12) / 12 * 2 * np.pi)
        seasonal = 100 * np.tile(self.shape, 2) * rng.normal(1, 0.05, 24)
        flat = 100 * rng.normal(1, 0.3, 24)
        self.monthly = np.array([seasonal, flat, np.append(np.full(12, np.nan), seasonal[:12])])

    def test_indices_where_months_differ(self):
        indices, passed = season.get_indices(self.monthly)
        self.assertSame(passed, [True, False, False])
        self.assertClose(indices[0], self.shape, absolute=0.1)
        self.assertClose(indices.mean(axis=1), [1, 1, 1])
        self.assertSame(indices[1:], np.ones((2, 12)))

    def test_one_year_shows_no_season(self):
        self.assertSame(season.get_indices(self.monthly[:, :12])[1], [False] * 3)

    def test_noise_seldom_passes(self):
        noise = np.random.default_rng(4).gamma(4, 25, (2000, 36))
        self.assertLess(season.get_indices(noise)[1].mean(), 0.025)

    def test_factor_of_the_days_ahead(self):
        first = datetime.date(2026, 1, 22).toordinal()
        indices = np.ones((2, 12))
        indices[:, 1] = 3
        self.assertClose(season.get_factor(indices, first, np.array([10, 20])), [1, (10 + 10 * 3) / 20])
