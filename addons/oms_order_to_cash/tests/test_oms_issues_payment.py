from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .billing_case import OmsBillingCase


@tagged("post_install", "-at_install")
class TestOmsIssuesPayment(OmsBillingCase):
    """Due soon, overdue: reminded and dunned, one letter a week."""

    def _make_late_payer(self, days=20):
        """Return a customer who paid an invoice so many days late."""
        customer = self._make_customer("Test Late Payer")
        _order, invoice = self._invoiced(due=-60, partner_id=customer.id)
        self._pay(invoice, payment_date=self._day(-60 + days))
        return customer

    def _get_letters(self, invoice):
        return invoice.message_ids.filtered(lambda message: message.message_type == "comment").sorted("id")

    # === A1: DUE SOON === #

    def test_a1_only_of_a_risky_customer(self):
        late, punctual = self._make_late_payer(), self._make_late_payer(days=7)
        risky, invoice = self._invoiced(due=3, partner_id=late.id)
        safe, _invoice = self._invoiced(due=3, partner_id=punctual.id)
        new, _invoice = self._invoiced(due=3, partner_id=self.other_customer.id)
        later, _invoice = self._invoiced(due=6, partner_id=late.id)
        self.assertIssue(risky, "A1", severity="low", amount=100, turn="accounting")
        self.assertEqual(
            self._get_chain(risky, "A1")[1],
            "Test Late Payer paid 20 days late on average, over 1 payments in 12 months",
        )
        self.assertIn(f"{invoice.name}: $\xa0100.00 open, due on", self._get_chain(risky, "A1")[0])
        for order in safe + new + later:
            self.assertNoIssue(order, "A1")
        self.assertIssuesHold(risky + safe + new + later)

    def test_a1_one_who_is_overdue_now(self):
        self._invoiced(due=-2)
        order, _invoice = self._invoiced(due=5)
        self.assertIssue(order, "A1")
        self.assertEqual(self._get_chain(order, "A1")[1], "Test Customer has overdue invoices")

    def test_a1_the_days_are_the_companys(self):
        customer = self._make_late_payer()
        order, _invoice = self._invoiced(due=3, partner_id=customer.id)
        self.company.oms_reminder_days = 2
        self._look(order)
        self.assertNoIssue(order, "A1")
        self.company.oms_reminder_days = 0
        self._look(order)
        self.assertNoIssue(order, "A1")

    def test_a1_reminded_once(self):
        order, invoice = self._invoiced(due=3, partner_id=self._make_late_payer().id)
        self.assertRegex(self._get_preview("pre_remind", order)[0], "Reminds Test Late Payer by mail that .* is due on")
        self.assertJobs(self._run("pre_remind", order), "done")
        letter = self._get_letters(invoice)
        self.assertIn("is due soon", letter.subject)
        self.assertIn("100.00", letter.body)
        self.assertEqual(letter.partner_ids, invoice.partner_id)
        self.assertEqual(letter.mail_ids.mapped("state"), ["outgoing"], "Odoo's queue sends it")
        self.assertEqual(invoice.oms_reminded_on, self.today)
        self.assertNoIssue(order, "A1")
        reminded = ("skipped", "Nothing of it is due soon, or the customer was reminded already.")
        self.assertJobs(self._run("pre_remind", order), reminded)
        self.assertEqual(len(self._get_letters(invoice)), 1)
        self.assertIssuesHold(order)

    # === A2: OVERDUE === #

    def test_a2_worse_the_longer(self):
        for days, severity in ((1, "medium"), (30, "medium"), (31, "high"), (60, "high"), (61, "critical")):
            with self.subTest(days=days):
                order, _invoice = self._invoiced(due=-days)
                issue = self.assertIssue(order, "A2", severity=severity, amount=100, turn="customer")
                self.assertEqual(issue.date_since, issue.date_deadline)
        order, _invoice = self._invoiced(due=0)
        self.assertNoIssue(order, "A2")

    def test_a2_chain(self):
        order, invoice = self._invoiced(due=-10)
        chain = self._get_chain(order, "A2")
        self.assertEqual(chain[1:], [f"{invoice.name} is 10 days overdue", "The customer was not dunned yet"])
        self._run("dun", order)
        self.assertIn("Dunning letter 1 was sent on", self._get_chain(order, "A2")[2])

    def test_a2_clock_raises_it_and_the_payment_clears_it(self):
        order, invoice = self._invoiced(due=1)
        self.assertNoIssue(order, "A2")
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self._look(order)
            self.assertIssue(order, "A2")
            self._pay(invoice)
            self.assertNoIssue(order, "A2")
            self.assertIssuesHold(order)

    def test_a2_first_instalment(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (10, 40)
                ],
            }
        )
        order = self._confirmed(payment_term_id=terms.id)
        invoice = self._invoice(order, post=False)
        invoice.invoice_date = self._day(-20)
        self._post(invoice)
        self.assertIssue(order, "A2", amount=50)

    def test_a2_foreign_currency(self):
        order, _invoice = self._invoiced(due=-1, pricelist_id=self.foreign_pricelist.id)
        self.assertIssue(order, "A2", amount=100)

    def test_a2_in_another_company(self):
        order = self._confirmed(company_id=self.other_company.id, partner_id=self.other_customer.id)
        invoice = self._invoice_due(order, -3)
        self.assertIssue(order, "A2", company_id=self.other_company)
        self.assertJobs(self._run("dun", order), "done")
        self.assertEqual(invoice.oms_dunning_level, 1)

    # === DUNNING === #

    def test_dun_three_letters_a_week_apart(self):
        order, invoice = self._invoiced(due=-10)
        self.assertEqual(
            self._get_preview("dun", order),
            [f"Mails dunning letter 1 for {invoice.name} to Test Customer; it can't be taken back."],
        )
        for level in (1, 2, 3):
            with freeze_time(fields.Datetime.now() + timedelta(days=7 * level)):
                if level == 3:
                    self.assertIn("consider a hold", self._get_preview("dun", order)[1])
                job = self._run("dun", order)
                self.assertJobs(job, "done")
                self.assertFalse(job.can_undo)
                self.assertEqual((invoice.oms_dunning_level, len(self._get_letters(invoice))), (level, level))
                again = self._run("dun", order)
                self.assertEqual(again.state, "skipped")
                wait = "All letters were sent: hold" if level == 3 else f"Letter {level} was sent on"
                self.assertIn(wait, again.message)
        self.assertIn("last reminder", self._get_letters(invoice)[-1].subject)
        self.assertIssuesHold(order)

    def test_dun_says_why_not(self):
        fine, free = self._invoiced(due=5)[0], self._confirmed()
        nowhere = self._invoiced(due=-5, partner_id=self._make_customer("Test Nowhere", email=False).id)[0]
        disputed = self._invoiced(due=-5)[0]
        self._run("dispute", disputed, note="Wrong goods")
        self.assertJobs(
            self._run("dun", fine + free + nowhere + disputed),
            ("skipped", "Nothing of it is overdue."),
            ("skipped", "Nothing of it is overdue."),
            ("skipped", "Test Nowhere has no e-mail address: add one."),
            ("skipped", "Its invoice is disputed: resolve that first."),
        )

    def test_dun_an_invoice_of_two_orders_once(self):
        orders = self._confirmed() + self._confirmed([(self.goods, 1)])
        invoice = self._invoice(orders, post=False)
        invoice.write({"invoice_date": self._day(-40), "invoice_payment_term_id": False})
        invoice.invoice_date_due = self._day(-10)
        self._post(invoice)
        self.assertIssue(orders[0], "A2", amount=100)
        self.assertIssue(orders[1], "A2", amount=10)
        self.assertJobs(self._run("dun", orders), "done", "done")
        self.assertEqual((invoice.oms_dunning_level, len(self._get_letters(invoice))), (1, 1))

    def test_dun_many_orders_one_of_them_fails(self):
        orders = self._invoiced(due=-10)[0] + self._invoiced(due=-10)[0]
        with self._break("dun", on=orders[1]):
            jobs = self._run("dun", orders).sorted(lambda job: job.order_id.id)
        self.assertEqual(jobs.mapped("state"), ["done", "failed"])
        self.assertEqual(orders.invoice_ids.sorted("id").mapped("oms_dunning_level"), [1, 0])

    def test_only_accounting_duns(self):
        seller = self._make_user("oms_a_seller", "sales_team.group_sale_salesman_all_leads")
        accountant = self._make_user("oms_a_accountant", "account.group_account_invoice")
        order, invoice = self._invoiced(due=-10)
        for verb in ("dun", "pre_remind", "match", "dispute", "promise_to_pay"):
            with self.assertRaises(AccessError):
                self.runner.with_user(seller)._run(verb, order.with_user(seller), "user")
        job = self.runner.with_user(accountant)._run("dun", order.with_user(accountant), "user")
        self.assertEqual((job.state, invoice.oms_dunning_level), ("done", 1))

    # === PAY === #

    def test_pay_tells_and_is_undone(self):
        order, invoice = self._invoiced(due=-3)
        self.assertEqual(self._get_preview("pay", order), [f"Registers a payment of $\xa0100.00 for {invoice.name}."])
        job = self._run("pay", order)
        self.assertNoIssue(order, "A2")
        payment = invoice.matched_payment_ids
        job.action_undo()
        self.assertEqual((payment.state, invoice.payment_state, invoice.amount_residual), ("canceled", "not_paid", 100))
        self.assertIssue(order, "A2")
        self.assertJobs(self._run("pay", order), "done")
        self.assertIssuesHold(order)

    def test_pay_tells_of_money_that_is_in_already(self):
        order, _invoice = self._invoiced(due=-3)
        money = self._receive_money(100)
        self.assertEqual(
            self._get_preview("pay", order)[1:],
            [f"{money.move_id.name} of the customer is not matched yet: match it first."],
        )

    def test_pay_undo_is_refused_once_cancelled(self):
        order, invoice = self._invoiced(due=-3)
        job = self._run("pay", order)
        invoice.matched_payment_ids.action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled already"):
            job.action_undo()
