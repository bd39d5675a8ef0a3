"""Spans without stock, against walking through the days."""

import numpy as np

from ..planning import stock_days
from .planning_case import PlanningCase


class TestStockDays(PlanningCase):
    def test_against_a_plain_loop(self):
        rng = np.random.default_rng(7)
        net = rng.integers(-3, 4, (30, 60)) * (rng.random((30, 60)) < 0.15)
        on_hand = rng.integers(-1, 4, 30).astype(float)
        pair, day = np.nonzero(net)
        found = stock_days.get_empty_spans(pair, 100 + day, net[pair, day] * 1.0, on_hand, np.full(30, 100), 159)
        empty = np.zeros((30, 60), int)
        for of, first, last in zip(*found, strict=True):
            empty[of, first - 100 : last - 99] += 1
        for of in range(30):
            end = on_hand[of] - np.append(np.cumsum(net[of][::-1])[::-1][1:], 0)
            self.assertSame(empty[of], (end <= 0) & (end - net[of] <= 0))

    def test_nothing_ever_moved(self):
        none = np.zeros(0, int)
        found = stock_days.get_empty_spans(none, none, none * 1.0, np.array([0.0, 5.0]), np.array([10, 10]), 20)
        self.assertSame(found, [[0], [10], [20]])
