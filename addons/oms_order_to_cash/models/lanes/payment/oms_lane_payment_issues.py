from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

# A customer who paid later than this on average may do so again.
_RISKY_DAYS = 7
_BUCKETS = ((60, "critical"), (30, "high"), (0, "medium"))


class OmsLanePayment(models.AbstractModel):
    """Money that is late, will be late, or came and was not put where it belongs."""

    _inherit = "oms.lane.payment"

    # === SIGNALS === #

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        self._read_receivables(facts)
        self._read_risky(facts)
        return result

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
    def _prepare_receivable_finding(self, fact, turn, rows, amount, **values):
        due = min((row["due"] for row in rows if row["due"]), default=None)
        return self._prepare_finding(
            fact,
            turn,
            deadline=self._get_noon(due, fact.header["company_id"]),
            amount=amount,
            move_ids=[row["id"] for row in rows],
            **values,
        )

    @api.model
    def _get_moves(self, move_ids):
        # Who sees the issue may know what is wrong with the invoice; only who may read it can open it.
        return self.env["account.move"].sudo().browse(move_ids).exists()

    @api.model
    def _explain_receivables(self, issue):
        """Return one link per invoice: what is open of it, and since when it is due."""
        return [
            self._link(
                self.env._(
                    "%(invoice)s: %(amount)s open, due on %(date)s",
                    invoice=move.name,
                    amount=self._format_money(move.amount_residual, move.currency_id),
                    date=format_date(self.env, self._get_due(move)),
                ),
                move,
                "danger" if self._get_due(move) < fields.Date.today() else "",
            )
            for move in self._get_moves(issue.data["move_ids"])
        ]

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

    @api.model
    def _is_risky(self, fact, row):
        return (row["company_id"], row["partner_id"]) in fact.signals["risky"]

    @api.model
    def _detect_a1(self, facts):
        """Due soon, risky customer: one who pays late is reminded before it is late again."""
        return {
            order_id: self._find_a1(fact, rows)
            for order_id, fact in facts.items()
            if (rows := [row for row in self._get_due_soon(fact) if self._is_risky(fact, row)])
        }

    @api.model
    def _find_a1(self, fact, rows):
        amount = sum(row["share"] * row["residual"] for row in rows)
        return self._prepare_receivable_finding(fact, "accounting", rows, amount)

    @api.model
    def _explain_a1(self, issue):
        move = self._get_moves(issue.data["move_ids"])[:1]
        customer = move.commercial_partner_id
        key = (move.company_id.id, customer.id)
        past = move._oms_read_payment_history(customer.ids).get(key)
        chain = self._explain_receivables(issue)
        if past:
            late = self.env._(
                "%(customer)s paid %(days)s days late on average, over %(number)s payments in 12 months",
                customer=customer.name,
                days=f"{round(past['days'], 1):g}",
                number=past["paid"],
            )
            chain.append(self._link(late, customer, "warning" if past["days"] > _RISKY_DAYS else ""))
        if key in move._oms_read_overdue(customer.ids):
            chain.append(
                self._link(self.env._("%(customer)s has overdue invoices", customer=customer.name), customer, "danger")
            )
        return chain

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
    def _detect_a2(self, facts):
        """Overdue: worse the longer it lasts."""
        return {
            order_id: self._find_a2(fact, rows) for order_id, fact in facts.items() if (rows := self._get_overdue(fact))
        }

    @api.model
    def _find_a2(self, fact, rows):
        due = min(row["due"] for row in rows)
        days = (fields.Date.today() - due).days
        severity = next(severity for limit, severity in _BUCKETS if days > limit)
        amount = self._get_amount_overdue(fact, rows)
        since = self._get_noon(due, fact.header["company_id"])
        return self._prepare_receivable_finding(fact, "customer", rows, amount, severity=severity, since=since)

    @api.model
    def _explain_a2(self, issue):
        chain = self._explain_receivables(issue)
        for move in self._get_moves(issue.data["move_ids"]):
            days = (fields.Date.today() - self._get_due(move)).days
            late = self.env._("%(invoice)s is %(days)s days overdue", invoice=move.name, days=days)
            chain.append(self._link(late, move.commercial_partner_id, "danger"))
            chain.append(self._link(self._get_dunned_text(move), move))
        return chain

    @api.model
    def _get_dunned_text(self, move):
        if not move.oms_dunning_level:
            return self.env._("The customer was not dunned yet")
        return self.env._(
            "Dunning letter %(level)s was sent on %(date)s",
            level=move.oms_dunning_level,
            date=format_date(self.env, move.oms_dunned_on),
        )

    # === A3: UNMATCHED OR SHORT === #

    @api.model
    def _get_unmatched(self, fact):
        return [
            row
            for row in fact.signals["receivables"]
            if (fact.is_amount(row["unmatched"]) or fact.is_amount(row["short"])) and not self._is_disputed(row)
        ]

    @api.model
    def _detect_a3(self, facts):
        """Payment unmatched or short: money came, and the invoice is still open."""
        return {
            order_id: self._find_a3(fact, rows)
            for order_id, fact in facts.items()
            if (rows := self._get_unmatched(fact))
        }

    @api.model
    def _find_a3(self, fact, rows):
        is_unmatched = any(fact.is_amount(row["unmatched"]) for row in rows)
        amount = sum(row["share"] * row["residual"] for row in rows)
        return self._prepare_receivable_finding(fact, "accounting" if is_unmatched else "customer", rows, amount)

    @api.model
    def _explain_a3(self, issue):
        chain = self._explain_receivables(issue)
        moves = self._get_moves(issue.data["move_ids"])
        for credit in self._get_credits(moves):
            text = self.env._(
                "%(document)s of %(date)s: %(amount)s not matched",
                document=credit.move_id.name,
                date=format_date(self.env, credit.date),
                amount=self._format_money(-credit.amount_residual_currency, credit.currency_id),
            )
            chain.append(self._link(text, credit.move_id, "success"))
        for move in moves.filtered(lambda move: move.payment_state == "partial"):
            paid = self._format_money(move.amount_total - move.amount_residual, move.currency_id)
            chain.append(self._link(self.env._("Paid so far: %(amount)s", amount=paid), move, "warning"))
        return chain
