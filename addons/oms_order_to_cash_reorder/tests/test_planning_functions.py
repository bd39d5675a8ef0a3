"""The functions that stand in for scipy, against values that scipy gave."""

import numpy as np

from ..planning import distributions, gamma_function
from .planning_case import PlanningCase


class TestGammaFunction(PlanningCase):
    def test_upper_part(self):
        shape, x, tail, step = np.array(self._read("scipy_values.json")["upper"]).T
        found = gamma_function.upper(shape, x)
        self.assertClose(found[0], tail, absolute=1e-10, relative=0)
        self.assertClose(found[1], step, absolute=1e-10, relative=0)

    def test_borders(self):
        tail, step = gamma_function.upper([0.001, 5, 1e6, 3], [0, 0, 0, 1e4])
        self.assertSame(tail, [1, 1, 1, 0])
        self.assertSame(step, [0] * 4)

    def test_methods_meet_where_one_ends(self):
        shape = np.array([99.999999, 100.000001])
        self.assertClose(*gamma_function.upper(shape, [95, 95])[0], absolute=1e-7)
        self.assertClose(*gamma_function.upper([500, 500], [699.99999, 700.00001])[0], absolute=1e-12)

    def test_recurrence_over_all_shapes(self):
        rng = np.random.default_rng(1)
        shape = 10 ** rng.uniform(-3, 8, 20000)
        x = shape * np.exp(rng.normal(0, 1, 20000) * np.minimum(2, 4 / np.sqrt(shape)))
        tail, step = gamma_function.upper(shape, x)
        self.assertClose(gamma_function.upper(shape + 1, x)[0] - tail, step, absolute=1e-9, relative=0)


class TestDistributions(PlanningCase):
    def _check(self, kind, name, absolute=1e-9):
        for mean, variance, rows in self._read("scipy_values.json")[name]:
            levels, tail, loss = np.array(rows).T
            levels = levels.astype(int) if name == "negative_binomial" else levels
            found = kind(np.full(len(levels), mean), np.full(len(levels), variance))
            self.assertClose(found.survival(levels), tail, absolute)
            self.assertClose(found.loss(levels), loss, absolute * max(mean, 1))

    def test_negative_binomial_and_poisson(self):
        self._check(distributions.NegativeBinomial, "negative_binomial", 2e-7)

    def test_gamma(self):
        self._check(distributions.Gamma, "gamma")

    def test_normal(self):
        self._check(distributions.Normal, "normal")

    def test_below_zero_all_is_missing(self):
        for kind in (distributions.NegativeBinomial, distributions.Gamma):
            found = kind(np.array([4.0]), np.array([9.0]))
            self.assertClose(found.loss(np.array([-1])), [5])
            self.assertSame(found.survival(np.array([-1])), [1])

    def test_no_demand_misses_nothing(self):
        for kind in (distributions.NegativeBinomial, distributions.Gamma, distributions.Normal):
            self.assertClose(kind(np.array([0.0]), np.array([0.0])).loss(np.array([1])), [0])

    def test_loss_falls_and_bends_upwards(self):
        mean, variance = np.array([5.0, 0.3, 18.0]), np.array([40.0, 0.3, 19.0])
        for kind in (distributions.NegativeBinomial, distributions.Gamma):
            found = kind(mean, variance)
            loss = np.array([found.loss(np.full(3, level)) for level in range(60)])
            self.assertTrue((np.diff(loss, axis=0) <= 1e-12).all())
            self.assertTrue((np.diff(loss, 2, axis=0) >= -1e-9).all())
