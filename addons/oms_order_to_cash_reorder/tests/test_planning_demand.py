"""History: trimming, days left out, outliers, weeks, classes."""

import numpy as np

from ..planning import const, demand
from .planning_case import TODAY, PlanningCase


class TestHistory(PlanningCase):
    def test_history_starts_at_the_first_event_and_ends_after_a_year(self):
        found = self._make_demand([[1] * 400, [0] * 90 + [1] * 10, [1] * 10])
        found.first_day[1] = TODAY - 100
        history = demand.build(found)
        self.assertSame(history.days, [364, 100, 56])
        self.assertSame(history.weeks, [52, 14, 8])
        self.assertSame(np.bincount(history.pair), [364, 10, 10])

    def test_rows_of_one_day_are_added_in_any_order(self):
        found = self._make_demand([[0] * 60])
        found.pair, found.day = np.array([0, 0, 0]), np.array([TODAY - 1, TODAY - 9, TODAY - 1])
        found.quantity = np.array([2.0, 5.0, 3.0])
        history = demand.build(found)
        self.assertSame(history.day, [TODAY - 9, TODAY - 1])
        self.assertSame(history.quantity, [5, 5])
        self.assertSame(history.week_age, [1, 0])

    def test_no_rows_at_all(self):
        history = demand.build(self._make_demand([[0] * 400, [0] * 60]))
        statistics = demand.describe(history)
        self.assertSame(statistics.mean, [0, 0])
        self.assertSame(statistics.interval, [np.inf, np.inf])
        self.assertSame(statistics.demand_class, [const.SPARSE, const.NEW])

    def test_days_without_stock_and_demand_are_left_out(self):
        daily = [2] * 50 + [0] * 50
        history = demand.build(self._make_demand([daily, daily], empty=[(0, TODAY - 50, TODAY - 1)]))
        statistics = demand.describe(history)
        self.assertSame(history.days, [50, 100])
        self.assertSame(history.left_out, [50, 0])
        self.assertClose(statistics.mean, [2, 1])
        # The days that count make weeks without a gap.
        self.assertSame(history.week_age[history.week_pair == 0], [6, 5, 4, 3, 2, 1, 0])
        self.assertClose(statistics.week_mean, [14, 50 * 2 / 100 * 7], relative=0.05)

    def test_a_day_without_stock_that_saw_demand_counts(self):
        daily = [1, 2] * 30 + [0] * 6 + [2] + [0] * 3
        history = demand.build(self._make_demand([daily], empty=[(0, TODAY - 10, TODAY - 1)]))
        self.assertSame(history.left_out, [9])
        self.assertSame(history.days, [61])
        self.assertClose(demand.describe(history).mean, [92 / 61])

    def test_spans_of_other_pairs_and_before_the_window_do_not_matter(self):
        daily = [1] * 100
        spans = [(2, TODAY - 30, TODAY - 11), (0, TODAY - 500, TODAY - 95), (1, TODAY - 500, TODAY - 400)]
        found = self._make_demand([[0] * 10 + daily[10:], daily, [0] * 100], empty=spans)
        history = demand.build(found)
        self.assertSame(history.left_out, [6, 0, 20])

    def test_weeks_against_a_plain_loop(self):
        rng = np.random.default_rng(3)
        daily = (rng.random((20, 364)) < 0.2) * rng.integers(1, 9, (20, 364))
        empty = rng.random((20, 364)) < 0.1
        spans = [(pair, TODAY - 364 + day, TODAY - 364 + day) for pair, day in np.argwhere(empty)]
        history = demand.build(self._make_demand(daily.tolist(), [TODAY - 364] * 20, spans))
        statistics = demand.describe(history)
        for pair in range(20):
            seen = daily[pair][~empty[pair] | (daily[pair] > 0)]
            whole = seen[len(seen) % 7 :].reshape(-1, 7).sum(axis=1)
            self.assertClose(statistics.week_mean[pair], whole.mean())
            self.assertClose(statistics.week_variance[pair], whole.var(ddof=1))
            self.assertClose(statistics.variance[pair], seen.var(ddof=1))
            self.assertClose(statistics.third[pair], (seen**3).mean())
            sizes = whole[whole > 0]
            self.assertClose(statistics.interval[pair], len(whole) / len(sizes))
            self.assertClose(statistics.variation[pair], sizes.var() / sizes.mean() ** 2)


class TestOutliers(PlanningCase):
    def test_a_day_far_above_the_others_is_capped_and_listed(self):
        daily = [1, 2, 3, 2] * 25
        daily[40] = 500
        history = demand.build(self._make_demand([daily, [5] * 100]))
        highest = np.mean(daily) + 6 * np.std(daily)
        self.assertSame(history.capped, [40])
        self.assertSame(history.uncapped, [500])
        self.assertClose(history.quantity[40], highest)
        self.assertEqual(history.quantity.max(), history.quantity[40])

    def test_few_days_hold_no_outlier(self):
        history = demand.build(self._make_demand([[0] * 80 + [1, 1, 1, 900]]))
        self.assertSame(history.capped, [])


class TestClasses(PlanningCase):
    def test_four_classes_and_the_two_without_enough_history(self):
        weeks = np.array([52, 52, 52, 52, 52, 25])
        occasions = np.array([52, 50, 20, 20, 2, 25])
        interval = weeks / occasions
        variation = np.array([0.48, 0.49, 0.48, 0.49, 0.1, 0.1])
        self.assertSame(
            demand.classify(weeks, occasions, interval, variation),
            [const.SMOOTH, const.ERRATIC, const.INTERMITTENT, const.LUMPY, const.SPARSE, const.NEW],
        )

    def test_the_border_belongs_to_the_rare(self):
        found = demand.classify(np.array([33]), np.array([25]), np.array([1.32]), np.array([0.49]))
        self.assertSame(found, [const.LUMPY])
