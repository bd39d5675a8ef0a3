from odoo import api, models
from odoo.tools import format_amount

from ...const import MONEY_GROUPS

PREFIX = "oms.detector."


class OmsDetector(models.AbstractModel):
    """The contract of a detector: it finds the orders that are in one kind of trouble, and explains what led there.

    A detector is a model named ``oms.detector.<code>``, in lower case, that inherits this one; the ``oms.issue.type`` of that code
    says how bad it is, who owns it and what ends it. It writes nothing. All its methods are private: clients could call others.
    """

    _name = "oms.detector"
    _description = "Issue Detector"

    # === CONTRACT === #

    @api.model
    def _read_signals(self, facts):
        """Read what neither the facts nor its lane's signals hold, one query for all orders, onto ``fact.signals``.

        :param dict facts: {order id: OrderFacts}, all lanes read
        """

    @api.model
    def _find(self, facts):
        """Return {order id: finding} of the orders that are in this trouble, each made by :meth:`_prepare_finding`.

        :param dict facts: {order id: OrderFacts}, all lanes and signals read; nothing else is read
        """
        raise NotImplementedError

    @api.model
    def _explain(self, issue):
        """Return the chain of documents that leads from the order to the root of an issue, a list of :meth:`_link`."""
        return []

    # === WHAT DETECTORS SHARE === #

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
    def _get_noon(self, day, company_id):
        """Return a day as a moment (UTC), None for no day."""
        return self.env["res.company"].browse(company_id)._oms_get_noon(day)

    @api.model
    def _link(self, text, record=None, tone=""):
        """Return one link of a chain: words for the user, the document they speak of, and a tone (danger, warning, success)."""
        return {"text": text, "record": record, "tone": tone}

    @api.model
    def _get_moves(self, move_ids):
        # Who sees the issue may know what is wrong with the invoice; only who may read it can open it.
        return self.env["account.move"].sudo().browse(move_ids).exists()

    @api.model
    def _format_money(self, amount, currency):
        """Return an amount for the words of a chain; dots for who works on orders and may not see money."""
        if not (self.env.su or self.env.user.has_groups(MONEY_GROUPS)):
            return "•••"
        return format_amount(self.env, amount, currency)

    @api.model
    def _reads_signals(self):
        """Tell whether this detector reads signals of its own."""
        return type(self)._read_signals is not self.env.registry["oms.detector"]._read_signals
