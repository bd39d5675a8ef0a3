"""What a pair of levels achieves, exactly, by enumeration over whole daily demand. Written without the planning code.

Stock is looked at once a day, after the day's demand: at or below ``s`` it is raised to ``S`` by an order that arrives
``lead`` days later, in the evening. What can't be met at once is owed.
"""

import numpy as np


def poisson(mean, length=400):
    """Return the probabilities of a Poisson count."""
    return _recur(np.exp(-mean), lambda k: mean / k, length)


def negative_binomial(mean, variance, length=3000):
    """Return the probabilities of a negative binomial count."""
    p = mean / variance
    r = mean * p / (1 - p)
    return _recur(p**r, lambda k: (k - 1 + r) / k * (1 - p), length)


def _recur(first, ratio, length):
    chances = [first]
    while len(chances) < length and (chances[-1] > 1e-14 or sum(chances) < 0.5):
        chances.append(chances[-1] * ratio(len(chances)))
    return np.array(chances) / sum(chances)


def get_moments(chance):
    """Return mean, variance, second and third moment."""
    k = np.arange(len(chance))
    m1, m2, m3 = (float(chance @ k**power) for power in (1, 2, 3))
    return m1, m2 - m1**2, m2, m3


def get_lead_demand(day, lead):
    """Return the probabilities of the demand over a random whole lead time {days: chance}."""
    sums, total = [np.ones(1)], None
    for _day in range(max(lead)):
        sums.append(np.convolve(sums[-1], day))
    total = np.zeros(len(sums[max(lead)]))
    for days, chance in lead.items():
        total[: len(sums[days])] += chance * sums[days]
    return total


def get_order_state(day, gap):
    """Return the probabilities of the undershoot when an order is placed, and the mean days of a cycle.

    From ``gap`` above the reorder level the stock walks down; visits[j] is how often a day ends j units down.
    """
    visits = np.zeros(gap)
    for j in range(gap):
        reach = np.arange(1, min(j, len(day) - 1) + 1)
        visits[j] = ((j == 0) + day[reach] @ visits[j - reach]) / (1 - day[0])
    undershoot = np.zeros(len(day))
    for j in range(gap):
        tail = day[gap - j :]
        undershoot[: len(tail)] += visits[j] * tail
    return undershoot, visits


def get_missing(chance, level):
    """Return E(X - level)+."""
    k = np.arange(len(chance))
    return float(chance @ np.maximum(k - level, 0))


def judge(day, lead, s, gap):
    """Return fill rate and cycle service of ordering at or below ``s`` up to ``s + gap``."""
    lead_demand = get_lead_demand(day, lead)
    undershoot, _visits = get_order_state(day, gap)
    whole = np.convolve(lead_demand, undershoot)
    demand = gap + float(undershoot @ np.arange(len(undershoot)))
    short = get_missing(whole, s) - get_missing(lead_demand, s + gap)
    return 1 - short / demand, float(whole[: s + 1].sum())


def judge_by_day(day, days, s, gap):
    """Return the fill rate once more, for one lead time, from the days' stationary stock instead of cycles."""
    _undershoot, visits = get_order_state(day, gap)
    share = visits / visits.sum()
    before = get_lead_demand(day, {days: 1.0})
    after = np.convolve(before, day)
    short = sum(share[j] * (get_missing(after, s + gap - j) - get_missing(before, s + gap - j)) for j in range(gap))
    return 1 - short / get_moments(day)[0]
