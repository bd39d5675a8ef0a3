from .billing_case import OmsBillingCase


class TestOmsMoney(OmsBillingCase):
    """What the customer owes and is owed is an amount, whatever quantities say, and whether the order is over or not."""

    def _get_closed(self, lines=None, **vals):
        order = self._confirmed(lines, **vals)
        self._ship(order)
        self._pay(self._invoice(order))
        return order

    def _reduce(self, invoice, price):
        """Credit so much of each piece of an invoice: the customer keeps all of it."""
        credit = self._credit(invoice, post=False)
        credit.invoice_line_ids.price_unit = price
        return self._post(credit)

    def _get_owed(self, order):
        self._drain()
        return self._get_flow(order).amount_owed

    def assertMoney(self, order, keeps):
        """Check that paid + open + to invoice - owed back is what the customer is to pay for what he keeps."""
        self.env.flush_all()
        fact = self.env["oms.flow"]._read_lanes(order.ids)[order.id]
        invoices = order.invoice_ids.filtered(lambda move: move.state == "posted")
        paid = sum(move.amount_total_signed - move.amount_residual_signed for move in invoices)
        spare = sum(row["amount"] for row in fact.unspent)
        open_and_to_invoice = self.env["oms.lane.payment"]._get_amount_unpaid(fact)
        open_and_to_invoice += self.env["oms.lane.invoice"]._get_amount_left(fact)
        owed = self.env["oms.lane.return"]._get_amount_not_kept(fact, with_drafts=True) + spare
        self.assertAlmostEqual(paid + spare + open_and_to_invoice - owed, keeps)

    # === WHAT IS CREDITED IS BILLED AGAIN ONCE IT IS SHIPPED === #

    def test_a_part_comes_back_before_the_rest_is_shipped(self):
        order = self._confirmed([(self.delivered_goods, 10, 20)])
        self._ship(order, 5)
        self._pay(self._invoice(order))
        self._return(order, 2)
        self.assertIssue(order, "R2", amount=40)
        self.assertEqual(self._read_flow(order).amount_open, 100)
        self.assertMoney(order, 160)
        self._run("credit", order)
        self.assertEqual(self._read_flow(order).amount_open, 60)
        self.assertMoney(order, 160)
        self._ship(order)
        self._invoice(order)
        self.assertEqual(self._read_flow(order).amount_open, 60)
        self.assertMoney(order, 160)
        self.assertIssuesHold(order)

    # === QUANTITY STANDS FOR NO MONEY === #

    def test_a_price_reduction_is_no_return(self):
        order, invoice = self._invoiced([(self.goods, 10, 20)], due=-5)
        self._ship(order)
        self._reduce(invoice, 1)
        self.assertNoIssue(order, "R2")
        self.assertIssue(order, "A2", amount=190)
        self._return(order)
        self.assertIssue(order, "R2", amount=190)
        self.assertNoIssue(order, "A2")
        self.assertMoney(order, 0)
        self.assertEqual(
            self._run("dun", order).message, "The customer does not keep all that is billed: credit that first."
        )
        self.assertEqual(len(self._get_preview("credit", order)), 2)
        self.assertJobs(self._run("credit", order), "done")
        credits = self._get_credit_notes(order)
        self.assertEqual(sorted(credits.mapped("amount_total")), [10, 190])
        self.assertEqual((invoice.amount_residual, order.order_line.qty_invoiced), (0, 0))
        self.assertNoIssue(order, "R2")
        self.assertNoIssue(order, "A2")
        self.assertMoney(order, 0)
        self.assertIssuesHold(order)

    def test_half_of_what_was_reduced_comes_back(self):
        order = self._get_closed([(self.delivered_goods, 10, 20)])
        self._pay(self._reduce(order.invoice_ids, 1))
        self._return(order, 5)
        self.assertIssue(order, "R2", amount=95)
        self._run("credit", order)
        self.assertNoIssue(order, "R2")
        self.assertEqual(sum(self._get_credit_notes(order).mapped("amount_total")), 105)
        self._return(order, 5)
        self.assertIssue(order, "R2", amount=95)
        self._run("credit", order)
        self.assertEqual(sum(self._get_credit_notes(order).mapped("amount_total")), 200)
        self.assertNoIssue(order, "R2")
        self.assertMoney(order, 0)

    def test_credited_for_less_than_billed(self):
        """Quantities say that all of it is credited; the customer misses ten."""
        order = self._get_closed([(self.goods, 10, 20)])
        self._return(order, 5)
        credit = self._credit(order.invoice_ids, 5, post=False)
        credit.invoice_line_ids.price_unit = 18
        self._pay(self._post(credit))
        self.assertIssue(order, "R2", amount=10)
        self._run("credit", order)
        self.assertNoIssue(order, "R2")
        self.assertEqual(sum(self._get_credit_notes(order).mapped("amount_total")), 100)
        self.assertMoney(order, 100)

    def test_the_discount_of_an_order_goes_back_with_its_goods(self):
        order = self._get_closed([(self.goods, 10), (self.service, 1, -10)])
        self.assertEqual(order.amount_total, 90)
        self._return(order, 4)
        self.assertIssue(order, "R2", amount=36)
        self._run("credit", order)
        self.assertNoIssue(order, "R2")
        self._return(order, 6)
        self.assertIssue(order, "R2", amount=54)
        self._run("credit", order)
        self.assertNoIssue(order, "R2")
        self.assertEqual(sorted(self._get_credit_notes(order).mapped("amount_total")), [36, 54])
        self.assertMoney(order, 0)
        self.assertIssuesHold(order)

    def test_a_discount_credited_by_hand(self):
        order = self._get_closed([(self.goods, 10), (self.service, 1, -10)])
        self._return(order)
        credit = self._credit(order.invoice_ids, post=False)
        credit.invoice_line_ids.filtered(lambda line: line.price_unit < 0).unlink()
        credit.invoice_line_ids.price_unit = 9
        self._post(credit)
        self.assertNoIssue(order, "R2")
        self.assertMoney(order, 0)

    def test_given_away_on_the_invoice(self):
        """Billed for nothing, nothing is owed for it, and nothing divides by it."""
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.price_unit = 0
        self._post(invoice)
        self._return(order, 4)
        self.assertNoIssue(order, "R2")
        self.assertMoney(order, 0)

    def test_billed_at_another_rate(self):
        order = self._confirmed([(self.goods, 10, 20)], pricelist_id=self.foreign_pricelist.id)
        self._ship(order)
        self._read_flow(order)
        self.foreign_currency.rate_ids.rate = 4
        self._invoice_due(order, -5)
        self._return(order, 5)
        self.assertIssue(order, "R2", amount=25)
        self.assertIssue(order, "A2", amount=25)

    # === CLOSED IS NOT RIGHT === #

    def test_billed_too_much_and_paid(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.quantity = 12
        self._post(invoice)
        self.assertIssue(order, "I4", amount=20)
        self._pay(invoice, 150)
        self.assertEqual(self._read_flow(order).stage, "closed")
        self.assertIssue(order, "I4", amount=20)
        self._look(order)
        self.assertIssue(order, "I4", amount=20)
        self.assertIssue(order, "R3", amount=30)
        self._run("credit_difference", order)
        self.assertNoIssue(order, "I4")
        self.assertIssuesHold(order)

    def test_lowered_once_paid(self):
        price, quantity, kept = (self._confirmed([(self.service, 10)]) for _number in range(3))
        for order in price + quantity + kept:
            self._pay(self._invoice(order))
        self.assertEqual((price.order_line.price_unit, self._read_flow(price).stage), (50, "closed"))
        price.order_line.price_unit = 48
        quantity.order_line.product_uom_qty = 7
        self.assertIssue(price, "I4", amount=20)
        self.assertIssue(quantity, "I4", amount=150)
        self.assertFalse(self._read_issues(kept))
        self.assertIssuesHold(price + quantity + kept)

    def test_a_lost_parcel_that_was_paid(self):
        order = self._get_closed()
        picking = order.picking_ids
        self.assertFalse(self._read_issues(order))
        picking.oms_record_delivery_state("failed")
        self.assertIssue(order, "D4")
        self.assertEqual(self._get_flow(order).stage, "closed")
        picking.oms_record_delivery_state("delivered")
        self.assertNoIssue(order, "D4")
        self.assertIssuesHold(order)

    def test_closed_orders_stay_out_of_the_hourly_look(self):
        innocent, owed = self._get_closed(), self._get_closed()
        self._return(owed, 2)
        self._read_flow(owed)
        planned = [order_id for batch in self.env["oms.issue.batch"]._plan() for order_id in batch.order_ids]
        self.assertIn(owed.id, planned)
        self.assertNotIn(innocent.id, planned)

    # === CANCELLED === #

    def test_cancelled_with_goods_at_the_customer(self):
        order = self._confirmed()
        self._ship(order, 4)
        self._cancel(order)
        flow = self._read_flow(order)
        self.assertEqual((flow.stage, flow.lane_invoice, flow.next_action), ("cancelled", "todo", "invoice"))
        self.assertEqual((flow.amount_open, flow.amount_owed), (40, 0))
        self.assertIssue(order, "I1", amount=40)
        self.assertIn("$\xa040.00", self._get_preview("invoice", order)[0])
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(order.invoice_ids.amount_total, 40)
        self._run("post", order)
        self._pay(order.invoice_ids)
        flow = self._read_flow(order)
        self.assertEqual((flow.lane_invoice, flow.next_action, flow.amount_open), ("none", False, 0))
        self.assertFalse(self._read_issues(order))
        self.assertMoney(order, 40)
        self.assertIssuesHold(order)

    def test_cancelled_once_prepaid(self):
        order = self._confirmed()
        self._pay(self._invoice(order))
        self._cancel(order)
        flow = self._read_flow(order)
        self.assertEqual((flow.amount_owed, flow.amount_open, flow.next_action), (100, -100, "credit"))
        self.assertIssue(order, "R2", amount=100)
        self.assertIssue(order, "R3", amount=100)
        self.assertIn("the order is cancelled", self._get_chain(order, "R2")[0])
        self.assertIn("Credit what the customer does not keep first.", self._run("refund", order).message)
        self._run("credit", order)
        self.assertNoIssue(order, "R2")
        self.assertIssue(order, "R3", amount=100)
        self.assertEqual(self._read_flow(order).next_action, "refund")
        self._run("refund", order)
        flow = self._read_flow(order)
        self.assertEqual((flow.amount_owed, flow.amount_open, flow.next_action), (0, 0, False))
        self.assertFalse(self._read_issues(order))
        self.assertMoney(order, 0)

    def test_cancelled_with_a_down_payment(self):
        order = self._confirmed()
        self._pay(self._down_payment(order, percent=50))
        self._ship(order, 4)
        self._cancel(order)
        self.assertIssue(order, "R2", amount=50)
        self.assertEqual(self._get_owed(order), 10)
        self.assertMoney(order, 40)
        self._run("invoice", order)
        self._run("post", order)
        self.assertEqual(order.invoice_ids.filtered(lambda move: move.amount_total == 40).amount_residual, 40)
        self._run("credit", order)
        self.assertEqual(self._get_credit_notes(order).amount_total, 50)
        self.assertEqual(self._get_owed(order), 10)
        self.assertMoney(order, 40)
        self.assertIn("match", self._run("refund", order).message)
        self.assertJobs(self._run("match", order), "done")
        self.assertIssue(order, "R3", amount=10)
        self._run("refund", order)
        self.assertFalse(self._read_issues(order))
        self.assertMoney(order, 40)

    def test_cancelled_with_an_open_invoice(self):
        order, invoice = self._invoiced(due=-5)
        self.assertIssue(order, "A2", amount=100)
        self._cancel(order)
        self.assertNoIssue(order, "A2")
        self.assertNoIssue(order, "I3")
        self.assertIssue(order, "R2", amount=100)
        self.assertNoIssue(order, "R3")
        self.assertJobs(
            self._run("dun", order), ("skipped", "The customer does not keep all that is billed: credit that first.")
        )
        flow = self._read_flow(order)
        self.assertEqual((flow.amount_open, flow.amount_owed, flow.next_action), (0, 0, "credit"))
        self._run("credit", order)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(self._read_issues(order))
        self.assertMoney(order, 0)

    def test_cancelled_once_paid_online(self):
        order = self._place_order()
        self._pay_online(order, "done")
        self._cancel(order)
        flow = self._read_flow(order)
        self.assertEqual((flow.amount_owed, flow.amount_open), (100, -100))
        self.assertIssue(order, "R3", amount=100)
        self.assertIn("paid online", self._get_chain(order, "R3")[0])
        self.assertIn("payment provider", self._run("refund", order).message)
        self.assertIssuesHold(order)
