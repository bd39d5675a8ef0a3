"""The level of pairs with little history: a prior mean, worth some weeks of days, met by the days there are."""

import numpy as np

from .level import Level
from .settings import DEFAULTS

_DAYS_FOR_SIZES, _OCCASIONS_FOR_SIZES = 28, 3


def get_posterior(prior, total, days, prior_days=DEFAULTS.prior_days):
    """Return the mean per day and its variance, of a gamma prior for a Poisson rate.

    :param prior: mean per day that is expected of the pair, worth ``prior_days`` days
    """
    weight = prior_days + days
    mean = (prior_days * prior + total) / weight
    return mean, mean / weight


def choose_prior(analogue, category, launch):
    """Return the first prior there is: a named analogue's, the category's median, the launch figure; else NaN."""
    return np.where(~np.isnan(analogue), analogue, np.where(~np.isnan(category), category, launch))


def get_medians(group, mean, usable, groups):
    """Return the median of ``mean`` over the usable pairs of each group, NaN for a group without any."""
    order = np.lexsort((mean, group))
    order = order[usable[order]]
    number = np.bincount(group[order], minlength=groups)
    first = np.cumsum(number) - number
    some = number > 0
    result = np.full(groups, np.nan)
    low, high = first + (number - 1) // 2, first + number // 2
    result[some] = (mean[order][low[some]] + mean[order][high[some]]) / 2
    return result


def estimate(statistics, days, prior, settings=DEFAULTS):
    """Return the ``Level`` of new pairs; NaN where there is no prior."""
    mean, error = get_posterior(prior, statistics.total, days, settings.prior_days)
    enough = (days >= _DAYS_FOR_SIZES) & (statistics.occasions >= _OCCASIONS_FOR_SIZES) & (statistics.mean > 0)
    divisor = np.where(enough, statistics.mean, 1)
    spread = np.where(enough, np.maximum(statistics.variance / divisor, 1), 1)
    # Without sizes of its own the pair's days are Poisson counts.
    second = np.where(enough, statistics.second / divisor, 1 + mean)
    third = np.where(enough, statistics.third / divisor, 1 + 3 * mean + mean**2)
    return Level(mean, mean * spread, error * spread, second, third)
