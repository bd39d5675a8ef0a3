"""What the tests of invoices' and payments' issues share."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class OmsBillingCase(OmsIssueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        # Sending in the background is a matter of its own.
        cls.env.ref("account.ir_cron_account_move_send").active = True

    def _day(self, days):
        """Return the day so many days from today."""
        return self.today + timedelta(days=days)

    def _invoiced(self, lines=None, due=None, **vals):
        """Return a confirmed order and its posted invoice, due so many days from today."""
        order = self._confirmed(lines, **vals)
        return order, self._invoice_due(order, due)

    def _invoice_due(self, order, due=None):
        invoice = self._invoice(order, post=False)
        if due is not None:
            invoice.invoice_date = self._day(min(due, 0) - 30)
            invoice.invoice_payment_term_id = False
            invoice.invoice_date_due = self._day(due)
        return self._post(invoice)

    def _make_sent(self, invoice):
        """Leave an invoice as Odoo's own sending does."""
        invoice.write({"is_move_sent": True, "sending_data": False})

    def _fail_mail(self, invoice, status="bounce"):
        """Have the last mail of an invoice fail; return its notification."""
        message = invoice.message_post(
            body="Your invoice", partner_ids=invoice.partner_id.ids, subtype_xmlid="mail.mt_comment"
        )
        notification = message.notification_ids.filtered(lambda found: found.res_partner_id == invoice.partner_id)
        notification.write({"notification_status": status, "failure_reason": "No such mailbox"})
        return notification

    def _get_credit_notes(self, order):
        return order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")

    def _get_preview(self, verb, order):
        self.env.flush_all()
        return self.runner._get_preview(verb, order)[order.id]
