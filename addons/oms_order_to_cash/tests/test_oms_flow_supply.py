from odoo.fields import Command

from .flow_case import FlowCase


class TestOmsFlowSupply(FlowCase):
    """Whether what has to leave is reserved, and if not, what brings it."""

    def test_stock_is_reserved(self):
        order = self._confirmed()
        self.assertEqual(order.order_line.move_ids.state, "assigned")
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")

    def test_nothing_brings_it(self):
        order = self._confirmed([(self.short, 3)])
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase", amount_open=90)

    def test_a_part_is_reserved(self):
        self._put_in_stock(self.short, 1)
        order = self._confirmed([(self.short, 3)])
        self.assertEqual(order.order_line.move_ids.state, "partially_available")
        self.assertFlow(order, "supply", "done blocked doing todo todo none", "purchase", amount_open=90)

    def test_stock_arrives_for_the_oldest_order(self):
        older, newer = self._confirmed([(self.short, 3)]), self._confirmed([(self.short, 3)])
        self._receive(self.short, 3)
        self.assertFlow(older, "pick", "done done doing todo todo none", "deliver")
        self.assertFlow(newer, "supply", "done blocked todo todo todo none", "purchase")

    def test_stock_is_free_but_not_reserved(self):
        order = self._confirmed()
        self._unreserve(order)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")
        self._reserve(order)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")

    def test_stock_taken_away(self):
        order, other = self._confirmed(), self._confirmed([(self.goods, 90)])
        self._unreserve(order)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")
        self._put_in_stock(self.goods, -10)
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")
        self.assertFlow(other, "pick", "done done doing todo todo none", "deliver")

    def test_stock_of_another_warehouse_does_not_help(self):
        order = self._confirmed([(self.short, 3)])
        self._put_in_stock(self.short, 50, self.other_warehouse)
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")
        other = self._confirmed([(self.short, 3)], warehouse_id=self.other_warehouse.id)
        self.assertFlow(other, "pick", "done done doing todo todo none", "deliver")

    def test_stock_below_the_location_counts(self):
        order = self._confirmed([(self.short, 3)])
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id})
        self.env["stock.quant"]._update_available_quantity(self.short, shelf, 2)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")

    def test_one_missing_product_blocks_the_order(self):
        order = self._confirmed([(self.goods, 10), (self.short, 3)])
        self._unreserve(order)
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "reserve", amount_open=190)
        self._reserve(order)
        self.assertFlow(order, "supply", "done blocked doing todo todo none", "purchase", amount_open=190)

    def test_purchase_from_request_to_receipt(self):
        order = self._confirmed([(self.purchased, 2)])
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")
        purchase = self._buy(self.purchased, 2, confirm=False)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "purchase")
        purchase.button_confirm()
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")
        self._receive_purchase(purchase)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")

    def test_request_waits_although_a_receipt_is_on_the_way(self):
        order = self._confirmed([(self.purchased, 20)])
        self._buy(self.purchased, 2)
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")
        request = self._buy(self.purchased, 18, confirm=False)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "purchase")
        request.button_cancel()
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")

    def test_request_changed_in_every_way(self):
        """Whatever happens to a request, the orders that wait for it are read again."""
        order = self._confirmed([(self.purchased, 2)])
        request = self._buy(self.purchased, 2, confirm=False)
        waits, drafted = "done blocked todo todo todo none", "done todo todo todo todo none"
        self.assertFlow(order, "supply", drafted, "purchase")
        for record, field, other in (
            (request.order_line, "product_qty", 0),
            (request.order_line, "product_id", self.short.id),
            (request, "picking_type_id", self.other_warehouse.in_type_id.id),
        ):
            value = record._fields[field].convert_to_write(record[field], record)
            record[field] = other
            self.assertFlow(order, "supply", waits, "purchase")
            record[field] = value
            self.assertFlow(order, "supply", drafted, "purchase")
        request.button_cancel()
        request.unlink()
        self.assertFlow(order, "supply", waits, "purchase")

    def test_cancelled_purchase_brings_nothing(self):
        order = self._confirmed([(self.purchased, 2)])
        purchase = self._buy(self.purchased, 2)
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")
        purchase.button_cancel()
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")

    def test_purchase_for_another_warehouse_does_not_help(self):
        order = self._confirmed([(self.purchased, 2)])
        self._buy(self.purchased, 2, self.other_warehouse)
        self._buy(self.purchased, 2, self.other_warehouse, confirm=False)
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")

    def test_made_to_order(self):
        order = self._confirmed([(self.to_order, 2)])
        purchase = self.env["purchase.order.line"].search([("product_id", "=", self.to_order.id)]).order_id
        self.assertEqual(purchase.state, "draft")
        self.assertFlow(order, "supply", "done todo todo todo todo none", "purchase", amount_open=90)
        purchase.button_confirm()
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")
        self._receive_purchase(purchase)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")

    def test_made_to_order_does_not_take_from_the_shelf(self):
        order = self._confirmed([(self.to_order, 2)])
        self._put_in_stock(self.to_order, 5)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "purchase")
        purchase = self.env["purchase.order.line"].search([("product_id", "=", self.to_order.id)]).order_id
        purchase.button_confirm()
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")

    def test_stock_on_its_way_from_another_warehouse(self):
        order = self._confirmed([(self.short, 3)])
        transit = self.company.internal_transit_location_id
        self.env["stock.move"].create(
            {
                "product_id": self.short.id,
                "product_uom_qty": 3,
                "location_id": transit.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
            }
        )._action_confirm()
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")

    def test_consumables_and_services_need_no_supply(self):
        order = self._confirmed([(self.consumable, 4), (self.service, 1)])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=70)
        order = self._confirmed([(self.service, 1)])
        self.assertFlow(order, "invoice", "done none none todo todo none", "invoice", amount_open=50)

    def test_two_warehouses_in_one_order(self):
        route = self._make_route_from(self.other_warehouse)
        self._put_in_stock(self.short, 5, self.other_warehouse)
        order = self._confirmed(
            [
                (self.goods, 10),
                {"product_id": self.short.id, "product_uom_qty": 3, "route_ids": [Command.set(route.ids)]},
            ]
        )
        self.assertEqual(order.picking_ids.picking_type_id.warehouse_id, self.warehouse + self.other_warehouse)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=190)
        self._ship(order, {self.goods: 10, self.short: 2})
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=190)
        self._unreserve(order)
        self.assertFlow(order, "supply", "done todo doing todo todo none", "reserve")
        self._reserve(order)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=190)

    def _make_route_from(self, warehouse):
        warehouse.delivery_route_id.sale_selectable = True
        return warehouse.delivery_route_id

    def test_one_order_of_a_batch_being_short_does_not_touch_the_others(self):
        orders = self._place_order() + self._place_order([(self.short, 1)]) + self._place_order()
        self._confirm(orders)
        self.assertEqual([self._read_flow(order).stage for order in orders], ["pick", "supply", "pick"])
        self.assertFlowsHold(orders)

    # === DROP SHIPMENTS THAT COME TO THE OWN DOCK === #

    def _drop_ship(self):
        """Return an order of drop shipped goods, and its purchase."""
        order = self._confirmed([(self.dropshipped, 3)])
        return order, self.env["purchase.order"].search([("order_line.sale_line_id", "in", order.order_line.ids)])

    def _plan_from_stock(self, order, purchase):
        """Check that what came to the own dock is planned from there, and bought no second time."""
        runner = self.env["oms.runner"]
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan")
        self.assertEqual(
            runner._get_preview("plan", order)[order.id],
            ["3 Units of Test Goods shipped by the vendor are planned from Test Main."],
        )
        self.assertEqual(runner._run("plan", order, "user", {}).state, "done")
        self.assertEqual(order.order_line.move_ids[-1].location_id, self.warehouse.lot_stock_id)
        self.assertEqual(order.order_line.purchase_line_ids.order_id, purchase)
        self.assertEqual(purchase.order_line.product_qty, 3)
        self.assertEqual(runner._run("plan", order, "user", {}).state, "skipped")
        self._reserve(order)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice")

    def test_a_drop_shipment_redirected_to_the_own_dock(self):
        order, purchase = self._drop_ship()
        purchase.picking_type_id = self.warehouse.in_type_id
        purchase.button_confirm()
        self._receive_purchase(purchase)
        self._plan_from_stock(order, purchase)

    def test_a_drop_shipment_received_at_the_own_dock(self):
        order, purchase = self._drop_ship()
        purchase.button_confirm()
        picking = purchase.picking_ids
        picking.location_dest_id = picking.move_ids.location_dest_id = self.warehouse.lot_stock_id
        self._validate(picking)
        self._plan_from_stock(order, purchase)

    def test_a_drop_shipment_whose_receipt_was_cancelled(self):
        order, purchase = self._drop_ship()
        purchase.button_confirm()
        purchase.picking_ids.action_cancel()
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan")
        self.assertEqual(self.env["oms.runner"]._run("plan", order, "user", {}).state, "done")
        self.assertNotEqual(self._read_flow(order).next_action, "plan")
        self.assertFlowsHold(order)
