"""Demand that has to be met from stock between an order and its receipt."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Protection:
    """Moments of the demand over the lead time, and with the undershoot that comes before it."""

    mean: np.ndarray  # of the demand over the lead time
    variance: np.ndarray
    undershoot: np.ndarray  # how far below the reorder level the stock is, on average, when an order is placed
    undershoot_variance: np.ndarray


def get_lead_demand(level_mean, level_variance, level_error, lead_mean, lead_variance):
    """Return mean and variance of the demand over a lead time, the level itself being an estimate."""
    mean = level_mean * lead_mean
    variance = lead_mean * level_variance + level_mean**2 * lead_variance
    return mean, variance + (lead_mean**2 + lead_variance) * level_error


def get_undershoot(second, third, integer):
    """Return mean and variance of the undershoot when stock is reviewed once a day.

    :param second: second moment of a day's demand, over its mean
    :param third: third moment, over the mean
    """
    mean = np.where(integer, (second - 1) / 2, second / 2)
    square = np.where(integer, (2 * third - 3 * second + 1) / 6, third / 3)
    mean = np.maximum(mean, 0)
    return mean, np.maximum(square - mean**2, 0)


def protect(level, lead_time, integer, factor=1.0):
    """Return the ``Protection`` of pairs.

    :param factor: widens the standard deviation where measured service asks for it
    """
    mean, variance = get_lead_demand(level.mean, level.variance, level.error, lead_time.mean, lead_time.variance)
    undershoot, spread = get_undershoot(level.second, level.third, integer)
    return Protection(mean, variance * factor**2, undershoot, spread)
