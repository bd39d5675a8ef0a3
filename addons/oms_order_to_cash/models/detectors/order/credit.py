from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ....const import MONEY_GROUPS

# From how much of the smallest amount on more is owed than was accepted: an order and its invoice may round half of it apart.
_CENT = 0.75


class OmsDetectorCredit(models.AbstractModel):
    """What detectors of holds have in common."""

    _name = "oms.detector.credit"
    _inherit = "oms.detector"
    _description = "Credit"

    @api.model
    def _get_hold_links(self, hold_ids):
        # Who may see the order may know what stops it.
        holds = self.env["oms.hold"].sudo().browse(hold_ids).exists()
        return [
            self._link(
                self.env._(
                    "On hold by %(user)s: %(reason)s",
                    user=(hold.placed_by_id.id != SUPERUSER_ID and hold.placed_by_id.name) or self.env._("the company"),
                    reason=hold._get_text(hold.note),
                ),
                hold.order_id,
                "danger",
            )
            for hold in holds
        ]


class OmsDetectorO2(models.AbstractModel):
    _name = "oms.detector.o2"
    _inherit = "oms.detector.credit"
    _description = "Credit hold"

    @api.model
    def _find(self, facts):
        """On hold for credit, or the customer owes too much, pays too late, or has its account on hold."""
        return {
            order_id: finding
            for order_id, fact in facts.items()
            if self.env["oms.lane.order"]._is_credit_asked(fact)
            for finding in [self._find_credit(fact)]
            if finding
        }

    @api.model
    def _find_credit(self, fact):
        holds = [hold for hold in fact.signals.get("holds", ()) if hold["is_credit"]]
        breach = self._get_breach(fact)
        if not holds and not breach:
            return None
        return self._prepare_finding(
            fact,
            "accounting",
            deadline=fact.header["date_promised"],
            since=min((hold["date_placed"] for hold in holds), default=None),
            hold_ids=[hold["id"] for hold in holds],
            **breach,
        )

    @api.model
    def _get_breach(self, fact):
        """Return what is wrong with the customer's credit, and the figures; nothing where somebody accepted as much before."""
        credit = fact.signals.get("credit")
        if not credit:
            return {}
        exposure = credit["exposure"] + (0.0 if fact.is_confirmed() else credit["amount"])
        if credit["accepted_on"] and exposure - credit["accepted"] < _CENT * fact.header["rounding"]:
            return {}
        breach = {}
        if credit["account_hold"]:
            breach["account_hold"] = True
        if credit["credit_limit"] > 0 and exposure > credit["credit_limit"]:
            breach["limit"] = credit["credit_limit"]
        latest = fields.Date.today() - timedelta(days=credit["overdue_days"])
        if credit["overdue_days"] and credit["due"] and credit["due"] < latest:
            breach["due"] = str(credit["due"])
        return {**breach, "exposure": exposure} if breach else {}

    @api.model
    def _explain(self, issue):
        order, data = issue.order_id, issue.data or {}
        customer = order.partner_id.commercial_partner_id
        money = order.company_id.currency_id.format
        sees_money = self.env.su or self.env.user.has_groups(MONEY_GROUPS)
        links = self._get_hold_links(data.get("hold_ids", ()))
        if data.get("account_hold"):
            links.append(
                self._link(self.env._("The account of %(name)s is on hold.", name=customer.name), customer, "danger")
            )
        if "limit" in data:
            text = self.env._("%(name)s is over the credit limit.", name=customer.name)
            if sees_money:
                text = self.env._(
                    "%(name)s owes or has ordered %(exposure)s, the limit is %(limit)s.",
                    name=customer.name,
                    exposure=money(data["exposure"]),
                    limit=money(data["limit"]),
                )
            links.append(self._link(text, customer, "danger"))
        if "due" in data:
            day = self.env["oms.lane.order"]._format_day(
                self._get_noon(data["due"], order.company_id.id), order.company_id
            )
            links.append(self._link(self.env._("An invoice is overdue since %(date)s.", date=day), customer, "danger"))
        return links


class OmsDetectorO3(models.AbstractModel):
    _name = "oms.detector.o3"
    _inherit = "oms.detector.credit"
    _description = "On hold"

    @api.model
    def _find(self, facts):
        """On hold for any reason but credit; a hold stops nothing of a cancelled order, whatever else is owed of it."""
        findings = {}
        for order_id, fact in facts.items():
            if fact.is_cancelled():
                continue
            holds = [hold for hold in fact.signals.get("holds", ()) if not hold["is_credit"]]
            if holds:
                findings[order_id] = self._prepare_finding(
                    fact,
                    "sales",
                    deadline=fact.header["date_promised"],
                    since=min(hold["date_placed"] for hold in holds),
                    hold_ids=[hold["id"] for hold in holds],
                )
        return findings

    @api.model
    def _explain(self, issue):
        hold_ids = (issue.data or {}).get("hold_ids", ())
        reasons = self.env["oms.hold"].sudo().browse(hold_ids).exists().reason_id  # who sees the order may know
        groups = [
            self._link(
                self.env._(
                    "%(reason)s is released by: %(group)s", reason=reason.name, group=reason._get_group().full_name
                )
            )
            for reason in reasons
        ]
        return self._get_hold_links(hold_ids) + groups
