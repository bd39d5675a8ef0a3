from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import float_compare

_OFFERED = ("draft", "sent")


class OmsDetectorQ1(models.AbstractModel):
    _name = "oms.detector.q1"
    _inherit = "oms.detector"
    _description = "Quotation expired or unanswered"

    @api.model
    def _find(self, facts):
        """A quotation past its validity, or sent and not answered; a reminder gives the customer as many days again."""
        return {
            order_id: finding
            for order_id, fact in facts.items()
            if fact.header["state"] in _OFFERED and not fact.header["accepted"] and not fact.header["is_cart"]
            for finding in [self._find_silence(fact)]
            if finding
        }

    @api.model
    def _find_silence(self, fact):
        header, terms, now = fact.header, fact.signals["terms"], fields.Datetime.now()
        patience = timedelta(days=terms["reminder_days"])
        if terms["reminded_on"] and terms["reminded_on"] + patience > now:
            return None
        validity = header["validity_date"]
        if validity and fields.Date.to_date(validity) < now.date():
            end = self._get_noon(validity, header["company_id"])
            return self._prepare_finding(fact, "sales", deadline=end, since=end, expired=True)
        last = terms["reminded_on"] or terms["sent_on"]
        if header["state"] != "sent" or not patience or last + patience > now:
            return None
        end = self._get_noon(validity, header["company_id"])
        return self._prepare_finding(fact, "customer", deadline=end, since=last + patience)

    @api.model
    def _explain(self, issue):
        order = issue.order_id
        sent = order.oms_sent_on or (order.state == "sent" and order.date_order)
        texts = [
            (sent, self.env._("Sent on %(date)s"), ""),
            (order.oms_reminded_on, self.env._("Reminded on %(date)s"), ""),
            (
                self._get_noon(order.validity_date, order.company_id.id),
                self.env._("Valid until %(date)s"),
                "danger" if order.is_expired else "",
            ),
        ]
        links = [
            self._link(text % {"date": self.env["oms.lane.order"]._format_day(date, order.company_id)}, order, tone)
            for date, text, tone in texts
            if date
        ]
        return [*links, self._link(self.env._("No answer of %(name)s", name=order.partner_id.name), order.partner_id)]


class OmsDetectorQ2(models.AbstractModel):
    _name = "oms.detector.q2"
    _inherit = "oms.detector"
    _description = "Prepayment awaited"

    @api.model
    def _find(self, facts):
        """Sent or signed, to be confirmed by an online payment, and that is not in."""
        return {
            order_id: self._prepare_finding(
                fact,
                "customer",
                deadline=self._get_noon(fact.header["validity_date"], fact.header["company_id"]),
                since=fact.signals["terms"]["sent_on"],
            )
            for order_id, fact in facts.items()
            if self._is_prepayment_awaited(fact)
        }

    @api.model
    def _is_prepayment_awaited(self, fact):
        header, terms = fact.header, fact.signals["terms"]
        if header["state"] not in _OFFERED or not terms["require_payment"] or header["paid"]:
            return False
        if header["state"] == "draft" and not header["accepted"]:
            return False
        validity = header["validity_date"]
        if validity and fields.Date.to_date(validity) < fields.Date.today():
            return False
        missing = terms["prepayment"] - terms["amount_paid"]
        return float_compare(missing, 0, precision_rounding=header["rounding"]) > 0

    @api.model
    def _explain(self, issue):
        order = issue.order_id
        amount = self._format_money(order._get_prepayment_required_amount(), order.currency_id)
        links = [self._link(self.env._("%(amount)s has to be paid online to confirm it", amount=amount), order)]
        if order.oms_payment_asked_on:
            day = self.env["oms.lane.order"]._format_day(order.oms_payment_asked_on, order.company_id)
            links.append(self._link(self.env._("Payment link sent on %(date)s", date=day), order))
        # A salesperson may not open payment providers, but sees that a payment failed.
        failed = order.sudo().transaction_ids.filtered(lambda tx: tx.state in ("error", "cancel", "pending"))
        states = dict(failed._fields["state"]._description_selection(self.env))
        links += [
            self._link(f"{tx.provider_id.name} {tx.reference}: {states[tx.state]}", tx, "warning") for tx in failed
        ]
        return [*links, self._link(self.env._("No payment is in."), order, "danger")]
