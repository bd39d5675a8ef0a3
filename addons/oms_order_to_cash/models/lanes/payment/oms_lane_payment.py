from odoo import api, models

_PAID = ("paid", "in_payment", "reversed", "invoicing_legacy")


class OmsLanePayment(models.AbstractModel):
    """Whether what was invoiced is paid."""

    _name = "oms.lane.payment"
    _inherit = "oms.lane"
    _description = "Payment Lane"

    @api.model
    def _get_state(self, fact):
        posted = self._get_posted(fact)
        to_invoice = fact.lanes["invoice"]["state"] not in ("none", "done")
        if not posted:
            return self._get_work("todo", []) if to_invoice else {"state": "none"}
        unpaid = [
            invoice
            for invoice in posted
            if invoice["payment_state"] not in _PAID
            and not (invoice["move_type"] == "out_refund" and invoice["is_kept"])
        ]
        if any(invoice["payment_state"] == "blocked" for invoice in unpaid):
            is_payable = any(self._is_payable(invoice) for invoice in unpaid)
            return self._get_work("blocked", unpaid, "pay" if is_payable else "resolve_dispute")
        if not unpaid and not to_invoice:
            return {"state": "done"}
        started = len(unpaid) < len(posted) or any(invoice["payment_state"] == "partial" for invoice in unpaid)
        return self._get_work("doing" if started else "todo", unpaid, self._get_action(fact))

    @api.model
    def _get_action(self, fact):
        if self._is_refund_due(fact):
            return "refund"
        # Nobody pays for what he gave back.
        return "credit" if self._is_claim_void(fact) else "pay"

    @api.model
    def _get_posted(self, fact):
        return [
            invoice
            for invoice in fact.invoices
            if invoice["state"] != "draft" and fact.is_amount(invoice["amount_total"])
        ]

    @api.model
    def _get_work(self, state, unpaid, action="pay"):
        due = min((invoice["invoice_date_due"] for invoice in unpaid if invoice["invoice_date_due"]), default=None)
        return {"state": state, "stage": "payment", "action": action, "deadline": due}

    @api.model
    def _get_amount_unpaid(self, fact):
        """Return the order's share of what is invoiced, drafts too, and not paid; company currency, credit notes negative."""
        return sum(
            invoice["share"] * invoice["residual"]
            for invoice in fact.invoices
            if invoice["state"] in ("draft", "posted")
        )
