from odoo.fields import Command

from .flow_case import FlowCase


class TestOmsFlowDelivery(FlowCase):
    """What still has to leave for the customer, or to be performed."""

    def test_partial_deliveries(self):
        order = self._confirmed()
        for shipped in (4, 5):
            self._ship(order, shipped)
            self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order)
        self.assertEqual(order.picking_ids.mapped("state"), ["done", "done", "done"])
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def test_partial_delivery_of_one_line_of_two(self):
        order = self._confirmed([(self.goods, 10), (self.delivered_goods, 5)])
        self._ship(order, {self.goods: 10})
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=200)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=200)

    def test_cancelled_backorder_is_to_plan(self):
        order = self._confirmed()
        self._ship(order, 4, backorder=False)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=100)
        order.order_line.product_uom_qty = 4  # the customer agrees
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=40)

    def test_backorder_cancelled_later(self):
        order = self._confirmed()
        self._ship(order, 4)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        self._cancel_transfers(order)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=100)

    def test_cancelled_transfer_is_to_plan(self):
        order = self._confirmed()
        self._cancel_transfers(order)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=100)

    def test_one_of_two_lines_unplanned(self):
        order = self._confirmed([(self.goods, 10), (self.delivered_goods, 5)])
        self._ship(order, {self.goods: 10}, backorder=False)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=200)

    def test_more_is_ordered_after_the_delivery(self):
        order = self._confirmed()
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)
        order.order_line.product_uom_qty = 12
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=120)

    def test_less_is_ordered_before_the_delivery(self):
        order = self._confirmed()
        order.order_line.product_uom_qty = 3
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=30)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=30)

    def test_nothing_is_ordered_any_more(self):
        order = self._confirmed()
        order.order_line.product_uom_qty = 0
        self.assertFlow(order, "closed", "done none none none none none", False, amount_total=0, amount_open=0)

    def test_over_delivery_invoiced_as_ordered(self):
        order = self._confirmed()
        self._ship(order, 12)
        self.assertEqual(order.order_line.qty_delivered, 12)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_over_delivery_invoiced_as_delivered(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._ship(order, 12)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_total=200, amount_open=240)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_product_added_in_the_warehouse(self):
        order = self._confirmed()
        self._add_to_transfer(order.picking_ids, self.delivered_goods, 2)
        self._validate(order.picking_ids)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [10, 0])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [10, 2])
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_total=100, amount_open=140)
        self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=140)

    def _add_to_transfer(self, picking, product, quantity):
        picking.move_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 0,
                    "quantity": quantity,
                    "picked": True,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
        ]
        picking.move_ids.picked = True

    def test_only_an_unordered_product_was_shipped(self):
        order = self._confirmed()
        self._add_to_transfer(order.picking_ids, self.delivered_goods, 2)
        order.picking_ids.move_ids.filtered(lambda move: move.product_id == self.goods).quantity = 0
        self._validate(order.picking_ids, backorder=False)
        order.order_line[0].product_uom_qty = 0
        self._cancel_transfers(order)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0, 2])
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=40)

    def test_two_steps(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        self._ship(order)
        self.assertEqual(order.picking_ids.mapped("state"), ["done", "assigned"])
        self.assertFlow(order, "ship", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def test_two_steps_in_parts(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self._ship(order, 4)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        self._ship(order)
        self.assertFlow(order, "ship", "done done doing todo todo none", "deliver", amount_open=100)
        self.assertEqual(order.order_line.qty_delivered, 4)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def test_second_step_cancelled(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self._ship(order)
        self._cancel_transfers(order)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=100)

    def test_three_steps(self):
        order = self._confirmed(warehouse_id=self.three_step_warehouse.id)
        stages = []
        while self._get_open_pickings(order):
            stages.append(self._read_flow(order).stage)
            self.assertFlowsHold(order)
            self._ship(order)
        self.assertEqual(stages, ["pick", "pick", "ship"])
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def test_steps_planned_at_once(self):
        """Three pull steps: all moves exist from the start, each waiting for the one before."""
        self._pull_in_steps(self.three_step_warehouse)
        order = self._confirmed(warehouse_id=self.three_step_warehouse.id)
        self.assertEqual(sorted(order.picking_ids.mapped("state")), ["assigned", "waiting", "waiting"])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order, 4)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order)  # the rest of the pick, and the pack
        self.assertFlow(order, "ship", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=100)

    def _pull_in_steps(self, warehouse):
        """Make it a route of the older kind, in which each step pulls from the one before."""
        rules = warehouse.delivery_route_id.rule_ids
        rules[0].location_dest_id = rules[1].location_src_id
        rules[1:].write({"action": "pull"})

    def test_first_of_the_steps_is_short(self):
        self._pull_in_steps(self.three_step_warehouse)
        order = self._confirmed([(self.short, 3)], warehouse_id=self.three_step_warehouse.id)
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase", amount_open=90)
        self._put_in_stock(self.short, 3, self.three_step_warehouse)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=90)
        self._unreserve(order)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve", amount_open=90)

    def test_pick_put_back_is_no_return(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self._ship(order)
        pick = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self._receive_return(self._announce_return_of(pick))
        self.assertEqual(self._read_flow(order).lane_return, "none")
        self.assertFlowsHold(order)

    def test_picked_goods_stand_ready_to_leave(self):
        order = self._confirmed()
        order.picking_ids.move_ids.picked = True
        self.assertFlow(order, "ship", "done done doing todo todo none", "deliver")

    def test_dozens(self):
        order = self._confirmed(
            [{"product_id": self.goods.id, "product_uom_qty": 2, "product_uom_id": self.uom_dozen.id}]
        )
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 24)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=240)
        self._ship(order, 18)
        self.assertEqual(order.order_line.qty_delivered, 1.5)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=240)
        self._ship(order, 6)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=240)
        self._invoice(order)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=240)

    def test_odd_parts_of_a_dozen_end(self):
        order = self._confirmed(
            [
                {"product_id": self.delivered_goods.id, "product_uom_qty": 1, "product_uom_id": self.uom_dozen.id},
            ]
        )
        for _part in range(3):
            self._ship(order, 1)
            self._invoice(order)
            self.assertFlowsHold(order)
        self._ship(order)
        # Core rounds each of the four into a dozen; the customer got all twelve, and pays for them.
        self.assertEqual(order.order_line.qty_delivered, 0.99)
        self._invoice(order)
        self.assertFlow(order, "invoice", "done done done doing todo none", "invoice", amount_open=240)
        invoice = self._invoice_by_verb(order)
        self.assertEqual(order.order_line.qty_invoiced, 1)
        self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=240)
        self._pay(order.invoice_ids)
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)
        self._return(order, 1)
        self.assertFlow(order, "closed", "done done done done done doing", "credit", amount_open=0)
        self._pay(self._credit(order.invoice_ids.sorted("id")[-2], 0.08))
        self.assertFlow(order, "closed", "done done done done done done", False, amount_open=0)
        self.assertEqual(invoice.amount_total, 2.4)

    def test_twelve_pieces_are_a_dozen(self):
        orders = self.env["sale.order"]
        for pieces in ([1] * 12, [5, 5, 2]):
            order = self._confirmed(
                [{"product_id": self.delivered_goods.id, "product_uom_qty": 1, "product_uom_id": self.uom_dozen.id}]
            )
            for quantity in pieces:
                self._ship(order, quantity)
            orders += order
        self.assertEqual(orders.order_line.mapped("qty_delivered"), [0.96, 1.01])
        for order in orders:
            self.assertEqual(self._invoice_by_verb(order).amount_total, 240)
            self.assertFlow(order, "payment", "done done done done todo none", "pay", amount_open=240)
            self.assertNotIn("I5", self.env["oms.issue"].search([("order_id", "=", order.id)]).mapped("code"))

    def _invoice_by_verb(self, order):
        self.env.flush_all()
        job = self.env["oms.runner"]._run("invoice", order, "user")
        return self._post(self.env["account.move"].browse(job.documents["account.move"]))

    def test_consumables_are_shipped_too(self):
        order = self._confirmed([(self.consumable, 4)])
        self._ship(order, 1)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=20)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=20)

    def test_service_is_performed(self):
        order = self._confirmed([(self.delivered_service, 10)])
        self.assertFlow(order, "ship", "done none todo todo todo none", "perform", amount_open=600)
        order.order_line.qty_delivered = 4
        self.assertFlow(order, "ship", "done none doing todo todo none", "perform", amount_open=600)
        order.order_line.qty_delivered = 10
        self.assertFlow(order, "invoice", "done none done todo todo none", "invoice", amount_open=600)

    def test_service_is_left_when_the_goods_are_gone(self):
        order = self._confirmed([(self.goods, 10), (self.delivered_service, 1)])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=160)
        self._ship(order)
        self.assertFlow(order, "ship", "done done doing todo todo none", "perform", amount_open=160)
        order.order_line[1].qty_delivered = 1
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=160)

    def test_service_invoiced_as_ordered_is_not_awaited(self):
        order = self._confirmed([(self.service, 2)])
        self.assertFlow(order, "invoice", "done none none todo todo none", "invoice", amount_open=100)

    def test_zero_quantity_lines_ask_for_nothing(self):
        order = self._confirmed([(self.goods, 10), (self.short, 0), (self.delivered_service, 0)])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order)
        self._pay(self._invoice(order))
        self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)

    def test_deadline_is_that_of_the_first_open_move(self):
        order = self._confirmed(commitment_date="2030-03-01 10:00:00")
        self._ship(order, 4)
        order.picking_ids.filtered(
            lambda picking: picking.state != "done"
        ).move_ids.date_deadline = "2030-04-01 10:00:00"
        flow = self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        self.assertEqual(str(flow.next_deadline), "2030-04-01 10:00:00")
        self._ship(order)
        self.assertEqual(str(self._read_flow(order).next_deadline), "2030-03-01 10:00:00")


class TestOmsFlowDropship(FlowCase):
    def test_vendor_ships_to_the_customer(self):
        order = self._confirmed([(self.dropshipped, 3)])
        purchase = order.order_line.purchase_line_ids.order_id
        self.assertFlow(order, "supply", "done todo todo todo todo none", "purchase", amount_open=210)
        purchase.button_confirm()
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=210)
        self._validate(purchase.picking_ids)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=210)
        self._return(order, 1)
        self.assertFlow(order, "invoice", "done done done todo todo done", "invoice", amount_open=140)

    def test_drop_shipment_in_parts(self):
        order = self._confirmed([(self.dropshipped, 3), (self.goods, 10)])
        purchase = order.order_line.purchase_line_ids.order_id
        purchase.button_confirm()
        purchase.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        self._validate(purchase.picking_ids)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=310)

    def test_cancelled_purchase_is_to_plan(self):
        order = self._confirmed([(self.dropshipped, 3)])
        purchase = order.order_line.purchase_line_ids.order_id
        purchase.button_cancel()
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=210)

    def test_cancelled_receipt_is_to_plan(self):
        order = self._confirmed([(self.dropshipped, 3)])
        purchase = order.order_line.purchase_line_ids.order_id
        purchase.button_confirm()
        purchase.picking_ids.action_cancel()
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan", amount_open=210)
