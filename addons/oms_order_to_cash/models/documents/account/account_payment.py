from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        """Make the entries of payments registered at once; whoever asked for them gives all payments their state at once.

        Core gives each its state by itself, and each time looks for the invoices whose state depends on it.
        """
        if not self.env.context.get("oms_at_once") or write_off_line_vals or force_balance or line_ids:
            return super()._generate_journal_entry(write_off_line_vals, force_balance, line_ids)
        payments = self.filtered(lambda payment: not payment.move_id and payment.outstanding_account_id)
        entries = self.env["account.move"].create([payment._generate_move_vals() for payment in payments])
        for payment, entry in zip(payments, entries, strict=True):
            payment.move_id = entry
        return None
