"""The reference cases, each within its own tolerance. Cases of the same kinds can be added to the file."""

import numpy as np

from ..planning import const, demand, lead_time, optimal, policy, protection, quantity, service
from . import oracle
from .planning_case import PlanningCase

_FAMILIES = {"normal": const.NORMAL}
_FINE = 1e-4


def _array(value):
    return np.array([float(value)])


def _solve(inputs, mean, variance, undershoot=(0.0, 0.0), gap=1.0, integer=True, step=1.0):
    """Return the reorder level and what it achieves."""
    cycle = service.Cycle(
        _array(mean),
        _array(variance),
        _array(undershoot[0]),
        _array(undershoot[1]),
        _array(gap),
        np.array([integer]),
        _array(step),
        np.array([_FAMILIES.get(inputs.get("distribution"), const.AUTO)]),
    )
    kind = np.array([const.SERVICES.index(inputs["service_type"])])
    level, achieved, _old = service.solve(cycle, _array(inputs["target"]), kind, _array(0), _array(0))
    return level[0], getattr(achieved, inputs["service_type"])[0]


class TestReferenceCases(PlanningCase):
    def test_cases(self):
        cases = self._read("replenishment_cases.json")
        for case in cases:
            with self.subTest(case["id"]):
                found = getattr(self, f"_solve_{case['kind']}")(case["inputs"])
                self._compare(found, case["expected"], case["tolerance"])
        self.assertEqual(len(cases), 10)

    def _compare(self, found, wanted, tolerance):
        self.assertTrue(found)
        for name, value in found.items():
            kind = {"product_min_qty": "min_abs", "product_max_qty": "max_abs"}.get(name)
            absolute = tolerance.get(kind, tolerance.get("abs", 1e-9))
            if name == "exact_fill":
                absolute = tolerance["achieved_fill_abs"]
            # No two libraries agree in the last bit.
            self.assertClose(value, wanted[name], max(absolute, 1e-9), tolerance.get("rel", 1e-12))

    def _solve_cycle_normal(self, inputs):
        inputs = {**inputs, "distribution": "normal"}
        mean, deviation = inputs["ltd_mean"], inputs["ltd_sd"]
        level, _cycle = _solve(inputs, mean, deviation**2, integer=False, step=_FINE)
        return {"z": (level - mean) / deviation, "safety_stock": level - mean, "reorder_point": level}

    def _solve_leadtime_variability(self, inputs):
        mean, variance = protection.get_lead_demand(
            inputs["demand_mean_day"], inputs["demand_sd_day"] ** 2, 0, inputs["lead_mean"], inputs["lead_sd"] ** 2
        )
        level, _cycle = _solve(inputs, mean, variance, integer=False, step=_FINE)
        return {
            "ltd_mean": mean,
            "ltd_sd": variance**0.5,
            "safety_stock": level - mean,
            "reorder_point": level,
        }

    def _solve_cycle_negbin(self, inputs):
        level, achieved = _solve(inputs, inputs["ltd_mean"], inputs["ltd_var"])
        return {"reorder_point_s": level, "product_min_qty": level + 1, "achieved": achieved}

    def _solve_eoq_price_breaks(self, inputs):
        breaks = np.array([inputs["breaks"]], float)
        wanted, _price, cost, _tier = quantity.choose(
            _array(inputs["order_cost"]),
            _array(inputs["holding_rate"]),
            _array(inputs["demand_year"]),
            breaks[:, :, 0],
            breaks[:, :, 1],
            _array(0),
            _array(np.inf),
        )
        return {"order_qty": wanted[0], "cost": cost[0]}

    def _solve_sS_cost_optimal(self, inputs):
        chance = getattr(optimal, inputs["demand"])(inputs["demand_mean_day"])
        low, high, cost = optimal.solve(
            chance, inputs["lead_days"], inputs["holding"], inputs["backorder"], inputs["order_cost"]
        )
        return {"s": low, "S": high, "product_min_qty": low + 1, "product_max_qty": high, "cost": cost}

    def _solve_fill_full(self, inputs):
        mean, wanted = inputs["mean_day"], inputs["wanted_order_qty"]
        terms = self._make_terms(1, integer=inputs["integer"])
        lead = protection.get_lead_demand(mean, inputs["var_day"], 0, inputs["lead_mean"], inputs["lead_var"])
        undershoot = protection.get_undershoot(inputs["m2_day"] / mean, inputs["m3_day"] / mean, inputs["integer"])
        gap = policy.get_gap(_array(wanted), undershoot[0], terms)
        level, _fill = _solve(inputs, *lead, undershoot, gap[0], inputs["integer"])
        minimum, maximum = policy.get_bounds(_array(level), gap, terms)
        found = {"product_min_qty": minimum[0], "product_max_qty": maximum[0]}
        day = self._get_days().get(inputs["daily_demand"])
        if day is not None:
            leads = {int(days): chance for days, chance in inputs["lead_pmf"].items()}
            found["exact_fill"] = oracle.judge(day, leads, int(level), int(gap[0]))[0]
        return found

    @staticmethod
    def _get_days():
        """Return the daily demand that the cases name, for the exact judgement."""
        return {
            "poisson(2)": oracle.poisson(2.0),
            "P(0)=.9, P(1)=.05,P(2)=.03,P(3)=.02": np.array([0.9, 0.05, 0.03, 0.02]),
            "negbin(mean 4, var 20)": oracle.negative_binomial(4, 20),
        }

    def _solve_stockout_censoring(self, inputs):
        daily = np.array(inputs["daily"], float)
        seen = demand.leave_out_days(daily, inputs["on_hand_end"])
        return {
            "mean_day_uncensored": daily[seen].mean(),
            "mean_day_naive": daily.mean(),
            "observed_days": seen.sum(),
        }

    def _solve_leadtime_shrinkage(self, inputs):
        receipts = self._make_receipts([(0, days) for days in inputs["receipts"]])
        lead = lead_time.estimate(receipts, [inputs["declared"]])
        return {"lead_mean": lead.mean[0], "lead_var": lead.variance[0]}
