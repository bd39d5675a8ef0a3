"""Order quantities: economic ones, price breaks and limits; the optimal policy; ranks; feedback."""

import numpy as np

from ..planning import const, feedback, optimal, quantity, ranking
from . import oracle
from .planning_case import PlanningCase

_BREAKS = {"break_quantity": [[0.0, 400.0, 800.0]], "break_price": [[0.75, 0.72, 0.68]]}


class TestQuantity(PlanningCase):
    def _get_wanted(self, mean, **terms):
        terms = self._make_terms(len(mean), **terms)
        return quantity.get_wanted(np.array(mean, float), terms)

    def test_economic_quantity(self):
        found = self._get_wanted([1.0])
        self.assertClose(found.wanted, np.sqrt(2 * 10 * 365 / (0.25 * 10)))
        self.assertSame(found.limit, [const.BY_COST])
        self.assertClose(found.price, [10])

    def test_limits_in_days(self):
        found = self._get_wanted([0.01, 1000.0, 0.0])
        self.assertClose(found.wanted, [1.8, 7000, 0])
        self.assertSame(found.limit[:2], [const.BY_MAX_DAYS, const.BY_MIN_DAYS])

    def test_what_costs_nothing_to_hold_is_bought_for_the_longest(self):
        self.assertClose(self._get_wanted([2.0], holding_rate=0.0).wanted, [360])

    def test_the_vendors_least_and_the_shelf_life(self):
        found = self._get_wanted([1.0, 1.0, 1.0], moq=[100.0, 0, 100], shelf_days=[np.nan, 20, 20])
        self.assertClose(found.wanted, [100, 20, 100])
        self.assertSame(found.limit, [const.BY_MOQ, const.BY_SHELF_LIFE, const.BY_MOQ])
        self.assertSame(found.too_much, [False, False, True])

    def test_a_break_within_reach(self):
        found = self._get_wanted([5.0], order_cost=8.0, holding_rate=0.3, **_BREAKS)
        self.assertClose(found.wanted, [800])
        self.assertSame(found.limit, [const.BY_PRICE])
        self.assertClose(found.price, [0.68])

    def test_a_break_beyond_the_longest_cover(self):
        found = self._get_wanted([3.0], order_cost=8.0, holding_rate=0.3, **_BREAKS)
        self.assertClose(found.price, [0.72])
        self.assertLessEqual(found.wanted[0], 540)

    def test_the_cheapest_against_trying_all(self):
        rng = np.random.default_rng(6)
        for _try in range(60):
            order_cost, rate, demand = rng.uniform(1, 60), rng.uniform(0.05, 0.5), rng.uniform(5, 5000)
            breaks = np.sort(np.append(0, rng.integers(1, 900, 2)))[None] * 1.0
            prices = np.sort(rng.uniform(5, 6, 3))[::-1][None]
            low, high = sorted(rng.integers(1, 1000, 2))
            found = quantity.choose(
                *(np.array([value]) for value in (order_cost, rate, demand)),
                breaks,
                prices,
                np.array([low * 1.0]),
                np.array([high * 1.0]),
            )
            tried = np.arange(low, high + 1)
            price = prices[0][np.searchsorted(breaks[0], tried, "right") - 1]
            costs = quantity.get_yearly_cost(tried, price, order_cost, demand, rate)
            self.assertLessEqual(found[2][0], costs.min() + 1e-9)
            self.assertGreater(found[2][0], costs.min() * 0.999)


class TestOptimal(PlanningCase):
    def test_against_trying_all(self):
        """Zheng and Federgruen's search finds what trying all levels finds."""
        for chance, lead in ((oracle.poisson(3.0), 2), (np.array([0.8, 0.05, 0.05, 0.1]), 4)):
            low, high, cost = optimal.solve(chance, lead, 1.0, 9.0, 24.0)
            tried = {
                (s, top): self._get_cost(chance, lead, s, top)
                for s in range(low - 3, low + 4)
                for top in range(max(high - 5, s + 1), high + 6)
            }
            self.assertClose(cost, min(tried.values()))
            self.assertClose(cost, tried[low, high])

    @staticmethod
    def _get_cost(chance, lead, s, top):
        _undershoot, visits = oracle.get_order_state(chance, top - s)
        total = oracle.get_lead_demand(chance, {lead + 1: 1.0})
        share = visits / visits.sum()
        holding = 0.0
        for below, weight in enumerate(share):
            left = top - below - np.arange(len(total))
            holding += weight * (total @ np.where(left > 0, left, -9.0 * left))
        return holding + 24.0 / visits.sum()


class TestRanking(PlanningCase):
    def test_value_classes_per_group(self):
        value = np.array([50.0, 35, 10, 4, 1, 0, 7])
        group = np.array([0, 0, 0, 0, 0, 0, 1])
        self.assertSame(ranking.rank_value(group, value, 2), [0, 0, 1, 2, 2, 2, 0])
        self.assertClose(ranking.get_default_targets(np.array([0, 1, 2])), [0.97, 0.95, 0.92])

    def test_steadiness(self):
        self.assertSame(
            ranking.rank_steadiness(np.array([10.0, 10, 10, 0]), np.array([16.0, 81, 100, 0])), [0, 1, 2, 2]
        )


class TestFeedback(PlanningCase):
    def test_measured_fill(self):
        found = feedback.get_measured_fill(np.array([0, 0, 2]), np.array([8.0, 2, 5]), np.array([8.0, 1, 4]), 3)
        self.assertClose(found, [0.9, np.nan, 0.8])

    def test_the_factor_moves_by_steps_and_never_far(self):
        factor, measured = np.array([1.0, 1.0, 1.2, 1.45, 1.0]), np.array([0.90, 0.945, 0.96, 0.80, np.nan])
        found = feedback.adjust_factor(factor, measured, 0.95)
        self.assertClose(found, [1.1, 1, 1.2 / 1.1, 1.5, 1])
