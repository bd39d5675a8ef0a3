from odoo import api, fields, models
from odoo.tools import format_date

# A customer who paid later than this on average may do so again.
_RISKY_DAYS = 7
_BUCKETS = ((60, "critical"), (30, "high"), (0, "medium"))


class OmsDetectorReceivable(models.AbstractModel):
    """What detectors of money that is due have in common."""

    _name = "oms.detector.receivable"
    _inherit = "oms.detector"
    _description = "Receivable"

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
    def _explain_receivables(self, issue):
        """Return one link per invoice: what is open of it, and since when it is due."""
        lane = self.env["oms.lane.payment"]
        return [
            self._link(
                self.env._(
                    "%(invoice)s: %(amount)s open, due on %(date)s",
                    invoice=move.name,
                    amount=self._format_money(move.amount_residual, move.currency_id),
                    date=format_date(self.env, lane._get_due(move)),
                ),
                move,
                "danger" if lane._get_due(move) < fields.Date.today() else "",
            )
            for move in self._get_moves(issue.data["move_ids"])
        ]


class OmsDetectorA1(models.AbstractModel):
    _name = "oms.detector.a1"
    _inherit = "oms.detector.receivable"
    _description = "Due soon, risky customer"

    @api.model
    def _find(self, facts):
        """Due soon, risky customer: one who pays late is reminded before it is late again."""
        return {
            order_id: self._find_a1(fact, rows)
            for order_id, fact in facts.items()
            if (rows := [row for row in self.env["oms.lane.payment"]._get_due_soon(fact) if self._is_risky(fact, row)])
        }

    @api.model
    def _is_risky(self, fact, row):
        return (row["company_id"], row["partner_id"]) in fact.signals["risky"]

    @api.model
    def _find_a1(self, fact, rows):
        amount = sum(row["share"] * row["residual"] for row in rows)
        return self._prepare_receivable_finding(fact, "accounting", rows, amount)

    @api.model
    def _explain(self, issue):
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


class OmsDetectorA2(models.AbstractModel):
    _name = "oms.detector.a2"
    _inherit = "oms.detector.receivable"
    _description = "Overdue"

    @api.model
    def _find(self, facts):
        """Overdue: worse the longer it lasts."""
        return {
            order_id: self._find_a2(fact, rows)
            for order_id, fact in facts.items()
            if (rows := self.env["oms.lane.payment"]._get_overdue(fact))
        }

    @api.model
    def _find_a2(self, fact, rows):
        due = min(row["due"] for row in rows)
        days = (fields.Date.today() - due).days
        severity = next(severity for limit, severity in _BUCKETS if days > limit)
        amount = self.env["oms.lane.payment"]._get_amount_overdue(fact, rows)
        since = self._get_noon(due, fact.header["company_id"])
        return self._prepare_receivable_finding(fact, "customer", rows, amount, severity=severity, since=since)

    @api.model
    def _explain(self, issue):
        chain = self._explain_receivables(issue)
        for move in self._get_moves(issue.data["move_ids"]):
            days = (fields.Date.today() - self.env["oms.lane.payment"]._get_due(move)).days
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


class OmsDetectorA3(models.AbstractModel):
    _name = "oms.detector.a3"
    _inherit = "oms.detector.receivable"
    _description = "Payment unmatched or short"

    @api.model
    def _find(self, facts):
        """Payment unmatched or short: money came, and the invoice is still open."""
        return {
            order_id: self._find_a3(fact, rows)
            for order_id, fact in facts.items()
            if (rows := self._get_unmatched(fact))
        }

    @api.model
    def _get_unmatched(self, fact):
        return [
            row
            for row in fact.signals["receivables"]
            if (fact.is_amount(row["unmatched"]) or fact.is_amount(row["short"]))
            and not self.env["oms.lane.payment"]._is_disputed(row)
        ]

    @api.model
    def _find_a3(self, fact, rows):
        is_unmatched = any(fact.is_amount(row["unmatched"]) for row in rows)
        amount = sum(row["share"] * row["residual"] for row in rows)
        return self._prepare_receivable_finding(fact, "accounting" if is_unmatched else "customer", rows, amount)

    @api.model
    def _explain(self, issue):
        chain = self._explain_receivables(issue)
        moves = self._get_moves(issue.data["move_ids"])
        for credit in self.env["oms.lane.payment"]._get_credits(moves):
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
