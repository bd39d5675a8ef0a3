from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsIssuesOrderQuotation(OmsIssueCase):
    """Q1, Q2: quotations that the customer leaves lying; X1: what automation could not do."""

    def _sent(self, days=0, **vals):
        """Return a quotation sent so many days ago."""
        order = self._place_order(validity_date=fields.Date.today() + timedelta(days=60), require_payment=False, **vals)
        order.action_quotation_sent()
        order.oms_sent_on = fields.Datetime.now() - timedelta(days=days)
        return order

    def _get_mails(self, order):
        return self.env["mail.mail"].sudo().search([("res_id", "=", order.id), ("model", "=", "sale.order")])

    # === Q1 === #

    def test_unanswered(self):
        order, recent = self._sent(8), self._sent(6)
        issue = self.assertIssue(order, "Q1", turn="customer", severity="low")
        self.assertNoIssue(recent, "Q1")
        self.assertEqual(issue.date_since, order.oms_sent_on + timedelta(days=7))
        chain = self._get_chain(order, "Q1")
        self.assertIn("Sent on", chain[0])
        self.assertEqual(chain[-1], "No answer of Test Customer")
        order.company_id.oms_quotation_reminder_days = 0
        self._look(order)
        self.assertNoIssue(order, "Q1")
        self.assertIssuesHold(order + recent)

    def test_expired(self):
        order = self._place_order(validity_date=fields.Date.today() - timedelta(days=1))
        today = self._place_order(validity_date=fields.Date.today())
        self.assertIssue(order, "Q1", turn="sales")
        self.assertNoIssue(today, "Q1")
        jobs = self._run("extend", order + today)
        self.assertJobs(jobs, *[("failed", "Choose a day to come: until then the quotation is valid.")] * 2)
        day = fields.Date.today() + timedelta(days=9)
        jobs = self._run("extend", order + self._confirmed(), date=str(day))
        self.assertJobs(jobs, "done", ("skipped", "It is confirmed: there is nothing to answer."))
        self.assertEqual(order.validity_date, day)
        self.assertNoIssue(order, "Q1")
        self.assertJobs(self._run("extend", order, date=str(day)), ("skipped", "It is valid until that day already."))
        jobs.filtered(lambda job: job.order_id == order).action_undo()
        self.assertEqual(order.validity_date, fields.Date.today() - timedelta(days=1))
        self.assertIssue(order, "Q1")
        self.assertIssuesHold(order + today)

    def test_extended_twice_and_back(self):
        former, days = fields.Date.today() - timedelta(days=1), (9, 19)
        order = self._place_order(validity_date=former)
        first, second = (
            self._run("extend", order, date=str(fields.Date.today() + timedelta(days=day))) for day in days
        )
        with self.assertRaisesRegex(UserError, f"Extend .*{order.name} of .* came after it: undo that one first"):
            first.action_undo()
        self.assertEqual(order.validity_date, fields.Date.today() + timedelta(days=19))
        second.action_undo()
        self.assertEqual(order.validity_date, fields.Date.today() + timedelta(days=9))
        first.action_undo()
        self.assertEqual(order.validity_date, former)
        jobs = [self._run("extend", order, date=str(fields.Date.today() + timedelta(days=day))) for day in days]
        (jobs[0] + jobs[1]).action_undo()
        self.assertEqual(order.validity_date, former)

    def test_reminded_once_in_three_days(self):
        order, silent, draft = self._sent(8), self._sent(8), self._place_order()
        silent.partner_id = self.other_customer
        self.other_customer.email = False
        jobs = self._run("remind", order + silent + draft)
        self.assertJobs(
            jobs,
            "done",
            ("skipped", "Test Other Customer has no email address: add one first."),
            ("skipped", "It was never sent: send it first."),
        )
        mail = self._get_mails(order)
        self.assertEqual((mail.state, mail.subject), ("outgoing", f"Your quotation {order.name} awaits your answer"))
        self.assertIn(order.access_token, mail.body_html)
        self.assertNoIssue(order, "Q1")
        job = self._run("remind", order)
        self.assertEqual(job.state, "skipped")
        self.assertIn("wait 3 days", job.message)
        order.oms_reminded_on = fields.Datetime.now() - timedelta(days=4)
        self.assertJobs(self._run("remind", order), "done")
        self.assertEqual(len(self._get_mails(order)), 2)
        order.oms_reminded_on = fields.Datetime.now() - timedelta(days=8)
        self.assertIssue(order, "Q1")
        self.assertIssuesHold(order + silent + draft)

    def test_cancelled_and_back(self):
        order, confirmed, shipped = self._sent(8), self._confirmed(), self._confirmed()
        self._ship(shipped)
        jobs = self._run("cancel", order + confirmed + shipped)
        self.assertJobs(jobs, "done", "done", ("skipped", "Part of it has left: take the goods back first."))
        self.assertEqual((order.state, confirmed.state), ("cancel", "cancel"))
        self.assertNoIssue(order, "Q1")
        self.assertJobs(self._run("cancel", order), ("skipped", "It is cancelled already."))
        jobs.filtered(lambda job: job.state == "done").action_undo()
        self.assertEqual((order.state, confirmed.state, confirmed.delivery_status), ("sent", "sale", "pending"))
        job = self._run("cancel", order)
        order.action_draft()
        with self.assertRaisesRegex(UserError, "not cancelled any more"):
            job.action_undo()
        self.assertIssuesHold(order + confirmed)

    def test_who_may_not(self):
        picker = self._make_user("oms_quote_picker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.runner.with_user(picker)._run("remind", self._sent(8).with_user(picker), "user")

    # === Q2 === #

    def _get_prepaid(self, **vals):
        order = self._place_order(require_payment=True, prepayment_percent=0.3, require_signature=False, **vals)
        order.validity_date = fields.Date.today() + timedelta(days=60)
        order.action_quotation_sent()
        return order

    def test_prepayment_awaited(self):
        order, draft = self._get_prepaid(), self._get_prepaid()
        draft.action_draft()
        self.assertIssue(order, "Q2", turn="customer", severity="medium", amount=100)
        self.assertNoIssue(draft, "Q2")
        self.assertNoIssue(self._sent(), "Q2")
        self._pay_online(order, "error").provider_id.name = "Bank"
        chain = self._get_chain(order, "Q2")
        self.assertIn("30.00 has to be paid online to confirm it", chain[0].replace("\xa0", " "))
        self.assertEqual(chain[1], f"Bank TEST-{order.name}: Error")
        self.assertEqual(chain[-1], "No payment is in.")
        order.transaction_ids.state = "done"
        self.assertNoIssue(order, "Q2")
        self.assertIssue(order, "O6")
        self.assertIssuesHold(order + draft)

    def test_a_payment_that_comes_in_done(self):
        order = self._sent()
        self.assertNoIssue(order, "O6")
        self._pay_online(order, "done")
        self.assertIssuesHold(order, "a connector makes it in its last state")
        self.assertIssue(order, "O6")

    def test_payment_link_sent(self):
        order, free = self._get_prepaid(pricelist_id=self.foreign_pricelist.id), self._sent()
        jobs = self._run("send_payment_link", order + free)
        self.assertJobs(jobs, "done", ("skipped", "It needs no online payment: switch it on in the quotation first."))
        mail = self._get_mails(order)
        self.assertIn(f"payment_amount={order._get_prepayment_required_amount()}", mail.body_html)
        self.assertIn("tom", mail.body_html)
        self.assertEqual(self._run("send_payment_link", order).state, "skipped")
        self.assertEqual(len(self._get_mails(order)), 1)
        self.assertIssuesHold(order + free)

    # === X1 === #

    def _get_failed(self):
        order = self._place_order()
        job = self._queue("confirm", order)
        job.sudo().write({"state": "failed", "message": "The printer is on fire.", "attempts": 6})
        self.env["oms.flow.dirty"]._mark("sale.order", order.ids)
        return order, job

    def test_automation_failed(self):
        order, job = self._get_failed()
        other = self._place_order()
        with self._break("confirm"):
            self._run("confirm", other)
        self.assertIssue(order, "X1", turn="administrator", severity="high")
        self.assertNoIssue(other, "X1")
        self.assertEqual(
            self._get_chain(order, "X1"), [f"Confirm {order.name} failed after 6 tries: The printer is on fire."]
        )
        jobs = self._run("retry", order + other)
        self.assertJobs(jobs, "done", ("skipped", "No automation failed for it."))
        self.assertEqual((job.state, job.message), ("skipped", "It was asked for again."))
        self.assertNoIssue(order, "X1")
        self._run_queue()
        self.assertEqual(order.state, "sale")
        self.assertJobs(self._run("retry", order), ("skipped", "No automation failed for it."))
        self.assertIssuesHold(order + other)
