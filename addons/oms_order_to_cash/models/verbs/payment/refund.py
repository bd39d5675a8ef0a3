from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_amount, format_date

from .. import param

_lt = LazyTranslate(__name__)

_WAYS = ("pay", "match", "keep")


class OmsVerbRefund(models.AbstractModel):
    _name = "oms.verb.refund"
    _inherit = "oms.verb"
    _description = "Refund"

    _label = _lt("Refund")
    _lane = "payment"
    _groups = "account.group_account_invoice"
    _params = (
        param.text("refund_by", _lt("Give It Back By")).leading(),
        param.JOURNAL,
        param.PAYMENT_DATE,
        param.PAYMENT_METHOD,
    )
    _asks = True
    _shares = "numbers"
    _undo_after = ("pay", "match")

    @api.model
    def _can(self, orders, refund_by=None, **_choices):
        obstacles = {
            order_id: self.env["oms.lane.payment"]._get_refund_obstacle(fact)
            for order_id, fact in self._read_facts(orders).items()
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
    def _get_refund_lines(self, orders):
        """Return, per order, the open journal items that are the customer's money."""
        lane = self.env["oms.lane.payment"]
        lines = {}
        for order_id, fact in self._read_facts(orders).items():
            documents = lane._get_refund_documents(fact)
            lines[order_id] = lane._get_terms(self.env["account.move"].browse(documents["move_ids"]))
            lines[order_id] |= self.env["account.move.line"].browse(documents["line_ids"])
        return lines

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

    @api.model
    def _is_done(self, fact):
        return not self.env["oms.lane.payment"]._get_amount_to_refund(fact)

    @api.model
    def _preview(self, orders, refund_by=None, **_choices):
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
    def _get_documents(self, orders, **_choices):
        return {order_id: lines.move_id for order_id, lines in self._get_refund_lines(orders).items()}

    @api.model
    def _before(self, orders):
        """Keep what is matched, to know later what was matched by this."""
        return {
            order_id: {"lines": lines.ids, "partials": lines.matched_debit_ids.ids}
            for order_id, lines in self._get_refund_lines(orders).items()
        }

    @api.model
    def _do(self, orders, refund_by=None, **choices):
        """Give customers what they have to get back: paid out, applied to their other open invoices, or kept for the next.

        :param str refund_by: "pay" (default), "match" or "keep"
        :param choices: for "pay", of the payment, as ``pay`` takes them
        """
        facts = self._read_facts(orders)
        due = orders.filtered(lambda order: self.env["oms.lane.payment"]._is_refund_due(facts[order.id]))
        lines = {**dict.fromkeys(orders.ids, self.env["account.move.line"]), **self._get_refund_lines(due)}
        made = getattr(self, f"_refund_by_{self._get_way(refund_by)}")(lines, choices)
        nothing = self.env._("Nothing was left to refund.")
        return {order_id: documents or nothing for order_id, documents in made.items()}

    @api.model
    def _can_undo(self, order, documents, before):
        if documents.get("account.payment"):
            return self.env["oms.verb.pay"]._can_undo(order, documents, before)
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        if moves.filtered("oms_kept_as_credit") or self._get_refund_partials(before):
            return ""
        return self.env._("it was paid out or unmatched since.")

    @api.model
    def _get_refund_partials(self, before):
        lines = self.env["account.move.line"].browse(before.get("lines", [])).exists()
        return lines.matched_debit_ids.filtered(lambda partial: partial.id not in before.get("partials", []))

    @api.model
    def _undo(self, order, documents, before):
        if documents.get("account.payment"):
            self.env["oms.verb.pay"]._undo(order, documents, before)
            return
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        kept = moves.filtered("oms_kept_as_credit")
        kept.oms_kept_as_credit = False
        if not kept:
            self._get_refund_partials(before).unlink()

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

    @api.model
    def _refund_by_pay(self, lines, choices):
        """Register one outgoing payment for each credit note and each payment that was too much."""
        to_pay = self.env["account.move.line"].union(*lines.values())
        if not to_pay:
            return dict.fromkeys(lines, self.env["account.payment"])
        payments = self.env["oms.verb.pay"]._register_payments(to_pay, "account.move.line", choices)
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
