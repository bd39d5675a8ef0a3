"""The (s, S) policy of least average cost, exactly, for one pair with whole daily demand (Zheng and Federgruen)."""

import numpy as np


def poisson(mean):
    """Return the probabilities of a Poisson count, from 0 up to where they vanish."""
    length = int(mean + 12 * np.sqrt(mean) + 30)
    log_factorial = np.append(0, np.cumsum(np.log(np.arange(1, length))))
    return np.exp(np.arange(length) * np.log(mean) - mean - log_factorial)


def solve(chance, lead_days, holding, backorder, order_cost):
    """Return the optimal reorder level, order-up-to level and cost per day.

    :param chance: probabilities of a day's demand 0, 1, 2, ...
    :param lead_days: whole days from an order to its receipt
    :param holding: cost per unit on hand and day
    :param backorder: cost per unit owed and day
    :param order_cost: cost per order
    """
    total = chance
    for _day in range(lead_days):
        total = np.convolve(total, chance)
    costs = _DayCosts(total, holding, backorder)
    renewal = _Renewal(chance)
    best = costs.find_lowest()
    # Below the lowest of the day's costs, the level to order at is where an order starts to pay.
    low = best - 1
    while _get_average(costs, renewal, low, best, order_cost) > costs[low]:
        low -= 1
    cost, high = _get_average(costs, renewal, low, best, order_cost), best
    candidate = best + 1
    while costs[candidate] <= cost:
        if _get_average(costs, renewal, low, candidate, order_cost) < cost:
            high = candidate
            while _get_average(costs, renewal, low, high, order_cost) <= costs[low + 1]:
                low += 1
            cost = _get_average(costs, renewal, low, high, order_cost)
        candidate += 1
    return low, high, cost


def _get_average(costs, renewal, low, high, order_cost):
    """Return the cost per day of ordering up to ``high`` from ``low`` or below."""
    visits = renewal.get(high - low)
    return (order_cost + sum(visits[step] * costs[high - step] for step in range(high - low))) / visits.sum()


class _DayCosts(dict):
    """What a day costs, by the stock that its orders raised to."""

    def __init__(self, chance, holding, backorder):
        super().__init__()
        self.chance, self.holding, self.backorder = chance, holding, backorder
        self.demand = np.arange(len(chance))

    def __missing__(self, level):
        left = level - self.demand
        cost = np.where(left > 0, self.holding * left, -self.backorder * left)
        self[level] = float(self.chance @ cost)
        return self[level]

    def find_lowest(self):
        ratio = self.backorder / (self.backorder + self.holding)
        return int(np.searchsorted(np.cumsum(self.chance), ratio))


class _Renewal:
    """How often, in a cycle, the stock is at so many units below the order-up-to level."""

    def __init__(self, chance):
        self.chance, self.visits = chance, [1 / (1 - chance[0])]

    def get(self, length):
        while len(self.visits) < length:
            reach = min(len(self.visits), len(self.chance) - 1)
            seen = np.array(self.visits[-reach:][::-1])
            self.visits.append(float(self.chance[1 : reach + 1] @ seen) / (1 - self.chance[0]))
        return np.array(self.visits[:length])
