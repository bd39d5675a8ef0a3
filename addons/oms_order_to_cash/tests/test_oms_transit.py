from odoo.fields import Command

from .flow_case import FlowCase


class TestOmsTransit(FlowCase):
    """The inter-company transit is the customer's side where the order goes to another company of ours, else a place on the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.transit = cls.env.ref("stock.stock_location_inter_company")
        cls.transit.active = True

    def _route_through_transit(self):
        """Have goods of a warehouse go to the customer through the inter-company transit."""
        customers = self.env.ref("stock.stock_location_customers")
        rules = [
            {
                "name": "Stock to transit",
                "action": "pull",
                "procure_method": "make_to_stock",
                "location_src_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.transit.id,
                "location_dest_from_rule": True,
                "picking_type_id": self.warehouse.int_type_id.id,
            },
            {
                "name": "Transit to customer",
                "action": "pull",
                "procure_method": "make_to_order",
                "location_src_id": self.transit.id,
                "location_dest_id": customers.id,
                "picking_type_id": self.warehouse.out_type_id.id,
            },
        ]
        return self.env["stock.route"].create(
            {
                "name": "Test Through Transit",
                "sale_selectable": True,
                "sequence": 0,
                "rule_ids": [Command.create({**rule, "company_id": self.company.id}) for rule in rules],
            }
        )

    def test_on_the_way_it_is_not_delivered(self):
        route = self._route_through_transit()
        order = self._confirmed(
            [{"product_id": self.delivered_goods.id, "product_uom_qty": 10, "route_ids": [Command.set(route.ids)]}]
        )
        line = order.order_line
        self.assertEqual(len(line.move_ids), 2)
        first = line.move_ids.filtered(lambda move: move.location_dest_id == self.transit)
        first.picked = True
        self._validate(first.picking_id)
        self.assertEqual(line.qty_delivered, 0)
        self.assertFlow(order, "ship", "done done doing todo todo none", "deliver")
        self.assertEqual(self.env["oms.runner"]._run("invoice", order, "user", {}).state, "skipped")
        self._validate((line.move_ids - first).picking_id)
        self.assertEqual(line.qty_delivered, 10)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice")
        self._invoice(order)
        self.assertEqual(line.qty_invoiced, 10)
        self.assertFlowsHold(order)

    def test_redirected_into_the_transit(self):
        order = self._confirmed([(self.delivered_goods, 4)])
        picking = order.picking_ids
        picking.location_dest_id = self.transit
        picking.move_ids.location_dest_id = self.transit
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 0)
        flow = self._read_flow(order)
        self.assertEqual((flow.lane_invoice, flow.lane_payment), ("todo", "todo"))
        self.assertNotEqual(flow.lane_delivery, "done")
        self.assertFlowsHold(order)

    def test_to_another_company_it_is_delivered(self):
        address = self.other_company.partner_id
        address.with_company(self.company).property_stock_customer = self.transit
        order = self._confirmed([(self.delivered_goods, 4)], partner_id=address.id)
        self.assertEqual(order.order_line.move_ids.location_final_id, self.transit)
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 4)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice")

    def test_to_another_company_through_several_steps(self):
        address = self.other_company.partner_id
        address.with_company(self.company).property_stock_customer = self.transit
        self._put_in_stock(self.delivered_goods, 20, self.two_step_warehouse)
        order = self._confirmed(
            [(self.delivered_goods, 4)], partner_id=address.id, warehouse_id=self.two_step_warehouse.id
        )
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertFlow(order, "ship", "done done doing todo todo none", "deliver")
        self._ship(order)
        self.assertEqual(order.order_line.qty_delivered, 4)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice")
