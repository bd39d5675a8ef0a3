"""A policy's figures in words."""

from markupsafe import Markup

from odoo import models

from ..planning import const


def tell_number(number, digits=1):
    """Return a number with at most so many digits, without zeros at its end."""
    return f"{number:,.{digits}f}".rstrip("0").rstrip(".")


def tell_share(share):
    """Return a share as percent."""
    return f"{tell_number(100 * share)} %"


class OmsReorderPolicy(models.Model):
    _inherit = "oms.reorder.policy"

    # === WORDS === #

    def _get_headline(self):
        """Return what is proposed, in one sentence."""
        self.ensure_one()
        if self.reason != "planned":
            return self._get_label("reason")
        words = {
            "minimum": tell_number(self.minimum),
            "maximum": tell_number(self.maximum),
            "unit": self.uom_id.name,
            "old": self.in_use,
            "fill": tell_share(self.fill),
            "old_fill": tell_share(self.old_fill),
        }
        if not self.orderpoint_id:
            return self.env._(
                "Order when fewer than %(minimum)s %(unit)s are left, up to %(maximum)s: %(fill)s of the demand is met "
                "at once. There is no reordering rule yet.",
                **words,
            )
        if (self.minimum, self.maximum) == (self.old_minimum, self.old_maximum):
            return self.env._(
                "In use: order when fewer than %(minimum)s %(unit)s are left, up to %(maximum)s. %(fill)s of the "
                "demand is met at once.",
                **words,
            )
        return self.env._(
            "Order when fewer than %(minimum)s %(unit)s are left, up to %(maximum)s, instead of %(old)s: %(fill)s of "
            "the demand is met at once instead of %(old_fill)s.",
            **words,
        )

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
            "made": [self.env._("It is made here, or a kit: what it is made of is reordered, not it.")],
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
                mean=tell_number(self.lead_mean),
                deviation=tell_number(self.lead_deviation),
                receipts=self.receipts,
                declared=tell_number(self.declared),
            ),
            self.env._(
                "Over the lead time %(demand)s %(unit)s are asked for, give or take %(deviation)s. When an order is "
                "placed, stock is %(undershoot)s below the level on average.",
                demand=tell_number(self.lead_demand),
                unit=unit,
                deviation=tell_number(self.lead_demand_variance**0.5),
                undershoot=tell_number(self.undershoot),
            ),
            self.env._(
                "Order quantity: %(quantity)s %(unit)s, decided by: %(limit)s.",
                quantity=tell_number(self.order_quantity),
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
            mean=tell_number(self.mean, 3),
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
                target=tell_share(self.target),
                service=service,
                minimum=tell_number(self.minimum),
                maximum=tell_number(self.maximum),
                safety=tell_number(self.safety_stock),
            ),
            self.env._(
                "Expected: %(fill)s of the demand met at once, no shortage in %(cycle)s of the order cycles, "
                "%(stock)s %(unit)s in stock worth %(value)s.",
                fill=tell_share(self.fill),
                cycle=tell_share(self.cycle),
                stock=tell_number(self.stock),
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
            minimum=tell_number(self.old_minimum),
            maximum=tell_number(self.old_maximum),
            fill=tell_share(self.old_fill),
        )

    def _get_warnings(self):
        """Return the warnings of the last run, in words."""
        words = {
            const.HORIZON: self.env._(
                "Receipts may come %(days)s days after they are declared, but Odoo's forecast looks only "
                "%(horizon)s days further: what is on order may be ordered again. Raise the horizon in the "
                "settings of Inventory.",
                days=tell_number(self.late_days),
                horizon=tell_number(self.company_id.horizon_days),
            ),
            const.CAPPED: self.env._("Some days were far above the others and were capped."),
            const.LEFT_OUT: self.env._("There was no stock on many days, so that demand is known less well."),
            const.FEW_RECEIPTS: self.env._("Few receipts are known: the lead time is mostly what is declared."),
            const.SHELF_LIFE: self.env._("The vendor sells no less than outlives its shelf life."),
            const.TARGET: self.env._("The target is not reached."),
        }
        found = [text for bit, text in words.items() if self.warning_bits & bit]
        return found + ([self.kept_reason] if self.kept_reason else [])

    def _tell_range(self, minimum, maximum):
        return f"{tell_number(minimum)} \N{EN DASH} {tell_number(maximum)}"
