from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_order_to_cash.models.documents.handed import get_handed

from .known import is_known

# The addons that say how a payment's entry is made; where another one does, it is asked for each payment.
KNOWN = ("account", "oms_order_to_cash_fast")


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        """Make the entries of payments registered at once; whoever asked for them gives all payments their state at once.

        Core gives each its state by itself, and each time looks for the invoices whose state depends on it.
        """
        is_ours = get_handed(self.env, "oms_at_once") and is_known(self, "_generate_journal_entry", KNOWN)
        if not is_ours or write_off_line_vals or force_balance or line_ids:
            return super()._generate_journal_entry(write_off_line_vals, force_balance, line_ids)
        payments = self.filtered(lambda payment: not payment.move_id and payment.outstanding_account_id)
        entries = self.env["account.move"].create([payment._generate_move_vals() for payment in payments])
        payments._oms_write_each("move_id", zip(payments, entries.ids, strict=True))
        return None

    @api.model
    def _oms_link_invoices(self, invoices):
        """Link payments with what they pay.

        :param invoices: pairs (payment, its invoices)
        """
        pairs = [(payment, [Command.link(invoice.id) for invoice in paid]) for payment, paid in invoices]
        self.union(*(payment for payment, _paid in pairs))._oms_write_each("invoice_ids", pairs)

    def _oms_write_each(self, name, values):
        """Write a field that differs from payment to payment, and tell what depends on it once, not for each of them.

        ``write`` takes one value for all; what it would do for each is done here for all: much depends on these fields,
        and it is searched for.

        :param values: pairs (payment, value)
        """
        self.modified([name], before=True)
        for payment, value in values:
            self._fields[name].write(payment, value)
        self.modified([name])
