from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .hold_case import OmsHoldCase


@tagged("post_install", "-at_install")
class TestOmsIssuesOrderCredit(OmsHoldCase):
    """O2, O3, O4: what stops an order until somebody who may decides on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_customer("Test Customer")  # the holds' tests call a reason so

    def _set_limit(self, limit, company=None):
        company = company or self.company
        company.account_use_credit_limit = True
        self.customer.with_company(company).credit_limit = limit

    # === O2 === #

    def _get_exposure(self, order):
        self.env.flush_all()
        return self.env["oms.lane.order"]._read_credit(order.ids)[order.id]["exposure"]

    def test_exposure_is_all_that_is_and_will_be_owed(self):
        read = self.env["oms.lane.order"]._read_credit
        self._set_limit(1)
        order = self._place_order()
        self.env.flush_all()
        self.assertEqual(read(order.ids)[order.id]["exposure"], 0)
        confirmed = self._confirmed([(self.goods, 5)])
        self.env.flush_all()
        self.assertEqual(read(order.ids)[order.id]["exposure"], 50, "ordered, not invoiced")
        draft = self._invoice(confirmed, post=False)
        self.env.flush_all()
        self.assertEqual(read(order.ids)[order.id]["exposure"], 50, "a draft invoice")
        self._post(draft)
        self.env.flush_all()
        self.assertEqual(read(order.ids)[order.id]["exposure"], 50, "owed")
        self._pay(draft, 20)
        self.env.flush_all()
        self.assertEqual(read(order.ids)[order.id]["exposure"], 30, "partly paid")
        foreign = self._confirmed([(self.goods, 1, 40)], pricelist_id=self.foreign_pricelist.id)
        self.env.flush_all()
        self.assertEqual(foreign.currency_id, self.foreign_currency)
        self.assertEqual(read(order.ids)[order.id]["exposure"], 50, "40 of them are 20 of ours")

    def test_exposure_of_what_was_credited_or_came_back(self):
        self._set_limit(1)
        other = self._place_order()
        order = self._confirmed([(self.goods, 10)])
        self._ship(order)
        invoice = self._invoice(order)
        self.assertEqual(self._get_exposure(other), 100)
        reduction = self._credit(invoice, post=False)
        reduction.invoice_line_ids.price_unit = 1
        self._post(reduction)
        self.assertEqual(self._get_exposure(other), 90, "a price reduction of ten pieces is not invoiced anew")
        self._return(order, 4)
        self.assertEqual(self._get_exposure(other), 90, "owed until it is credited")
        returned = self._confirmed([(self.goods, 5)])
        self._ship(returned)
        self.assertEqual(self._get_exposure(other), 140)
        self._return(returned, 2)
        self.assertEqual(self._get_exposure(other), 120, "two of five came back before they were billed")

    def test_a_down_payment_is_owed_once(self):
        self._set_limit(1)
        order, other = self._confirmed(), self._place_order()

        def read():
            self.env.flush_all()
            return self.env["oms.lane.order"]._read_credit(other.ids)[other.id]["exposure"]

        self.assertEqual(read(), 100)
        draft = self._down_payment(order, percent=30, post=False)
        self.assertEqual(read(), 100, "30 of them on a draft invoice")
        self._post(draft)
        self.assertEqual(read(), 100, "30 of them owed")
        self._pay(draft)
        self.assertEqual(read(), 70)
        rest = self._invoice(order)
        self.assertEqual((rest.amount_total, read()), (70, 70))
        self._pay(rest)
        self.assertEqual(read(), 0)
        foreign = self._confirmed([(self.goods, 1, 40)], pricelist_id=self.foreign_pricelist.id)
        self._pay(self._down_payment(foreign, percent=50))
        self.assertEqual(read(), 10, "40 of them are 20 of ours")
        later = self._confirmed([(self.goods, 1, 40)], pricelist_id=self.foreign_pricelist.id)
        self.env.flush_all()
        self.foreign_currency.rate_ids.rate = 4
        self._pay(self._down_payment(later, percent=50))
        self.assertEqual(read(), 20, "the other half is as much as at the order's rate")

    def test_over_the_limit(self):
        self._set_limit(100)
        order, more = self._place_order(), self._place_order([(self.goods, 11)])
        self.assertNoIssue(order, "O2")
        self.assertIssue(more, "O2", turn="accounting", severity="high")
        self.assertIn("the limit is", self._get_chain(more, "O2")[0])
        self._confirm(order)
        self.assertNoIssue(order, "O2")
        self._set_limit(99)
        self._look(order)
        self.assertIssue(order, "O2")
        self._ship(order)
        self.assertNoIssue(order, "O2")
        self._set_limit(0)
        self._look(more)
        self.assertNoIssue(more, "O2")
        self.assertIssuesHold(order + more)

    def test_another_company_has_its_own_limit(self):
        self._set_limit(10)
        order = self._place_order(company_id=self.other_company.id)
        self.assertNoIssue(order, "O2")
        self._set_limit(20, self.other_company)
        self._look(order)
        self.assertIssue(order, "O2")
        self.assertIssuesHold(order)

    def test_overdue_and_account_on_hold(self):
        paid_late = self._invoice(self._confirmed([(self.goods, 1)]))
        order = self._place_order()
        paid_late.line_ids.filtered("date_maturity").date_maturity = fields.Date.today() - timedelta(days=11)
        self.company.oms_credit_overdue_days = 11
        self.assertNoIssue(order, "O2")
        self.company.oms_credit_overdue_days = 10
        self._look(order)
        self.assertIssue(order, "O2")
        self.assertIn("An invoice is overdue since", self._get_chain(order, "O2")[0])
        self._pay(paid_late)
        self._look(order)
        self.assertNoIssue(order, "O2")
        self.customer.oms_account_hold = True
        self._look(order)
        self.assertEqual(self._get_chain(order, "O2"), ["The account of Test Customer is on hold."])
        self.assertIssuesHold(order)

    def test_accepted_until_more_is_owed(self):
        self._set_limit(50)
        order, fine = self._place_order(), self._place_order([(self.goods, 1)])
        self.assertIssue(order, "O2")
        with self.assertRaises(AccessError):
            self.runner.with_user(self.seller)._run("accept_credit", order.with_user(self.seller), "user")
        jobs = self._run("accept_credit", order + fine, note="They pay on Monday.")
        self.assertJobs(jobs, "done", ("skipped", "The customer's credit does not stop it."))
        self.assertEqual(order.oms_credit_accepted, 100)
        self.assertNoIssue(order, "O2")
        self.assertEqual(self._run("accept_credit", order).state, "skipped")
        jobs.filtered(lambda job: job.state == "done").action_undo()
        self.assertIssue(order, "O2")
        self._run("accept_credit", order)
        self._confirmed([(self.goods, 1)])
        self._look(order)
        self.assertIssue(order, "O2")
        self.assertIssuesHold(order + fine)

    def test_credit_hold_released_stays_quiet(self):
        order = self._confirmed()
        self._hold(order, self.credit)
        self.assertIssue(order, "O2")
        self.assertNoIssue(order, "O3")
        self.assertIn("Credit", self._get_chain(order, "O2")[0])
        self._set_limit(50)
        self._release(order, user=self.accountant)
        self.assertEqual(order.oms_credit_accepted, 100)
        self.assertNoIssue(order, "O2")
        self._hold(order, self.credit)
        self.assertIssue(order, "O2")
        self.assertJobs(self._run("accept_credit", order), "done")
        self.assertFalse(self.env["oms.hold"]._get_active(order))
        self.assertIssuesHold(order)

    def test_deposit_asked_for(self):
        order, confirmed = self._place_order(require_payment=False), self._confirmed()
        jobs = self._run("ask_deposit", order + confirmed)
        self.assertJobs(jobs, *[("failed", "Choose a share above 0 and up to 100 percent.")] * 2)
        jobs = self._run("ask_deposit", order + confirmed, percent=30)
        self.assertJobs(jobs, "done", "done")
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 0.3))
        for one in order + confirmed:
            mail = self.env["mail.mail"].sudo().search([("res_id", "=", one.id), ("model", "=", "sale.order")])
            self.assertIn("payment_amount=30.0", mail.body_html)
        self.assertEqual(self._run("ask_deposit", order, percent=30).state, "skipped")
        jobs.filtered(lambda job: job.order_id == order).action_undo()
        self.assertFalse(order.require_payment)
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            jobs.filtered(lambda job: job.order_id == confirmed).action_undo()

    # === O3 === #

    def test_on_hold(self):
        order, free = self._confirmed(), self._confirmed()
        self._hold(order, self.fraud, note="Which card?")
        self.assertIssue(order, "O3", severity="high")
        self.assertNoIssue(order, "O2")
        self.assertNoIssue(free, "O3")
        chain = self._get_chain(order, "O3")
        self.assertIn("On hold by the company: Fraud check. Which card?", chain[0])
        self.assertIn("Fraud check is released by:", chain[1])
        self._release(order)
        self.assertNoIssue(order, "O3")
        self.assertIssuesHold(order + free)

    def test_release_of_a_credit_hold_undone(self):
        order = self._place_order()
        reason = self.env.ref("oms_order_to_cash.oms_hold_reason_credit")
        self._run("hold", order, hold_reason_id=reason.id)
        job = self._run("release", order)
        self.assertNoIssue(order, "O2")
        self.assertTrue(order.oms_credit_accepted_on)
        job.action_undo()
        self.assertFalse(order.oms_credit_accepted_on)
        self.assertIssue(order, "O2")
        self.assertIssuesHold(order)

    # === O4 === #

    def test_price_under_the_floor(self):
        order, fine = self._place_order([(self.goods, 2, 4.99)]), self._place_order([(self.goods, 2, 5)])
        self.assertIssue(order, "O4", turn="sales")
        self.assertNoIssue(fine, "O4")
        self.assertIn("Test Goods is sold at", self._get_chain(order, "O4")[0])
        self.company.oms_min_margin = 10
        self._look(fine)
        self.assertIssue(fine, "O4")
        fine.order_line.price_unit = 5.5
        self.assertNoIssue(fine, "O4")
        self.assertIssuesHold(order + fine)

    def test_floor_in_another_unit_and_currency(self):
        line = {"product_id": self.goods.id, "product_uom_qty": 1, "product_uom_id": self.uom_dozen.id}
        low = self._place_order([{**line, "price_unit": 119}], pricelist_id=self.foreign_pricelist.id)
        fine = self._place_order([{**line, "price_unit": 120}], pricelist_id=self.foreign_pricelist.id)
        self.assertIssue(low, "O4")
        self.assertNoIssue(fine, "O4")

    def test_discount_line_lowers_the_prices_of_the_others(self):
        order = self._place_order([(self.goods, 6, 10), (self.service, 1, 40)])
        self._discount(order, 0.2)
        self.assertNoIssue(order, "O4")
        self._discount(order, 0.3875)
        self.assertIssue(order, "O4")
        self.assertEqual(
            self._get_chain(order, "O4"),
            [
                "Test Goods is sold at $\xa04.90, the floor is $\xa05.00.",
                "Test Service is sold at $\xa019.60, the floor is $\xa025.00.",
            ],
        )
        self.assertIssuesHold(order)

    def test_discount_above_the_maximum(self):
        order = self._place_order([{"product_id": self.goods.id, "product_uom_qty": 1, "discount": 21}])
        self.assertNoIssue(order, "O4")
        self.company.oms_max_discount = 20
        self._look(order)
        self.assertEqual(self._get_chain(order, "O4"), ["Test Goods has 21 % discount, 20 % are allowed."])
        order.order_line.discount = 20
        self.assertNoIssue(order, "O4")

    def test_approved_as_it_is(self):
        order, fine = self._place_order([(self.goods, 2, 4)]), self._place_order()
        with self.assertRaises(AccessError):
            self.runner.with_user(self.seller)._run("approve", order.with_user(self.seller), "user")
        jobs = self._run("approve", order + fine)
        self.assertJobs(jobs, "done", ("skipped", "No price of it has to be approved."))
        self.assertEqual(order.oms_price_approved_by_id, self.env.user)
        self.assertNoIssue(order, "O4")
        self.assertEqual(self._run("approve", order).state, "skipped")
        order.order_line.price_unit = 3
        self.assertIssue(order, "O4")
        order.order_line.price_unit = 4
        self.assertNoIssue(order, "O4")
        jobs.filtered(lambda job: job.state == "done").action_undo()
        self.assertIssue(order, "O4")
        job = self._run("approve", order)
        self._ship(self._confirm(order))
        with self.assertRaisesRegex(UserError, "left already"):
            job.action_undo()
        self.assertIssuesHold(order + fine)
