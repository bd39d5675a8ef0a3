"""What was measured beside what was aimed at."""

import numpy as np

_LARGEST_FACTOR = 1.5
_STEP = 1.1


def get_measured_fill(group, demanded, met, groups):
    """Return the share of each group's demand that was met at once, NaN for a group without demand."""
    total = np.bincount(group, demanded, groups)
    share = np.bincount(group, met, groups)
    return np.divide(share, total, out=np.full(groups, np.nan), where=total > 0)


def adjust_factor(factor, measured, target, slack=0.01):
    """Return by what the standard deviation of each group is widened next: one step at a time, never above 1.5.

    Groups at or above target go one step back.
    """
    below, above = measured < target - slack, measured >= target
    wider = np.where(below, factor * _STEP, np.where(above, factor / _STEP, factor))
    return np.clip(wider, 1, _LARGEST_FACTOR)
