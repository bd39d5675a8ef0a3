"""Day by day through the benchmark's world under one policy."""

from dataclasses import dataclass

import numpy as np
from _reorder_world import HISTORY_DAYS, SCORED_DAYS, sample_lead_days

_LONGEST = 400


@dataclass
class Seen:
    """What a policy may look at on the evening before a day."""

    day: int  # days that have passed since the start
    past: np.ndarray  # demand of the last HISTORY_DAYS, days x products
    recent: np.ndarray  # stock less what is owed, at the end of the same days that there is stock known of
    stock: np.ndarray  # the same of all days
    pair: np.ndarray  # receipts
    lead_days: np.ndarray
    open_pair: np.ndarray
    open_days: np.ndarray


@dataclass
class Score:
    """What came of it, per product."""

    asked: np.ndarray
    met: np.ndarray
    stock_days: np.ndarray
    owed_days: np.ndarray
    orders: np.ndarray


class Days:
    """A world's stock under a policy. Customers are served, then receipts come in, then it is ordered."""

    def __init__(self, world, seed):
        self.world, self.rng = world, np.random.default_rng(seed)
        pairs = len(world)
        self.net, self.on_order = world.start.copy(), np.zeros(pairs)
        self.arrivals = np.zeros((SCORED_DAYS + _LONGEST, pairs))
        self.stock = np.zeros((SCORED_DAYS, pairs))
        self.orders = [np.empty((3, 0))]  # product, day of the order, day of the receipt
        self.score = Score(*(np.zeros(pairs) for _part in range(5)))

    def run(self, policy):
        """Return the ``Score``."""
        low, high = policy.plan(self._look(0))
        for day in range(SCORED_DAYS):
            if day and day % policy.every == 0:
                low, high = policy.plan(self._look(day))
            self._sell(day)
            self._receive(day)
            self._order(day, low, high)
        return self.score

    def _sell(self, day):
        asked = self.world.demand[HISTORY_DAYS + day]
        score = self.score
        score.asked += asked
        score.met += np.clip(self.net, 0, asked)
        self.net = self.net - asked
        score.stock_days += np.maximum(self.net, 0)
        score.owed_days += np.maximum(-self.net, 0)

    def _receive(self, day):
        self.net += self.arrivals[day]
        self.on_order -= self.arrivals[day]
        self.stock[day] = self.net

    def _order(self, day, low, high):
        """Order as Odoo does: below the minimum, up to the maximum, in packs; no vendor sells less than the least."""
        position = self.net + self.on_order
        pairs = np.flatnonzero(position < low)
        quantity = np.maximum(high[pairs] - position[pairs], self.world.moq[pairs])
        pack = np.maximum(self.world.pack[pairs], 1)
        quantity = np.ceil(quantity / pack) * pack
        pairs, quantity = pairs[quantity > 0], quantity[quantity > 0]
        days = sample_lead_days(self.rng, self.world.lead_mean[pairs], self.world.lead_variation[pairs])
        arrival = np.minimum(day + days, day + _LONGEST - 1).astype(int)
        np.add.at(self.arrivals, (arrival, pairs), quantity)
        self.on_order[pairs] += quantity
        self.score.orders[pairs] += 1
        self.orders.append(np.array([pairs, np.full(len(pairs), day), arrival], float))

    def _look(self, day):
        self.orders = [np.concatenate(self.orders, axis=1)]
        pair, ordered, received = self.orders[0]
        done = received < day
        world = self.world
        return Seen(
            day,
            world.demand[day : day + HISTORY_DAYS],
            self.stock[max(day - HISTORY_DAYS, 0) : day],
            self.stock,
            np.append(world.known_pair, pair[done]).astype(int),
            np.append(world.known_days, (received - ordered)[done]),
            pair[~done].astype(int),
            day - ordered[~done],
        )
