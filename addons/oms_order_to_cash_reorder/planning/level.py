"""The level of demand today, its variance, and how well the level is known. The weeks are those of ``History``."""

from dataclasses import dataclass

import numpy as np

from . import const
from .settings import DEFAULTS


@dataclass
class Level:
    """What demand is expected from now on."""

    mean: np.ndarray  # per day
    variance: np.ndarray  # per day
    error: np.ndarray  # variance of the mean itself
    second: np.ndarray  # second moment of a day's demand, over its mean
    third: np.ndarray


def _smooth(pair, age, value, number, alpha, start):
    """Return exponentially smoothed values; the periods without a row count as 0.

    :param age: periods since, 0 for the latest
    :param number: periods of each pair
    :param start: level of each pair before the first period
    """
    recent = np.bincount(pair, value * alpha * (1 - alpha) ** age, len(number))
    return recent + start * (1 - alpha) ** number


def _get_rank(pair, pairs):
    """Return how many rows of the same pair follow each row."""
    end = np.cumsum(np.bincount(pair, minlength=pairs))
    return end[pair] - 1 - np.arange(len(pair))


def get_ses(history, statistics, alpha):
    """Return the weekly level by simple exponential smoothing."""
    return _smooth(
        history.week_pair, history.week_age, history.week_quantity, history.weeks, alpha, statistics.week_mean
    )


def _get_size(history, statistics, alpha):
    """Return the smoothed size of the weeks with demand."""
    pair, pairs = history.week_pair, len(history.weeks)
    mean = statistics.week_mean * history.weeks / np.maximum(statistics.occasions, 1)
    return _smooth(pair, _get_rank(pair, pairs), history.week_quantity, statistics.occasions, alpha, mean)


def get_tsb(history, statistics, alpha, alpha_probability):
    """Return the weekly level by Teunter, Syntetos and Babai's method, which sinks while there is no demand."""
    share = statistics.occasions / np.maximum(history.weeks, 1)
    ones = np.ones(len(history.week_pair))
    chance = _smooth(history.week_pair, history.week_age, ones, history.weeks, alpha_probability, share)
    return chance * _get_size(history, statistics, alpha)


def get_sba(history, statistics, alpha):
    """Return the weekly level by Syntetos and Boylan's correction of Croston's method."""
    pair, pairs = history.week_pair, len(history.weeks)
    opening = np.diff(pair, prepend=-1) != 0
    older = np.where(opening, history.weeks[pair], np.append(0, history.week_age[:-1]) if len(pair) else 0)
    gap = older - history.week_age
    mean = history.weeks / np.maximum(statistics.occasions, 1)
    interval = _smooth(pair, _get_rank(pair, pairs), gap, statistics.occasions, alpha, mean)
    return (1 - alpha / 2) * _get_size(history, statistics, alpha) / np.maximum(interval, 1)


def estimate(history, statistics, method, integer, settings=DEFAULTS):
    """Return the ``Level`` of pairs with a history of their own.

    :param method: code of ``const.METHODS`` per pair
    :param integer: whether the pair is counted in whole units
    """
    mean = _get_mean(history, statistics, method, settings)
    ratio = np.divide(mean, statistics.mean, out=np.zeros(len(mean)), where=statistics.mean > 0)
    base = np.maximum(statistics.variance, statistics.week_variance / 7)
    # A count varies at least as a Poisson count does; a weight in tonnes need not.
    base = np.maximum(base, np.where(integer, statistics.mean, 0))
    variance = base * ratio
    known = np.where(
        statistics.demand_class == const.SPARSE,
        1 / np.maximum(history.weeks, 1),
        settings.alpha / (2 - settings.alpha) + 1 / np.maximum(history.weeks, 1),
    )
    # Of a week's level: 7 * variance * known; of a day's that is over 49.
    return Level(mean, variance, variance / 7 * known, *_get_moments(statistics))


def _get_mean(history, statistics, method, settings):
    alpha = settings.alpha
    steady = np.isin(statistics.demand_class, (const.SMOOTH, const.ERRATIC))
    week = np.where(
        steady, get_ses(history, statistics, alpha), get_tsb(history, statistics, alpha, settings.alpha_probability)
    )
    rare = np.isin(statistics.demand_class, (const.INTERMITTENT, const.LUMPY))
    if (rare & (method == const.LEVEL_SBA)).any():
        week = np.where(rare & (method == const.LEVEL_SBA), get_sba(history, statistics, alpha), week)
    # With one or two occasions there is nothing to smooth.
    return np.where(rare | steady, week / 7, statistics.mean)


def _get_moments(statistics):
    """Return the second and third moments over the first: they stay when demand becomes more or less frequent."""
    mean = np.where(statistics.mean > 0, statistics.mean, 1)
    return statistics.second / mean, statistics.third / mean
