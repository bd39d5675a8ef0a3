from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

_LEVELS = 3
_DAYS_BETWEEN = 7
_GROUPS = "account.group_account_invoice"


class OmsLanePayment(models.AbstractModel):
    """Letters to customers who pay late. A letter that is written can't be taken back."""

    _inherit = "oms.lane.payment"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "pre_remind": {
                "label": self.env._("Remind before due"),
                "groups": _GROUPS,
                "documents": "_get_to_remind",
            },
            "dun": {
                "label": self.env._("Send dunning letter"),
                "groups": _GROUPS,
                "documents": "_get_to_dun",
            },
            "escalate": {
                "label": self.env._("Escalate"),
                "groups": "account.group_account_invoice,sales_team.group_sale_salesman",
                "params": ("note",),
            },
        }

    @api.model
    def _read_receivable_facts(self, orders):
        """Return {order id: OrderFacts} with what is due of their invoices."""
        facts = self._read_facts(orders.ids)
        self._read_receivables(facts)
        return facts

    @api.model
    def _get_address_obstacle(self, move):
        if move.partner_id.email or move.commercial_partner_id.email:
            return ""
        return self.env._("%(customer)s has no e-mail address: add one.", customer=move.partner_id.display_name)

    @api.model
    def _browse_rows(self, rows):
        return self.env["account.move"].browse(row["id"] for row in rows)

    # === REMIND BEFORE DUE === #

    @api.model
    def _get_to_remind(self, orders):
        facts = self._read_receivable_facts(orders)
        return {order_id: self._browse_rows(self._get_due_soon(fact)) for order_id, fact in facts.items()}

    @api.model
    def _can_pre_remind(self, orders):
        nothing = self.env._("Nothing of it is due soon, or the customer was reminded already.")
        return {
            order_id: next(filter(None, map(self._get_address_obstacle, moves)), "") if moves else nothing
            for order_id, moves in self._get_to_remind(orders).items()
        }

    @api.model
    def _preview_pre_remind(self, orders):
        return {
            order_id: [
                self.env._(
                    "Reminds %(customer)s by mail that %(invoice)s is due on %(date)s.",
                    customer=move.partner_id.display_name,
                    invoice=move.name,
                    date=format_date(self.env, self._get_due(move)),
                )
                for move in moves
            ]
            for order_id, moves in self._get_to_remind(orders).items()
        }

    @api.model
    def _do_pre_remind(self, orders):
        """Remind customers of invoices that are due soon, once each."""
        due = self._get_to_remind(orders)
        moves = self.env["account.move"].union(*due.values())
        self.env["oms.verb"]._write_to_partners("oms_mail_template_due_reminder", moves)
        moves.oms_reminded_on = fields.Date.today()
        return due

    # === DUNNING === #

    @api.model
    def _get_dunning_obstacle(self, row):
        """Return why the next letter of an overdue invoice has to wait, in words."""
        if row["level"] >= _LEVELS:
            return self.env._("All letters were sent: hold the customer's orders, or escalate.")
        next_day = row["dunned_on"] and row["dunned_on"] + timedelta(days=_DAYS_BETWEEN)
        # A promise broken since the last letter ends the patience.
        is_broken = self._is_broken(row) and row["dunned_on"] and row["dunned_on"] <= row["promised_on"]
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
        # A letter asks for all that is open of an invoice.
        if self._get_amount_credit_due(fact):
            return []
        return [row for row in self._get_overdue(fact) if not self._get_dunning_obstacle(row)]

    @api.model
    def _get_to_dun(self, orders):
        facts = self._read_receivable_facts(orders)
        return {order_id: self._browse_rows(self._get_rows_to_dun(fact)) for order_id, fact in facts.items()}

    @api.model
    def _can_dun(self, orders):
        return {
            order_id: self._get_dun_obstacle(fact) for order_id, fact in self._read_receivable_facts(orders).items()
        }

    @api.model
    def _get_dun_obstacle(self, fact):
        if self._get_amount_credit_due(fact):
            return self.env._("The customer does not keep all that is billed: credit that first.")
        overdue = self._get_overdue(fact)
        rows = self._get_rows_to_dun(fact)
        if rows:
            return next(filter(None, map(self._get_address_obstacle, self._browse_rows(rows))), "")
        if overdue:
            return self._get_dunning_obstacle(overdue[0])
        if any(self._is_disputed(row) for row in fact.signals["receivables"]):
            return self.env._("Its invoice is disputed: resolve that first.")
        promised = [row for row in fact.signals["receivables"] if self._is_promised(row)]
        if promised:
            day = format_date(self.env, promised[0]["promised_on"])
            return self.env._("The customer promised to pay by %(date)s: wait for it.", date=day)
        return self.env._("Nothing of it is overdue.")

    @api.model
    def _preview_dun(self, orders):
        return {
            order_id: [text for move in moves for text in self._get_dun_texts(move)]
            for order_id, moves in self._get_to_dun(orders).items()
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
    def _do_dun(self, orders):
        """Send the next dunning letter of each overdue invoice, at most one a week."""
        due = self._get_to_dun(orders)
        moves = self.env["account.move"].union(*due.values())
        for level, at_level in moves.grouped("oms_dunning_level").items():
            self.env["oms.verb"]._write_to_partners(f"oms_mail_template_dunning_{level + 1}", at_level)
            at_level.write({"oms_dunning_level": level + 1, "oms_dunned_on": fields.Date.today()})
        return due

    # === ESCALATE === #

    @api.model
    def _get_escalations(self, orders):
        """Return the open activities by which these orders were escalated."""
        # An escalated order is no secret to who may escalate it.
        return orders.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("oms_order_to_cash.oms_escalation_activity")
        )

    @api.model
    def _get_escalation_user(self, order):
        # Who leads a team is read by anybody who works for it.
        return order.sudo().team_id.user_id or order.sudo().user_id or self.env.user

    @api.model
    def _can_escalate(self, orders, note=None):
        facts = self._read_receivable_facts(orders)
        escalated = {activity.res_id: activity.user_id for activity in self._get_escalations(orders)}
        obstacles = {}
        for order_id, fact in facts.items():
            obstacles[order_id] = ""
            if order_id in escalated:
                user = escalated[order_id].name
                obstacles[order_id] = self.env._("It is escalated already: %(user)s has to decide.", user=user)
            elif not fact.signals["receivables"]:
                obstacles[order_id] = self.env._("Nothing of it is to be paid.")
        return obstacles

    @api.model
    def _preview_escalate(self, orders, note=None):
        return {
            order.id: [
                self.env._("Gives %(user)s an activity for today.", user=self._get_escalation_user(order).name),
            ]
            for order in orders
        }

    @api.model
    def _do_escalate(self, orders, note=None):
        """Have the leader of the sales team, else the salesperson, take over."""
        for order in orders:
            order.activity_schedule(
                "oms_order_to_cash.oms_escalation_activity",
                user_id=self._get_escalation_user(order).id,
                note=note,
            )
        return {order.id: order for order in orders}

    @api.model
    def _can_undo_escalate(self, order, documents, before):
        return "" if self._get_escalations(order) else self.env._("it was dealt with already.")

    @api.model
    def _undo_escalate(self, order, documents, before):
        self._get_escalations(order).unlink()
