from odoo import api, models


class OmsLanePayment(models.AbstractModel):
    """Money that the customer has to get back, of which an order reads: credit notes, overpayments, what an order that ended had paid."""

    _inherit = "oms.lane.payment"

    # === READING === #

    @api.model
    def _get_open_credits(self, fact):
        """Return the posted credit notes of which something is open."""
        return [
            invoice
            for invoice in fact.invoices
            if invoice["state"] == "posted"
            and invoice["move_type"] == "out_refund"
            and invoice["payment_state"] in ("not_paid", "partial")
            and fact.is_amount(invoice["share"] * invoice["residual"])
        ]

    @api.model
    def _get_spare_payments(self, fact):
        """Return what is left of payments; what was paid online and is in no books only where nothing was invoiced."""
        shares = {invoice["id"]: invoice["share"] for invoice in fact.invoices}
        is_invoiced = any(invoice["state"] == "posted" for invoice in fact.invoices)
        return [
            {**row, "amount": row["amount"] * shares.get(row["invoice_id"], 1.0)}
            for row in fact.unspent
            if row["move_id"] or not is_invoiced
        ]

    @api.model
    def _get_amount_credit(self, fact, with_kept=True):
        """Return what the customer has to his credit, less what is open of the order's invoices, in company currency.

        What he paid in advance counts as far as it is above what the order will still be invoiced.
        """
        credit = -sum(
            invoice["share"] * invoice["residual"]
            for invoice in self._get_open_credits(fact)
            if with_kept or not invoice["is_kept"]
        )
        claim = sum(invoice["share"] * invoice["residual"] for invoice in self._get_uncollected(fact))
        return credit + self._get_amount_overpaid(fact, with_kept) - claim

    @api.model
    def _get_amount_overpaid(self, fact, with_kept=True):
        rows = [row for row in self._get_spare_payments(fact) if with_kept or not row["is_kept"]]
        advance = sum(row["amount"] for row in rows if not row["invoice_id"])
        advance = max(advance - self.env["oms.lane.invoice"]._get_amount_left(fact), 0.0)
        return advance + sum(row["amount"] for row in rows if row["invoice_id"])

    @api.model
    def _get_amount_spare(self, fact):
        """Return what we have of the customer beside the order's invoices: overpaid; of a cancelled order all, and what is not kept."""
        if not fact.is_cancelled():
            return self._get_amount_overpaid(fact)
        advance = sum(row["amount"] for row in self._get_spare_payments(fact))
        return advance + self.env["oms.lane.return"]._get_amount_not_kept(fact, with_drafts=True)

    @api.model
    def _get_amount_owed(self, fact):
        """Return what the customer has to get back in all, in company currency, never below 0."""
        if fact.header["state"] in ("draft", "sent"):
            return 0.0
        return max(self._get_amount_due_back(fact, with_kept=True), 0.0)

    @api.model
    def _get_amount_due_back(self, fact, with_kept=False):
        amount = self._get_amount_credit(fact, with_kept) + self.env["oms.lane.return"]._get_amount_not_kept(fact)
        return amount - self.env["oms.lane.invoice"]._get_amount_left(fact) if fact.is_cancelled() else amount

    # === R3: REFUND OWED === #

    @api.model
    def _get_amount_to_refund(self, fact):
        """Return what is owed by now; for goods that came back only once it is credited (R2), of a cancelled order at once."""
        amount = self._get_amount_due_back(fact) if fact.is_cancelled() else self._get_amount_credit(fact, False)
        return amount if amount > 0 and fact.is_amount(amount) else 0.0

    @api.model
    def _get_refund_documents(self, fact):
        rows = [row for row in self._get_spare_payments(fact) if not row["is_kept"]]
        return {
            "move_ids": [invoice["id"] for invoice in self._get_open_credits(fact) if not invoice["is_kept"]],
            "line_ids": [row["line_id"] for row in rows if row["line_id"]],
            "transaction_ids": [row["transaction_id"] for row in rows if not row["line_id"]],
        }
