"""ABC by value and XYZ by steadiness, for reports and default targets."""

import numpy as np

_A_SHARE, _B_SHARE = 0.80, 0.95
_X_LIMIT, _Y_LIMIT = 0.5, 1.0


def rank_value(group, value, groups):
    """Return the place in const.ABC of each pair, by its share of its group's value: 80, 15 and 5 %."""
    order = np.lexsort((-value, group))
    sorted_group, sorted_value = group[order], value[order]
    total = np.bincount(group, value, groups)
    running = np.cumsum(sorted_value)
    number = np.bincount(group, minlength=groups)
    before = np.append(0, running)[np.cumsum(number) - number][sorted_group]
    # The pair that crosses a border still belongs to the better class.
    reached = running - sorted_value - before
    share = np.divide(reached, total[sorted_group], out=np.ones(len(reached)), where=sorted_value > 0)
    result = np.empty(len(group), np.int8)
    result[order] = np.where(share < _A_SHARE - 1e-12, 0, np.where(share < _B_SHARE - 1e-12, 1, 2))
    return result


def rank_steadiness(mean, variance):
    """Return the place in const.XYZ of each pair, by the coefficient of variation of its weeks."""
    variation = np.divide(np.sqrt(variance), mean, out=np.full(len(mean), np.inf), where=mean > 0)
    return np.where(variation < _X_LIMIT, 0, np.where(variation < _Y_LIMIT, 1, 2)).astype(np.int8)


def get_default_targets(abc, targets=(0.97, 0.95, 0.92)):
    """Return the target of each ABC class."""
    return np.asarray(targets)[abc]
