"""Twelve multiplicative indices, where two or more whole years show that months differ."""

import numpy as np

# 99 % points of F with 11 and 12 * (years - 1) degrees of freedom, for 2 to 6 years.
_CRITICAL = {2: 4.2198, 3: 3.0929, 4: 2.7860, 5: 2.6424, 6: 2.5594}
_MIN_YEARS = 2


def get_indices(monthly):
    """Return twelve indices of mean 1 per row, and whether the months differ; the indices are all 1 where they don't.

    :param monthly: demand of whole years by month, one row per pair or category, twelve columns a year, NaN where
        there was no history yet
    """
    monthly = np.asarray(monthly, float)
    years = monthly.shape[1] // 12
    flat = np.ones((len(monthly), 12))
    if years < _MIN_YEARS:
        return flat, np.zeros(len(monthly), bool)
    cube = monthly[:, -12 * years :].reshape(len(monthly), years, 12)
    mean = cube.mean(axis=2, keepdims=True)
    usable = (mean > 0).all(axis=(1, 2))
    ratio = np.divide(cube, mean, out=np.ones(cube.shape), where=mean > 0)
    index = ratio.mean(axis=1)
    passed = usable & (_get_f(ratio, index) > _CRITICAL[min(years, max(_CRITICAL))])
    return np.where(passed[:, None], index / index.mean(axis=1, keepdims=True), flat), passed


def _get_f(ratio, index):
    """Return the variance between months over that within months."""
    years = ratio.shape[1]
    between = years * ((index - 1) ** 2).sum(axis=1) / 11
    # Each year's mean is 1 by construction, which takes a degree of freedom per year.
    within = ((ratio - index[:, None, :]) ** 2).sum(axis=(1, 2)) / (11 * (years - 1))
    return np.divide(between, within, out=np.full(len(within), np.inf), where=within > 0)


def get_month(day):
    """Return the month, 0 to 11, of ordinal days."""
    dates = (np.asarray(day, np.int64) - 719163).astype("datetime64[D]")
    return dates.astype("datetime64[M]").astype(np.int64) % 12


def get_factor(indices, first_day, days):
    """Return the mean index of each row over the days that follow ``first_day``.

    :param days: number of days per row, at least one is looked at
    """
    length = np.maximum(np.ceil(days), 1).astype(np.int64)
    months = get_month(first_day + np.arange(length.max(initial=1)))
    total = np.cumsum(indices[:, months], axis=1)
    return np.take_along_axis(total, length[:, None] - 1, axis=1)[:, 0] / length
