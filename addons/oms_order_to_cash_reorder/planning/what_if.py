"""Which stock a service costs: the same pairs solved for several targets."""

from dataclasses import dataclass

import numpy as np

from . import const, service
from .settings import DEFAULTS


@dataclass
class Curve:
    """One element per target, summed over the pairs."""

    target: np.ndarray
    stock_value: np.ndarray  # of the mean stock
    lost_value: np.ndarray  # of the demand of a year that is not met at once
    fill: np.ndarray  # share met at once, by value


def get_curve(cycle, price, sales_year, targets, settings=DEFAULTS):
    """Return the ``Curve`` of fill rate targets.

    :param cycle: ``service.Cycle``
    :param price: of a unit in stock
    :param sales_year: what a year's demand sells for, per pair
    """
    pairs = len(price)
    kind, nothing = np.full(pairs, const.FILL), np.zeros(pairs)
    stock_value, lost_value = np.zeros((2, len(targets)))
    for place, target in enumerate(targets):
        _level, reached, _old = service.solve(cycle, np.full(pairs, target), kind, nothing, nothing, settings)
        stock_value[place] = (reached.stock * price).sum()
        lost_value[place] = ((1 - reached.fill) * sales_year).sum()
    fill = 1 - lost_value / max(sales_year.sum(), 1e-9)
    return Curve(np.asarray(targets, float), stock_value, lost_value, fill)
