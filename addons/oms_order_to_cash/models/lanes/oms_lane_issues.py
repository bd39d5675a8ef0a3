from odoo import api, models
from odoo.tools import format_amount


class OmsLane(models.AbstractModel):
    _inherit = "oms.lane"

    @api.model
    def _read_signals(self, facts):
        """Read, for the detectors of this lane, what the facts don't hold, one query per kind, onto ``fact.signals``.

        :param dict facts: {order id: OrderFacts}, all lanes read
        """

    # Each issue type has a method ``_detect_<code>(facts)``, which reads ``facts`` and nothing else, writes nothing and returns
    # {order id: finding} of the orders that are in this trouble; and may have ``_explain_<code>(issue)``, see _explain.

    @api.model
    def _prepare_finding(
        self, fact, turn, *, deadline=None, since=None, amount=None, critical=False, severity=None, **data
    ):
        """Return what a detector tells of an order.

        :param str turn: who has to move next, a key of ``TURNS``
        :param deadline: datetime when it begins to hurt; gives the urgency
        :param since: datetime when the trouble began
        :param amount: money at stake in company currency; the order's value at stake by default
        :param critical: a promise is broken, or cash is blocked while the goods are gone
        :param severity: another severity than that of the type
        :param data: ids and figures that prove it, for :meth:`_explain`
        """
        return {
            "turn": turn,
            "deadline": deadline,
            "since": since,
            "amount": amount,
            "critical": critical,
            "severity": severity,
            "data": data,
        }

    @api.model
    def _explain(self, issue):
        """Return the chain of documents that leads from the order to the root of an issue.

        :return: list of links, see :meth:`_link`
        """
        explain = getattr(self, f"_explain_{issue.code.lower()}", None)
        return explain(issue) if explain else []

    @api.model
    def _get_noon(self, day, company_id):
        """Return a day as a moment (UTC), None for no day."""
        return self.env["res.company"].browse(company_id)._oms_get_noon(day)

    @api.model
    def _link(self, text, record=None, tone=""):
        """Return one link of a chain: words for the user, the document they speak of, and a tone (danger, warning, success)."""
        return {"text": text, "record": record, "tone": tone}

    @api.model
    def _format_money(self, amount, currency):
        """Return an amount for the words of a chain; dots for who works on orders and may not see money."""
        if not (self.env.su or self.env["oms.cockpit"]._can_see_amounts()):
            return "•••"
        return format_amount(self.env, amount, currency)
