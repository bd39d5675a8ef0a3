from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date

_lt = LazyTranslate(__name__)

_LEVELS = 3
_DAYS_BETWEEN = 7
_GROUPS = "account.group_account_invoice"


class OmsVerbPreRemind(models.AbstractModel):
    _name = "oms.verb.pre_remind"
    _inherit = "oms.verb.receivable"
    _description = "Remind before due"

    _label = _lt("Remind before due")
    _lane = "payment"
    _groups = _GROUPS

    @api.model
    def _can(self, orders):
        nothing = self.env._("Nothing of it is due soon, or the customer was reminded already.")
        return {
            order_id: next(filter(None, map(self._get_address_obstacle, moves)), "") if moves else nothing
            for order_id, moves in self._get_documents(orders).items()
        }

    @api.model
    def _preview(self, orders):
        return {
            order_id: [
                self.env._(
                    "Reminds %(customer)s by mail that %(invoice)s is due on %(date)s.",
                    customer=move.partner_id.display_name,
                    invoice=move.name,
                    date=format_date(self.env, self.env["oms.lane.payment"]._get_due(move)),
                )
                for move in moves
            ]
            for order_id, moves in self._get_documents(orders).items()
        }

    @api.model
    def _get_documents(self, orders):
        facts = self._read_receivable_facts(orders)
        return {
            order_id: self._browse_rows(self.env["oms.lane.payment"]._get_due_soon(fact))
            for order_id, fact in facts.items()
        }

    @api.model
    def _do(self, orders):
        """Remind customers of invoices that are due soon, once each."""
        due = self._get_documents(orders)
        moves = self.env["account.move"].union(*due.values())
        self._write_to_partners("oms_mail_template_due_reminder", moves)
        moves.oms_reminded_on = fields.Date.today()
        return due


class OmsVerbDun(models.AbstractModel):
    _name = "oms.verb.dun"
    _inherit = "oms.verb.receivable"
    _description = "Send dunning letter"

    _label = _lt("Send dunning letter")
    _lane = "payment"
    _groups = _GROUPS

    @api.model
    def _can(self, orders):
        return {
            order_id: self._get_dun_obstacle(fact) for order_id, fact in self._read_receivable_facts(orders).items()
        }

    @api.model
    def _get_dun_obstacle(self, fact):
        lane = self.env["oms.lane.payment"]
        if lane._get_amount_credit_due(fact):
            return self.env._("The customer does not keep all that is billed: credit that first.")
        overdue = lane._get_overdue(fact)
        rows = self._get_rows_to_dun(fact)
        if rows:
            return next(filter(None, map(self._get_address_obstacle, self._browse_rows(rows))), "")
        if overdue:
            return self._get_dunning_obstacle(overdue[0])
        if any(lane._is_disputed(row) for row in fact.signals["receivables"]):
            return self.env._("Its invoice is disputed: resolve that first.")
        promised = [row for row in fact.signals["receivables"] if lane._is_promised(row)]
        if promised:
            day = format_date(self.env, promised[0]["promised_on"])
            return self.env._("The customer promised to pay by %(date)s: wait for it.", date=day)
        return self.env._("Nothing of it is overdue.")

    @api.model
    def _get_dunning_obstacle(self, row):
        """Return why the next letter of an overdue invoice has to wait, in words."""
        if row["level"] >= _LEVELS:
            return self.env._("All letters were sent: hold the customer's orders, or escalate.")
        next_day = row["dunned_on"] and row["dunned_on"] + timedelta(days=_DAYS_BETWEEN)
        # A promise broken since the last letter ends the patience.
        is_broken = (
            self.env["oms.lane.payment"]._is_broken(row) and row["dunned_on"] and row["dunned_on"] <= row["promised_on"]
        )
        if next_day and next_day > fields.Date.today() and not is_broken:
            return self.env._(
                "Letter %(level)s was sent on %(date)s: wait until %(next)s.",
                level=row["level"],
                date=format_date(self.env, row["dunned_on"]),
                next=format_date(self.env, next_day),
            )
        return ""

    @api.model
    def _get_rows_to_dun(self, fact):
        lane = self.env["oms.lane.payment"]
        # A letter asks for all that is open of an invoice.
        if lane._get_amount_credit_due(fact):
            return []
        return [row for row in lane._get_overdue(fact) if not self._get_dunning_obstacle(row)]

    @api.model
    def _preview(self, orders):
        return {
            order_id: [text for move in moves for text in self._get_dun_texts(move)]
            for order_id, moves in self._get_documents(orders).items()
        }

    @api.model
    def _get_dun_texts(self, move):
        level = move.oms_dunning_level + 1
        texts = [
            self.env._(
                "Mails dunning letter %(level)s for %(invoice)s to %(customer)s; it can't be taken back.",
                level=level,
                invoice=move.name,
                customer=move.partner_id.display_name,
            )
        ]
        if level == _LEVELS:
            texts.append(self.env._("It is the last letter: consider a hold on what the customer still gets."))
        return texts

    @api.model
    def _get_documents(self, orders):
        facts = self._read_receivable_facts(orders)
        return {order_id: self._browse_rows(self._get_rows_to_dun(fact)) for order_id, fact in facts.items()}

    @api.model
    def _do(self, orders):
        """Send the next dunning letter of each overdue invoice, at most one a week."""
        due = self._get_documents(orders)
        moves = self.env["account.move"].union(*due.values())
        for level, at_level in moves.grouped("oms_dunning_level").items():
            self._write_to_partners(f"oms_mail_template_dunning_{level + 1}", at_level)
            at_level.write({"oms_dunning_level": level + 1, "oms_dunned_on": fields.Date.today()})
        return due
