from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbCorrection(models.AbstractModel):
    """What credit notes for what was billed otherwise than ordered or delivered have in common."""

    _name = "oms.verb.correction"
    _inherit = "oms.verb.crediting"
    _description = "Correction"


class OmsVerbCreditDifference(models.AbstractModel):
    _name = "oms.verb.credit_difference"
    _inherit = "oms.verb.correction"
    _description = "Credit the difference"

    _label = _lt("Credit the difference")
    _lane = "invoice"
    _groups = "account.group_account_invoice"

    @api.model
    def _can(self, orders):
        return self._get_credit_obstacles(orders, self._get_difference_parts, self._get_no_difference_text)

    @api.model
    def _get_no_difference_text(self, fact):
        if self.env["oms.lane.invoice"]._get_differences(fact):
            return self.env._("It is billed too little: invoice the difference by hand.")
        return self.env._("What is billed matches the order.")

    @api.model
    def _get_difference_parts(self, fact):
        """Return what to credit as (row, quantity, line to charge again at the order's price or None)."""
        lane = self.env["oms.lane.invoice"]
        parts, taken = [], {}
        for undeducted in lane._get_undeducted(fact):
            parts += [(row, quantity, None) for row, quantity in self._take_advance(undeducted)]
        for excess in lane._get_excesses(fact, "order"):
            for row, quantity in lane._take_newest(excess["rows"], excess["quantity"]):
                parts.append((row, quantity, None))
                taken[row["id"]] = quantity
        for difference in lane._get_differences(fact):
            if self._is_too_little(fact, difference):
                continue
            for row, quantity in lane._take_newest(difference["rows"], difference["quantity"]):
                left = quantity - taken.get(row["id"], 0.0)
                if fact.is_positive(left):
                    parts.append((row, left, difference["line"]))
        return parts

    @api.model
    def _take_advance(self, undeducted):
        """Return the newest invoices of a down payment, as :meth:`_take_newest` does, that come to what was not deducted."""
        taken, left = [], undeducted["line"]["advance"]
        for row in undeducted["rows"]:
            if row["move_type"] == "out_invoice" and row["quantity"] > 0 and row["price"] > 0 and left > 0:
                part = min(left / row["price"], row["quantity"])
                taken.append((row, part))
                left -= part * row["price"]
        return taken

    @api.model
    def _is_too_little(self, fact, difference):
        return difference["amount"] < 0 and fact.is_amount(difference["amount"])

    @api.model
    def _preview(self, orders):
        return self._preview_credit(orders, self._get_difference_parts)

    @api.model
    def _do(self, orders):
        """Make draft credit notes of what was billed above the order, in quantity, price or taxes.

        A wrong price or tax is credited as billed, and charged again as ordered on the same credit note: quantities stay.
        """
        return self._do_credit(orders, self._get_difference_parts, self.env._("billed otherwise than ordered"))

    @api.model
    def _can_undo(self, order, documents, before):
        return self.env["oms.verb.invoice"]._can_undo(order, documents, before)

    @api.model
    def _undo(self, order, documents, before):
        self.env["oms.verb.invoice"]._undo(order, documents, before)


class OmsVerbCreditExcess(models.AbstractModel):
    _name = "oms.verb.credit_excess"
    _inherit = "oms.verb.correction"
    _description = "Credit what was not delivered"

    _label = _lt("Credit what was not delivered")
    _lane = "invoice"
    _groups = "account.group_account_invoice"

    @api.model
    def _can(self, orders):
        nothing = self.env._("No more is billed than was delivered.")
        return self._get_credit_obstacles(orders, self._get_excess_parts, lambda fact: nothing)

    @api.model
    def _get_excess_parts(self, fact):
        lane = self.env["oms.lane.invoice"]
        return [
            (row, quantity, None)
            for excess in lane._get_excesses(fact, "delivery")
            for row, quantity in lane._take_newest(excess["rows"], excess["quantity"])
        ]

    @api.model
    def _preview(self, orders):
        return self._preview_credit(orders, self._get_excess_parts)

    @api.model
    def _do(self, orders):
        """Make draft credit notes of what was billed and not delivered."""
        return self._do_credit(orders, self._get_excess_parts, self.env._("billed, not delivered"))

    @api.model
    def _can_undo(self, order, documents, before):
        return self.env["oms.verb.invoice"]._can_undo(order, documents, before)

    @api.model
    def _undo(self, order, documents, before):
        self.env["oms.verb.invoice"]._undo(order, documents, before)
