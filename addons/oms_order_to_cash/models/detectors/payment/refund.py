from odoo import api, models
from odoo.tools import format_date


class OmsDetectorR3(models.AbstractModel):
    _name = "oms.detector.r3"
    _inherit = "oms.detector.receivable"
    _description = "Refund owed"

    @api.model
    def _find(self, facts):
        """Find orders whose customer has to get money back, and that he did not agree to leave with us."""
        lane = self.env["oms.lane.payment"]
        return {
            order_id: self._prepare_finding(fact, "accounting", amount=amount, **lane._get_refund_documents(fact))
            for order_id, fact in facts.items()
            if fact.header["state"] not in ("draft", "sent") and (amount := lane._get_amount_to_refund(fact))
        }

    @api.model
    def _explain(self, issue):
        chain, money = [], self._format_money
        for move in self._get_moves(issue.data["move_ids"]):
            amount = money(move.amount_residual, move.currency_id)
            text = self.env._("Credit note %(credit)s: %(amount)s not paid out", credit=move.name, amount=amount)
            chain.append(self._link(text, move, "danger"))
        for line in self.env["account.move.line"].sudo().browse(issue.data["line_ids"]).exists():
            text = self.env._(
                "%(payment)s of %(date)s: %(amount)s more than was to be paid",
                payment=line.move_id.name,
                date=format_date(self.env, line.date),
                amount=money(-line.amount_residual_currency, line.currency_id),
            )
            chain.append(self._link(text, line.move_id, "danger"))
        for transaction in self.env["payment.transaction"].sudo().browse(issue.data["transaction_ids"]).exists():
            text = self.env._(
                "%(transaction)s: %(amount)s paid online",
                transaction=transaction.reference,
                amount=money(transaction.amount, transaction.currency_id),
            )
            chain.append(self._link(text, transaction, "danger"))
        if issue.order_id.state == "cancel":
            chain.append(self._link(self.env._("The order is cancelled"), issue.order_id))
        return chain
