"""From demand, lead times and terms to minimum and maximum, with every figure that explains them."""

from dataclasses import dataclass, fields

import numpy as np

from . import const, demand, lead_time, level, new_items, protection, quantity, service
from .settings import DEFAULTS


@dataclass
class Terms:
    """Under which terms each pair is bought and served."""

    integer: np.ndarray  # counted in whole units
    rounding: np.ndarray  # of the unit of measure
    order_cost: np.ndarray  # of one order line
    holding_rate: np.ndarray  # share of the price per year
    break_quantity: np.ndarray  # one row per pair, see quantity.choose; the first price holds from 0
    break_price: np.ndarray
    moq: np.ndarray  # least the vendor sells, 0 without
    pack: np.ndarray  # orders are rounded up to it, 0 without
    shelf_days: np.ndarray  # NaN without
    declared: np.ndarray  # lead time in days: vendor, company and rules; NaN without a vendor
    horizon_days: np.ndarray  # how far the forecast looks beyond the declared lead time
    target: np.ndarray  # share; NaN or 0: none, the pair is made or bought to order
    kind: np.ndarray  # code of const.SERVICES
    shortage_cost: np.ndarray  # per unit short, for const.COST
    family: np.ndarray  # code of const.FAMILIES
    method: np.ndarray  # code of const.METHODS
    prior: np.ndarray  # demand per day expected of a new pair, NaN without
    season: np.ndarray  # by what the level is multiplied for the days ahead
    factor: np.ndarray  # widens the standard deviation, 1 as a rule
    old_min: np.ndarray  # what is in use, NaN without
    old_max: np.ndarray

    def __len__(self):
        return len(self.target)


@dataclass
class Plan:
    """The result, per pair."""

    days: np.ndarray
    left_out: np.ndarray
    capped: np.ndarray  # number of days capped
    occasions: np.ndarray
    interval: np.ndarray
    variation: np.ndarray
    demand_class: np.ndarray
    week_mean: np.ndarray
    week_variance: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    error: np.ndarray
    receipts: np.ndarray
    lead_mean: np.ndarray
    lead_variance: np.ndarray
    lead_demand: np.ndarray
    lead_demand_variance: np.ndarray
    undershoot: np.ndarray
    undershoot_variance: np.ndarray
    order_quantity: np.ndarray
    limit: np.ndarray
    price: np.ndarray
    target: np.ndarray  # after the cost option
    level: np.ndarray  # s: an order is placed at or below it
    minimum: np.ndarray
    maximum: np.ndarray
    safety_stock: np.ndarray
    fill: np.ndarray
    cycle: np.ndarray
    stock: np.ndarray
    stock_value: np.ndarray
    pack_overshoot: np.ndarray
    old_fill: np.ndarray
    old_cycle: np.ndarray
    old_stock_value: np.ndarray
    late_days: np.ndarray
    reason: np.ndarray
    usable: np.ndarray  # there is a result
    write: np.ndarray  # and it differs enough from what is in use
    warnings: np.ndarray


def plan(rows, receipts, terms, settings=DEFAULTS):
    """Return the ``Plan`` of all pairs.

    :param rows: ``demand.Demand``
    :param receipts: ``lead_time.Receipts``
    :param terms: ``Terms``
    """
    history = demand.build(rows, settings)
    statistics = demand.describe(history, settings)
    expected, reason = get_level(history, statistics, terms, settings)
    lead = lead_time.estimate(receipts, terms.declared, settings)
    reason = np.where(np.isnan(terms.declared) & (reason == const.PLANNED), const.NO_LEAD_TIME, reason)
    capped = np.bincount(history.pair[history.capped], minlength=len(terms))
    figures = solve(_replace_nan(expected), _replace_nan(lead), terms, settings)
    described = {
        "days": history.days,
        "left_out": history.left_out,
        "capped": capped,
        "occasions": statistics.occasions,
        "interval": statistics.interval,
        "variation": statistics.variation,
        "demand_class": statistics.demand_class,
        "week_mean": statistics.week_mean,
        "week_variance": statistics.week_variance,
        "receipts": lead.number,
        "late_days": np.nan_to_num(lead_time.get_late_days(lead, terms.declared)),
    }
    return _finish({**figures, **described}, reason, terms, settings)


def _replace_nan(arrays):
    """Return the same arrays with 0 for what is not known; such pairs get no result."""
    values = {field.name: np.nan_to_num(getattr(arrays, field.name)) for field in fields(arrays)}
    return type(arrays)(**values)


def get_level(history, statistics, terms, settings=DEFAULTS):
    """Return the ``Level`` of each pair, and the reason where it has no usual one."""
    own = level.estimate(history, statistics, terms.method, terms.integer, settings)
    idle = statistics.occasions == 0
    young = (statistics.demand_class == const.NEW) | idle
    other = new_items.estimate(statistics, history.days, terms.prior, settings)
    expected = level.Level(
        *(np.where(young, getattr(other, field.name), getattr(own, field.name)) for field in fields(level.Level))
    )
    dead = idle & (history.weeks >= settings.dead_weeks)
    unknown = young & np.isnan(terms.prior) & ~dead
    reason = np.select(
        (dead, unknown & (history.days <= 0), unknown),
        (const.DEAD, const.NO_HISTORY, const.NO_PRIOR),
        const.PLANNED,
    )
    _scale(expected, np.where(dead, 0, terms.season))
    return expected, reason


def _scale(expected, ratio):
    """Demand becomes that much more or less frequent."""
    expected.mean = expected.mean * ratio
    expected.variance = expected.variance * ratio
    expected.error = expected.error * ratio**2


def solve(expected, lead, terms, settings=DEFAULTS):
    """Return the figures of pairs whose level and lead time are known, before special cases."""
    shield = protection.protect(expected, lead, terms.integer, terms.factor)
    wanted = quantity.get_wanted(expected.mean, terms, settings)
    gap = get_gap(wanted.wanted, shield.undershoot, terms)
    target, kind = get_target(wanted, expected.mean, terms, settings)
    cycle = service.Cycle(*vars(shield).values(), gap, terms.integer, get_step(terms), terms.family)
    reorder, new, old = service.solve(cycle, target, kind, *_read_old(terms), settings)
    minimum, maximum = get_bounds(reorder, gap, terms)
    return {
        "lead_demand": shield.mean,
        "lead_demand_variance": shield.variance,
        "undershoot": shield.undershoot,
        "undershoot_variance": shield.undershoot_variance,
        "target": target,
        "level": reorder,
        "minimum": minimum,
        "maximum": maximum,
        "safety_stock": reorder - shield.mean - shield.undershoot,
        "pack_overshoot": np.maximum(terms.pack - np.where(terms.integer, 1, terms.rounding), 0) / 2,
        **_name_results(expected, lead, wanted, new, old),
    }


def _name_results(expected, lead, wanted, new, old):
    return {
        "mean": expected.mean,
        "variance": expected.variance,
        "error": expected.error,
        "lead_mean": lead.mean,
        "lead_variance": lead.variance,
        "order_quantity": wanted.wanted,
        "limit": wanted.limit,
        "price": wanted.price,
        "too_much": wanted.too_much,
        "fill": new.fill,
        "cycle": new.cycle,
        "stock": new.stock,
        "stock_value": new.stock * wanted.price,
        "old_fill": old.fill,
        "old_cycle": old.cycle,
        "old_stock_value": old.stock * wanted.price,
    }


def get_step(terms):
    """Return the multiples in which levels are looked for."""
    return np.where(terms.integer, 1.0, terms.rounding)


def get_gap(wanted, undershoot, terms):
    """Return the order-up-to level less the reorder level: with the undershoot it makes the wanted quantity."""
    step = get_step(terms)
    least = np.maximum(np.maximum(wanted - undershoot, terms.moq), step)
    return np.ceil(np.round(least / step, 6)) * step


def get_bounds(reorder, gap, terms):
    """Return Odoo's minimum and maximum. Odoo orders when the forecast is below the minimum, not at it."""
    minimum, maximum = reorder + np.where(terms.integer, 1.0, 0.0), reorder + gap
    coarse = terms.integer & (terms.rounding > 1)
    unit = np.where(coarse, terms.rounding, 1.0)
    rounded = np.ceil(minimum / unit) * unit
    # The distance is kept, so that an order is still as large as the vendor asks for.
    maximum = np.where(coarse, np.ceil((maximum - minimum + rounded) / unit) * unit, maximum)
    return np.where(coarse, rounded, minimum), maximum


def get_target(wanted, mean, terms, settings=DEFAULTS):
    """Return the target of each pair, and the kind of service it is of."""
    by_cost = terms.kind == const.COST
    holding = terms.holding_rate * wanted.price
    cost = service.get_cost_target(holding, wanted.wanted, terms.shortage_cost, 365 * mean, settings)
    target = np.where(by_cost, cost, np.nan_to_num(terms.target))
    return target, np.where(terms.kind == const.FILL, const.FILL, const.CYCLE)


def _read_old(terms):
    """Return the reorder level and the gap of what is in use."""
    old_level = np.nan_to_num(terms.old_min) - np.where(terms.integer, 1.0, 0.0)
    return old_level, np.nan_to_num(terms.old_max) - old_level


def _finish(figures, reason, terms, settings):
    """Return the ``Plan``: special cases decided, and whether it is worth writing."""
    too_much = figures.pop("too_much")
    figures["interval"] = np.where(np.isfinite(figures["interval"]), figures["interval"], 0)
    to_order = (reason == const.PLANNED) & ~(terms.target > 0) & (terms.kind != const.COST)
    reason = np.where(to_order, const.MAKE_TO_ORDER, reason)
    nothing, planned = np.isin(reason, (const.DEAD, const.MAKE_TO_ORDER)), reason == const.PLANNED
    for name in ("minimum", "maximum", "level", "safety_stock", "fill", "cycle", "stock", "stock_value"):
        figures[name] = np.where(planned, figures[name], 0)
    result = Plan(**figures, reason=reason, usable=nothing | planned, write=None, warnings=None)
    result.write = get_write(result, terms, settings)
    result.warnings = _warn(result, terms, too_much, settings)
    return result


def get_write(result, terms, settings=DEFAULTS):
    """Return which results are to be written: those far from what is in use, or where that serves off target."""
    missing = np.isnan(terms.old_min) | np.isnan(terms.old_max)
    old_min, old_max = np.nan_to_num(terms.old_min), np.nan_to_num(terms.old_max)
    moved = (result.minimum != old_min) | (result.maximum != old_max)
    far = _is_far(result.minimum, old_min, settings) | _is_far(result.maximum, old_max, settings)
    old = np.where(terms.kind == const.FILL, result.old_fill, result.old_cycle)
    new = np.where(terms.kind == const.FILL, result.fill, result.cycle)
    # With whole units a level may have to serve above the target; only what is above that is too much.
    off = (old < result.target - settings.service_slack) | (
        old > np.maximum(result.target, new) + settings.service_slack
    )
    off &= result.reason == const.PLANNED
    # A rule that orders nothing need not be made.
    return result.usable & np.where(missing, result.maximum > 0, moved & (far | off))


def _is_far(new, old, settings):
    return np.abs(new - old) > np.maximum(settings.min_change, settings.min_change_share * np.abs(old))


def _warn(result, terms, too_much, settings):
    """Return the bits of const.WARNINGS."""
    reached = np.where(terms.kind == const.FILL, result.fill, result.cycle)
    planned = result.reason == const.PLANNED
    found = (
        (const.HORIZON, terms.horizon_days < result.late_days),
        (const.CAPPED, result.capped > 0),
        (const.LEFT_OUT, result.left_out > settings.left_out_share * (result.days + result.left_out)),
        (const.FEW_RECEIPTS, result.receipts < settings.few_receipts),
        (const.SHELF_LIFE, too_much),
        (const.TARGET, planned & (reached < result.target - settings.service_slack)),
    )
    return sum(np.where(condition, bit, 0) for bit, condition in found)
