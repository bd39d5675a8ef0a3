from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_amount

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbPay(models.AbstractModel):
    _name = "oms.verb.pay"
    _inherit = "oms.verb"
    _description = "Register payment"

    _label = _lt("Register payment")
    _lane = "payment"
    _groups = "account.group_account_invoice"
    _milestones = ("paid",)
    _params = (
        param.JOURNAL,
        param.PAYMENT_DATE,
        param.PAYMENT_METHOD,
    )
    _asks = True
    _shares = "numbers"

    @api.model
    def _can(self, orders, **_choices):
        facts = self._read_facts(orders)
        return {order_id: self._get_pay_obstacle(fact) for order_id, fact in facts.items()}

    @api.model
    def _get_pay_obstacle(self, fact):
        lane = self.env["oms.lane.payment"]
        posted = [invoice for invoice in lane._get_posted(fact) if invoice["move_type"] == "out_invoice"]
        if any(lane._is_payable(invoice) for invoice in posted):
            return ""
        if any(invoice["payment_state"] == "blocked" for invoice in posted):
            return self.env._("Its invoice is blocked for payment: unblock it first.")
        if any(invoice["state"] == "draft" for invoice in fact.invoices):
            return self.env._("Its invoice is a draft: post it first.")
        return self.env._("All that is invoiced is paid.") if posted else self.env._("It has no invoice to pay.")

    @api.model
    def _preview(self, orders, **choices):
        lane = self.env["oms.lane.payment"]
        payable = lane._get_payable(orders)
        every = self.env["account.move"].union(*payable.values())
        expected, credits = self._get_payments(every, choices), lane._get_credits(every)
        return {
            order_id: [
                *(self._get_pay_text(move, *expected[move]) for move in moves),
                *self._get_unmatched_texts(self.env["oms.verb.match"]._get_fitting(credits, moves)),
            ]
            for order_id, moves in payable.items()
        }

    @api.model
    def _get_unmatched_texts(self, credits):
        """Return the warning that money is in already: registered once more, it would be in the books twice."""
        if not credits:
            return []
        documents = ", ".join(credits.move_id.mapped("name"))
        return [self.env._("%(documents)s of the customer is not matched yet: match it first.", documents=documents)]

    @api.model
    def _get_pay_text(self, move, amount, currency, discount):
        values = {"amount": format_amount(self.env, amount, currency), "invoice": move.name}
        if not discount:
            return self.env._("Registers a payment of %(amount)s for %(invoice)s.", **values)
        return self.env._(
            "Registers a payment of %(amount)s for %(invoice)s, %(discount)s off for early payment.",
            discount=format_amount(self.env, discount, currency),
            **values,
        )

    @api.model
    def _get_payments(self, invoices, choices):
        """Return the payment that each invoice gets, as {invoice: (amount, its currency, discount taken)}."""
        if not invoices:
            return {}
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        wizard = register.new({**register.default_get(["line_ids"]), **self._prepare_payment_vals(choices)})
        if wizard.can_edit_wizard and len(wizard.batches[0]["lines"]) == 1:
            discount = wizard._get_total_amounts_to_pay(wizard.batches)["amount_for_difference"] - wizard.amount
            return {invoices: (wizard.amount, wizard.currency_id, wizard.currency_id.round(discount))}
        return {
            invoice: self._get_payment(wizard, {**batch, "lines": lines})
            for batch in wizard.batches
            for invoice, lines in batch["lines"].grouped("move_id").items()
        }

    @api.model
    def _prepare_payment_vals(self, choices):
        return {
            # One payment per invoice, and all its instalments, not only the next.
            "group_payment": False,
            "installments_mode": "full",
            **{name: value for name, value in choices.items() if value},
        }

    @api.model
    def _get_payment(self, wizard, batch):
        values, totals = wizard._get_wizard_values_from_batch(batch), wizard._get_total_amounts_to_pay([batch])
        currency = self.env["res.currency"].browse(values["source_currency_id"])
        full = values["source_amount_currency"]
        amount = totals["amount_by_default"] if totals["epd_applied"] else full
        return amount, currency, currency.round(full - amount)

    @api.model
    def _get_documents(self, orders, **_choices):
        return self.env["oms.lane.payment"]._get_payable(orders, **_choices)

    @api.model
    def _do(self, orders, **choices):
        """Register one payment for each open invoice of the orders, of all that is left of it."""
        payable = self.env["oms.lane.payment"]._get_payable(orders)
        invoices = self.env["account.move"].union(*payable.values())
        expected = self._get_payments(invoices, choices)
        payments = self._register_payments(invoices, "account.move", choices)
        self._check_payments({invoice: invoice.matched_payment_ids & payments for invoice in invoices}, expected)
        return {order_id: documents.matched_payment_ids & payments for order_id, documents in payable.items()}

    @api.model
    def _check_payments(self, made, expected):
        """Raise where an invoice was not paid by what was announced.

        :param made: {invoice: payments}
        """
        for invoice, payments in made.items():
            amount, currency, _discount = expected[invoice]
            paid = sum(payments.mapped("amount"))
            if payments.currency_id != currency or currency.compare_amounts(paid, amount):
                raise UserError(
                    self.env._(
                        "The payment for %(invoice)s would be %(paid)s and not %(amount)s, as announced: register it on the "
                        "invoice, and check its currency and payment terms.",
                        invoice=invoice.name,
                        paid=format_amount(self.env, paid, payments.currency_id[:1] or currency),
                        amount=format_amount(self.env, amount, currency),
                    )
                )

    @api.model
    def _get_register(self, documents, model_name):
        return self.env["account.payment.register"].with_context(active_model=model_name, active_ids=documents.ids)

    @api.model
    def _register_payments(self, documents, model_name, choices):
        """Register one payment for each invoice, or each open journal item, by core's own window; return the payments."""
        wizard = self._get_register(documents, model_name).create(self._prepare_payment_vals(choices))
        journal_id = choices.get("journal_id")
        if journal_id and journal_id not in wizard.available_journal_ids.ids:
            raise UserError(
                self.env._(
                    "%(invoices)s can't be paid through the journal chosen: choose one of its company.",
                    invoices=", ".join(documents.mapped("name" if model_name == "account.move" else "move_id.name")),
                )
            )
        return wizard._create_payments()

    @api.model
    def _can_undo(self, order, documents, before):
        payments = self._get_made_payments(documents)
        if not payments:
            return self.env._("its payment is cancelled already.")
        banked = payments.filtered("reconciled_statement_line_ids")
        if banked:
            return self.env._(
                "%(payments)s is matched with a bank statement.", payments=", ".join(banked.mapped("display_name"))
            )
        locked = payments.move_id.filtered(
            lambda move: move.inalterable_hash or move._get_violated_lock_dates(move.date, False)
        )
        if locked:
            return self.env._("%(payments)s is locked.", payments=", ".join(locked.mapped("display_name")))
        return ""

    @api.model
    def _get_made_payments(self, documents):
        payments = self.env["account.payment"].browse(documents.get("account.payment", [])).exists()
        return payments.filtered(lambda payment: payment.state != "canceled")

    @api.model
    def _undo(self, order, documents, before):
        payments = self._get_made_payments(documents)
        for payment in payments:
            payment.action_cancel()
