from datetime import datetime

from .flow_case import FlowCase


class TestOmsFlowPayment(FlowCase):
    """Whether what was invoiced is paid."""

    def _shipped(self, lines=None, **vals):
        order = self._confirmed(lines, **vals)
        self._ship(order)
        return order

    def test_paid_in_parts(self):
        order = self._shipped()
        invoice = self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)
        for amount, left in ((30, 70), (20, 50)):
            self._pay(invoice, amount)
            self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=left)
        self._pay(invoice)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0, next_deadline=False)

    def test_payment_taken_back(self):
        order = self._shipped()
        invoice = self._invoice(order)
        payment = self._pay(invoice)
        self.assertFlow(order, "closed", "done done done done done none", False)
        invoice.line_ids.remove_move_reconcile()
        payment.action_draft()
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)

    def test_paid_invoice_back_in_draft(self):
        order = self._shipped()
        invoice = self._invoice(order)
        self._pay(invoice)
        invoice.button_draft()  # its payment stays matched with it
        self.assertFlow(order, "invoice", "done done done doing todo none", "post", amount_open=0)
        self._post(invoice)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_paid_by_another_document(self):
        order = self._shipped()
        invoice = self._invoice(order)
        account = invoice.line_ids.account_id.filtered(lambda account: account.account_type == "asset_receivable")
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    (0, 0, {"account_id": account.id, "partner_id": self.customer.id, "credit": 100}),
                    (0, 0, {"account_id": self.company.expense_account_id.id or self._get_account().id, "debit": 100}),
                ]
            }
        )
        entry.action_post()
        self._settle(invoice, entry)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)
        (invoice + entry).line_ids.remove_move_reconcile()
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)

    def _get_account(self):
        return self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.ids)],
            limit=1,
        )

    def test_blocked_invoice(self):
        order = self._shipped()
        invoice = self._invoice(order)
        invoice.action_toggle_block_payment()
        self.assertEqual(invoice.payment_state, "blocked")
        self.assertFlow(order, "payment", "done done done done blocked none", "resolve_dispute", amount_open=100)
        invoice.action_toggle_block_payment()
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)

    def test_deadline_is_the_first_due_date_of_what_is_unpaid(self):
        order = self._shipped([(self.delivered_goods, 4)])
        first = self._invoice(order, post=False)
        first.invoice_line_ids.quantity = 1
        second = self._invoice(order, post=False)
        for invoice, due in ((first, "2030-01-10"), (second, "2030-02-10")):
            invoice.write({"invoice_payment_term_id": False, "invoice_date_due": due})
        self._post(first + second)
        self.assertFlow(
            order,
            "payment",
            "done done done done todo none",
            "pay",
            amount_open=80,
            next_deadline=datetime(2030, 1, 10, 12),
        )
        self._pay(first)
        self.assertFlow(
            order,
            "payment",
            "done done done done doing none",
            "pay",
            amount_open=60,
            next_deadline=datetime(2030, 2, 10, 12),
        )

    def test_due_date_moved(self):
        order = self._shipped()
        invoice = self._invoice(order)
        self._read_flow(order)
        invoice.invoice_date_due = "2031-01-01"
        self.assertFlow(
            order, "payment", "done done done done todo none", "pay", next_deadline=datetime(2031, 1, 1, 12)
        )

    def test_credit_note_applied_in_full(self):
        order = self._shipped()
        self._credit(self._invoice(order), apply=True)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_credit_note_applied_in_part(self):
        order = self._shipped()
        invoice = self._invoice(order)
        self._pay(invoice, 90)
        credit = self._credit(invoice, 3, apply=True)
        self.assertEqual((invoice.amount_residual, credit.amount_residual), (0, 20))
        self.assertFlow(order, "payment", "done done done done doing none", "refund", amount_open=-20)
        self._pay(credit)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_credit_note_after_the_payment(self):
        order = self._shipped()
        invoice = self._invoice(order)
        self._pay(invoice)
        credit = self._credit(invoice, 3)
        self.assertFlow(order, "payment", "done done done done doing none", "refund", amount_open=-30)
        self._pay(credit)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_zero_invoice_needs_no_payment(self):
        order = self._shipped([(self.goods, 10), (self.service, 1, -100)])
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_total=0, amount_open=0)
        self._invoice(order)
        self.assertFlow(order, "closed", "done done done done none none", False, amount_open=0)

    def test_foreign_currency(self):
        order = self._shipped([(self.goods, 10, 20)], pricelist_id=self.foreign_pricelist.id)
        self.assertEqual((order.amount_total, order.currency_id), (200, self.foreign_currency))
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_total=100, amount_open=100)
        invoice = self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)
        self._pay(invoice, 50, currency_id=self.foreign_currency.id)
        self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=75)
        self._pay(invoice)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_total=100, amount_open=0)

    def test_rate_changed_after_the_order(self):
        order = self._shipped([(self.goods, 10, 20)], pricelist_id=self.foreign_pricelist.id)
        self._read_flow(order)
        self.foreign_currency.rate_ids.rate = 4
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_total=100, amount_open=100)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total_signed, 50)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_total=100, amount_open=50)

    def test_down_payment_in_a_foreign_currency(self):
        order = self._shipped([(self.goods, 10, 20)], pricelist_id=self.foreign_pricelist.id)
        self._pay(self._down_payment(order, percent=25))
        self.assertFlow(
            order, "invoice", "done done done doing doing none", "invoice", amount_total=100, amount_open=75
        )
        self._invoice(order)
        self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=75)

    def test_down_payment_at_another_rate(self):
        """Half of an order is half of it, whatever its currency was worth on the day of the down payment."""
        for rate in (4, 1):
            self.foreign_currency.rate_ids.rate = 2
            order = self._shipped([(self.goods, 10, 20)], pricelist_id=self.foreign_pricelist.id)
            self._read_flow(order)  # of the rate of its day
            self.foreign_currency.rate_ids.rate = rate
            down_payment = self._down_payment(order, percent=50)
            self.assertEqual(down_payment.amount_total_signed, 100 / rate)
            self._pay(down_payment)
            self.assertFlow(
                order, "invoice", "done done done doing doing none", "invoice", amount_total=100, amount_open=50
            )
            self.assertEqual(self._preview_of_invoice(order), 100)
            self.assertEqual(self._invoice(order).amount_total, 100)

    def _preview_of_invoice(self, order):
        fact = self.env["oms.flow"]._read_lanes(order.ids)[order.id]
        return self.env["oms.detector.i1"]._get_amount_now(fact) * fact.header["currency_rate"]

    def test_each_company_has_its_own_orders(self):
        self._put_in_stock_of_other_company(self.goods, 10)
        ours, theirs = self._shipped(), self._confirmed(company_id=self.other_company.id)
        self.assertEqual((ours.company_id, theirs.company_id), (self.company, self.other_company))
        self.assertFlow(theirs, "pick", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(theirs)
        invoice = self._invoice(theirs)
        self.assertFlow(theirs, "payment", "done done done done todo none", "pay", amount_open=100)
        self._pay(invoice)
        flow = self.assertFlow(theirs, "closed", "done done done done done none", False, amount_open=0)
        self.assertEqual((flow.company_id, flow.warehouse_id), (self.other_company, self.other_company_warehouse))
        self.assertFlow(ours, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def _put_in_stock_of_other_company(self, product, quantity):
        location = self.other_company_warehouse.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product, location, quantity)
