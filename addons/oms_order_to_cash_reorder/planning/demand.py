"""From demand rows to the history of each pair and its statistics.

Rows are sparse: only days with demand. Days without stock and without demand are left out: the days that remain are
numbered from the latest backwards, and seven of them make a week, whatever the calendar says.
"""

from dataclasses import dataclass

import numpy as np

from . import const
from .settings import DEFAULTS

_STRIDE = 1 << 32
_LIMIT_ADI, _LIMIT_CV2 = 1.32, 0.49


@dataclass
class Demand:
    """Rows of demand, spans without stock and the first day of each pair. Days are ordinals, pairs from 0 on."""

    pair: np.ndarray
    day: np.ndarray
    quantity: np.ndarray
    first_day: np.ndarray  # per pair: its first receipt or issue
    last_day: int  # the last whole day, for all pairs
    empty_pair: np.ndarray  # spans of days which start and end without stock
    empty_first: np.ndarray
    empty_last: np.ndarray


@dataclass
class History:
    """Daily and weekly demand of each pair in its window."""

    days: np.ndarray  # per pair: days looked at
    left_out: np.ndarray  # per pair: days without stock and demand
    weeks: np.ndarray  # per pair: whole weeks of days looked at
    pair: np.ndarray  # rows: sorted by pair and day
    day: np.ndarray
    quantity: np.ndarray  # rows: capped
    capped: np.ndarray  # indices of rows that were capped
    uncapped: np.ndarray  # their quantity before
    week_pair: np.ndarray  # weekly rows: sorted by pair, the oldest week first
    week_age: np.ndarray  # 0 is the latest week
    week_quantity: np.ndarray


@dataclass
class Statistics:
    """Figures of each pair's history."""

    total: np.ndarray
    mean: np.ndarray  # per day
    variance: np.ndarray  # per day
    second: np.ndarray  # second moment of a day's demand
    third: np.ndarray
    week_mean: np.ndarray
    week_variance: np.ndarray
    occasions: np.ndarray  # weeks with demand
    interval: np.ndarray  # average demand interval, in weeks
    variation: np.ndarray  # squared coefficient of variation of the weeks with demand
    demand_class: np.ndarray


def build(demand, settings=DEFAULTS):
    """Return the ``History`` of the pairs of ``demand``."""
    start = np.maximum(demand.last_day - settings.window_days + 1, demand.first_day)
    start = np.minimum(start, demand.last_day - settings.min_days + 1)
    pair, day, quantity = _select(demand, start)
    quantity, capped, uncapped = cap(pair, quantity, len(start), settings.outlier_deviations)
    left_out, age = _leave_out(demand, start, pair, day)
    days = demand.last_day - start + 1 - left_out
    weeks = days // 7
    return History(days, left_out, weeks, pair, day, quantity, capped, uncapped, *_gather(pair, age, quantity, weeks))


def _select(demand, start):
    """Return the rows of each pair's window, sorted by pair and day, one per day."""
    pair, day = demand.pair.astype(np.int64), demand.day.astype(np.int64)
    keep = (day >= start[pair]) & (day <= demand.last_day) & (demand.quantity > 0)
    key, quantity = pair[keep] * _STRIDE + day[keep], np.asarray(demand.quantity, float)[keep]
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        key, quantity = key[order], quantity[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    quantity = np.add.reduceat(quantity, first) if len(first) else quantity
    key = key[first]
    return key // _STRIDE, key % _STRIDE, quantity


def cap(pair, quantity, pairs, deviations):
    """Cap quantities that are too far above the mean of their pair's days with demand.

    :return: the quantities, the indices of those that were capped, and what these were before
    """
    number = np.bincount(pair, minlength=pairs)
    mean = np.bincount(pair, quantity, pairs) / np.maximum(number, 1)
    variance = np.bincount(pair, (quantity - mean[pair]) ** 2, pairs) / np.maximum(number, 1)
    highest = mean + deviations * np.sqrt(variance)
    capped = np.flatnonzero(quantity > highest[pair] * (1 + 1e-12))
    before = quantity[capped]
    if len(capped):
        quantity = quantity.copy()
        quantity[capped] = highest[pair[capped]]
    return quantity, capped, before


def _leave_out(demand, start, pair, day):
    """Return the number of days each pair leaves out, and the age of each row in days that were not."""
    number = np.arange(len(start))
    count = _count_empty(demand)
    before, until = count(number, start - 1), count(number, demand.last_day)
    here = count(pair, day)
    sold = np.append(0, np.cumsum(here - count(pair, day - 1)))
    end = np.searchsorted(pair, number, "right")
    begin = np.searchsorted(pair, number, "left")
    sold_after = sold[end][pair] - sold[1:]
    age = demand.last_day - day - (until[pair] - here - sold_after)
    return until - before - (sold[end] - sold[begin]), age


def _count_empty(demand):
    """Return a function that counts the days of empty spans, of all pairs, up to and with a pair's day."""
    order = np.lexsort((demand.empty_first, demand.empty_pair))
    pair = demand.empty_pair.astype(np.int64)[order] * _STRIDE
    first, last = pair + demand.empty_first[order], pair + demand.empty_last[order]
    total = np.append(0, np.cumsum(last - first + 1))
    last = np.append(-1, last)

    def count(of, day):
        key = np.asarray(of, np.int64) * _STRIDE + day
        place = np.searchsorted(first, key, "right")
        return total[place] - np.maximum(last[place] - key, 0)

    return count


def _gather(pair, age, quantity, weeks):
    """Return the weekly rows; what is older than the last whole week is dropped."""
    age = age // 7
    keep = age < weeks[pair]
    pair, age, quantity = pair[keep], age[keep], quantity[keep]
    first = np.flatnonzero(np.diff(pair * _STRIDE - age, prepend=-_STRIDE))
    total = np.add.reduceat(quantity, first) if len(first) else quantity
    return pair[first], age[first], total


def leave_out_days(demand, on_hand_end):
    """Return which days of one pair count: not those that start and end without stock and saw no demand."""
    demand, end = np.asarray(demand, float), np.asarray(on_hand_end, float)
    return ~((end <= 0) & (end + demand <= 0) & (demand == 0))


def describe(history, settings=DEFAULTS):
    """Return the ``Statistics`` of a history."""
    days, weeks = np.maximum(history.days, 1), np.maximum(history.weeks, 1)
    pairs, of, quantity = len(days), history.pair, history.quantity
    total = np.bincount(of, quantity, pairs)
    second = np.bincount(of, quantity**2, pairs) / days
    third = np.bincount(of, quantity**3, pairs) / days
    mean = total / days
    of, quantity = history.week_pair, history.week_quantity
    week_mean = np.bincount(of, quantity, pairs) / weeks
    week_second = np.bincount(of, quantity**2, pairs) / weeks
    occasions = np.bincount(of, minlength=pairs)
    interval, variation = _get_pattern(of, quantity, weeks, occasions)
    return Statistics(
        total,
        mean,
        _get_variance(second, mean, days),
        second,
        third,
        week_mean,
        _get_variance(week_second, week_mean, weeks),
        occasions,
        interval,
        variation,
        classify(history.weeks, occasions, interval, variation, settings),
    )


def _get_variance(second, mean, number):
    """Return the unbiased variance."""
    return np.maximum(second - mean**2, 0) * number / np.maximum(number - 1, 1)


def _get_pattern(pair, size, weeks, occasions):
    """Return the average interval between weeks with demand, and the squared variation of their size."""
    number = np.maximum(occasions, 1)
    mean = np.bincount(pair, size, len(weeks)) / number
    variance = np.bincount(pair, (size - mean[pair]) ** 2, len(weeks)) / number
    interval = np.where(occasions > 0, weeks / number, np.inf)
    return interval, np.divide(variance, mean**2, out=np.zeros(len(weeks)), where=mean > 0)


def classify(weeks, occasions, interval, variation, settings=DEFAULTS):
    """Return the class of each pair: Syntetos, Boylan and Croston's four, new, or sparse."""
    steady = np.where(variation < _LIMIT_CV2, const.SMOOTH, const.ERRATIC)
    rare = np.where(variation < _LIMIT_CV2, const.INTERMITTENT, const.LUMPY)
    result = np.where(interval < _LIMIT_ADI, steady, rare)
    result = np.where(occasions < settings.min_occasions, const.SPARSE, result)
    return np.where(weeks < settings.min_weeks, const.NEW, result)
