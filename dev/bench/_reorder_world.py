"""A made-up company for the benchmark of reordering: what its customers ask for and how its suppliers deliver, day by
day, the same for every policy that is tried on it."""

from dataclasses import dataclass

import numpy as np

CLASSES = ("smooth", "erratic", "intermittent", "lumpy")
HISTORY_DAYS, SCORED_DAYS = 364, 730
_STOCK_DAYS = 30


@dataclass
class World:
    """One array element, or one column, per product."""

    kind: np.ndarray  # place in CLASSES
    demand: np.ndarray  # days x products, the history first
    declared: np.ndarray  # the lead time that the vendor's price list tells
    lead_mean: np.ndarray  # the one that is
    lead_variation: np.ndarray
    price: np.ndarray
    moq: np.ndarray
    pack: np.ndarray
    known_pair: np.ndarray  # receipts before the start
    known_days: np.ndarray
    start: np.ndarray  # stock on hand at the start
    order_cost: float
    holding_rate: float

    def __len__(self):
        return len(self.kind)


def make(products, seed):
    """Return a world of so many products, a quarter of each class."""
    rng = np.random.default_rng(seed)
    kind = np.arange(products) % len(CLASSES)
    demand = _sample_demand(rng, kind)
    declared = rng.choice([5, 7, 10, 14, 21, 30], products).astype(float)
    # The price list is wrong by up to half, to either side.
    lead_mean = np.maximum(declared * rng.uniform(0.5, 1.5, products), 1)
    variation = rng.uniform(0.1, 0.4, products)
    mean = demand[:HISTORY_DAYS].mean(axis=0)
    pack = np.where(rng.random(products) < 0.15, 6.0, 0.0)
    moq = np.where(rng.random(products) < 0.2, np.ceil(mean * rng.uniform(5, 30, products)), 0.0)
    known = rng.poisson(np.clip(mean * HISTORY_DAYS / 20, 0, 12))
    pair = np.repeat(np.arange(products), known)
    return World(
        kind,
        demand,
        declared,
        lead_mean,
        variation,
        np.round(np.exp(rng.normal(2.7, 1, products)), 2),
        moq,
        pack,
        pair,
        sample_lead_days(rng, lead_mean[pair], variation[pair]),
        np.ceil(mean * _STOCK_DAYS),
        10.0,
        0.25,
    )


def _sample_demand(rng, kind):
    demand = np.empty((HISTORY_DAYS + SCORED_DAYS, len(kind)))
    for number, sample in enumerate((_sample_smooth, _sample_erratic, _sample_intermittent, _sample_lumpy)):
        columns = np.flatnonzero(kind == number)
        demand[:, columns] = sample(rng, (len(demand), len(columns)))
    return demand


def sample_lead_days(rng, mean, variation):
    """Return whole days, at least one."""
    shape = 1 / variation**2
    return np.maximum(np.round(rng.gamma(shape, mean / shape)), 1)


def _sample_sizes(rng, mean, variance, shape):
    """Return negative binomial counts."""
    size = mean**2 / (variance - mean)
    return rng.poisson(rng.gamma(np.broadcast_to(size, shape), mean / size))


def _sample_smooth(rng, shape):
    mean = rng.uniform(1, 15, shape[1])
    return _sample_sizes(rng, mean, mean * rng.uniform(1.1, 3, shape[1]), shape)


def _sample_erratic(rng, shape):
    mean = rng.uniform(1, 10, shape[1])
    # Over a week the squared variation is a seventh of a day's.
    variance = mean + mean**2 * rng.uniform(4, 8, shape[1])
    return _sample_sizes(rng, mean, variance, shape)


def _sample_intermittent(rng, shape):
    chance = rng.uniform(0.04, 0.15, shape[1])
    return (rng.random(shape) < chance) * (1 + rng.poisson(rng.uniform(0, 2, shape[1]), shape))


def _sample_lumpy(rng, shape):
    chance = rng.uniform(0.04, 0.15, shape[1])
    size = rng.uniform(3, 15, shape[1])
    return (rng.random(shape) < chance) * (1 + _sample_sizes(rng, size, size + 1.2 * size**2, shape))
