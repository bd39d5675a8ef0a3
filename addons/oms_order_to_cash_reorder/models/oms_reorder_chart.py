"""A policy's past and what is expected of the weeks ahead, placed in a picture."""

import datetime

import numpy as np

from odoo import models
from odoo.tools import format_date

from .oms_reorder_words import tell_number

_WEEKS, _AHEAD = 52, 13
_WIDTH, _HEIGHT, _FOOT = 620, 170, 14
_STEP = _WIDTH / (_WEEKS + _AHEAD)


class OmsReorderPolicy(models.Model):
    _inherit = "oms.reorder.policy"

    def _get_chart(self):
        """Return a year's demand and stock by week, what follows from the proposal, minimum and maximum."""
        self.ensure_one()
        if not self._origin:
            return False
        weeks, stock, last_day = self._read_weeks()
        if not weeks.any() and not stock.any():
            return False
        ahead = self._get_ahead(stock[-1])
        top = max(weeks.max(), stock.max(), ahead.max(), self.maximum, self.old_maximum, 1)
        place = _Scale(top)
        demand = [*weeks, *[7 * self.mean] * _AHEAD]
        return {
            "bars": [{**place.bar(week, value), "ahead": week >= _WEEKS} for week, value in enumerate(demand)],
            "outs": self._get_empty_weeks(stock, last_day),
            "bar": round(_STEP * 0.7, 1),
            "stock": place.line(stock, 1),
            "ahead": place.line([stock[-1], *ahead], _WEEKS) if self._has_result() else "",
            "bounds": self._get_bound_lines(place),
            "today": round(_WEEKS * _STEP, 1),
            "top": tell_number(top),
            "months": self._get_month_labels(last_day),
            "width": _WIDTH,
            "height": _HEIGHT,
            "total": _HEIGHT + _FOOT,
        }

    def _get_empty_weeks(self, stock, last_day):
        """Return the weeks that ended without stock, since there was any."""
        first = self.first_date.toordinal() if self.first_date else last_day
        ends = last_day - 7 * np.arange(_WEEKS - 1, -1, -1)
        return [{"x": round(week * _STEP, 1)} for week in np.flatnonzero((stock <= 0) & (ends >= first)).tolist()]

    def _get_bound_lines(self, place):
        """Return the lines of what is proposed and what is in use."""
        found = []
        if self._has_result():
            found += [("minimum", self.minimum), ("maximum", self.maximum)]
        if self.orderpoint_id and (self.old_minimum, self.old_maximum) != (self.minimum, self.maximum):
            found += [("used", self.old_minimum), ("used", self.old_maximum)]
        return [{"kind": kind, "y": place.y(value), "text": tell_number(value)} for kind, value in found]

    def _get_ahead(self, on_hand):
        """Return the stock at the end of each of the weeks ahead, demand and lead times as expected.

        :param on_hand: stock today
        """
        product = self.product_id.with_context(warehouse_id=self.warehouse_id.id).sudo()  # as in _read_weeks
        lead = max(round(self.lead_mean), 1)
        coming = {lead: product.incoming_qty} if product.incoming_qty > 0 else {}
        stock, result = on_hand, []
        for day in range(1, 7 * _AHEAD + 1):
            stock += coming.pop(day, 0) - self.mean
            position = stock + sum(coming.values())
            if position < self.minimum:
                coming[day + lead] = coming.get(day + lead, 0) + self.maximum - position
            if day % 7 == 0:
                result.append(stock)
        return np.array(result)

    def _read_weeks(self):
        """Return demand of and stock after each of the last weeks, and the last day as an ordinal."""
        self.env.flush_all()
        reader = self.env["oms.reorder.reader"].sudo()  # the sums of moves of a policy that the user may see
        company, ids = self.company_id, np.array(self._origin.ids)
        last_day = reader._get_today(company) - 1
        start = last_day - 7 * _WEEKS + 1
        moves = reader._read_moves(company, ids, start)
        _pair, day, quantity = moves["demand"]
        week = (day - start) // 7
        inside = (week >= 0) & (week < _WEEKS)
        weeks = np.bincount(week[inside], quantity[inside], _WEEKS)
        on_hand = reader._read_stock(ids).sum()
        _pair, day, net = moves["net"]
        ends = start + 7 * np.arange(1, _WEEKS + 1)
        stock = np.array([on_hand - net[day >= end].sum() for end in ends])
        return weeks, stock, last_day

    def _get_month_labels(self, last_day):
        first = last_day - 7 * _WEEKS + 1
        labels = []
        for day in range(first, last_day + 7 * _AHEAD + 1):
            date = datetime.date.fromordinal(day)
            if date.day == 1:
                labels.append(
                    {"x": round((day - first) / 7 * _STEP, 1), "text": format_date(self.env, date, date_format="MMM")}
                )
        return labels


class _Scale:
    """Places quantities in the picture, the highest at its top."""

    def __init__(self, top):
        self.top = top

    def y(self, value):
        return round(_HEIGHT * (1 - max(value, 0) / self.top), 1)

    def bar(self, week, value):
        return {"x": round(week * _STEP, 1), "y": self.y(value), "height": round(_HEIGHT - self.y(value), 1)}

    def line(self, values, first):
        """Return the points of a line whose first value is at the end of so many weeks."""
        return " ".join(f"{(first + number) * _STEP:.1f},{self.y(value)}" for number, value in enumerate(values))
