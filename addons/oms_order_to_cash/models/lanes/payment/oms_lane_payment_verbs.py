from odoo import api, models
from odoo.exceptions import UserError

from ...documents.handed import Handed

_OPEN = ("not_paid", "partial")


class OmsLanePayment(models.AbstractModel):
    _inherit = "oms.lane.payment"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "pay": {
                "label": self.env._("Register payment"),
                "groups": "account.group_account_invoice",
                "documents": "_get_payable",
                "shares": "numbers",
                "params": ("journal_id", "payment_date", "payment_method_line_id"),
                "ask": True,
            },
        }

    @api.model
    def _can_pay(self, orders, **_choices):
        facts = self._read_facts(orders.ids)
        return {order_id: self._get_pay_obstacle(fact) for order_id, fact in facts.items()}

    @api.model
    def _get_pay_obstacle(self, fact):
        posted = [invoice for invoice in self._get_posted(fact) if invoice["move_type"] == "out_invoice"]
        if any(self._is_payable(invoice) for invoice in posted):
            return ""
        if any(invoice["payment_state"] == "blocked" for invoice in posted):
            return self.env._("Its invoice is blocked for payment: unblock it first.")
        if any(invoice["state"] == "draft" for invoice in fact.invoices):
            return self.env._("Its invoice is a draft: post it first.")
        return self.env._("All that is invoiced is paid.") if posted else self.env._("It has no invoice to pay.")

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
    def _do_pay(self, orders, **choices):
        """Register one payment for each open invoice of the orders, of all that is left of it."""
        payable = self._get_payable(orders)
        invoices = self.env["account.move"].union(*payable.values())
        expected = self._get_payments(invoices, choices)
        payments = self._register_payments(invoices, "account.move", choices)
        self._check_payments({invoice: invoice.matched_payment_ids & payments for invoice in invoices}, expected)
        return {order_id: documents.matched_payment_ids & payments for order_id, documents in payable.items()}

    @api.model
    def _register_payments(self, documents, model_name, choices):
        """Register one payment for each invoice, or each open journal item, by core's own window; return the payments."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model=model_name, active_ids=documents.ids, oms_at_once=Handed())
            .create(self._prepare_payment_vals(choices))
        )
        journal_id = choices.get("journal_id")
        if journal_id and journal_id not in wizard.available_journal_ids.ids:
            raise UserError(
                self.env._(
                    "%(invoices)s can't be paid through the journal chosen: choose one of its company.",
                    invoices=", ".join(documents.mapped("name" if model_name == "account.move" else "move_id.name")),
                )
            )
        return wizard._create_payments()
