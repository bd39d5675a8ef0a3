from datetime import datetime

from odoo.fields import Date, Datetime

from .flow_case import FlowCase


class TestOmsFlowOrder(FlowCase):
    """From the quotation to an order that can be worked on, and back."""

    def test_quotation_waits_for_its_confirmation(self):
        order = self._place_order([(self.goods, 10), (self.service, 1)], validity_date="2030-05-06")
        self.assertFlow(
            order,
            "quotation",
            "todo none none none none none",
            "confirm",
            amount_total=150,
            amount_open=150,
            next_deadline=datetime(2030, 5, 6, 12),
            date_promised=False,
        )

    def test_a_day_is_that_day_wherever_the_company_is(self):
        zones = {"Pacific/Auckland": "2030-05-06 00:00:00", "Pacific/Kiritimati": "2030-05-05 22:00:00"}
        zones |= dict.fromkeys(("Pacific/Pago_Pago", "America/New_York", "Asia/Tokyo"), "2030-05-06 12:00:00")
        for zone, moment in zones.items():
            with self.subTest(zone):
                self.company.partner_id.tz = zone
                order = self._place_order(validity_date="2030-05-06")
                flow = self._read_flow(order)
                self.assertEqual(str(flow.next_deadline), moment)
                shown = Datetime.context_timestamp(flow.with_context(tz=zone), flow.next_deadline)
                self.assertEqual(str(shown.date()), "2030-05-06")
        self.company.partner_id.tz = False
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        flow = self._read_flow(self._place_order(validity_date="2030-05-06"))
        self.assertEqual(str(flow.next_deadline), "2030-05-06 00:00:00")

    def test_sent_quotation_is_in_progress(self):
        order = self._place_order()
        order.action_quotation_sent()
        self.assertFlow(order, "quotation", "doing none none none none none", "confirm", amount_open=100)

    def test_signed_quotation_is_to_check(self):
        order = self._place_order()
        order.write({"signed_on": Datetime.now(), "signed_by": "A customer"})
        self.assertFlow(order, "check", "blocked none none none none none", "confirm", amount_open=100)
        self._confirm(order)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")

    def test_only_a_successful_payment_is_to_check(self):
        order = self._place_order()
        transaction = self._pay_online(order)
        self.assertFlow(order, "quotation", "todo none none none none none", "confirm")
        transaction.state = "authorized"
        self.assertFlow(order, "check", "blocked none none none none none", "confirm")
        transaction.state = "cancel"
        self.assertFlow(order, "quotation", "todo none none none none none", "confirm")
        transaction.state = "done"
        self.assertFlow(order, "check", "blocked none none none none none", "confirm")

    def test_carrier_without_address_is_to_check(self):
        order = self._place_order(partner_id=self._make_customer("Test No Street", street=False).id)
        order.set_delivery_line(self.carrier, 10)
        self.assertFlow(order, "quotation", "todo none none none none none", "confirm", amount_total=110)
        self._confirm(order)
        self.assertFlow(order, "check", "blocked done doing todo todo none", "complete", amount_open=110)
        order.partner_shipping_id.street = "2 Found Street"
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=110)
        order.partner_shipping_id.country_id = False
        self.assertFlow(order, "check", "blocked done doing todo todo none", "complete")
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=110)

    def test_no_carrier_needs_no_address(self):
        order = self._confirmed(partner_id=self._make_customer("Test No City", city=False).id)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")

    def test_promise_is_kept_when_dates_change(self):
        order = self._place_order(commitment_date="2030-01-10 08:00:00")
        self.assertFlow(
            order, "quotation", "todo none none none none none", "confirm", date_promised=datetime(2030, 1, 10, 8)
        )
        self._confirm(order)
        order.commitment_date = "2030-02-20 08:00:00"
        self.assertFlow(
            order,
            "pick",
            "done done doing todo todo none",
            "deliver",
            date_promised=datetime(2030, 1, 10, 8),
            next_deadline=datetime(2030, 2, 20, 8),
        )

    def test_order_confirmed_without_a_promise(self):
        self.goods.sale_delay = 4
        order = self._confirmed([(self.goods, 1), (self.service, 1)])
        order.oms_date_promised = False
        self.assertFlow(
            order,
            "pick",
            "done done doing todo todo none",
            "deliver",
            date_promised=Datetime.add(order.date_order, days=4),
        )

    def test_cancelled_quotation(self):
        order = self._place_order()
        self._cancel(order)
        self.assertFlow(order, "cancelled", "none none none none none none", False, amount_total=100, amount_open=0)

    def test_cancelled_order_keeps_what_was_shipped_and_invoiced(self):
        order = self._confirmed()
        self._ship(order, 4)
        invoice = self._invoice(order)
        self._pay(invoice, 30)
        self._cancel(order)
        self.assertEqual(order.picking_ids.mapped("state"), ["cancel", "done"])
        self.assertFlow(
            order, "cancelled", "none none none none doing doing", "credit", amount_open=10, next_deadline=False
        )

    def test_reopened_order_starts_again(self):
        order = self._confirmed()
        self._cancel(order)
        self.assertFlow(order, "cancelled", "none none none none none none", False, amount_open=0)
        self._reopen(order, confirm=False)
        self.assertFlow(order, "quotation", "todo none none none none none", "confirm", amount_open=100)
        self._confirm(order)
        self.assertEqual(sorted(order.picking_ids.mapped("state")), ["assigned", "cancel"])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=100)

    def test_reopened_order_does_not_ship_twice(self):
        order = self._confirmed()
        self._ship(order, 4)
        self._cancel(order)
        self._reopen(order)
        self.assertEqual(self._get_open_pickings(order).move_ids.mapped("product_uom_qty"), [6])
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver", amount_open=100)
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice")

    def test_empty_order(self):
        order = self._confirmed([])
        self.assertFlow(order, "closed", "done none none none none none", False, amount_total=0, amount_open=0)

    def test_deleted_order_leaves_no_flow(self):
        order, other = self._place_order(), self._place_order()
        self._read_flow(order)
        order_id = order.id
        order.unlink()
        self._drain()
        self.assertFalse(self.env["oms.flow"].search([("order_id", "=", order_id)]))
        self.assertTrue(self._get_flow(other))

    def test_each_order_of_a_batch_has_its_own_flow(self):
        orders = self._place_order() + self._place_order([(self.service, 2)]) + self._place_order()
        self._confirm(orders[:2])
        flows = [self._read_flow(order) for order in orders]
        self.assertEqual([flow.stage for flow in flows], ["pick", "invoice", "quotation"])
        self.assertEqual([flow.amount_open for flow in flows], [100, 100, 100])
        self.assertFlowsHold(orders)

    def test_stage_since_moves_only_with_the_stage(self):
        order = self._confirmed()
        flow = self._read_flow(order)
        self.env.cr.execute("UPDATE oms_flow SET stage_since = '2020-01-01' WHERE id = %s", [flow.id])
        flow.invalidate_recordset()
        self._ship(order, 4)
        self.assertEqual(self._read_flow(order).stage_since, datetime(2020, 1, 1))
        self._ship(order)
        self.assertEqual(self._read_flow(order).stage_since.date(), Date.today())

    def test_owner_and_customer_are_copied(self):
        order = self._place_order()
        flow = self._read_flow(order)
        self.assertEqual(
            (flow.partner_id, flow.company_id, flow.warehouse_id), (self.customer, self.company, self.warehouse)
        )
        self.assertEqual(
            (flow.user_id, flow.team_id, flow.date_order), (order.user_id, order.team_id, order.date_order)
        )
        order.write({"partner_id": self.other_customer.id, "user_id": self.env.ref("base.user_admin").id})
        flow = self._read_flow(order)
        self.assertEqual((flow.partner_id, flow.user_id), (self.other_customer, self.env.ref("base.user_admin")))
        self.assertFlowsHold(order)
