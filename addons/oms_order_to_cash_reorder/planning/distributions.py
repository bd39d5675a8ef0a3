"""Distributions matched to a mean and a variance: one per pair, all pairs at once."""

import numpy as np

from .gamma_function import erfc, upper

_SMALLEST_CV = 1e-4


class NegativeBinomial:
    """Counts with a mean and a variance per row; Poisson where the variance is not above the mean.

    Survival and loss are tabulated by the recursion of the probabilities, one line of the table per count.
    """

    def __init__(self, mean, variance):
        self._table(np.asarray(mean, float), np.maximum(variance, mean))

    @staticmethod
    def get_length(mean, variance):
        """Return up to which count a table is needed: the rest of the tail is below 1e-6."""
        variance = np.maximum(variance, mean)
        tail = variance / np.maximum(mean, 1e-9)
        return np.ceil(mean + 6 * np.sqrt(variance) + 15 * np.maximum(tail, 1)).astype(np.int64) + 1

    def _table(self, mean, variance):
        length = int(self.get_length(mean, variance).max(initial=1))
        excess = np.divide(variance - mean, mean, out=np.zeros(mean.shape), where=mean > 0)
        slope = excess / (1 + excess)
        start = mean / (1 + excess)
        log_zero = np.divide(np.log1p(excess), excess, out=np.ones(mean.shape), where=excess > 1e-12)
        chance = np.exp(-mean * log_zero)
        self.tail, self.missing = np.empty((length, len(mean))), np.empty((length, len(mean)))
        tail, missing = np.ones(mean.shape), mean
        for count in range(length):
            tail = np.maximum(tail - chance, 0)
            self.tail[count], self.missing[count] = tail, missing
            missing = np.maximum(missing - tail, 0)
            chance = chance * (count * slope + start) / (count + 1)
        self.mean, self.row = mean, np.arange(len(mean))

    def survival(self, level):
        """Return P(X > level) for a whole number per row."""
        return np.where(level < 0, 1, self._look_up(self.tail, level))

    def loss(self, level):
        """Return E(X - level)+ for a whole number per row."""
        return np.where(level < 0, self.mean - level, self._look_up(self.missing, level))

    def _look_up(self, table, level):
        inside = level < len(table)
        return np.where(inside, table[np.where(inside, np.maximum(level, 0), 0).astype(np.int64), self.row], 0)


class Gamma:
    """Amounts at or above 0 with a mean and a variance per row."""

    def __init__(self, mean, variance):
        self.mean = np.maximum(mean, 1e-9)
        variance = np.maximum(variance, (_SMALLEST_CV * self.mean) ** 2)
        self.shape, self.scale = self.mean**2 / variance, variance / self.mean

    def survival(self, level):
        """Return P(X > level)."""
        return upper(self.shape, np.maximum(level, 0) / self.scale)[0]

    def loss(self, level):
        """Return E(X - level)+."""
        tail, step = upper(self.shape, np.maximum(level, 0) / self.scale)
        inside = np.maximum((self.mean - level) * tail + self.mean * step, 0)
        return np.where(level < 0, self.mean - level, inside)


class Normal:
    """Amounts with a mean and a variance per row, negative ones too."""

    def __init__(self, mean, variance):
        self.mean = np.asarray(mean, float)
        self.deviation = np.sqrt(np.maximum(variance, (_SMALLEST_CV * np.maximum(self.mean, 1e-9)) ** 2))

    def survival(self, level):
        """Return P(X > level)."""
        return 0.5 * erfc((level - self.mean) / self.deviation / np.sqrt(2))

    def loss(self, level):
        """Return E(X - level)+."""
        z = (level - self.mean) / self.deviation
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        return np.maximum(self.deviation * (density - z * 0.5 * erfc(z / np.sqrt(2))), 0)
