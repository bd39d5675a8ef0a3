from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

_OFFERED = ("draft", "sent")


class OmsLaneOrder(models.AbstractModel):
    """From the quotation to an order that can be worked on."""

    _name = "oms.lane.order"
    _inherit = "oms.lane"
    _description = "Order Lane"

    @api.model
    def _get_state(self, fact):
        state, deadline = fact.header["state"], fact.header["validity_date"]
        if state == "cancel":
            return {"state": "none"}
        if fact.header["held"]:
            return {"state": "blocked", "stage": "check", "action": "release", "deadline": deadline}
        if state == "sale":
            if fact.header["address_missing"] and fact.outward_moves:
                return {"state": "blocked", "stage": "check", "action": "complete", "deadline": deadline}
            return {"state": "done"}
        if fact.header["accepted"]:
            return {"state": "blocked", "stage": "check", "action": self._get_offered(fact), "deadline": deadline}
        return {
            "state": "doing" if state == "sent" else "todo",
            "stage": "quotation",
            "action": self._get_offered(fact),
            "deadline": deadline,
        }

    @api.model
    def _get_offered(self, fact):
        """Return what a quotation needs next: it waits until something is sold, as a product, and is confirmed then."""
        is_complete = all(line["is_downpayment"] or line["policy"] for line in fact.lines)
        return "confirm" if fact.lines and is_complete else "wait"

    # === WORDS AND MAILS === #

    @api.model
    def _format_day(self, moment, company):
        """Return a day in words, as the company's clock shows it."""
        if not moment:
            return self.env._("no date")
        zone = company.sudo().partner_id.tz or self.env.context.get("tz") or company.sudo().resource_calendar_id.tz
        clock = self.with_context(tz=zone or "UTC")
        return format_date(self.env, fields.Datetime.context_timestamp(clock, fields.Datetime.to_datetime(moment)))

    @api.model
    def _read_signals(self, facts):
        self._read_credit_signals(facts)
        for order_id, terms in self.env["sale.order"]._oms_read_terms(list(facts)).items():
            facts[order_id].signals["terms"] = terms

    @api.model
    def _read_credit_signals(self, facts):
        asking = [order_id for order_id, fact in facts.items() if self._is_credit_asked(fact)]
        for order_id, credit in self._read_credit(asking).items():
            facts[order_id].signals["credit"] = credit
        held = [order_id for order_id, fact in facts.items() if fact.header["held"]]
        for order_id, holds in self.env["sale.order"]._oms_read_holds(held).items():
            facts[order_id].signals["holds"] = holds

    @api.model
    def _read_credit(self, order_ids):
        """Read the credit of these orders' customers, where anything limits it, see ``res.partner._oms_read_credit``.

        :return: {order id: dict}, the whole ``exposure`` in each
        """
        credits = self.env["res.partner"]._oms_read_credit(order_ids)
        odd_ids = {order_id for credit in credits.values() for order_id in credit["odd_ids"]}
        facts = self._read_facts(sorted(odd_ids)) if odd_ids else {}
        left = {order_id: self.env["oms.lane.invoice"]._get_amount_left(fact) for order_id, fact in facts.items()}
        for credit in credits.values():
            credit["exposure"] += sum(left[order_id] for order_id in credit["odd_ids"])
        return credits

    @api.model
    def _filter_credit(self, order_ids):
        """Return the ids of those of these orders whose customer's credit may be used up, overdue or on hold."""
        today = fields.Date.today()
        return {
            order_id
            for order_id, credit in self._read_credit(order_ids).items()
            if credit["account_hold"]
            or 0 < credit["credit_limit"] < credit["exposure"] + credit["amount"]
            or credit["overdue_days"]
            and credit["due"]
            and credit["due"] < today - timedelta(days=credit["overdue_days"])
        }

    @api.model
    def _is_credit_asked(self, fact):
        """Tell whether an order may still take goods on credit."""
        return fact.header["state"] in _OFFERED or (fact.is_confirmed() and bool(fact.outward_moves))

    @api.model
    def _get_missing_texts(self):
        return {
            "street": self.env._("%(name)s has no street."),
            "city": self.env._("%(name)s has no city."),
            "zip": self.env._("%(name)s has no ZIP code."),
            "country_id": self.env._("%(name)s has no country."),
            "email": self.env._("%(name)s has no email address to send the invoice to."),
            "vat": self.env._("%(name)s has no tax ID, and the fiscal position requires it."),
            "carrier_id": self.env._("The carrier of %(name)s does not serve the address."),
            "taxes": self.env._("A line of %(name)s has no tax although its product has."),
            "product": self.env._("A product of %(name)s is archived or no longer sold: replace it."),
        }

    @api.model
    def _read_unapproved(self, order_ids):
        """Return {order id: lines whose price is too low} of the orders whose prices, as they are now, nobody approved."""
        low = self.env["sale.order.line"]._oms_read_low_prices(order_ids)
        approved = self.env["sale.order"]._oms_read_approved(list(low))
        return {
            order_id: lines
            for order_id, lines in low.items()
            if approved.get(order_id) != self._get_price_fingerprint(lines)
        }

    @api.model
    def _get_price_fingerprint(self, lines):
        return " ".join(f"{line['id']}:{line['price']:.4f}:{line['discount']:.2f}" for line in lines)

    # === O4 === #

    @api.model
    def _get_price_text(self, order, line):
        product = self.env["sale.order.line"].browse(line["id"]).product_id.display_name
        if line["gap"]:
            money = order.company_id.currency_id.format
            return self.env._(
                "%(product)s is sold at %(price)s, the floor is %(floor)s.",
                product=product,
                price=money(line["price"]),
                floor=money(line["floor"]),
            )
        return self.env._(
            "%(product)s has %(discount)s %% discount, %(maximum)s %% are allowed.",
            product=product,
            discount=f"{line['discount']:g}",
            maximum=f"{line['max_discount']:g}",
        )

    @api.model
    def _get_expected(self, fact):
        """Return when supply says that the goods of an order are there at the earliest, and the move that brings the last of them.

        A move gets of the receipts what moves of earlier rank leave to it, as the supply lane reads it; or those that are
        bound to it.

        :return: (datetime, move id), None where too little is on the way, or nothing is short
        """
        arrivals = []
        for shortage in fact.signals["shortages"]:
            lacking = shortage.lacking
            if shortage.is_pooled and not fact.is_positive(lacking):
                continue
            if not shortage.receipts or shortage.is_pooled and fact.is_positive(lacking - shortage.inbound):
                # One answer that nobody knows makes the whole order's unknown.
                return None
            arrivals.append(max((receipt["date"], receipt["move_id"]) for receipt in shortage.receipts))
        return max(arrivals, default=None)
