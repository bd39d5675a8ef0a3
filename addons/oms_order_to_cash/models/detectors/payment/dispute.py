from datetime import datetime, time

from odoo import api, models
from odoo.tools import format_date


class OmsDetectorA4(models.AbstractModel):
    _name = "oms.detector.a4"
    _inherit = "oms.detector.receivable"
    _description = "Disputed"

    @api.model
    def _find(self, facts):
        """Disputed: nothing is paid until somebody decides."""
        return {
            order_id: self._prepare_receivable_finding(
                fact, "accounting", rows, sum(row["share"] * row["residual"] for row in rows)
            )
            for order_id, fact in facts.items()
            if (rows := [row for row in fact.signals["receivables"] if self.env["oms.lane.payment"]._is_disputed(row)])
        }

    @api.model
    def _explain(self, issue):
        chain = self._explain_receivables(issue)
        for move in self._get_moves(issue.data["move_ids"]):
            text = self.env._("%(invoice)s is blocked for payment; no reason is given.", invoice=move.name)
            if move.oms_dispute_reason:
                text = self.env._(
                    "%(invoice)s is disputed: %(reason)s", invoice=move.name, reason=move.oms_dispute_reason
                )
            chain.append(self._link(text, move, "danger"))
        return chain


class OmsDetectorA5(models.AbstractModel):
    _name = "oms.detector.a5"
    _inherit = "oms.detector.receivable"
    _description = "Promise to pay broken"

    @api.model
    def _find(self, facts):
        """Promise to pay broken: the day has passed and it is still open."""
        return {
            order_id: self._find_a5(fact, rows)
            for order_id, fact in facts.items()
            if (rows := [row for row in fact.signals["receivables"] if self.env["oms.lane.payment"]._is_broken(row)])
        }

    @api.model
    def _find_a5(self, fact, rows):
        promised = datetime.combine(min(row["promised_on"] for row in rows), time(12))
        amount = sum(row["share"] * row["residual"] for row in rows)
        return {
            **self._prepare_receivable_finding(fact, "sales", rows, amount, since=promised),
            "deadline": promised,
        }

    @api.model
    def _explain(self, issue):
        return self._explain_receivables(issue) + [
            self._link(
                self.env._(
                    "%(customer)s promised to pay %(invoice)s by %(date)s",
                    customer=move.commercial_partner_id.name,
                    invoice=move.name,
                    date=format_date(self.env, move.oms_payment_promise_date),
                ),
                move.commercial_partner_id,
                "danger",
            )
            for move in self._get_moves(issue.data["move_ids"])
        ]
