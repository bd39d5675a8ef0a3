"""When a pair had no stock: from what is on hand now and what came and went on each day."""

import numpy as np

_NOTHING = 1e-6


def get_empty_spans(pair, day, net, on_hand, first_day, last_day):
    """Return pair, first and last day of the spans whose days all start and end without stock.

    :param pair: rows, sorted by pair and day, one per day on which something came or went
    :param net: what came less what went
    :param on_hand: per pair: stock at the end of ``last_day``
    :param first_day: per pair
    """
    pairs = len(on_hand)
    day = np.maximum(day, first_day[pair])
    after = np.cumsum(net)
    end = np.append(0, after)[np.searchsorted(pair, np.arange(pairs), "right")]
    # Stock before and after each row; rows behind it are taken off what is on hand now.
    level = on_hand[pair] - (end[pair] - after)
    before = level - net
    opening = np.diff(pair, prepend=-1) != 0
    previous = np.where(opening, first_day[pair] - 1, np.append(0, day[:-1]) if len(day) else 0)
    quiet = (pair, previous + 1, day - 1, before <= _NOTHING)
    moving = (pair, day, day, (before <= _NOTHING) & (level <= _NOTHING))
    latest = np.maximum(first_day - 1, _get_latest(pair, day, pairs))
    rest = (np.arange(pairs), latest + 1, np.full(pairs, last_day), on_hand <= _NOTHING)
    of, first, last, empty = (np.concatenate(parts) for parts in zip(quiet, moving, rest, strict=True))
    keep = empty & (first <= last)
    return of[keep], first[keep], last[keep]


def _get_latest(pair, day, pairs):
    """Return the last day on which something moved; far in the past where nothing did."""
    latest = np.full(pairs, -(1 << 31), np.int64)
    latest[pair] = day
    return latest
