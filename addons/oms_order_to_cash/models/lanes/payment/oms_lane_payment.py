from datetime import timedelta

from odoo import api, fields, models

_PAID = ("paid", "in_payment", "reversed", "invoicing_legacy")
_OPEN = ("not_paid", "partial")
# A customer who paid later than this on average may do so again.
_RISKY_DAYS = 7


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
            # Core calls an invoice blocked that was paid since.
            and (invoice["payment_state"] != "blocked" or fact.is_amount(invoice["residual"]))
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

    @api.model
    def _is_payable(self, invoice):
        return (
            invoice["move_type"] == "out_invoice" and invoice["state"] == "posted" and invoice["payment_state"] in _OPEN
        )

    @api.model
    def _get_payable(self, orders, **_choices):
        """Return the open posted invoices of each order; one invoice may belong to several of them."""
        payable = {order_id: [] for order_id in orders.ids}
        for invoice in self.env["account.move"]._oms_read_invoices(orders.ids):
            if self._is_payable(invoice):
                payable[invoice["order_id"]].append(invoice["id"])
        return {order_id: self.env["account.move"].browse(ids) for order_id, ids in payable.items()}

    @api.model
    def _get_refund_obstacle(self, fact):
        """Return why nothing of an order can be refunded now, and what to do first, in words."""
        if fact.header["state"] in ("draft", "sent") or not self._get_amount_to_refund(fact):
            return self.env._("The customer has nothing to get back.")
        if any(self._is_payable(invoice) for invoice in fact.invoices):
            return self.env._("An invoice of it is open: match the payments and credit notes with it first.")
        if fact.is_cancelled() and fact.is_amount(self.env["oms.lane.invoice"]._get_amount_left(fact)):
            return self.env._("Invoice what the customer keeps first.")
        documents = self._get_refund_documents(fact)
        if documents["move_ids"] or documents["line_ids"]:
            return ""
        if documents["transaction_ids"]:
            return self.env._("It was paid online and is in no books: refund it with the payment provider.")
        return self.env._("Credit what the customer does not keep first.")

    @api.model
    def _is_refund_due(self, fact):
        return not self._get_refund_obstacle(fact)

    @api.model
    def _get_terms(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )

    @api.model
    def _get_credits(self, moves):
        """Return the journal items that could pay these invoices: open credits of the same customers and accounts."""
        return self.env["account.move.line"].search(
            [
                ("account_id", "in", self._get_terms(moves).account_id.ids),
                ("partner_id", "in", moves.commercial_partner_id.ids),
                ("company_id", "in", moves.company_id.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
            ],
            order="date, id",
        )

    @api.model
    def _read_signals(self, facts):
        self._read_receivables(facts)
        self._read_risky(facts)

    @api.model
    def _read_receivables(self, facts):
        """Read what is due of the open invoices onto the facts, as ``receivables``, each with the order's share of it."""
        open_ids = {invoice["id"] for fact in facts.values() for invoice in self._get_uncollected(fact)}
        rows = self.env["account.move"]._oms_read_receivables(open_ids) if open_ids else {}
        for fact in facts.values():
            fact.signals["receivables"] = [
                {**rows[invoice["id"]], **invoice} for invoice in self._get_uncollected(fact)
            ]

    @api.model
    def _get_uncollected(self, fact):
        """Return the posted invoices, no credit notes, of which something is open, blocked ones too."""
        return [
            invoice
            for invoice in fact.invoices
            if invoice["state"] == "posted"
            and invoice["move_type"] == "out_invoice"
            and invoice["payment_state"] in ("not_paid", "partial", "blocked")
            and fact.is_amount(invoice["residual"])
        ]

    @api.model
    def _read_risky(self, facts):
        """Read which customers of invoices due soon may pay late onto the facts, as ``risky``: (company id, partner id)."""
        moves = self.env["account.move"]
        customers = {
            (row["company_id"], row["partner_id"]) for fact in facts.values() for row in self._get_due_soon(fact)
        }
        risky = moves._oms_read_overdue({partner_id for _company_id, partner_id in customers})
        # What a customer paid in a year takes long to read: only where nothing else tells.
        history = moves._oms_read_payment_history({partner_id for _company_id, partner_id in customers - risky})
        risky |= {customer for customer, past in history.items() if past["days"] > _RISKY_DAYS}
        for fact in facts.values():
            fact.signals["risky"] = risky

    @api.model
    def _is_disputed(self, row):
        return row["payment_state"] == "blocked" or bool(row["dispute"])

    @api.model
    def _is_promised(self, row):
        """Tell whether the customer promised to pay by a day that has not passed."""
        return bool(row["promised_on"]) and row["promised_on"] >= fields.Date.today()

    @api.model
    def _get_due(self, move):
        """Return the day the first open instalment of an invoice is due."""
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term" and not line.reconciled)
        return min((day for day in terms.mapped("date_maturity") if day), default=move.invoice_date_due or move.date)

    # === A1: DUE SOON, RISKY CUSTOMER === #

    @api.model
    def _get_due_soon(self, fact):
        """Return the invoices due within the company's days of reminding, of which the customer was not told yet."""
        if not fact.signals["receivables"] or self._is_claim_void(fact):
            return []
        today = fields.Date.today()
        # The setting is the company's, whoever looks.
        days = self.env["res.company"].sudo().browse(fact.header["company_id"]).oms_reminder_days
        if days <= 0:
            return []
        return [
            row
            for row in fact.signals["receivables"]
            if row["due"]
            and today <= row["due"] <= today + timedelta(days=days)
            and not (row["reminded_on"] or row["promised_on"] or self._is_disputed(row))
        ]

    # === A2: OVERDUE === #

    @api.model
    def _get_overdue(self, fact):
        """Return the invoices of which something was due before today, neither disputed nor promised for a day to come.

        None where no more is overdue than what the customer is owed for goods that he does not keep: that has to be credited.
        """
        rows = [
            row
            for row in fact.signals["receivables"]
            if row["overdue"] > 0
            and fact.is_amount(row["overdue"])
            and not self._is_disputed(row)
            and not self._is_promised(row)
        ]
        return rows if self._get_amount_overdue(fact, rows) > 0 else []

    @api.model
    def _get_amount_credit_due(self, fact):
        return self.env["oms.lane.return"]._get_amount_not_kept(fact)

    @api.model
    def _get_amount_overdue(self, fact, rows):
        """Return the order's share of what is overdue, less what is to be credited of it; 0 where that is as much."""
        amount = sum(row["share"] * row["overdue"] for row in rows) - self._get_amount_credit_due(fact)
        return amount if fact.is_amount(amount) and amount > 0 else 0.0

    @api.model
    def _is_claim_void(self, fact):
        """Tell whether all that is open of the order's invoices is to be credited: nobody asks the customer for it."""
        owed = self._get_amount_credit_due(fact)
        amount = sum(invoice["share"] * invoice["residual"] for invoice in self._get_uncollected(fact)) - owed
        return bool(owed) and (amount < 0 or not fact.is_amount(amount))

    @api.model
    def _is_broken(self, row):
        return bool(row["promised_on"]) and row["promised_on"] < fields.Date.today() and not self._is_disputed(row)
