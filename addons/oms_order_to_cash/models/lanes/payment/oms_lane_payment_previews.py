from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class OmsLanePayment(models.AbstractModel):
    """What registering a payment will change: core's own window tells it, discount for early payment and all."""

    _inherit = "oms.lane.payment"

    @api.model
    def _preview_pay(self, orders, **choices):
        payable = self._get_payable(orders)
        every = self.env["account.move"].union(*payable.values())
        expected, credits = self._get_payments(every, choices), self._get_credits(every)
        return {
            order_id: [
                *(self._get_pay_text(move, *expected[move]) for move in moves),
                *self._get_unmatched_texts(self._get_fitting(credits, moves)),
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
    def _prepare_payment_vals(self, choices):
        return {
            # One payment per invoice, and all its instalments, not only the next.
            "group_payment": False,
            "installments_mode": "full",
            **{name: value for name, value in choices.items() if value},
        }

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
    def _get_payment(self, wizard, batch):
        values, totals = wizard._get_wizard_values_from_batch(batch), wizard._get_total_amounts_to_pay([batch])
        currency = self.env["res.currency"].browse(values["source_currency_id"])
        full = values["source_amount_currency"]
        amount = totals["amount_by_default"] if totals["epd_applied"] else full
        return amount, currency, currency.round(full - amount)

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
