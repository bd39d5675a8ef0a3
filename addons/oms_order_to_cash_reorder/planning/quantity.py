"""How much to order at a time: the cheapest quantity, and what limits it."""

from dataclasses import dataclass

import numpy as np

from . import const
from .settings import DEFAULTS


@dataclass
class Quantity:
    """The wanted order quantity of each pair."""

    wanted: np.ndarray
    limit: np.ndarray  # code of const.LIMITS: what decided it
    price: np.ndarray  # unit price at that quantity
    too_much: np.ndarray  # the least the vendor sells outlives its shelf life


def get_economic(order_cost, demand_year, holding_year):
    """Return the quantity at which ordering and holding cost least; infinite where holding costs nothing."""
    order_cost, demand_year, holding_year = np.broadcast_arrays(order_cost, demand_year, holding_year)
    ratio = np.full(order_cost.shape, np.inf)
    np.divide(2.0 * order_cost * demand_year, holding_year, out=ratio, where=holding_year > 0)
    return np.sqrt(ratio)


def get_yearly_cost(quantity, price, order_cost, demand_year, holding_rate):
    """Return what a year costs when ordered by that quantity: purchase, ordering and holding."""
    orders = np.divide(demand_year, quantity, out=np.zeros(np.shape(quantity)), where=quantity > 0)
    return demand_year * price + order_cost * orders + holding_rate * price * quantity / 2


def choose(order_cost, holding_rate, demand_year, break_quantity, break_price, low, high):
    """Return the cheapest quantity within limits under all-units price breaks, and its price, cost and tier.

    :param break_quantity: one row per pair: from which quantity each tier's price holds, ascending, infinite where
        there is no tier
    :param low: least quantity per pair, it gives way to nothing
    :param high: most; gives way to ``low``
    """
    high = np.maximum(high, low)[:, None]
    upper = np.append(break_quantity[:, 1:], np.full((len(break_quantity), 1), np.inf), axis=1)
    first = np.maximum(np.where(np.isfinite(break_quantity), break_quantity, np.inf), low[:, None])
    last = np.minimum(upper, high)
    price = np.where(np.isfinite(break_quantity), break_price, 0)
    order_cost, demand_year, rate = order_cost[:, None], demand_year[:, None], holding_rate[:, None]
    # Within a tier the cost falls up to its economic quantity and rises after it.
    quantity = np.clip(get_economic(order_cost, demand_year, rate * price), first, np.maximum(last, first))
    usable = (first <= last) & np.isfinite(quantity)
    quantity = np.where(usable, quantity, 1)
    cost = get_yearly_cost(quantity, price, order_cost, demand_year, rate)
    tier = np.argmin(np.where(usable, cost, np.inf), axis=1)
    row = np.arange(len(tier))
    return quantity[row, tier], price[row, tier], cost[row, tier], tier


def get_wanted(mean, terms, settings=DEFAULTS):
    """Return the ``Quantity`` of each pair.

    :param mean: demand per day
    :param terms: ``policy.Terms``
    """
    low, high = settings.min_cover_days * mean, settings.max_cover_days * mean
    shelf = np.where(np.isnan(terms.shelf_days), np.inf, mean * np.nan_to_num(terms.shelf_days))
    least = np.maximum(np.minimum(low, shelf), terms.moq)
    most = np.maximum(np.minimum(high, shelf), least)
    wanted, price, _cost, tier = choose(
        terms.order_cost,
        terms.holding_rate,
        365 * mean,
        terms.break_quantity,
        terms.break_price,
        least,
        most,
    )
    at_break = (tier > 0) & (wanted == terms.break_quantity[np.arange(len(tier)), tier])
    limit = _get_limit(wanted, low, high, shelf, terms.moq, at_break)
    return Quantity(wanted, limit, price, terms.moq > shelf)


def _get_limit(wanted, low, high, shelf, moq, at_break):
    """Return the code of what decided each quantity."""
    return np.select(
        ((wanted <= moq) & (moq > 0), wanted >= shelf, wanted >= high, at_break, wanted <= low),
        (const.BY_MOQ, const.BY_SHELF_LIFE, const.BY_MAX_DAYS, const.BY_PRICE, const.BY_MIN_DAYS),
        const.BY_COST,
    )
