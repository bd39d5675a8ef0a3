"""Lead times from receipts, from what is overdue and from what is declared."""

import numpy as np

from ..planning import lead_time, protection
from .planning_case import PlanningCase


class TestLeadTime(PlanningCase):
    def test_without_receipts_the_declared_one_counts(self):
        found = lead_time.estimate(self._make_receipts(), [10, np.nan])
        self.assertClose(found.mean[0], 10)
        self.assertClose(found.variance[0], 3 * 4 / 2)
        self.assertTrue(np.isnan(found.mean[1]))
        self.assertSame(found.number, [0, 0])

    def test_many_receipts_outweigh_it(self):
        days = np.random.default_rng(1).gamma(16, 1.25, 400)
        found = lead_time.estimate(self._make_receipts([(0, value) for value in days]), [10])
        self.assertClose(found.mean, days.mean(), absolute=0.1)
        self.assertClose(found.variance, days.var(), absolute=0.3)

    def test_overdue_lines_count_with_their_age_and_young_ones_do_not(self):
        rows = [(0, 10), (0, 10), (0, 10)]
        found = lead_time.estimate(self._make_receipts(rows, [(0, 9), (0, 40), (1, 3)]), [10, 10])
        self.assertSame(found.number, [4, 0])
        self.assertClose(found.mean, [(30 + 40 + 30) / 7, 10])

    def test_a_line_received_in_parts_is_one_observation(self):
        lines, days = lead_time.merge_partials(
            np.array([7, 3, 7]), np.array([1.0, 5.0, 3.0]), np.array([4.0, 6.0, 12.0])
        )
        self.assertSame(lines, [3, 7])
        self.assertClose(days, [6, 10])

    def test_how_late_one_in_twenty_is(self):
        found = lead_time.LeadTime(np.array([12.0, 5.0]), np.array([4.0, 1.0]), np.array([9, 9]))
        self.assertClose(lead_time.get_late_days(found, np.array([10.0, 10.0])), [2 + 1.645 * 2, 0])


class TestProtection(PlanningCase):
    def test_demand_over_the_lead_time(self):
        mean, variance = protection.get_lead_demand(3.0, 4.0, 0.5, 10.0, 2.0)
        self.assertClose([mean, variance], [30, 10 * 4 + 9 * 2 + 102 * 0.5])

    def test_undershoot_of_single_units_is_none(self):
        mean, variance = protection.get_undershoot(np.array([1.0]), np.array([1.0]), True)
        self.assertSame([mean, variance], [[0], [0]])

    def test_undershoot_of_whole_and_of_divisible_units(self):
        # Days of 0 to 4: the undershoot k has the chance P(D > k) / E D.
        chance = np.array([0.5, 0.1, 0.1, 0.1, 0.2])
        k = np.arange(5)
        first, second, third = (chance @ k**power for power in (1, 2, 3))
        exact = np.array([chance[k > under].sum() for under in k]) / first
        mean, variance = protection.get_undershoot(second / first, third / first, True)
        self.assertClose([mean, variance], [exact @ k, exact @ k**2 - (exact @ k) ** 2])
        mean, variance = protection.get_undershoot(second / first, third / first, False)
        self.assertClose([mean, variance], [second / first / 2, third / first / 3 - (second / first / 2) ** 2])

    def test_feedback_widens_the_deviation(self):
        level, lead = self._make_level(2.0, 3.0, 7.0, 30.0), self._make_lead(4.0, 1.0)
        plain = protection.protect(level, lead, True)
        wide = protection.protect(level, lead, True, np.array(1.5))
        self.assertClose(wide.variance, 2.25 * plain.variance)
        self.assertClose(wide.mean, plain.mean)
