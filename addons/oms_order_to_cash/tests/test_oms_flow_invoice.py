from odoo.fields import Command

from .flow_case import FlowCase


class TestOmsFlowInvoice(FlowCase):
    """What still has to be invoiced, by quantities and each product's invoicing policy."""

    def test_as_ordered_before_the_delivery(self):
        order = self._confirmed()
        invoice = self._invoice(order, post=False)
        self.assertFlow(order, "pick", "done done doing doing todo none", "deliver", amount_open=100)
        self._post(invoice)
        self.assertFlow(order, "pick", "done done doing done todo none", "deliver", amount_open=100)
        self._ship(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)

    def test_as_delivered(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=200)
        self._ship(order, 4)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 80)
        self.assertFlow(order, "pick", "done done doing doing todo none", "deliver", amount_open=200)
        self._pay(invoice)
        self.assertFlow(order, "pick", "done done doing doing doing none", "deliver", amount_open=120)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done doing doing none", "invoice", amount_open=120)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_cancelled_backorder_ends_what_is_invoiced_as_delivered(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._ship(order, 4, backorder=False)
        self._pay(self._invoice(order))
        self.assertFlow(order, "pick", "done done blocked doing doing none", "plan", amount_open=120)
        order.order_line.product_uom_qty = 4
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_draft_is_to_post(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order, post=False)
        self.assertFlow(order, "invoice", "done done done doing todo none", "post", amount_open=100)
        self._post(invoice)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)

    def test_draft_with_more_to_invoice(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.quantity = 4
        self.assertFlow(order, "invoice", "done done done doing todo none", "invoice", amount_open=100)
        self._post(invoice)
        self.assertFlow(order, "invoice", "done done done doing todo none", "invoice", amount_open=100)
        self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=100)

    def test_deleted_draft_is_to_invoice_again(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order, post=False)
        self.assertFlow(order, "invoice", "done done done doing todo none", "post")
        invoice.unlink()
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def test_cancelled_invoice_is_to_invoice_again(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay")
        invoice.button_draft()
        self.assertFlow(order, "invoice", "done done done doing todo none", "post", amount_open=100)
        invoice.button_cancel()
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def test_price_changed_after_the_invoice(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order)
        order.order_line.price_unit = 25
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_total=250, amount_open=100)
        self._pay(invoice)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_total=250, amount_open=0)

    def test_price_changed_between_two_invoices(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._ship(order, 4)
        self._invoice(order)
        order.order_line.price_unit = 30
        self.assertFlow(
            order, "pick", "done done doing doing todo none", "deliver", amount_total=300, amount_open=80 + 180
        )

    def test_policy_of_the_product_changed(self):
        order = self._confirmed()
        self._ship(order, 4)
        self._invoice(order)
        self.assertFlow(order, "pick", "done done doing done todo none", "deliver", amount_open=100)
        self.goods.invoice_policy = "delivery"
        self.assertFlow(order, "pick", "done done doing doing todo none", "deliver", amount_open=100)

    def test_line_deleted(self):
        order = self._place_order([(self.goods, 10), (self.service, 1)])
        self.assertFlow(order, "quotation", "todo none none none none none", "confirm", amount_open=150)
        order.order_line[1].unlink()
        self.assertFlow(order, "quotation", "todo none none none none none", "confirm", amount_open=100)

    def test_invoiced_above_the_order(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.quantity = 12
        self._post(invoice)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=120)

    def test_free_goods_are_not_invoiced(self):
        order = self._confirmed([(self.goods, 10, 0)])
        self.assertFlow(order, "pick", "done done doing none none none", "deliver", amount_open=0)
        self._ship(order)
        self.assertFlow(order, "closed", "done done done none none none", False, amount_open=0)

    def test_discount_of_everything(self):
        order = self._confirmed([{"product_id": self.goods.id, "product_uom_qty": 10, "discount": 100}])
        self._ship(order)
        self.assertFlow(order, "closed", "done done done none none none", False, amount_total=0, amount_open=0)

    def test_free_line_beside_a_priced_one(self):
        order = self._confirmed([(self.goods, 10), (self.consumable, 1, 0)])
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_discount_line_of_negative_price(self):
        order = self._confirmed([(self.goods, 10), (self.service, 1, -20)])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_total=80, amount_open=80)
        self._ship(order)
        self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=80)

    def test_trade_in_of_negative_quantity(self):
        order = self._confirmed([(self.goods, 10), (self.service, -1)])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_total=50, amount_open=50)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=50)
        self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=50)

    def test_credit_note_of_a_trade_in_does_not_reopen_invoicing(self):
        order = self._confirmed([(self.goods, 10), (self.service, -1)])
        self._ship(order)
        self._credit(self._invoice(order), apply=True)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_sections_and_notes_count_for_nothing(self):
        order = self._confirmed(
            [
                {"display_type": "line_section", "name": "Section"},
                (self.goods, 10),
                {"display_type": "line_note", "name": "Note"},
            ]
        )
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_taxes_are_part_of_the_value(self):
        order = self._confirmed(
            [{"product_id": self.goods.id, "product_uom_qty": 10, "tax_ids": [Command.set(self.tax.ids)]}]
        )
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_total=120, amount_open=120)
        self._ship(order)
        self._pay(self._invoice(order), 20)
        self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=100)

    def test_credit_note_does_not_reopen_invoicing(self):
        order = self._confirmed()
        self._ship(order)
        self._credit(self._invoice(order), 3)
        self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=70)

    def test_invoice_reversed_and_made_anew(self):
        order = self._confirmed()
        self._ship(order)
        first = self._invoice(order)
        second = self._credit(first, modify=True).filtered(lambda move: move.move_type == "out_invoice")
        self.assertEqual((first.payment_state, second.state, second.amount_total), ("reversed", "draft", 100))
        self.assertFlow(order, "invoice", "done done done doing doing none", "post", amount_open=100)
        self._pay(self._post(second))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_credit_note_in_draft(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order)
        self._pay(invoice)
        self._credit(invoice, 3, post=False)
        self.assertFlow(order, "invoice", "done done done doing doing none", "post", amount_open=-30)

    def test_one_invoice_of_several_orders(self):
        orders = self._confirmed() + self._confirmed([(self.goods, 30)])
        for order in orders:
            self._ship(order)
        invoice = self._invoice(orders)
        self.assertEqual((len(invoice), invoice.amount_total), (1, 400))
        for order, amount in zip(orders, (100, 300), strict=True):
            self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=amount)
        self._pay(invoice, 200)
        for order, amount in zip(orders, (50, 150), strict=True):
            self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=amount)

    def test_several_invoices_of_one_order(self):
        order, other = self._confirmed([(self.delivered_goods, 10)]), self._confirmed()
        for _part in range(2):
            self._ship(order, 5)
            self._invoice(order)
        self.assertEqual(len(order.invoice_ids), 2)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=200)
        self._pay(order.invoice_ids[0])
        self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=100)
        self.assertFlow(other, "pick", "done done doing todo todo none", "deliver", amount_open=100)


class TestOmsFlowDownPayment(FlowCase):
    def test_down_payment_then_the_rest(self):
        order = self._confirmed()
        advance = self._down_payment(order, percent=30)
        self.assertFlow(order, "pick", "done done doing doing todo none", "deliver", amount_total=100, amount_open=100)
        self._pay(advance)
        self.assertFlow(order, "pick", "done done doing doing doing none", "deliver", amount_open=70)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done doing doing none", "invoice", amount_open=70)
        final = self._invoice(order)
        self.assertEqual(final.amount_total, 70)
        self.assertFlow(order, "payment", "done done done done doing none", "pay", amount_open=70)
        self._pay(final)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_down_payment_in_draft(self):
        order = self._confirmed()
        self._down_payment(order, amount=40, post=False)
        self.assertFlow(order, "pick", "done done doing doing todo none", "deliver", amount_open=100)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done doing todo none", "invoice", amount_open=100)

    def test_final_invoice_in_draft(self):
        order = self._confirmed()
        self._pay(self._down_payment(order, percent=30))
        self._ship(order)
        self._invoice(order, post=False)
        self.assertFlow(order, "invoice", "done done done doing doing none", "post", amount_open=70)

    def test_down_payment_of_a_part_delivered(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._pay(self._down_payment(order, percent=50))
        self._ship(order, 6)
        self._invoice(order)  # 120 less the 100 paid in advance
        self.assertEqual(sorted(order.invoice_ids.mapped("amount_total")), [20, 100])
        self.assertFlow(order, "pick", "done done doing doing doing none", "deliver", amount_open=20 + 80)

    def test_what_the_down_payment_covers_waits_for_the_rest(self):
        goods = self._confirmed([(self.delivered_goods, 10)])
        service = self._confirmed([(self.delivered_service, 10)])
        for order in goods + service:
            self._pay(self._down_payment(order, percent=50))
        self._ship(goods, 3)
        service.order_line.filtered(lambda line: line.product_id == self.delivered_service).qty_delivered = 3
        self.assertFlow(goods, "pick", "done done doing doing doing none", "deliver")
        self.assertFlow(service, "ship", "done none doing doing doing none", "perform")
        refusals = set(self.env["oms.runner"]._get_obstacles("invoice", goods + service).values())
        self.assertEqual(refusals, {"What can be invoiced now is covered by the down payment: deliver the rest first."})
        self._cancel_transfers(goods)
        self.assertFlow(goods, "pick", "done done blocked doing doing none", "plan")
        goods.order_line.filtered(lambda line: line.product_id == self.delivered_goods).product_uom_qty = 3
        self.assertFlow(goods, "invoice", "done done done doing doing none", "invoice")
        self.assertEqual(self.env["oms.runner"]._get_obstacles("invoice", goods)[goods.id], "")

    def test_down_payment_not_deducted(self):
        order = self._confirmed()
        self._pay(self._down_payment(order, percent=30))
        self._ship(order)
        self._invoice(order, final=False)
        self.assertFlowsHold(order)
        self.assertEqual(self._read_flow(order).lane_invoice, "done")

    def test_down_payment_of_a_cancelled_order(self):
        order = self._confirmed()
        advance = self._down_payment(order, percent=30)
        self._cancel(order)
        # Nobody has to pay it, and what is paid he gets back.
        self.assertFlow(order, "cancelled", "none none none none todo doing", "credit", amount_open=0, amount_owed=0)
        self._pay(advance)
        self.assertFlow(order, "cancelled", "none none none none done doing", "credit", amount_open=-30, amount_owed=30)
