"""What tests of the figures share. They run in Odoo, and without it: ``python addons/oms_order_to_cash_reorder/tests``."""

import json
from pathlib import Path

import numpy as np

from ..planning import const, demand, lead_time, level, policy

try:
    from odoo.tests import BaseCase
except ImportError:
    from unittest import TestCase as BaseCase

TODAY = 738_000

# The terms of a pair that is sold by the piece.
_USUAL = {
    "integer": True,
    "rounding": 1.0,
    "order_cost": 10.0,
    "holding_rate": 0.25,
    "moq": 0.0,
    "pack": 0.0,
    "shelf_days": np.nan,
    "declared": 10.0,
    "horizon_days": 365.0,
    "target": 0.95,
    "kind": const.FILL,
    "shortage_cost": 5.0,
    "family": const.AUTO,
    "method": const.LEVEL_AUTO,
    "prior": np.nan,
    "season": 1.0,
    "factor": 1.0,
    "old_min": np.nan,
    "old_max": np.nan,
    "break_quantity": [[0.0]],
    "break_price": [[10.0]],
}


class PlanningCase(BaseCase):
    """Comparisons of arrays, and inputs where everything is as usual."""

    def assertClose(self, found, wanted, absolute=1e-9, relative=1e-9):
        np.testing.assert_allclose(found, wanted, rtol=relative, atol=absolute)

    def assertSame(self, found, wanted):
        np.testing.assert_array_equal(found, wanted)

    @staticmethod
    def _read(name):
        return json.loads((Path(__file__).parent / "data" / name).read_text())

    @staticmethod
    def _make_demand(daily, first_day=None, empty=()):
        """Return the ``Demand`` of pairs from one list of days each; the last day is yesterday."""
        rows = [
            (pair, TODAY - len(days) + place, quantity)
            for pair, days in enumerate(daily)
            for place, quantity in enumerate(days)
            if quantity
        ]
        pair, day, quantity = np.array(rows, float).reshape(-1, 3).T
        spans = np.array(empty, int).reshape(-1, 3).T
        starts = [TODAY - len(days) for days in daily] if first_day is None else first_day
        return demand.Demand(pair.astype(int), day.astype(int), quantity, np.array(starts), TODAY - 1, *spans)

    @staticmethod
    def _make_receipts(rows=(), late=()):
        """Return ``Receipts`` of (pair, days)."""
        closed, late = (np.array(part, float).reshape(-1, 2).T for part in (rows, late))
        return lead_time.Receipts(closed[0].astype(int), closed[1], late[0].astype(int), late[1])

    @staticmethod
    def _make_terms(pairs, **changed):
        """Return the ``Terms`` of pairs sold by the piece."""
        arrays = {}
        for name, value in {**_USUAL, **changed}.items():
            value = np.asarray(value)
            shape = (pairs, value.shape[-1]) if name.startswith("break_") else (pairs,)
            arrays[name] = np.broadcast_to(value, shape).copy()
        return policy.Terms(**arrays)

    @staticmethod
    def _make_level(mean, variance, second, third, error=0.0):
        """Return a ``Level`` of days whose second and third moments are given."""
        mean, variance, second, third, error = np.broadcast_arrays(mean, variance, second, third, error)
        return level.Level(mean * 1.0, variance * 1.0, error * 1.0, second / mean, third / mean)

    @staticmethod
    def _make_lead(mean, variance=0.0):
        mean, variance = np.broadcast_arrays(mean, variance)
        return lead_time.LeadTime(mean * 1.0, variance * 1.0, np.zeros(mean.shape, int))
