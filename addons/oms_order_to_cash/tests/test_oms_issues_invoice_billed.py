from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .billing_case import OmsBillingCase


@tagged("post_install", "-at_install")
class TestOmsIssuesInvoiceBilled(OmsBillingCase):
    """Billed otherwise than ordered or delivered, and credited by exactly the difference."""

    def _bill(self, lines=None, ship=None, **changes):
        """Return an order and its posted invoice, changed before posting.

        :param ship: quantity delivered before
        """
        order = self._confirmed(lines)
        if ship:
            self._ship(order, ship)
        invoice = self._invoice(order, post=False)
        line = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")[:1]
        line.write(changes)
        return order, self._post(invoice)

    def _get_billed(self, order):
        """Return what the order is billed in the end, taxes included."""
        return sum(order.invoice_ids.mapped("amount_total_signed"))

    # === I4: PRICE === #

    def test_i4_price_above_the_order(self):
        order, invoice = self._bill(price_unit=12)
        self.assertIssue(order, "I4", severity="high", amount=20, turn="accounting")
        self.assertEqual(
            self._get_chain(order, "I4"),
            ["Test Goods: 10 billed at $\xa012.00, ordered at $\xa010.00", invoice.display_name],
        )
        self.assertEqual(
            self._get_preview("credit_difference", order),
            [f"Makes a draft credit note of $\xa020.00 for {invoice.display_name}."],
        )
        self.assertJobs(self._run("credit_difference", order), "done")
        credit = self._get_credit_notes(order)
        self.assertEqual((credit.state, credit.amount_total, credit.reversed_entry_id), ("draft", 20, invoice))
        self.assertEqual(credit.invoice_line_ids.mapped("quantity"), [10, -10])
        self.assertEqual(credit.invoice_line_ids.mapped("price_unit"), [12, 10])
        self.assertNoIssue(order, "I4")
        self.assertEqual(order.order_line.qty_invoiced, 10, "quantities stay")
        self._post(credit)
        self.assertNoIssue(order, "I4")
        matches = ("skipped", "What is billed matches the order.")
        self.assertJobs(self._run("credit_difference", order), matches)
        self.assertEqual(self._get_billed(order), 100)
        self.assertIssuesHold(order)

    def test_i4_undo_deletes_the_draft(self):
        order, _invoice = self._bill(price_unit=12)
        job = self._run("credit_difference", order)
        job.action_undo()
        self.assertFalse(self._get_credit_notes(order))
        self.assertIssue(order, "I4", amount=20)
        job = self._run("credit_difference", order)
        self._post(self._get_credit_notes(order))
        with self.assertRaisesRegex(UserError, "is posted"):
            job.action_undo()

    def test_i4_as_ordered_is_none(self):
        order, _invoice = self._bill([{"product_id": self.goods.id, "product_uom_qty": 10, "discount": 15}])
        dozens, _invoice = self._bill([(self.goods, 24)], product_uom_id=self.uom_dozen.id, quantity=2, price_unit=120)
        for found in order + dozens:
            self.assertNoIssue(found, "I4")
        self.assertIssuesHold(order + dozens)

    def test_i4_in_another_unit(self):
        order, _invoice = self._bill([(self.goods, 24)], product_uom_id=self.uom_dozen.id, quantity=2, price_unit=126)
        self.assertIssue(order, "I4", amount=12)
        self._run("credit_difference", order)
        credit = self._get_credit_notes(order)
        self.assertEqual(credit.invoice_line_ids.mapped("quantity"), [2, -2])
        self.assertEqual(credit.amount_total, 12)
        self.assertNoIssue(order, "I4")

    def test_i4_discount_forgotten(self):
        order, _invoice = self._bill(
            [{"product_id": self.goods.id, "product_uom_qty": 10, "price_unit": 10, "discount": 20}], discount=0
        )
        self.assertIssue(order, "I4", amount=20)
        self._run("credit_difference", order)
        self.assertEqual(self._get_billed(order), 80)

    def test_i4_billed_too_little_is_left_to_a_person(self):
        order, _invoice = self._bill(price_unit=8)
        self.assertIssue(order, "I4", amount=20)
        self.assertEqual(self._get_chain(order, "I4")[-1], "Billed too little: invoice the difference by hand.")
        by_hand = ("skipped", "It is billed too little: invoice the difference by hand.")
        self.assertJobs(self._run("credit_difference", order), by_hand)

    def test_i4_a_full_credit_note_ends_it(self):
        orders = self._bill(price_unit=8)[0] + self._bill(price_unit=12)[0]
        for order in orders:
            self._credit(order.invoice_ids)
            self.assertNoIssue(order, "I4")
        self.assertIssuesHold(orders)

    def test_i4_goodwill_is_none(self):
        order, invoice = self._bill()
        credit = self._credit(invoice, post=False)
        credit.invoice_line_ids.price_unit = 2
        self._post(credit)
        self.assertNoIssue(order, "I4")

    def test_i4_the_part_credited_is_not_credited_again(self):
        order, invoice = self._bill(price_unit=12)
        self._credit(invoice, 4)
        self.assertIssue(order, "I4", amount=12)
        self._run("credit_difference", order)
        self.assertEqual(self._get_credit_notes(order).sorted("id")[-1].amount_total, 12)
        self.assertNoIssue(order, "I4")

    # === I4: TAXES AND QUANTITY === #

    def test_i4_a_tax_forgotten_on_the_invoice(self):
        order, _invoice = self._bill()
        order.order_line.tax_ids = self.tax
        self.assertIssue(order, "I4", amount=20)
        self.assertEqual(
            self._get_chain(order, "I4")[0],
            "Test Goods: 10 billed with other taxes than ordered, $\xa020.00 too little",
        )

    def test_i4_taxes(self):
        order, _invoice = self._bill(tax_ids=[Command.set(self.tax.ids)])
        self.assertIssue(order, "I4", amount=20)
        self.assertEqual(
            self._get_chain(order, "I4")[0],
            "Test Goods: 10 billed with other taxes than ordered, $\xa020.00 too much",
        )
        self._run("credit_difference", order)
        credit = self._get_credit_notes(order)
        self.assertEqual((credit.amount_untaxed, credit.amount_tax), (0, 20))
        self.assertNoIssue(order, "I4")
        self.assertEqual(self._get_billed(order), 100)

    def test_i4_more_than_ordered(self):
        order, _invoice = self._bill(quantity=13)
        self.assertIssue(order, "I4", amount=30)
        self.assertIn("3 billed above what was ordered", self._get_chain(order, "I4")[0])
        self._run("credit_difference", order)
        self.assertEqual(self._get_credit_notes(order).invoice_line_ids.quantity, 3)
        self.assertNoIssue(order, "I4")
        self.assertEqual(self._get_billed(order), 100)

    def test_i4_more_than_ordered_and_too_dear(self):
        order, _invoice = self._bill(quantity=13, price_unit=12)
        self._run("credit_difference", order)
        self.assertEqual(self._get_billed(order), 100)
        self.assertNoIssue(order, "I4")
        self.assertIssuesHold(order)

    def test_i4_foreign_currency(self):
        order = self._confirmed(pricelist_id=self.foreign_pricelist.id)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.price_unit = 24
        self._post(invoice)
        self.assertIssue(order, "I4", amount=20)
        self._run("credit_difference", order)
        credit = self._get_credit_notes(order)
        self.assertEqual((credit.currency_id, credit.amount_total), (self.foreign_currency, 40))
        self.assertNoIssue(order, "I4")

    def test_i4_many_orders_one_of_them_fails(self):
        orders = self._bill(price_unit=12)[0] + self._bill(price_unit=13)[0]
        with self._break("credit_difference", on=orders[1]):
            jobs = self._run("credit_difference", orders).sorted(lambda job: job.order_id.id)
        self.assertEqual(jobs.mapped("state"), ["done", "failed"])
        self.assertNoIssue(orders[0], "I4")
        self.assertIssue(orders[1], "I4", amount=30)

    # === I5: BEYOND DELIVERED === #

    def test_i5_nothing_more_will_come(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self._ship(order, 3, backorder=False)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.quantity = 5
        self._post(invoice)
        self.assertIssue(order, "I5", severity="medium", amount=40, turn="accounting")
        self.assertIn("2 billed that the customer did not get", self._get_chain(order, "I5")[0])
        self.assertEqual(
            self._get_preview("credit_excess", order),
            [f"Makes a draft credit note of $\xa040.00 for {invoice.display_name}."],
        )
        job = self._run("credit_excess", order)
        credit = self._get_credit_notes(order)
        self.assertEqual((credit.invoice_line_ids.quantity, credit.amount_total), (2, 40))
        self.assertNoIssue(order, "I5")
        self.assertJobs(self._run("credit_excess", order), ("skipped", "No more is billed than was delivered."))
        job.action_undo()
        self.assertIssue(order, "I5")
        self.assertIssuesHold(order)

    def test_i5_low_while_the_rest_is_planned(self):
        order, _invoice = self._bill([(self.delivered_goods, 5)], ship=2, quantity=5)
        self.assertIssue(order, "I5", severity="low", amount=60, turn="warehouse")
        self.assertIn("is still to leave", self._get_chain(order, "I5")[-1])
        self.assertJobs(self._run("deliver", order), "done")
        self.assertNoIssue(order, "I5")
        self.assertIssuesHold(order)

    def test_i5_returned_goods_are_the_return_lanes(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self._ship(order)
        invoice = self._invoice(order)
        self._return(order, 2)
        self.assertNoIssue(order, "I5")
        self._credit(invoice, 2)
        self.assertNoIssue(order, "I5")

    def test_i5_as_delivered_is_none(self):
        order, _invoice = self._bill([(self.delivered_goods, 5)], ship=5)
        self.assertNoIssue(order, "I5")
