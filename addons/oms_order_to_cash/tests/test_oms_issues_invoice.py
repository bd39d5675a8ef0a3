from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .billing_case import OmsBillingCase


@tagged("post_install", "-at_install")
class TestOmsIssuesInvoice(OmsBillingCase):
    """Delivered and not invoiced, drafted and not posted, posted and not sent."""

    # === I1: DELIVERED, NOT INVOICED === #

    def test_i1_once_the_goods_are_gone(self):
        order = self._confirmed([(self.delivered_goods, 5), (self.goods, 1)])
        self.assertNoIssue(order, "I1")
        self._ship(order, {self.delivered_goods: 2, self.goods: 0})
        issue = self.assertIssue(order, "I1", severity="high", amount=50, turn="accounting")
        self.assertNotEqual(issue.band, "critical")
        self.assertEqual(issue.data["line_ids"], order.order_line[0].ids, "the other line is due, but not delivered")
        self.assertIssuesHold(order)

    def test_i1_is_critical_a_week_after_all_of_it_left(self):
        order, part = self._confirmed(), self._confirmed()
        self._ship(order)
        self._ship(part, 4)
        with freeze_time(fields.Datetime.now() + timedelta(days=6)):
            self._look(order)
            self.assertNotEqual(self.assertIssue(order, "I1").band, "critical")
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            self._look(order + part)
            self.assertEqual(self.assertIssue(order, "I1", amount=100).band, "critical")
            self.assertNotEqual(self.assertIssue(part, "I1").band, "critical", "the rest has not left")
            self.assertIssuesHold(order + part)

    def test_i1_remedy_and_its_undo(self):
        orders = self._confirmed() + self._confirmed()
        self._ship(orders[0])
        self._ship(orders[1])
        self.assertEqual(self._get_chain(orders[0], "I1")[0], "Test Goods: 10 delivered, 0 invoiced")
        self.assertIn("left on", self._get_chain(orders[0], "I1")[1])
        self.assertEqual(self._get_preview("invoice", orders[0]), ["Makes a draft invoice of $\xa0100.00."])
        with self._break("invoice", on=orders[1]):
            jobs = self._run("invoice", orders).sorted(lambda job: job.order_id.id)
        self.assertEqual(jobs.mapped("state"), ["done", "failed"])
        self.assertNoIssue(orders[0], "I1")
        self.assertIssue(orders[1], "I1")
        self.assertJobs(self._run("invoice", orders[0]), ("skipped", "All of it is invoiced."))
        jobs[0].action_undo()
        self.assertFalse(orders[0].invoice_ids)
        self.assertIssue(orders[0], "I1")
        self.assertIssuesHold(orders)

    def test_i1_undo_is_refused_once_posted(self):
        order = self._confirmed()
        job = self._run("invoice", order)
        self._post(order.invoice_ids)
        with self.assertRaisesRegex(UserError, "is posted: credit it instead"):
            job.action_undo()
        order.invoice_ids.button_draft()
        self.assertIn("was posted and keeps its number: cancel it instead", job._get_undo_obstacle())
        order.invoice_ids.button_cancel()
        self.assertIn("is cancelled", job._get_undo_obstacle())

    def test_i1_salesperson_undoes_a_draft(self):
        seller = self._make_user("oms_i1_seller", "sales_team.group_sale_salesman")
        order = self._confirmed(user_id=seller.id)
        job = self.runner.with_user(seller)._run("invoice", order.with_user(seller), "user")
        job.with_user(seller).action_undo()
        self.assertFalse(order.invoice_ids)

    def test_i1_down_payment_covers_it(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._down_payment(order, percent=50)
        self._ship(order, 3)
        self.assertNoIssue(order, "I1")
        self._ship(order, 3)
        self.assertIssue(order, "I1", amount=20)
        self.assertEqual(
            self._get_preview("invoice", order),
            ["Makes a draft invoice of $\xa020.00, the down payment deducted."],
        )
        self.assertIssuesHold(order)

    def test_i1_returned_goods_are_not_asked_for(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self._ship(order)
        self._return(order)
        self.assertNoIssue(order, "I1")
        self.assertIssuesHold(order)

    def test_i1_counts_as_it_bills(self):
        dozen = {"product_id": self.delivered_goods.id, "product_uom_qty": 1, "product_uom_id": self.uom_dozen.id}
        order = self._confirmed([dozen])
        for pieces in (5, 5, 2):
            self._ship(order, pieces)
        shipped = order.picking_ids.sorted("id")[-1]
        self._return(order, 1)
        counted, left = self._get_chain(order, "I1")
        self.assertEqual(counted, "Test Goods invoiced on delivery: 0.92 delivered, 0 invoiced")
        self.assertTrue(left.startswith(f"{shipped.name} left on "), left)

    def test_i1_foreign_currency(self):
        order = self._confirmed(pricelist_id=self.foreign_pricelist.id)
        self._ship(order)
        self.assertIssue(order, "I1", amount=100)
        self.assertIn("200.00", self._get_preview("invoice", order)[0])

    def test_i1_performed_service(self):
        order = self._confirmed([(self.delivered_service, 3)])
        self.assertNoIssue(order, "I1")
        order.order_line.qty_delivered = 2
        self.assertIssue(order, "I1", amount=120, date_since=False)

    # === I2: DRAFT NOT POSTED === #

    def test_i2_a_day_after_it_was_made(self):
        order = self._confirmed()
        self._run("invoice", order)
        self.assertNoIssue(order, "I2")
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self._look(order)
            self.assertIssue(order, "I2", severity="medium", amount=100)
            self.assertRegex(self._get_chain(order, "I2")[0], r"Invoice of \$.100.00 is a draft since .*, made by ")
            self.assertEqual(self._get_preview("post", order), ["Posts the invoice of $\xa0100.00 to Test Customer."])
            job = self._run("post", order)
            self.assertNoIssue(order, "I2")
            job.action_undo()
            self.assertEqual(order.invoice_ids.state, "draft")
            self.assertIssue(order, "I2")
            self.assertIssuesHold(order)

    def test_i2_one_for_later_is_left_alone(self):
        order = self._confirmed()
        self._run("invoice", order)
        order.invoice_ids.invoice_date = self._day(10)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self._look(order)
            self.assertNoIssue(order, "I2")

    def test_i2_undo_of_posting_is_refused_once_sent_or_paid(self):
        sent, paid = self._confirmed(), self._confirmed()
        self._run("invoice", sent + paid)
        jobs = self._run("post", sent + paid).sorted(lambda job: job.order_id.id)
        self._make_sent(sent.invoice_ids)
        self._pay(paid.invoice_ids)
        with self.assertRaisesRegex(UserError, "is sent: credit it instead"):
            jobs[0].action_undo()
        with self.assertRaisesRegex(UserError, "is paid or credited"):
            jobs[1].action_undo()
        self.assertEqual((sent + paid).invoice_ids.mapped("state"), ["posted", "posted"])

    def test_i2_undo_of_posting_is_refused_in_a_closed_month(self):
        order = self._confirmed()
        self._run("invoice", order)
        job = self._run("post", order)
        self.company.sale_lock_date = self._day(0)
        with self.assertRaisesRegex(UserError, "is locked: credit it instead"):
            job.action_undo()

    # === I3: NOT SENT === #

    def test_i3_until_it_is_handed_to_sending(self):
        order, invoice = self._invoiced()
        self.assertIssue(order, "I3", severity="medium", amount=100)
        chain = self._get_chain(order, "I3")
        self.assertIn(f"{invoice.name} of", chain[0])
        self.assertEqual(chain[1], "Not sent to customer@example.com yet")
        picker = self._make_user("oms_picker", "stock.group_stock_user")
        issue = self._get_issue(order, "I3").with_user(picker)
        told = issue.type_id._explain(issue)[0]["text"]
        self.assertTrue(told.startswith(f"{invoice.name} of •••, due on"), told)
        self.assertEqual(
            self._get_preview("send", order),
            [f"Sends {invoice.name} to customer@example.com; what is sent can't be taken back."],
        )
        self.assertJobs(self._run("send", order), "done")
        self.assertNoIssue(order, "I3")
        self.assertIssuesHold(order)

    def test_i3_not_for_whom_nothing_is_mailed(self):
        by_hand = self._make_customer("Test By Hand", invoice_sending_method="manual")
        paid, _invoice = self._invoiced()
        self._pay(paid.invoice_ids)
        orders = self._invoiced(partner_id=by_hand.id)[0] + paid
        for order in orders:
            self.assertNoIssue(order, "I3")
        self.assertIssuesHold(orders)

    def test_i3_bounced_is_sent_again(self):
        order, invoice = self._invoiced()
        self._make_sent(invoice)
        self.assertNoIssue(order, "I3")
        self.assertJobs(self._run("send", order), ("skipped", "Its invoices are sent already."))
        self._fail_mail(invoice)
        self._look(order)
        self.assertIssue(order, "I3")
        self.assertEqual(
            self._get_chain(order, "I3")[1],
            "The mail to customer@example.com failed: No such mailbox. Correct the address first.",
        )
        self.assertJobs(self._run("send", order), "done")
        self.assertTrue(invoice.sending_data)
        self.assertNoIssue(order, "I3")
        self.assertIssuesHold(order)

    def test_i3_a_later_mail_that_arrived_clears_it(self):
        order, invoice = self._invoiced()
        self._make_sent(invoice)
        self._fail_mail(invoice)
        self._fail_mail(invoice, "sent")
        self._look(order)
        self.assertNoIssue(order, "I3")

    def test_i3_says_when_there_is_no_address(self):
        nowhere = self._make_customer("Test Nowhere", email=False)
        order, _invoice = self._invoiced(partner_id=nowhere.id)
        self.assertEqual(self._get_chain(order, "I3")[1], "Not sent: Test Nowhere has no e-mail address.")

    # === WHO === #

    def test_a_salesperson_may_not_post(self):
        seller = self._make_user("oms_i_seller", "sales_team.group_sale_salesman_all_leads")
        order = self._confirmed()
        self._run("invoice", order)
        for verb in ("post", "send", "credit_difference", "credit_excess"):
            with self.assertRaises(AccessError):
                self.runner.with_user(seller)._run(verb, order.with_user(seller), "user")

    def test_in_another_company(self):
        order = self._place_order(company_id=self.other_company.id, partner_id=self.other_customer.id)
        self._confirm(order).order_line.qty_delivered = 0
        invoice = self._post(order._create_invoices())
        self.assertIssue(order, "I3", company_id=self.other_company, amount=invoice.amount_total_signed)
        self.assertIssuesHold(order)
