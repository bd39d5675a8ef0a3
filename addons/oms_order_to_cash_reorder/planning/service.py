"""The reorder level that reaches a service, and the service that a level reaches.

A cycle runs from one order to the next: an order is placed when the stock, with what is on order and without what is
owed, has sunk to the reorder level or below it, and raises it to the order-up-to level.
"""

from dataclasses import dataclass

import numpy as np

from . import const
from .distributions import Gamma, NegativeBinomial, Normal
from .settings import DEFAULTS

_CHUNK_ROWS = 8192
_TABLE_CELLS = 2_000_000
_LONGEST_TABLE = 8192


@dataclass
class Cycle:
    """What decides the service of each pair."""

    mean: np.ndarray  # demand over the lead time
    variance: np.ndarray
    undershoot: np.ndarray
    undershoot_variance: np.ndarray
    gap: np.ndarray  # order-up-to level less reorder level
    integer: np.ndarray
    step: np.ndarray  # levels are multiples of it
    family: np.ndarray  # code of const.FAMILIES


@dataclass
class Achieved:
    """What a pair of levels achieves."""

    fill: np.ndarray  # share of the demand met at once from stock
    cycle: np.ndarray  # chance that a cycle has no shortage
    stock: np.ndarray  # average stock on hand


class _Part:
    """Pairs whose demand is of one family, few enough to be looked at together."""

    def __init__(self, cycle, index, family):
        self.index = index
        self.gap, self.undershoot = cycle.gap[index], cycle.undershoot[index]
        self.step = cycle.step[index]
        self.mean, self.variance = cycle.mean[index], cycle.variance[index]
        self.total = self.mean + self.undershoot
        self.spread = self.variance + cycle.undershoot_variance[index]
        self.lead = family(self.mean, self.variance)
        self.whole = family(self.total, self.spread)
        self.lowest = np.where(cycle.integer[index], -1, 0).astype(np.int64)

    def get_fill(self, level, gap):
        """Return the share of a cycle's demand that is not short."""
        short = self.whole.loss(level) - self.lead.loss(level + gap)
        return 1 - np.maximum(short, 0) / np.maximum(gap + self.undershoot, 1e-9)

    def get_cycle(self, level):
        return 1 - self.whole.survival(level)

    def get_stock(self, level, gap):
        """Return the mean of the stock just after a receipt and just before it."""
        after = level + gap - self.mean + self.lead.loss(level + gap)
        return np.maximum(after + level - self.total + self.whole.loss(level), 0) / 2

    def solve(self, target, by_cycle):
        """Return the lowest level that reaches the target."""

        def reaches(number):
            level = number * self.step
            if not by_cycle.any():
                return self.get_fill(level, self.gap) >= target
            if by_cycle.all():
                return self.get_cycle(level) >= target
            return np.where(by_cycle, self.get_cycle(level), self.get_fill(level, self.gap)) >= target

        highest = self.total + 10 * np.sqrt(self.spread) + 20 * self.spread / np.maximum(self.total, 1e-9)
        high = np.ceil(np.minimum(highest, 1e15) / self.step).astype(np.int64) + 1
        return bisect(reaches, self.lowest, high) * self.step


def bisect(reaches, low, high):
    """Return the lowest whole number from ``low`` to ``high`` that reaches, per row; ``high`` where none does."""
    low = low - 1
    while (high - low > 1).any():
        # A row that is done stays where it is; the number below the lowest is never asked for.
        middle = np.where(high - low > 1, (low + high) // 2, high)
        enough = reaches(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _split(cycle, settings):
    """Yield parts that cover all pairs."""
    total = cycle.mean + cycle.undershoot
    spread = cycle.variance + cycle.undershoot_variance
    length = NegativeBinomial.get_length(np.minimum(total, settings.exact_below), np.minimum(spread, 1e12))
    length = np.maximum(length, NegativeBinomial.get_length(np.minimum(cycle.mean, settings.exact_below), spread))
    normal = cycle.family == const.NORMAL
    count = ~normal & cycle.integer & (total < settings.exact_below) & (length <= _LONGEST_TABLE)
    for family, chosen in ((Normal, normal), (Gamma, ~normal & ~count)):
        index = np.flatnonzero(chosen)
        for first in range(0, len(index), _CHUNK_ROWS):
            yield _Part(cycle, index[first : first + _CHUNK_ROWS], family)
    index = np.flatnonzero(count)
    index = index[np.argsort(length[index], kind="stable")]
    while len(index):
        rows = _count_rows(length[index])
        yield _Part(cycle, index[:rows], NegativeBinomial)
        index = index[rows:]


def _count_rows(lengths):
    """Return how many of the first rows, sorted by length, make a table of a bearable size."""
    rows = np.searchsorted(lengths * np.arange(1, len(lengths) + 1), _TABLE_CELLS)
    return int(np.clip(rows, 1, _CHUNK_ROWS))


def solve(cycle, target, kind, old_level, old_gap, settings=DEFAULTS):
    """Return the reorder levels, what they achieve, and what the old levels achieve.

    :param target: share per pair
    :param kind: const.FILL, or const.CYCLE
    :param old_level: reorder level in use; any number where there is none
    """
    pairs = len(cycle.mean)
    level = np.zeros(pairs)
    new = Achieved(*(np.zeros(pairs) for _part in range(3)))
    old = Achieved(*(np.zeros(pairs) for _part in range(3)))
    for part in _split(cycle, settings):
        index = part.index
        level[index] = part.solve(target[index], kind[index] == const.CYCLE)
        _judge(new, part, level[index], part.gap)
        _judge(
            old, part, np.floor(np.round(old_level[index] / part.step, 6)) * part.step, np.maximum(old_gap[index], 0)
        )
    return level, new, old


def _judge(achieved, part, level, gap):
    achieved.fill[part.index] = np.clip(part.get_fill(level, gap), 0, 1)
    achieved.cycle[part.index] = part.get_cycle(level)
    achieved.stock[part.index] = part.get_stock(level, gap)


def get_cost_target(holding, quantity, shortage, demand_year, settings=DEFAULTS):
    """Return the chance of a cycle without shortage at which holding more costs as much as being short less often.

    :param holding: cost of holding a unit for a year
    :param shortage: cost of each unit short
    """
    ratio = np.divide(
        holding * quantity,
        shortage * demand_year,
        out=np.full(np.shape(quantity), np.inf),
        where=shortage * demand_year > 0,
    )
    return np.clip(1 - ratio, settings.lowest_cost_target, settings.highest_cost_target)
