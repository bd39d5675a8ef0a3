"""A policy's figures in words and in a picture."""

import datetime

import numpy as np
from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from ..planning import const

_WEEKS = 52
_WIDTH, _HEIGHT, _FOOT = 520, 160, 14


class OmsReorderPolicy(models.Model):
    _inherit = "oms.reorder.policy"

    # === WORDS === #

    def _get_explanation(self):
        """Return what was found and what follows from it, as HTML."""
        self.ensure_one()
        if not self.reason:
            return Markup("<p>%s</p>") % self.env._("Not planned yet. A run does it tonight, or when you start one.")
        lines = self._get_reason_words() or self._get_figure_words()
        parts = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        warnings = Markup().join(
            Markup('<div class="alert alert-warning py-1 px-2 mb-1">%s</div>') % line for line in self._get_warnings()
        )
        return Markup("<ul class='mb-2'>%s</ul>%s") % (parts, warnings)

    def _get_reason_words(self):
        """Return why there is nothing to explain, if that is so."""
        return {
            "dead": [
                self.env._("Nobody has asked for it for a year, with stock there or not: nothing is kept in stock.")
            ],
            "make_to_order": [self.env._("No service is wanted of it: it is bought when somebody asks for it.")],
            "no_prior": [
                self.env._("It is too new for figures of its own, and there is nothing to go by."),
                self.env._("Name a product that sells like it, or what you expect it to sell per day."),
            ],
            "no_history": [self.env._("There was no day with stock or demand to learn from.")],
            "no_lead_time": [
                self.env._("There is neither a vendor for it nor a route from another warehouse."),
                self.env._("Add a vendor to the product, on its tab Purchase."),
            ],
        }.get(self.reason)

    def _get_figure_words(self):
        unit = self.uom_id.name
        return [
            self._get_demand_words(unit),
            self.env._(
                "Lead time: %(mean)s days, give or take %(deviation)s, from %(receipts)s receipts; declared are "
                "%(declared)s.",
                mean=self._tell(self.lead_mean),
                deviation=self._tell(self.lead_deviation),
                receipts=self.receipts,
                declared=self._tell(self.declared),
            ),
            self.env._(
                "Over the lead time %(demand)s %(unit)s are asked for, give or take %(deviation)s. When an order is "
                "placed, stock is %(undershoot)s below the level on average.",
                demand=self._tell(self.lead_demand),
                unit=unit,
                deviation=self._tell(self.lead_demand_variance**0.5),
                undershoot=self._tell(self.undershoot),
            ),
            self.env._(
                "Order quantity: %(quantity)s %(unit)s, decided by: %(limit)s.",
                quantity=self._tell(self.order_quantity),
                unit=unit,
                limit=self._get_label("order_limit"),
            ),
            *self._get_result_words(unit, self._get_label("service")),
        ]

    def _get_label(self, name):
        """Return the label of a selection field's value."""
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")

    def _get_demand_words(self, unit):
        return self.env._(
            "Demand: %(mean)s %(unit)s a day, from %(days)s days; %(left_out)s days without stock left out, "
            "%(capped)s capped. Pattern: %(pattern)s.",
            mean=self._tell(self.mean, 3),
            unit=unit,
            days=self.days,
            left_out=self.left_out,
            capped=self.capped,
            pattern=self._get_label("demand_class"),
        )

    def _get_result_words(self, unit, service):
        return [
            self.env._(
                "For %(target)s (%(service)s): ordered when the forecast falls below %(minimum)s, up to "
                "%(maximum)s. Safety stock: %(safety)s.",
                target=self._tell_share(self.target),
                service=service,
                minimum=self._tell(self.minimum),
                maximum=self._tell(self.maximum),
                safety=self._tell(self.safety_stock),
            ),
            self.env._(
                "Expected: %(fill)s of the demand met at once, no shortage in %(cycle)s of the order cycles, "
                "%(stock)s %(unit)s in stock worth %(value)s.",
                fill=self._tell_share(self.fill),
                cycle=self._tell_share(self.cycle),
                stock=self._tell(self.stock),
                unit=unit,
                value=self.currency_id.format(self.stock_value),
            ),
            self._get_old_words(),
        ]

    def _get_old_words(self):
        if not self.orderpoint_id:
            return self.env._("There is no reordering rule yet.")
        return self.env._(
            "In use: %(minimum)s to %(maximum)s, of which %(fill)s of the demand is to be expected met at once.",
            minimum=self._tell(self.old_minimum),
            maximum=self._tell(self.old_maximum),
            fill=self._tell_share(self.old_fill),
        )

    def _get_warnings(self):
        """Return the warnings of the last run, in words."""
        words = {
            const.HORIZON: self.env._(
                "Receipts may come %(days)s days after they are declared, but Odoo's forecast looks only "
                "%(horizon)s days further: what is on order may be ordered again. Raise the horizon in the "
                "settings of Inventory.",
                days=self._tell(self.late_days),
                horizon=self._tell(self.company_id.horizon_days),
            ),
            const.CAPPED: self.env._("Some days were far above the others and were capped."),
            const.LEFT_OUT: self.env._("There was no stock on many days, so that demand is known less well."),
            const.FEW_RECEIPTS: self.env._("Few receipts are known: the lead time is mostly what is declared."),
            const.SHELF_LIFE: self.env._("The vendor sells no less than outlives its shelf life."),
            const.TARGET: self.env._("The target is not reached."),
        }
        found = [text for bit, text in words.items() if self.warning_bits & bit]
        return found + ([self.kept_reason] if self.kept_reason else [])

    def _tell(self, number, digits=1):
        return f"{number:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{number:,.0f}"

    def _tell_share(self, share):
        return f"{100 * share:.1f} %"

    # === PICTURE === #

    def _get_chart(self):
        """Return a year's demand by week, the stock, minimum and maximum, placed in a picture."""
        self.ensure_one()
        if not self._origin:
            return False
        weeks, stock, last_day = self._read_weeks()
        if not weeks.any() and not stock.any():
            return False
        top = max(weeks.max(), stock.max(), self.maximum, self.old_maximum, 1)
        step = _WIDTH / _WEEKS

        def place(value):
            return round(_HEIGHT * (1 - max(value, 0) / top), 1)

        return {
            "bars": [
                {"x": round(week * step, 1), "y": place(value), "height": round(_HEIGHT - place(value), 1)}
                for week, value in enumerate(weeks)
            ],
            "bar": round(step * 0.7, 1),
            "stock": " ".join(f"{(week + 1) * step:.1f},{place(value)}" for week, value in enumerate(stock)),
            "minimum": place(self.minimum),
            "maximum": place(self.maximum),
            "top": self._tell(top),
            "months": self._get_month_labels(last_day, step),
            "width": _WIDTH,
            "height": _HEIGHT,
            "total": _HEIGHT + _FOOT,
        }

    def _read_weeks(self):
        """Return demand of and stock after each of the last weeks, and the last day as an ordinal."""
        self.env.flush_all()
        reader = self.env["oms.reorder.reader"].sudo()  # the sums of moves of a policy that the user may see
        company, ids = self.company_id, np.array(self._origin.ids)
        last_day = reader._get_today(company) - 1
        start = last_day - 7 * _WEEKS + 1
        _pair, day, quantity = reader._fetch(reader._get_demand_query(company, ids, start), 3)
        week = ((day - start) // 7).astype(int)
        inside = (week >= 0) & (week < _WEEKS)
        weeks = np.bincount(week[inside], quantity[inside], _WEEKS)
        on_hand = reader._fetch(reader._get_stock_query(ids), 2)[1].sum()
        _pair, day, net = reader._fetch(reader._get_net_query(company, ids, start), 3)
        ends = start + 7 * np.arange(1, _WEEKS + 1)
        stock = np.array([on_hand - net[day >= end].sum() for end in ends])
        return weeks, stock, last_day

    def _get_month_labels(self, last_day, step):
        first = last_day - 7 * _WEEKS + 1
        labels = []
        for day in range(first, last_day + 1):
            date = datetime.date.fromordinal(day)
            if date.day == 1:
                labels.append(
                    {"x": round((day - first) / 7 * step, 1), "text": format_date(self.env, date, date_format="MMM")}
                )
        return labels
