"""How long suppliers take, from what was received and what is overdue, shrunk towards what they declare."""

from dataclasses import dataclass

import numpy as np

from .settings import DEFAULTS


@dataclass
class Receipts:
    """Observed lead times, in days, one row per purchase line, and open lines with their age."""

    pair: np.ndarray
    days: np.ndarray
    open_pair: np.ndarray
    open_days: np.ndarray


@dataclass
class LeadTime:
    """What lead time is expected of each pair, in days."""

    mean: np.ndarray
    variance: np.ndarray
    number: np.ndarray  # observations


def merge_partials(line, quantity, days):
    """Return the lines, and one quantity-weighted lead time for each: a line may be received in parts."""
    lines, place = np.unique(line, return_inverse=True)
    return lines, np.bincount(place, quantity * days) / np.bincount(place, quantity)


def shrink(number, total, squares, declared, settings=DEFAULTS):
    """Return mean and variance of lead times, with the declared one worth some observations.

    :param squares: sum of squared deviations from the observations' own mean
    """
    weight, spread = settings.prior_receipts, settings.prior_variation * declared
    mean = (total + weight * declared) / (number + weight)
    return mean, (squares + weight * spread**2) / np.maximum(number - 1 + weight, 1)


def _sum(pair, days, pairs):
    number = np.bincount(pair, minlength=pairs)
    total = np.bincount(pair, days, pairs)
    mean = total / np.maximum(number, 1)
    return number, total, np.bincount(pair, (days - mean[pair]) ** 2, pairs)


def estimate(receipts, declared, settings=DEFAULTS):
    """Return the ``LeadTime`` of each pair.

    :param declared: the vendor's delay with the days that the company and its rules add, NaN for a pair without
    """
    declared = np.asarray(declared, float)
    pair, days = np.asarray(receipts.pair, np.int64), np.asarray(receipts.days, float)
    mean, _variance = shrink(*_sum(pair, days, len(declared)), declared, settings)
    open_pair, open_days = np.asarray(receipts.open_pair, np.int64), np.asarray(receipts.open_days, float)
    # What is open for longer than usual takes at least that long; a younger one tells nothing yet.
    late = open_days > mean[open_pair]
    pair = np.concatenate((pair, open_pair[late]))
    days = np.concatenate((days, open_days[late]))
    sums = _sum(pair, days, len(declared))
    return LeadTime(*shrink(*sums, declared, settings), sums[0])


def get_late_days(lead_time, declared):
    """Return by how many days a receipt may exceed the declared lead time: exceeded by one in twenty."""
    return np.maximum(lead_time.mean + 1.645 * np.sqrt(lead_time.variance) - declared, 0)
