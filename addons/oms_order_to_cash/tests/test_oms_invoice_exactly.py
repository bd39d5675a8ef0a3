"""What invoicing makes is what it announced, to the cent; and nothing is billed that makes no sense alone."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .billing_case import OmsBillingCase


@tagged("post_install", "-at_install")
class TestOmsInvoiceExactly(OmsBillingCase):
    def assertMakes(self, order, amount, kind="out_invoice"):
        """Check that the preview of invoicing, the draft it makes and a total are the same."""
        [preview] = self._get_preview("invoice", order)
        self.assertIn(order.currency_id.format(amount), preview)
        job = self._run("invoice", order)
        self.assertEqual(job.state, "done", job.message)
        invoice = self.env["account.move"].browse(job.documents["account.move"])
        self.assertEqual((invoice.move_type, invoice.amount_total), (kind, amount))
        return invoice

    def _tax(self, amount=19.0, **vals):
        return self.env["account.tax"].create(
            {"name": f"Test {amount} %", "amount": amount, "type_tax_use": "sale", **vals}
        )

    def _line(self, product, quantity, price, taxes=None, **vals):
        tax_ids = [Command.set(taxes.ids)] if taxes else []
        return {"product_id": product.id, "product_uom_qty": quantity, "price_unit": price, "tax_ids": tax_ids, **vals}

    # === DOWN PAYMENTS === #

    def _advanced(self, amount=50, **vals):
        order = self._confirmed(**vals)
        return order, self._down_payment(order, amount=amount)

    def test_credit_note_of_a_down_payment_cancelled(self):
        order, advance = self._advanced()
        credit = self._credit(advance)
        credit.button_draft()
        credit.button_cancel()
        self.assertMakes(order, 50)

    def test_down_payment_credited_in_part(self):
        order, advance = self._advanced()
        credit = self._credit(advance, post=False)
        credit.invoice_line_ids.filtered(lambda line: line.display_type == "product").price_unit = 20
        self._post(credit)
        self.assertMakes(order, 70)
        self.assertEqual(sum(order.invoice_ids.mapped("amount_total_signed")), 100)

    def test_down_payment_credited_in_part_by_quantity(self):
        order, advance = self._advanced()
        self._credit(advance, 0.4)
        self.assertMakes(order, 70)

    def test_down_payment_credited_whole(self):
        order, advance = self._advanced()
        self._credit(advance)
        self.assertMakes(order, 100)

    def test_two_down_payments_one_credited(self):
        order, advance = self._advanced(30)
        self._down_payment(order, amount=20)
        self._credit(advance)
        self.assertMakes(order, 80)

    def test_down_payment_with_taxes_credited_in_part(self):
        lines = [self._line(self.goods, 10, 10, self._tax()), self._line(self.service, 1, 33.33, self._tax(7))]
        order = self._confirmed(lines)
        advance = self._down_payment(order, percent=30)
        self._credit(advance, 0.5)
        self.assertEqual((order.amount_total, advance.amount_total), (154.66, 46.4))
        self.assertMakes(order, 131.46)

    def test_down_payment_of_a_locked_order(self):
        order, advance = self._advanced()
        order.locked = True
        self._credit(advance, 0.4)
        self.assertMakes(order, 70)

    def test_down_payment_that_core_forgot(self):
        order, advance = self._advanced()
        self._credit(advance, 0.4)
        self._ship(order)
        self.assertEqual(self._invoice(order).amount_total, 100)
        issue = self.assertIssue(order, "I4", amount=30)
        self.assertIn("$\xa030.00 of it is deducted from no invoice", self._get_chain(order, "I4")[0])
        preview = f"Makes a draft credit note of $\xa030.00 for {advance.display_name}."
        self.assertEqual(self._get_preview("credit_difference", order), [preview])
        job = self._run("credit_difference", order)
        credit = self._post(self.env["account.move"].browse(job.documents["account.move"]))
        self.assertEqual((credit.move_type, credit.amount_total), ("out_refund", 30))
        self.assertNoIssue(order, "I4")
        self.assertEqual(issue.state, "closed")
        self.assertEqual(sum(order.invoice_ids.mapped("amount_total_signed")), 100)
        self.assertIssuesHold(order)

    # === TAXES, ROUNDING, CURRENCY === #

    def test_taxes_of_a_part(self):
        for rounding in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = rounding
            tax = self._tax(name=rounding)
            included = self._tax(21, name=f"{rounding}, included", price_include_override="tax_included")
            order = self._confirmed(
                [
                    self._line(self.delivered_goods, 7, 3.33, tax, discount=7),
                    self._line(self.delivered_goods, 7, 0.55, tax),
                    self._line(self.delivered_goods, 3, 9.99, included),
                ]
            )
            self._ship(order, 2)
            [preview] = self._get_preview("invoice", order)
            job = self._run("invoice", order)
            self.assertIn(order.currency_id.format(order.invoice_ids.amount_total), preview)
            self.assertEqual(job.state, "done", job.message)

    def test_foreign_currency(self):
        order = self._confirmed([self._line(self.goods, 3, 3.335, self._tax())], pricelist_id=self.foreign_pricelist.id)
        self.assertMakes(order, 11.91)

    def test_taxes_after_the_discount_for_early_payment(self):
        terms = self._make_terms("mixed")
        order = self._confirmed([self._line(self.goods, 10, 10, self._tax(20))], payment_term_id=terms.id)
        self.assertMakes(order, 119.6)

    def _make_terms(self, computation):
        return self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_days": 10,
                "discount_percentage": 2,
                "early_pay_discount_computation": computation,
            }
        )

    # === PAYMENTS === #

    def assertPays(self, order, amount, **choices):
        """Check that the preview of a payment and the payment are the same."""
        [preview] = self.runner._get_preview("pay", order, choices)[order.id]
        job = self._run("pay", order, **choices)
        self.assertEqual(job.state, "done", job.message)
        payment = self.env["account.payment"].browse(job.documents["account.payment"])
        self.assertEqual(payment.amount, amount)
        self.assertIn(f"Registers a payment of {payment.currency_id.format(amount)} for ", preview)
        self.assertEqual(order.invoice_ids.amount_residual, 0)
        return preview

    def test_payment_with_the_discount_for_early_payment(self):
        for computation, amount, discount in (("included", 117.6, 2.4), ("excluded", 118, 2), ("mixed", 117.6, 2)):
            terms = self._make_terms(computation)
            taxes = self._tax(20, name=computation)
            order = self._confirmed([self._line(self.goods, 10, 10, taxes)], payment_term_id=terms.id)
            self._invoice(order)
            preview = self.assertPays(order, amount)
            self.assertIn(f"{order.currency_id.format(discount)} off for early payment.", preview)

    def test_payment_after_the_day_of_the_discount(self):
        order = self._confirmed(payment_term_id=self._make_terms("included").id)
        self._invoice(order)
        self.assertNotIn("early", self.assertPays(order, 100, payment_date=str(self._day(11))))

    def test_payment_in_instalments_and_of_a_rest(self):
        terms = self.env.ref("account.account_payment_term_advance_60days")
        order = self._confirmed([self._line(self.goods, 1, 33.35)], payment_term_id=terms.id)
        self._pay(self._invoice(order), 1.01)
        self.assertPays(order, 32.34)

    def test_payment_in_a_foreign_currency(self):
        order = self._confirmed([self._line(self.goods, 3, 3.335, self._tax())], pricelist_id=self.foreign_pricelist.id)
        self._invoice(order)
        self.assertPays(order, 11.91)

    def test_payment_through_a_journal_of_another_currency(self):
        journal = self.env["account.journal"].create(
            {"name": "Test Foreign Bank", "type": "bank", "code": "TFB", "currency_id": self.foreign_currency.id}
        )
        order = self._confirmed()
        self._invoice(order)
        self.assertPays(order, 200, journal_id=journal.id)

    # === ANYTHING ELSE === #

    @contextmanager
    def _meddling(self):
        """Have another module put ten more on each invoice that is made."""
        model = self.env.registry["account.move"]
        real = model.create

        def create(moves, vals_list):
            made = real(moves, vals_list)
            for line in made.invoice_line_ids:
                line.price_unit += 10
            return made

        with patch.object(model, "create", create):
            yield

    def test_a_draft_of_another_total_is_not_made(self):
        orders = self._confirmed() + self._confirmed()
        with self._meddling():
            jobs = self._run("invoice", orders)
        self.assertEqual(jobs.mapped("state"), ["failed", "failed"])
        self.assertIn("would be $\xa0200.00 and not $\xa0100.00, as announced", jobs[0].message)
        self.assertFalse(orders.invoice_ids)
        self.assertEqual(set(self._run("invoice", orders).mapped("state")), {"done"})

    # === BILLED ALONE === #

    def _beside_goods(self, price, **vals):
        discount = self._make_product("Order discount", 0, type="service", is_storable=False)
        self.company.sale_discount_product_id = discount
        return self._confirmed([(self.delivered_goods, 5), self._line(discount, 1, price)], **vals)

    def test_a_discount_waits_for_the_goods(self):
        for origin in ("user", "automation"):
            order = self._beside_goods(-10)
            job = self._run("invoice", order, origin)
            self.assertJobs(job, ("skipped", "Freight and discounts are invoiced with the goods: deliver some first."))
            self.assertFalse(order.invoice_ids)
            self._ship(order, 2)
            self.assertMakes(order, 30)

    def test_freight_waits_for_the_goods_by_the_scheduled_action(self):
        self.company.oms_invoice_on_confirmation = True
        order = self._place_order([(self.delivered_goods, 5)])
        order.set_delivery_line(self.carrier, 12)
        self._confirm(order)
        self._run_queue()
        self.assertFalse(order.invoice_ids)
        self._ship(order, 2)
        self._run_queue()
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [52])

    def test_freight_alone_when_the_rest_is_cancelled(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self._ship(order, 2, backorder=False)
        self._invoice(order)
        order.set_delivery_line(self.carrier, 12)
        self.assertMakes(order, 12)

    def test_freight_alone_when_nothing_else_is_left(self):
        order = self._confirmed()
        self._invoice(order)
        order.set_delivery_line(self.carrier, 12)
        self.assertMakes(order, 12)

    def test_a_credit_note_is_only_made_when_asked_for(self):
        order = self._confirmed([(self.goods, 1), self._line(self.service, -1, 30)])
        job = self._run("invoice", order, "automation")
        self.assertJobs(job, ("skipped", "It would be a credit note, which nobody asked for: make it from the order."))
        self.assertFalse(order.invoice_ids)
        self.assertIn("Makes a draft credit note of $\xa020.00.", self._get_preview("invoice", order))
        credit = self.assertMakes(order, 20, "out_refund")
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0, 0])
        self._drain()
        self.assertEqual(self._run("invoice", order).message, "All of it is invoiced.")
        self.assertEqual(self._post(credit).state, "posted")
        self.assertEqual(self._read_flow(order).lane_invoice, "done")
        self.assertIssuesHold(order)
