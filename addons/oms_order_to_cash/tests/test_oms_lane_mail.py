from odoo.tests import tagged

from ..models.documents.handed import Handed
from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsLaneMail(OmsIssueCase):
    """What verbs write to customers: in their language, from the company, kept in the chatter."""

    def _get_mails(self, document):
        return self.env["mail.mail"].search([("model", "=", document._name), ("res_id", "=", document.id)])

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self._make_customer("Test French", lang="fr_FR")
        order, other = self._place_order(partner_id=french.id), self._place_order()
        lane = self.env["oms.verb"]
        lane._write_to_partners("oms_mail_template_quotation_reminder", order + other)
        mail, theirs = self._get_mails(order), self._get_mails(other)
        self.assertIn("100,00", mail.body_html)
        self.assertIn("100.00", theirs.body_html)
        lane._write_to_partners(
            "oms_mail_template_payment_link",
            order.with_context(oms_payment_asked=Handed({"link": "https://example.com", "amount": 1234.5})),
        )
        self.assertIn("234,50", self._get_mails(order)[0].body_html)

    def test_it_stands_in_the_chatter_and_goes_to_the_customer_alone(self):
        order = self._place_order()
        follower = self._make_user("oms_follower", "sales_team.group_sale_salesman_all_leads")
        order.message_subscribe(follower.partner_id.ids)
        self.env["oms.verb"]._write_to_partners("oms_mail_template_promise", order)
        mail = self._get_mails(order)
        self.assertEqual((mail.recipient_ids, mail.state), (order.partner_id, "outgoing"))
        self.assertIn(f"Dear {order.partner_id.name}", mail.body_html)
        message = order.message_ids[0]
        self.assertEqual((message.message_type, message.subject), ("comment", mail.subject))

    def test_what_the_document_is_called(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        types = [self.env["oms.verb"]._get_document_type(document) for document in (order, invoice, order.picking_ids)]
        self.assertEqual(types, ["Sales Order", "Invoice", False])

    def test_a_transfer_s_mail_comes_from_the_company(self):
        order = self._confirmed()
        self._ship(order)
        self.company.partner_id.email = "desk@example.com"
        order.user_id = False
        picking = order.picking_ids
        self.env["oms.verb"]._write_to_partners("oms_mail_template_claim", picking)
        self.assertIn("desk@example.com", self._get_mails(picking).email_from)

    def test_a_template_that_was_deleted(self):
        order = self._place_order()
        order.action_quotation_sent()
        self.env.ref("oms_order_to_cash.oms_mail_template_quotation_reminder").unlink()
        [job] = self._run("remind", order)
        self.assertEqual(job.state, "failed")
        self.assertIn("The mail template oms_mail_template_quotation_reminder was deleted", job.message)
        self.assertFalse(order.oms_reminded_on)
