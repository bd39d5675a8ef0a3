from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

_WAYS = ("pay", "match", "keep")


class OmsLanePayment(models.AbstractModel):
    """The way out for money that the customer has to get back: paid out, applied to his other invoices, or kept for the next."""

    _inherit = "oms.lane.payment"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "refund": {
                "label": self.env._("Refund"),
                "groups": "account.group_account_invoice",
                "documents": "_get_refund_moves",
                "shares": "numbers",
                "params": ("refund_by", "journal_id", "payment_date", "payment_method_line_id"),
                "ask": True,
                "undo_after": ("pay", "match"),
            },
        }

    # === WHAT THERE IS TO REFUND === #

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
    def _is_done_refund(self, fact):
        return not self._get_amount_to_refund(fact)

    @api.model
    def _get_refund_lines(self, orders):
        """Return, per order, the open journal items that are the customer's money."""
        lines = {}
        for order_id, fact in self._read_facts(orders.ids).items():
            documents = self._get_refund_documents(fact)
            lines[order_id] = self._get_terms(self.env["account.move"].browse(documents["move_ids"]))
            lines[order_id] |= self.env["account.move.line"].browse(documents["line_ids"])
        return lines

    @api.model
    def _get_refund_moves(self, orders, **_choices):
        return {order_id: lines.move_id for order_id, lines in self._get_refund_lines(orders).items()}

    @api.model
    def _get_debts(self, lines):
        """Return what is open of the customers' invoices, due first in front: what their credit can be applied to."""
        return self.env["account.move.line"].search(
            [
                ("account_id", "in", lines.account_id.ids),
                ("partner_id", "in", lines.partner_id.ids),
                ("company_id", "in", lines.company_id.ids),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "=", "out_invoice"),
                ("move_id.payment_state", "in", ("not_paid", "partial")),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
            ],
            order="date_maturity, id",
        )

    @api.model
    def _get_fitting_debts(self, debts, lines):
        return debts.filtered(
            lambda debt: any(
                not debt.reconciled
                and (debt.account_id, debt.partner_id, debt.company_id)
                == (line.account_id, line.partner_id, line.company_id)
                for line in lines
            )
        )

    @api.model
    def _get_way(self, refund_by):
        way = refund_by or "pay"
        if way not in _WAYS:
            raise UserError(
                self.env._(
                    "Choose how to refund: pay (pay out), match (other open invoices) or keep (for the next one)."
                )
            )
        return way

    # === CAN, PREVIEW === #

    @api.model
    def _can_refund(self, orders, refund_by=None, **_choices):
        obstacles = {
            order_id: self._get_refund_obstacle(fact) for order_id, fact in self._read_facts(orders.ids).items()
        }
        if self._get_way(refund_by) == "match":
            ready = orders.filtered(lambda order: not obstacles[order.id])
            lines = self._get_refund_lines(ready)
            debts = self._get_debts(self.env["account.move.line"].union(*lines.values()))
            for order_id, of_order in lines.items():
                if not self._get_fitting_debts(debts, of_order):
                    obstacles[order_id] = self.env._("The customer has no other open invoice: pay it out, or keep it.")
        return obstacles

    @api.model
    def _preview_refund(self, orders, refund_by=None, **_choices):
        way = self._get_way(refund_by)
        lines = self._get_refund_lines(orders)
        debts = self._get_debts(self.env["account.move.line"].union(*lines.values())) if way == "match" else None
        return {
            order_id: [
                getattr(self, f"_get_refund_{way}_text")(line, debts and self._get_fitting_debts(debts, line))
                for line in of_order
            ]
            for order_id, of_order in lines.items()
        }

    @api.model
    def _get_open_text(self, line):
        return format_amount(self.env, -line.amount_residual_currency, line.currency_id)

    @api.model
    def _get_refund_pay_text(self, line, _debts):
        return self.env._(
            "Registers a payment of %(amount)s to %(customer)s for %(document)s of %(date)s.",
            amount=self._get_open_text(line),
            customer=line.partner_id.display_name,
            document=line.move_id.name,
            date=format_date(self.env, line.date),
        )

    @api.model
    def _get_refund_match_text(self, line, debts):
        return self.env._(
            "Applies %(amount)s of %(document)s to %(invoices)s, as far as it goes.",
            amount=self._get_open_text(line),
            document=line.move_id.name,
            invoices=", ".join(debts.move_id.mapped("name")),
        )

    @api.model
    def _get_refund_keep_text(self, line, _debts):
        return self.env._(
            "%(amount)s of %(document)s stays with us for the customer's next invoice.",
            amount=self._get_open_text(line),
            document=line.move_id.name,
        )

    # === DO === #

    @api.model
    def _before_refund(self, orders):
        """Keep what is matched, to know later what was matched by this."""
        return {
            order_id: {"lines": lines.ids, "partials": lines.matched_debit_ids.ids}
            for order_id, lines in self._get_refund_lines(orders).items()
        }

    @api.model
    def _do_refund(self, orders, refund_by=None, **choices):
        """Give customers what they have to get back: paid out, applied to their other open invoices, or kept for the next.

        :param str refund_by: "pay" (default), "match" or "keep"
        :param choices: for "pay", of the payment, as ``pay`` takes them
        """
        facts = self._read_facts(orders.ids)
        due = orders.filtered(lambda order: self._is_refund_due(facts[order.id]))
        lines = {**dict.fromkeys(orders.ids, self.env["account.move.line"]), **self._get_refund_lines(due)}
        made = getattr(self, f"_refund_by_{self._get_way(refund_by)}")(lines, choices)
        nothing = self.env._("Nothing was left to refund.")
        return {order_id: documents or nothing for order_id, documents in made.items()}

    @api.model
    def _refund_by_pay(self, lines, choices):
        """Register one outgoing payment for each credit note and each payment that was too much."""
        to_pay = self.env["account.move.line"].union(*lines.values())
        if not to_pay:
            return dict.fromkeys(lines, self.env["account.payment"])
        payments = self._register_payments(to_pay, "account.move.line", choices)
        booked = payments.filtered("move_id")
        unpaid = to_pay.filtered(lambda line: not line.reconciled and line.move_id.move_type == "entry")
        if unpaid:
            raise UserError(
                self.env._(
                    "%(payments)s can't be paid back like this: choose a journal whose payments have an outstanding account.",
                    payments=", ".join(unpaid.move_id.mapped("name")),
                )
            )
        return {
            order_id: of_order.move_id.matched_payment_ids & payments
            | of_order.matched_debit_ids.debit_move_id.move_id.origin_payment_id & booked
            for order_id, of_order in lines.items()
        }

    @api.model
    def _refund_by_match(self, lines, _choices):
        debts = self._get_debts(self.env["account.move.line"].union(*lines.values()))
        made = {}
        for order_id, of_order in lines.items():
            made[order_id] = self.env["account.move"]
            for line in of_order:
                for debt in self._get_fitting_debts(debts, line):
                    if not line.reconciled:
                        (line + debt).reconcile()
                        made[order_id] |= line.move_id | debt.move_id
        return made

    @api.model
    def _refund_by_keep(self, lines, _choices):
        self.env["account.move.line"].union(*lines.values()).move_id.oms_kept_as_credit = True
        return {order_id: of_order.move_id for order_id, of_order in lines.items()}

    # === UNDO === #

    @api.model
    def _get_refund_partials(self, before):
        lines = self.env["account.move.line"].browse(before.get("lines", [])).exists()
        return lines.matched_debit_ids.filtered(lambda partial: partial.id not in before.get("partials", []))

    @api.model
    def _can_undo_refund(self, order, documents, before):
        if documents.get("account.payment"):
            return self._can_undo_pay(order, documents, before)
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        if moves.filtered("oms_kept_as_credit") or self._get_refund_partials(before):
            return ""
        return self.env._("it was paid out or unmatched since.")

    @api.model
    def _undo_refund(self, order, documents, before):
        if documents.get("account.payment"):
            self._undo_pay(order, documents, before)
            return
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        kept = moves.filtered("oms_kept_as_credit")
        kept.oms_kept_as_credit = False
        if not kept:
            self._get_refund_partials(before).unlink()
