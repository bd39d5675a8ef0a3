"""The policies that the benchmark of reordering compares. Each returns minimum and maximum of all products."""

import datetime

import numpy as np
from planning import const, demand, lead_time, policy
from planning.settings import DEFAULTS

_ORIGIN = datetime.date(2024, 1, 1).toordinal()
_Z = {0.90: 1.2816, 0.95: 1.6449, 0.98: 2.0537}


class Ours:
    """The addon's: plans again, and writes what it would write in Odoo."""

    label = "this addon"
    every = 7
    is_peer = False

    def __init__(self, world, target):
        self.world = world
        self.terms = get_terms(world, target)

    def plan(self, seen):
        rows, receipts = get_rows(self.world, seen), get_receipts(seen)
        result = policy.plan(rows, receipts, self.terms, DEFAULTS)
        self.terms.old_min = np.where(result.write, result.minimum, self.terms.old_min)
        self.terms.old_max = np.where(result.write, result.maximum, self.terms.old_max)
        return np.nan_to_num(self.terms.old_min), np.nan_to_num(self.terms.old_max)


class OnDemand:
    """Odoo's 0/0: what is owed is ordered."""

    label = "Odoo 0/0"
    is_peer = True
    every = 1000

    def __init__(self, world, _target):
        self.pairs = len(world)

    def plan(self, _seen):
        return np.zeros(self.pairs), np.zeros(self.pairs)


class StockHistory:
    """Minimum and maximum are the average and the highest stock of the last months."""

    label = "stock history"
    is_peer = True
    every = 28
    days = 90

    def __init__(self, world, _target):
        self.start = world.start

    def plan(self, seen):
        stock = np.maximum(seen.stock[max(seen.day - self.days, 0) : seen.day], 0)
        if not len(stock):
            stock = self.start[None] * np.linspace(0, 1, 30)[:, None]
        return np.ceil(stock.mean(axis=0)), np.ceil(np.maximum(stock.max(axis=0), 1))


class SafetyStock:
    """z * sigma * sqrt(L) above the demand over the declared lead time, and the economic quantity above that."""

    label = "z sigma sqrt(L)"
    is_peer = True
    every = 28

    def __init__(self, world, target):
        self.world, self.z = world, _Z[target]

    def plan(self, seen):
        mean, deviation = seen.past.mean(axis=0), seen.past.std(axis=0)
        days = self.world.declared
        minimum = np.ceil(mean * days + self.z * deviation * np.sqrt(days))
        return minimum, minimum + np.ceil(get_economic(self.world, mean))


class Textbook(SafetyStock):
    """The same with measured lead times and their variance: what a careful person would do in a spreadsheet.

    It is no published module, and serves the products unequally: it is shown, and not among those to be beaten.
    """

    label = "z, lead times measured"
    is_peer = False

    def plan(self, seen):
        mean, variance = seen.past.mean(axis=0), seen.past.var(axis=0)
        number = np.bincount(seen.pair, minlength=len(mean))
        total = np.bincount(seen.pair, seen.lead_days, len(mean))
        square = np.bincount(seen.pair, seen.lead_days**2, len(mean))
        days = np.where(number > 0, total / np.maximum(number, 1), self.world.declared)
        spread = np.where(number > 1, square / np.maximum(number, 1) - days**2, 0)
        minimum = np.ceil(mean * days + self.z * np.sqrt(days * variance + mean**2 * spread))
        return minimum, minimum + np.ceil(get_economic(self.world, mean))


class Buffer:
    """Demand-driven: red, yellow and green zones from average daily usage and the decoupled lead time."""

    label = "DDMRP buffer"
    is_peer = True
    every = 7

    def __init__(self, world, _target):
        self.world = world

    def plan(self, seen):
        usage = seen.past[-90:].mean(axis=0)
        days = self.world.declared
        weeks = seen.past[-84:].reshape(12, 7, -1).sum(axis=1)
        variation = weeks.std(axis=0) / np.maximum(weeks.mean(axis=0), 1e-9)
        lead_factor = np.select((days <= 7, days <= 14), (0.7, 0.5), 0.3)
        variability = np.select((variation < 0.5, variation < 1), (0.3, 0.5), 0.8)
        red = usage * days * lead_factor * (1 + variability)
        green = np.maximum(np.maximum(usage * days * lead_factor, self.world.moq), usage * 7)
        top = red + usage * days
        return np.ceil(top), np.ceil(top + np.maximum(green, 1))


POLICIES = (Ours, OnDemand, StockHistory, SafetyStock, Textbook, Buffer)


def get_economic(world, mean):
    quantity = np.sqrt(2 * world.order_cost * 365 * mean / (world.holding_rate * world.price))
    return np.maximum(np.maximum(quantity, world.moq), 1)


def get_rows(world, seen):
    """Return the demand of the last days, and the days that began and ended without stock."""
    place, pair = np.nonzero(seen.past)
    order = np.lexsort((place, pair))
    first = _ORIGIN + seen.day
    empty = np.argwhere((seen.recent[:-1] <= 0) & (seen.recent[1:] <= 0))
    days = first + len(seen.past) - len(seen.recent) + 1 + empty[:, 0]
    return demand.Demand(
        pair[order],
        first + place[order],
        seen.past[place[order], pair[order]],
        np.full(len(world), _ORIGIN),
        first + len(seen.past) - 1,
        empty[:, 1],
        days,
        days,
    )


def get_receipts(seen):
    return lead_time.Receipts(seen.pair, seen.lead_days, seen.open_pair, seen.open_days)


def get_terms(world, target):
    pairs = len(world)

    def same(value, kind=float):
        return np.full(pairs, value, kind)

    return policy.Terms(
        integer=same(True, bool),
        rounding=same(1.0),
        order_cost=same(world.order_cost),
        holding_rate=same(world.holding_rate),
        break_quantity=np.zeros((pairs, 1)),
        break_price=world.price[:, None],
        moq=world.moq,
        pack=world.pack,
        shelf_days=same(np.nan),
        declared=world.declared,
        horizon_days=same(365.0),
        target=same(target),
        kind=same(const.FILL, int),
        shortage_cost=same(0.0),
        family=same(const.AUTO, int),
        method=same(const.LEVEL_AUTO, int),
        prior=same(np.nan),
        season=same(1.0),
        factor=same(1.0),
        old_min=same(np.nan),
        old_max=same(np.nan),
    )
