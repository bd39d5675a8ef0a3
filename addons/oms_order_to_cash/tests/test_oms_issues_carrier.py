from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .issue_case import OmsIssueCase


class TestOmsIssuesCarrier(OmsIssueCase):
    """Lots that can't leave, carriers that don't take it, labels that failed, shipments that got stuck."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.picking.type"].search([]).auto_batch = False
        # Only the carriers of these tests compete.
        cls.env["delivery.carrier"].search([]).active = False

    def _make_carrier(self, name, price, **vals):
        # The price of a carrier is that of its product.
        carrier = self.carrier.copy({"product_id": self.carrier.product_id.copy().id, **vals})
        carrier.fixed_price = price
        carrier.name = name  # core names a copy after its original
        return carrier

    # === P4 === #

    def _get_lots(self, *names):
        product = self._make_product("Goods in lots", 15, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": product.id} for name in names])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, 10, lot_id=lot)
        return product, lots

    def _reserve_lost(self, *names):
        """Return an order that has a lot reserved which is not there."""
        product, lots = self._get_lots(*names)
        order = self._confirmed([(product, 4)])
        self.env.flush_all()
        # As two sessions leave it that reserve and count at once.
        self.env.cr.execute("UPDATE stock_quant SET quantity = 0 WHERE lot_id = %s", [lots[0].id])
        self.env.invalidate_all()
        return order, lots

    def test_p4_lot_that_is_gone(self):
        order, lots = self._reserve_lost("TEST-A", "TEST-B")
        self._look(order)
        self.assertIssue(order, "P4", severity="medium", turn="warehouse")
        self.assertIn("holds less of lot TEST-A", self._get_chain(order, "P4")[0])
        transfer = order.picking_ids.name
        self.assertEqual(
            self.runner._get_preview("replace_lot", order)[order.id],
            [f"{transfer}: 4 of Test Goods in lots from TEST-B instead of TEST-A."],
        )
        self.assertJobs(self._run("replace_lot", order), "done")
        self.assertEqual((order.picking_ids.move_line_ids.lot_id, order.picking_ids.state), (lots[1], "assigned"))
        self.assertNoIssue(order, "P4")
        self.assertJobs(self._run("replace_lot", order), ("skipped", "All lots reserved for it can leave."))
        self.assertIssuesHold(order)

    def test_p4_no_other_lot(self):
        order, lots = self._reserve_lost("TEST-A")
        good = self._confirmed([(self._get_lots("TEST-C")[0], 2)])
        self._look(order)
        self.assertIssue(order, "P4")
        self.assertNoIssue(good, "P4")
        job = self._run("replace_lot", order)
        self.assertEqual(job.state, "skipped")
        self.assertIn("No other valid lot of Test Goods in lots is free in TMAIN/Stock", job.message)
        self.assertEqual(order.picking_ids.move_line_ids.lot_id, lots)

    def test_p4_no_lot_chosen(self):
        product, lots = self._get_lots("TEST-A")
        self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, 10)
        order = self._confirmed([(product, 4)])
        order.picking_ids.move_line_ids.lot_id = False
        self.assertIssue(order, "P4")
        self.assertIn("no lot is chosen for 4 Units", self._get_chain(order, "P4")[0])
        self._run("replace_lot", order)
        self.assertEqual(order.picking_ids.move_line_ids.lot_id, lots)
        self.assertNoIssue(order, "P4")

    # === D1 === #

    def test_d1_only_where_a_carrier_is_required(self):
        order, service = self._confirmed(), self._confirmed([(self.service, 1)])
        self.assertNoIssue(order, "D1")
        self.company.oms_carrier_required = True
        self._look(order + service)
        self.assertIssue(order, "D1", severity="medium", turn="sales")
        self.assertNoIssue(service, "D1")
        chain = self._get_chain(order, "D1")
        self.assertNotIn(", ,", chain[0])
        self.assertEqual(chain[1], "No carrier is chosen")
        order.picking_ids.carrier_id = self.carrier
        self.assertNoIssue(order, "D1")
        self.assertIssuesHold(order + service)

    def test_d1_carrier_that_does_not_take_it(self):
        self.company.oms_carrier_required = True
        abroad = self._make_carrier("Test Abroad", 1, country_ids=[Command.link(self.env.ref("base.fr").id)])
        rules = [Command.create({"variable": "quantity", "operator": "<=", "max_value": 10, "list_base_price": 7})]
        small = self._make_carrier("Test Small", 1, delivery_type="base_on_rule", price_rule_ids=rules)
        order, other = self._confirmed([(self.goods, 11)], carrier_id=abroad.id), self._confirmed(carrier_id=small.id)
        self.assertIssue(order, "D1")
        self.assertEqual(self._get_chain(order, "D1")[1], "Test Abroad does not deliver there")
        self.assertNoIssue(other, "D1")
        order.carrier_id = small
        self.assertEqual(self._get_chain(order, "D1")[1], "Test Small has no price rule that fits this order")
        order.order_line.product_uom_qty = 10
        self.assertNoIssue(order, "D1")
        self.assertIssuesHold(order + other)

    def test_rate_shop_takes_the_cheapest(self):
        self.company.oms_carrier_required = True
        self.carrier.active = True
        cheap = self._make_carrier("Test Cheap", 4)
        order, locked = self._confirmed(), self._confirmed()
        locked.action_lock()
        self.assertEqual(
            self.runner._get_preview("rate_shop", order)[order.id],
            ["Test Cheap takes it; $\xa04.00 of freight stands on the order.", "Test Carrier would cost $\xa010.00."],
        )
        jobs = self._run("rate_shop", order + locked)
        self.assertJobs(jobs, "done", "done")
        self.assertEqual((order.carrier_id, order.picking_ids.carrier_id, order.amount_total), (cheap, cheap, 104))
        self.assertEqual((locked.carrier_id, locked.picking_ids.carrier_id, locked.amount_total), (cheap, cheap, 100))
        self.assertNoIssue(order, "D1")
        self.assertJobs(self._run("rate_shop", order), ("skipped", "Test Cheap is the cheapest already."))
        jobs.filtered(lambda job: job.order_id == order).action_undo()
        self.assertFalse(order.carrier_id or order.picking_ids.carrier_id)
        self.assertEqual(order.amount_total, 100)
        self.assertIssue(order, "D1")
        self.assertIssuesHold(order + locked)

    def test_a_card_asks_no_carrier(self):
        """What a carrier wants over the network is asked by a click: who opens a card must not wait for it."""
        self.company.oms_carrier_required = True
        self.carrier.active = True
        far, order = self._make_carrier("Test Far", 4), self._confirmed()
        carriers, asked = self.env.registry["delivery.carrier"], []

        def ask(carrier, order):
            asked.append(carrier.id)
            return {"success": True, "price": 3.0, "error_message": False, "warning_message": False}

        self._drain()
        # As a carrier's own addon says it.
        self.env.flush_all()
        self.env.cr.execute("UPDATE delivery_carrier SET delivery_type = 'far' WHERE id = %s", [far.id])
        self.env.invalidate_all()
        with patch.object(carriers, "far_rate_shipment", ask, create=True):
            cards = self.env["oms.cockpit"].get_issue_cards(order.id)
            [card] = [card for card in cards if card["code"] == "D1"]
            remedies = {remedy["verb"]: remedy for remedy in card["remedies"]}
            self.assertEqual(asked, [])
            self.assertEqual(remedies["rate_shop"]["obstacle"], "")
            self.assertEqual(
                remedies["rate_shop"]["changes"],
                [
                    "Asks Test Far for a rate; the cheapest carrier takes it.",
                    "Test Carrier would cost $\xa010.00.",
                ],
            )
            self.assertJobs(self._run("rate_shop", order), "done")
            self.assertEqual((asked, order.carrier_id, order.amount_total), ([far.id], far, 103))
            self.assertJobs(self._run("rate_shop", order), ("skipped", "Test Far is the cheapest already."))

    def test_rate_shop_without_rates(self):
        order = self._confirmed()
        message = "No carrier has a rate for it: check its address and the carriers' price rules."
        self.assertJobs(self._run("rate_shop", order), ("skipped", message))

    def test_rate_shop_with_a_carrier_that_fails(self):
        self.carrier.active = True
        broken, order = self._make_carrier("Test Broken", 1), self._confirmed()
        real = self.env.registry["delivery.carrier"].fixed_rate_shipment

        def rate(carrier, order):
            if carrier == broken:
                raise KeyError("token")
            return real(carrier, order)

        log = "odoo.addons.oms_order_to_cash.models.lanes.delivery.oms_lane_delivery_remedies_carrier"
        with patch.object(self.env.registry["delivery.carrier"], "fixed_rate_shipment", rate), mute_logger(log):
            self.assertJobs(self._run("rate_shop", order), "done")
        self.assertEqual(order.carrier_id, self.carrier)

    def test_set_carrier_and_back(self):
        dear = self._make_carrier("Test Dear", 40)
        order = self._place_order()
        order.set_delivery_line(self.carrier, 10)
        self._confirm(order)
        job = self._run("set_carrier", order, carrier_id=dear.id)
        self.assertJobs(job, "done")
        self.assertEqual((order.carrier_id, order.picking_ids.carrier_id, order.amount_total), (dear, dear, 140))
        again = self._run("set_carrier", order, carrier_id=dear.id)
        self.assertJobs(again, ("skipped", "It goes with Test Dear already."))
        job.action_undo()
        self.assertEqual((order.carrier_id, order.amount_total), (self.carrier, 110))
        job = self._run("set_carrier", order, carrier_id=dear.id)
        order.picking_ids.carrier_tracking_ref = "TRACK1"
        with self.assertRaisesRegex(UserError, "is booked with the carrier"):
            job.action_undo()

    def test_a_carrier_chosen_since_is_undone_first(self):
        self.carrier.active = True
        dear, order = self._make_carrier("Test Dear", 40), self._confirmed()
        cheapest = self._run("rate_shop", order)
        chosen = self._run("set_carrier", order, carrier_id=dear.id)
        with self.assertRaisesRegex(UserError, "Choose a carrier .* came after it"):
            cheapest.action_undo()
        self.assertEqual(order.carrier_id, dear)
        (cheapest + chosen).action_undo()
        self.assertFalse(order.carrier_id)

    # === D2 === #

    def _get_unlabelled(self):
        """Return an order that has left without the label of its carrier."""
        order = self._place_order()
        order.set_delivery_line(self.carrier, 10)
        self._confirm(order)
        self._ship(order)
        order.picking_ids.activity_schedule("mail.mail_activity_data_warning", note="<p>The carrier is down.</p>")
        self._look(order)
        return order

    def test_d2_label_failed(self):
        order, fine = self._get_unlabelled(), self._confirmed()
        self._ship(fine)
        self.assertIssue(order, "D2", severity="high", turn="warehouse")
        self.assertNoIssue(fine, "D2")
        chain = self._get_chain(order, "D2")
        self.assertIn("has no tracking reference", chain[0])
        self.assertEqual(chain[1], "The carrier is down.")
        order.picking_ids.carrier_tracking_ref = "TRACK2"
        self.assertNoIssue(order, "D2")
        self.assertIssuesHold(order + fine)

    def test_label_again_once(self):
        order, other = self._get_unlabelled(), self._get_unlabelled()
        calls = []

        def send(carrier, pickings):
            calls.extend(pickings.ids)
            if pickings == other.picking_ids:
                raise UserError("Wrong zip code.")
            return [{"exact_price": 12, "tracking_number": "TRACK3"}]

        with patch.object(self.env.registry["delivery.carrier"], "send_shipping", send):
            self.assertJobs(self._run("retry_label", order + other), "done", ("failed", "Wrong zip code."))
            self.assertEqual(order.picking_ids.carrier_tracking_ref, "TRACK3")
            self.assertNoIssue(order, "D2")
            self.assertIssue(other, "D2")
            booked = calls.count(order.picking_ids.id)
            self.assertJobs(self._run("retry_label", order), ("skipped", "All that left is booked with its carrier."))
            self.assertEqual(calls.count(order.picking_ids.id), booked)

    # === D3 === #

    def _go_by_freight(self, product):
        self.carrier.write({"active": True, "oms_is_freight": True})
        return self._confirmed([(product, 2)], carrier_id=self.carrier.id)

    def _enter(self, orders, **values):
        """Open the form as the remedy does, and enter these values for every product it asks for."""
        action = self._get_issue(orders[:1], "D3").action_run()
        form = self.env[action["res_model"]].browse(action["res_id"])
        form.line_ids.write(values)
        return form

    def test_d3_freight_data_missing(self):
        product = self._make_product("Goods on pallets", 15, weight=30)
        order, parcel = self._go_by_freight(product), self._confirmed([(product, 2)])
        service = self._go_by_freight(self.service)
        self.assertIssue(order, "D3", severity="medium", turn="warehouse")
        self.assertNoIssue(parcel, "D3")
        self.assertNoIssue(service, "D3")
        self.assertEqual(
            self._get_chain(order, "D3"),
            ["It goes with Test Carrier", "Test Goods on pallets: volume, freight class missing"],
        )
        product.volume = 0.2
        product.oms_freight_class = "85"
        self._look(order)
        self.assertNoIssue(order, "D3")
        self.assertIssuesHold(order + parcel + service)

    def test_d3_completed_and_back(self):
        product = self._make_product("Goods on pallets", 15, weight=30)
        order = self._go_by_freight(product)
        self.assertEqual(
            self.runner._get_preview("complete_freight", order)[order.id],
            ["Test Goods on pallets gets its volume, freight class."],
        )
        form = self._enter(order, volume=0.2)
        self.assertEqual((form.line_ids.product_id, form.line_ids.weight), (product, 30))
        form.action_save()
        self.assertEqual(self._get_chain(order, "D3")[1], "Test Goods on pallets: freight class missing")
        self._enter(order, freight_class="85").action_save()
        self.assertNoIssue(order, "D3")
        jobs = self.jobs.search([("verb", "=", "complete_freight")])
        self.assertEqual(jobs.mapped("state"), ["done", "done"])
        nothing = ("skipped", "Nothing is missing for a freight carrier.")
        self.assertJobs(self._run("complete_freight", order), nothing)
        product.weight = 31
        jobs.action_undo()
        self.assertEqual((product.weight, product.volume, product.oms_freight_class), (31, 0, False))
        self.assertIssue(order, "D3")
        self.assertIssuesHold(order)

    def test_d3_nothing_entered(self):
        order = self._go_by_freight(self.goods)
        ask = ("skipped", "Open it and enter what its products lack.")
        self.assertJobs(self._run("complete_freight", order), ask)
        given = {"products": {str(self.goods.id): {"list_price": 1}}}
        self.assertJobs(self._run("complete_freight", order, **given), ask)
        user = self._make_user("oms_freight_seller", "sales_team.group_sale_salesman")
        user.group_ids -= self.env.ref("product.group_product_manager")
        order.user_id = user
        with self.assertRaises(AccessError):
            self.runner.with_user(user)._open_window("complete_freight", order.with_user(user))

    # === D4 === #

    def _get_stuck(self):
        order = self._confirmed()
        self._ship(order)
        order.picking_ids.oms_record_delivery_state("stalled", "No scan for five days.")
        return order

    def test_d4_stalled(self):
        order, moving = self._get_stuck(), self._confirmed()
        self._ship(moving)
        moving.picking_ids.oms_record_delivery_state("in_transit")
        self.assertIssue(order, "D4", severity="high", turn="carrier")
        self.assertNoIssue(moving, "D4")
        self.assertIn(": Stalled", self._get_chain(order, "D4")[0])
        self.assertIn("No scan for five days.", order.picking_ids.message_ids[0].body)
        order.picking_ids.oms_delivery_state = "delivered"
        self.assertNoIssue(order, "D4")
        self.assertIssuesHold(order + moving)

    def test_claimed_once(self):
        order, fine = self._get_stuck(), self._confirmed()
        picking = order.picking_ids
        jobs = self._run("claim", order + fine)
        self.assertJobs(jobs, "done", ("skipped", "No carrier reports trouble with it."))
        self.assertEqual(picking.activity_ids.summary, f"Clear up {picking.name} with the carrier")
        self.assertEqual(picking.activity_ids.date_deadline, fields.Date.context_today(picking))
        mails = self.env["mail.mail"].search([("model", "=", "stock.picking"), ("res_id", "=", picking.id)])
        self.assertEqual((len(mails), mails.recipient_ids, mails.state), (1, order.partner_id, "outgoing"))
        message = "Somebody looks into it already: the activity on it is still open."
        self.assertJobs(self._run("claim", order), ("skipped", message))
        self.assertFalse(self.runner._is_reversible("claim"))
