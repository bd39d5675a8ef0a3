from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsVerbsInvoice(OmsRunnerCase):
    """Invoice, post, send, pay: what each does in the cases that are not plain."""

    def _get_amounts(self, order):
        return order.invoice_ids.sorted("id").mapped("amount_total_signed")

    # === INVOICE === #

    def test_invoice_one_per_order(self):
        orders = self._confirmed() + self._confirmed([(self.goods, 1)])
        jobs = self._run("invoice", orders)
        self.assertJobs(jobs, "done", "done")
        self.assertEqual(len(orders.invoice_ids), 2, "the same customer, and still one invoice per order")
        for job in jobs:
            self.assertEqual(job.documents, {"account.move": job.order_id.invoice_ids.ids})

    def test_invoice_what_is_delivered(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self.assertJobs(self._run("invoice", order), ("skipped", "Nothing to invoice yet: deliver it first."))
        self._ship(order, 2)
        self.assertJobs(self._run("invoice", order), "done")
        self.assertJobs(self._run("invoice", order), ("skipped", "Nothing to invoice yet: deliver it first."))
        self._ship(order)
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(self._get_amounts(order), [40, 60])

    def test_free_order_is_not_invoiced(self):
        order = self._confirmed([(self.goods, 5, 0)])
        self.assertJobs(self._run("invoice", order), ("skipped", "It is free of charge: there is nothing to invoice."))
        self.assertFalse(order.invoice_ids)

    def test_free_line_stands_on_the_invoice_of_the_others(self):
        order = self._confirmed([(self.goods, 5), (self.consumable, 1, 0)])
        self._run("invoice", order)
        self.assertEqual(order.invoice_ids.invoice_line_ids.mapped("quantity"), [5, 1])

    def test_credited_goods_are_not_invoiced_again(self):
        order = self._confirmed([(self.delivered_goods, 5), (self.goods, 5)])
        self._ship(order, 5)
        self._credit(self._invoice(order))
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [5, 5], "core alone would invoice all of it again")
        self.assertJobs(self._run("invoice", order), ("skipped", "All of it is invoiced."))

    def test_only_the_new_delivery_is_invoiced_after_a_credit(self):
        order = self._confirmed([(self.delivered_goods, 5), (self.goods, 5)])
        self._ship(order, {self.delivered_goods: 2, self.goods: 5})
        self._credit(self._invoice(order))
        self._ship(order)
        self.assertJobs(self._run("invoice", order), "done")
        invoice = order.invoice_ids.sorted("id")[-1]
        self.assertEqual(invoice.invoice_line_ids.mapped("product_id"), self.delivered_goods)
        self.assertEqual(invoice.invoice_line_ids.quantity, 3)

    def test_goods_that_came_back_before_are_not_invoiced(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self._ship(order)
        self._return(order, 2)
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(self._get_amounts(order), [60])
        self.assertJobs(self._run("invoice", order), ("skipped", "All of it is invoiced."))

    def test_trade_in_is_invoiced_with_the_rest(self):
        order = self._confirmed([(self.goods, 5), (self.service, -1, 20)])
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(self._get_amounts(order), [30])

    def test_headings_go_with_their_lines(self):
        order = self._place_order()
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Now", "sequence": 1}),
            Command.create({"display_type": "line_note", "name": "Handle with care", "sequence": 20}),
            Command.create({"display_type": "line_section", "name": "Later", "sequence": 30}),
            Command.create({"product_id": self.delivered_goods.id, "product_uom_qty": 1, "sequence": 31}),
        ]
        self._confirm(order)
        self.env.invalidate_all()  # reads the lines in their order
        self._run("invoice", order)
        lines = order.invoice_ids.invoice_line_ids.sorted("sequence")
        self.assertEqual(lines.mapped("display_type"), ["line_section", "product", "line_note"])
        self.assertEqual(lines.mapped("name")[0], "Now")

    def test_foreign_currency(self):
        order = self._confirmed(pricelist_id=self.foreign_pricelist.id)
        for verb in ("invoice", "post", "pay"):
            self.assertJobs(self._run(verb, order), "done")
        invoice = order.invoice_ids
        self.assertEqual(
            (invoice.currency_id, invoice.amount_total, invoice.amount_total_signed), (self.foreign_currency, 200, 100)
        )
        self.assertEqual(
            (invoice.payment_state, invoice.matched_payment_ids.currency_id), ("paid", self.foreign_currency)
        )

    # === DOWN PAYMENTS === #

    def test_down_payment_is_deducted(self):
        order = self._confirmed()
        self._down_payment(order, percent=30)
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(self._get_amounts(order), [30, 70])
        self.assertJobs(self._run("invoice", order), ("skipped", "All of it is invoiced."))

    def test_delivery_covered_by_the_down_payment_waits(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._down_payment(order, percent=50)
        self._ship(order, 3)
        covered = ("skipped", "What can be invoiced now is covered by the down payment: deliver the rest first.")
        self.assertJobs(self._run("invoice", order), covered)
        self._ship(order, 3)
        self.assertJobs(self._run("invoice", order), "done")
        self._ship(order)
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(self._get_amounts(order), [100, 20, 80])

    def test_too_high_a_down_payment_is_given_back_in_the_end(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._down_payment(order, percent=50)
        self._ship(order, 3, backorder=False)
        order.order_line.filtered(lambda line: line.product_id == self.delivered_goods).product_uom_qty = 3
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(self._get_amounts(order), [100, -40])
        self.assertEqual(order.invoice_ids.sorted("id").mapped("move_type"), ["out_invoice", "out_refund"])

    def test_whole_price_paid_in_advance(self):
        order = self._confirmed()
        self._down_payment(order, percent=100)
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(self._get_amounts(order), [100, 0])

    # === POST === #

    def test_post_leaves_what_is_dated_in_the_future(self):
        now, later = self._confirmed(), self._confirmed()
        self._run("invoice", now + later)
        later.invoice_ids.invoice_date = fields.Date.today() + timedelta(days=10)
        future = ("skipped", "Its draft invoice is dated in the future, or posted automatically on its date.")
        self.assertJobs(self._run("post", now + later), "done", future)
        self.assertEqual((now + later).invoice_ids.mapped("state"), ["posted", "draft"])
        with freeze_time(fields.Datetime.now() + timedelta(days=11)):
            self.assertJobs(self._run("post", later), "done")

    def test_post_only_what_is_asked_for(self):
        order = self._confirmed([(self.delivered_goods, 2)])
        self._ship(order, 1)
        self._run("invoice", order)
        first = order.invoice_ids
        self._ship(order)
        self._run("invoice", order)
        self.assertJobs(self._run("post", order, move_ids=first.ids), "done")
        self.assertEqual((first.state, (order.invoice_ids - first).state), ("posted", "draft"))

    def test_post_credit_notes_too(self):
        order = self._confirmed()
        credit = self._credit(self._invoice(order), post=False)
        self.assertJobs(self._run("post", order), "done")
        self.assertEqual(credit.state, "posted")

    def test_post_failure_is_in_words(self):
        orders = self._confirmed() + self._confirmed()
        self._run("invoice", orders)
        orders[1].invoice_ids.partner_id = False
        jobs = self._run("post", orders).sorted(lambda job: job.order_id.id)
        self.assertEqual(jobs.mapped("state"), ["done", "failed"])
        self.assertIn("The 'Customer' field is required", jobs[1].message)
        orders[1].invoice_ids.partner_id = self.customer
        jobs[1].action_retry()
        self.assertEqual((jobs[1].state, orders[1].invoice_ids.state), ("done", "posted"))

    # === SEND === #

    def test_send_once(self):
        order = self._confirmed()
        self.assertJobs(self._run("send", order), ("skipped", "It has no posted invoice: post one first."))
        invoice = self._invoice(order)
        self.assertJobs(self._run("send", order), "done")
        self.assertEqual(
            invoice.sending_data,
            {
                "author_user_id": self.env.uid,
                "author_partner_id": self.env.user.partner_id.id,
            },
        )
        sent = ("skipped", "Its invoices are sent already.")
        self.assertJobs(self._run("send", order), sent)
        invoice.write({"sending_data": False, "is_move_sent": True})  # as Odoo's own sending leaves it
        self.assertJobs(self._run("send", order), sent)
        self.assertJobs(self._run("send", order, again=True), "done")
        self.assertTrue(invoice.sending_data)

    def test_send_needs_an_address_and_a_way(self):
        nowhere = self._make_customer("Test Nowhere", email=False)
        by_hand = self._make_customer("Test By Hand", invoice_sending_method="manual")
        orders = self._confirmed(partner_id=nowhere.id) + self._confirmed(partner_id=by_hand.id)
        for order in orders:
            self._invoice(order)
        self.assertJobs(
            self._run("send", orders),
            ("skipped", "Test Nowhere has no e-mail address: add one."),
            ("skipped", "Test By Hand gets invoices by hand only."),
        )

    def test_send_says_when_sending_is_switched_off(self):
        order = self._confirmed()
        self._invoice(order)
        self.env.ref("account.ir_cron_account_move_send").active = False
        self.assertJobs(
            self._run("send", order),
            (
                "failed",
                "Sending in the background is switched off: ask an administrator to activate it.",
            ),
        )

    # === PAY === #

    def test_pay_by_the_journal_and_date_chosen(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        cash = self.env["account.journal"].create({"name": "Test Cash", "type": "cash", "code": "TCSH"})
        day = fields.Date.today() - timedelta(days=3)
        self.assertJobs(self._run("pay", order, journal_id=cash.id, payment_date=fields.Date.to_string(day)), "done")
        self.assertRecordValues(invoice.matched_payment_ids, [{"journal_id": cash.id, "date": day, "amount": 100}])

    def test_pay_refuses_a_journal_that_takes_no_money(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        job = self._run("pay", order, journal_id=invoice.journal_id.id)
        self.assertJobs(
            job,
            (
                "failed",
                f"{invoice.name} can't be paid through the journal chosen: choose one of its company.",
            ),
        )
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_shared_invoice_is_paid_once(self):
        orders = self._confirmed() + self._confirmed([(self.goods, 1)])
        invoice = self._invoice(orders)
        self.assertEqual(len(invoice), 1)
        jobs = self._run("pay", orders)
        self.assertJobs(jobs, "done", "done")
        self.assertEqual(invoice.matched_payment_ids.mapped("amount"), [110])
        self.assertEqual(jobs.mapped("documents"), [{"account.payment": invoice.matched_payment_ids.ids}] * 2)

    def test_pay_in_two_currencies_at_once(self):
        orders = self._confirmed() + self._confirmed(pricelist_id=self.foreign_pricelist.id)
        for order in orders:
            self._invoice(order)
        self.assertJobs(self._run("pay", orders), "done", "done")
        payments = orders.invoice_ids.matched_payment_ids.sorted("id")
        self.assertEqual(
            payments.mapped(lambda payment: (payment.currency_id, payment.amount)),
            [
                (self.currency, 100),
                (self.foreign_currency, 200),
            ],
        )
        self.assertEqual(orders.invoice_ids.mapped("payment_state"), ["paid", "paid"])

    def test_pay_the_rest_of_a_part_payment(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        self._pay(invoice, amount=30)
        self.assertJobs(self._run("pay", order), "done")
        self.assertEqual(invoice.matched_payment_ids.sorted("id").mapped("amount"), [30, 70])
        self.assertEqual(invoice.payment_state, "paid")

    def test_pay_every_instalment(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (10, 40)
                ],
            }
        )
        orders = self._confirmed(payment_term_id=terms.id) + self._confirmed(payment_term_id=terms.id)
        for order in orders:
            self._invoice(order)
        self.assertJobs(self._run("pay", orders[0]), "done")
        self.assertJobs(self._run("pay", orders), ("skipped", "All that is invoiced is paid."), "done")
        self.assertEqual(orders.invoice_ids.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(orders.invoice_ids.mapped("amount_residual"), [0, 0])

    def test_pay_says_why_not(self):
        blocked, none, free = self._confirmed(), self._confirmed(), self._place_order()
        self._invoice(blocked).payment_state = "blocked"
        self.assertJobs(
            self._run("pay", blocked + none + free),
            ("skipped", "Its invoice is blocked for payment: unblock it first."),
            ("skipped", "It has no invoice to pay."),
            ("skipped", "It has no invoice to pay."),
        )

    def test_only_what_a_credit_note_leaves_is_paid(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        credit = self._credit(invoice, 3, apply=True)
        self.assertJobs(self._run("pay", order), "done")
        self.assertEqual(invoice.matched_payment_ids.mapped("amount"), [70])
        self.assertFalse(credit.matched_payment_ids)
