from odoo.fields import Command

from .flow_case import FlowCase


class TestOmsFlowReturn(FlowCase):
    """What comes back, beside the flow: announced, received, credited."""

    def _shipped(self, product=None, quantity=10):
        order = self._confirmed([(product or self.goods, quantity)])
        self._ship(order)
        return order

    def _closed(self, product=None, quantity=10):
        order = self._shipped(product, quantity)
        self._pay(self._invoice(order))
        return order

    def test_announced_received_credited(self):
        order = self._closed()
        picking = self._announce_return(order, 2)
        self.assertFlow(order, "closed", "done done done done done todo", "receive", amount_open=0)
        self._receive_return(picking)
        self.assertEqual(order.order_line.qty_delivered, 8)
        self.assertFlow(order, "closed", "done done done done done doing", "credit", amount_open=0)
        credit = self._credit(order.invoice_ids, 2, post=False)
        self.assertFlow(order, "invoice", "done done done doing doing doing", "post", amount_open=-20)
        self._post(credit)
        self.assertFlow(order, "payment", "done done done done doing done", "refund", amount_open=-20, amount_owed=20)
        self._pay(credit)
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_announced_and_called_off(self):
        order = self._closed()
        self._announce_return(order, 2).action_cancel()
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_credited_from_the_order(self):
        order = self._closed(self.delivered_goods)
        self._return(order, 2)
        credit = self._invoice(order)
        self.assertEqual((credit.move_type, credit.amount_total), ("out_refund", 40))
        self.assertFlow(order, "payment", "done done done done doing done", "refund", amount_open=-40, amount_owed=40)

    def test_credited_in_part(self):
        order = self._closed()
        self._return(order, 2)
        self._pay(self._credit(order.invoice_ids, 1))
        self.assertFlow(order, "closed", "done done done done done doing", "credit", amount_open=0)
        self._pay(self._credit(order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice"), 1))
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_without_refund_nothing_is_owed(self):
        for product in self.goods + self.delivered_goods:
            order = self._closed(product)
            self._return(order, 2, to_refund=False)
            self.assertEqual(order.order_line.qty_delivered, 10)
            self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_before_the_invoice_as_delivered(self):
        order = self._shipped(self.delivered_goods)
        self._return(order, 2)
        self.assertFlow(order, "invoice", "done done done todo todo done", "invoice", amount_total=200, amount_open=160)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 160)
        self.assertFlow(order, "payment", "done done done done todo done", "pay", amount_open=160)
        self._pay(invoice)
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_before_the_invoice_as_ordered(self):
        order = self._shipped()
        self._return(order, 2)
        self.assertFlow(order, "invoice", "done done done todo todo done", "invoice", amount_open=80)
        invoice = self._invoice(order, post=False)  # core proposes all ten
        invoice.invoice_line_ids.quantity = 8
        self._pay(self._post(invoice))
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_core_invoices_what_was_ordered_and_a_credit_is_owed(self):
        order = self._shipped()
        self._return(order, 2)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done doing", "credit", amount_open=0)

    def test_everything_comes_back_before_the_invoice(self):
        order = self._shipped(self.delivered_goods)
        self._return(order)
        self.assertFlow(order, "closed", "done done done done none done", False, amount_open=0)

    def test_between_two_deliveries(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._ship(order, 5)
        self._pay(self._invoice(order))
        self._return(order, 2)
        self.assertFlow(order, "pick", "done done doing doing doing doing", "deliver", amount_open=100)
        self._pay(self._credit(order.invoice_ids, 2))
        self.assertFlow(order, "pick", "done done doing doing doing done", "deliver", amount_open=100)
        self._ship(order)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_exchange_as_ordered(self):
        order = self._closed()
        picking = self._announce_return(order, 1, exchange=True)
        self.assertFlow(order, "pick", "done done doing done done todo", "deliver", amount_open=0)
        self._receive_return(picking)
        self.assertFlow(order, "pick", "done done doing done done done", "deliver", amount_open=0)
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_exchange_as_delivered(self):
        order = self._closed(self.delivered_goods)
        self._return(order, 1, exchange=True)
        self.assertFlow(order, "pick", "done done doing done done done", "deliver", amount_open=0)
        self._ship(order)
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_exchange_called_off_is_a_return(self):
        order = self._closed()
        self._return(order, 1, exchange=True)
        self._cancel_transfers(order)
        self.assertFlow(order, "closed", "done done done done done doing", "credit", amount_open=0)

    def test_exchange_between_two_deliveries(self):
        order = self._confirmed()
        self._invoice(order)
        self._ship(order, 5)
        self._return(order, 1, exchange=True)
        self.assertEqual(sum(self._get_open_pickings(order).move_ids.mapped("product_uom_qty")), 6)
        self.assertFlow(order, "pick", "done done doing done todo done", "deliver", amount_open=100)
        self._ship(order)
        self.assertFlow(order, "payment", "done done done done todo done", "pay", amount_open=100)

    def test_what_was_shipped_above_the_order_comes_back(self):
        order = self._confirmed()
        self._ship(order, 12)
        self._pay(self._invoice(order))
        self._return(order, 2)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_return_sent_out_again(self):
        order = self._closed()
        back = self._return(order, 2)
        again = self._announce_return_of(back)
        self.assertFlow(order, "pick", "done done doing done done doing", "deliver", amount_open=0)
        self._receive_return(again)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_goodwill_credit_does_not_reopen_invoicing(self):
        order = self._closed(self.delivered_goods)
        self._pay(self._credit(order.invoice_ids, 3))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_return_of_a_free_gift_owes_nothing(self):
        order = self._confirmed([(self.goods, 10), (self.consumable, 1, 0)])
        self._ship(order)
        self._pay(self._invoice(order))
        self._return(order, {self.consumable: 1})
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_return_of_a_cancelled_order(self):
        order = self._confirmed()
        self._ship(order, 4)
        self._pay(self._invoice(order))
        self._cancel(order)
        # He paid ten and keeps four.
        self.assertFlow(order, "cancelled", "none none none none done doing", "credit", amount_open=-60, amount_owed=60)
        picking = self._announce_return(order)
        self.assertFlow(order, "cancelled", "none none none none done todo", "receive", amount_open=-60)
        self._receive_return(picking)
        self.assertFlow(
            order, "cancelled", "none none none none done doing", "credit", amount_open=-100, amount_owed=100
        )

    def test_two_steps_back_and_forth(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self._ship(order)
        self._ship(order)
        self._pay(self._invoice(order))
        self._return(order, 2)
        self.assertEqual(order.order_line.qty_delivered, 8)
        self.assertFlow(order, "closed", "done done done done done doing", "credit", amount_open=0)

    def test_trade_in_of_goods(self):
        order = self._confirmed([(self.goods, 10), (self.delivered_goods, -2)])
        self.assertFlow(order, "pick", "done done doing todo todo todo", "deliver", amount_total=60, amount_open=60)
        self._ship(order)
        self._receive_return(self._get_open_pickings(order, returns=True))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [10, -2])
        self.assertFlow(order, "invoice", "done done done todo todo done", "invoice", amount_open=60)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)

    def test_only_the_order_concerned_changes(self):
        order, other = self._closed(), self._closed()
        self._return(order, 2)
        self.assertFlow(order, "closed", "done done done done done doing", "credit")
        self.assertFlow(other, "closed", "done done done done done none", False, amount_open=0)


class TestOmsFlowKit(FlowCase):
    """A kit is sold as one and shipped as its parts: two of ``goods``, one of ``delivered_goods``."""

    def _shipped(self, quantity=5):
        order = self._confirmed([(self.kit, quantity)])
        self._ship(order)
        return order

    def test_shipped_in_parts(self):
        order = self._confirmed([(self.kit, 5)])
        self.assertEqual(order.picking_ids.move_ids.mapped("product_uom_qty"), [10, 5])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=500)
        self._ship(order, {self.goods: 4, self.delivered_goods: 1})
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=500)
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=500)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_missing_component(self):
        self._put_in_stock(self.delivered_goods, -100)
        order = self._confirmed([(self.kit, 5)])
        self.assertFlow(order, "supply", "done blocked doing todo todo none", "purchase", amount_open=500)

    def test_backorder_cancelled(self):
        order = self._confirmed([(self.kit, 5)])
        self._ship(order, {self.goods: 4, self.delivered_goods: 2}, backorder=False)
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=500)

    def test_one_component_comes_back(self):
        order = self._shipped()
        self._pay(self._invoice(order))
        self._return(order, {self.goods: 1})
        self.assertEqual(order.order_line.qty_delivered, 4)
        self.assertFlow(order, "closed", "done done done done done doing", "credit", amount_open=0)

    def test_spare_component_comes_back(self):
        order = self._confirmed([(self.kit, 5)])
        self._ship(order, {self.goods: 4, self.delivered_goods: 1})
        self._return(order, {self.goods: 2})
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertFlow(order, "pick", "done done doing todo todo done", "deliver", amount_open=500)

    def test_invoiced_as_delivered(self):
        self.kit.invoice_policy = "delivery"
        order = self._shipped()
        self._return(order, {self.goods: 4, self.delivered_goods: 2})
        self.assertEqual(order.order_line.qty_delivered, 3)
        self.assertFlow(order, "invoice", "done done done todo todo done", "invoice", amount_open=300)
        self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo done", "pay", amount_open=300)

    def _make_kit(self, name, *parts):
        kit = self._make_product(name, 100, is_storable=False)
        lines = [Command.create({"product_id": part.id, "product_qty": quantity}) for part, quantity in parts]
        self.env["mrp.bom"].create(
            {"product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom", "bom_line_ids": lines}
        )
        return kit

    def test_the_same_part_on_two_lines(self):
        self.assertTrue(self.kit)
        order = self._confirmed([(self._make_kit("Pair", (self.goods, 2), (self.goods, 1)), 5)])
        order.order_line.product_uom_qty = 6
        # Core puts what was added onto one of the two lines of the bill of materials, and so counts five kits.
        self.assertEqual(sum(order.order_line.move_ids.mapped("product_uom_qty")), 18)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=600)
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=600)
        self._return(order, 3)
        self.assertFlow(order, "invoice", "done done done todo todo done", "invoice", amount_open=300)

    def test_kits_within_a_kit(self):
        self.assertTrue(self.kit)
        for name, parts in (("One", 1), ("Two", 2)):
            inner = self._make_kit(f"Inner {name}", (self.goods, 2), (self.consumable, 1))
            kit = self._make_kit(f"Outer {name}", *[(inner, 1)] * parts)
            order = self._confirmed([(kit, 4)])
            self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=400)
            self.assertEqual(
                self.env["oms.runner"]._get_obstacles("plan", order)[order.id], "All of it is planned or delivered."
            )
            self._ship(order, {self.goods: 4 * parts, self.consumable: 2 * parts}, backorder=False)
            self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=400)
            self.env["oms.runner"]._run("plan", order, "user")
            self._ship(order)
            self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=400)
