from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .hold_case import OmsHoldCase


@tagged("post_install", "-at_install")
class TestOmsHoldStock(OmsHoldCase):
    """Goods of an order on hold are neither reserved nor shipped, from any screen, and it is said why."""

    def _get_refusal(self, order):
        group = self.env.ref("sales_team.group_sale_salesman").full_name
        reason = f"{order.name} is on hold (Address to check). It is released by {group}."
        transfers = self._get_open_pickings(order).filtered("move_ids").sorted("name")
        lines = [f"{transfer.name}: {reason}" for transfer in transfers]
        return "\n".join(["Goods of an order on hold are neither reserved, picked nor shipped.", *lines])

    def _assert_refused(self, order, method, *args):
        with self.assertRaises(UserError) as raised, self.env.cr.savepoint():
            method(*args)
        self.assertEqual(str(raised.exception), self._get_refusal(order))

    # === RESERVED === #

    def test_confirmed_on_hold_and_not_reserved(self):
        order = self._place_order([(self.goods, 10), (self.consumable, 3)])
        self._hold(order)
        self._confirm(order)
        picking = self._get_open_pickings(order)
        self.assertEqual((picking.state, self._get_reserved(order)), ("confirmed", 0))
        self._release(order)
        self.assertEqual((picking.state, self._get_reserved(order)), ("assigned", 13))

    def test_check_availability(self):
        held, free = self._place_order(), self._place_order()
        self._hold(held)
        self._confirm(held + free)
        self._unreserve(free)
        self._assert_refused(held, self._get_open_pickings(held).with_user(self.picker).action_assign)
        (self._get_open_pickings(held) + self._get_open_pickings(free)).action_assign()
        self.assertEqual((self._get_reserved(held), self._get_reserved(free)), (0, 10))

    def test_scheduler_and_receipts_reserve_for_the_others(self):
        held, free = self._place_order([(self.short, 5)]), self._place_order([(self.short, 5)])
        self._hold(held)
        self._confirm(held + free)
        self._receive(self.short, 10)
        self.assertEqual((self._get_reserved(held), self._get_reserved(free)), (0, 5))
        self.env["stock.rule"]._run_scheduler_tasks()
        self.assertEqual((self._get_reserved(held), self._get_reserved(free)), (0, 5))

    def test_released_but_reserved_by_hand(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        order = self._place_order()
        self._hold(order)
        self._confirm(order)
        self._release(order)
        self.assertEqual(self._get_reserved(order), 0)

    def test_verbs_say_it(self):
        order = self._confirmed()
        self._hold(order)
        refused = ("skipped", "It is on hold: release it first.")
        self.assertJobs(self._run("deliver", order), refused)
        self.assertJobs(self._run("reserve", order), ("skipped", "All it needs is reserved."))
        self._unreserve(order)
        self.assertJobs(self._run("reserve", order), refused)

    # === TYPED === #

    def test_quantities_typed(self):
        order = self._confirmed()
        self._hold(order)
        move = self._get_open_pickings(order).move_ids
        self._assert_refused(order, move.write, {"quantity": 11})
        self._assert_refused(order, move.move_line_ids.write, {"quantity": 11})
        values = {"move_id": move.id, "picking_id": move.picking_id.id, "product_id": self.goods.id, "quantity": 1}
        self._assert_refused(order, self.env["stock.move.line"].create, values)
        move.quantity = 4
        self.assertEqual(self._get_reserved(order), 4)
        self._assert_refused(order, move.write, {"quantity": 5})
        move.move_line_ids.quantity = 0

    def test_marked_as_picked(self):
        order, other = self._confirmed(), self._confirmed()
        self._hold(order)
        move, free = self._get_open_pickings(order).move_ids, self._get_open_pickings(other).move_ids
        self._assert_refused(order, move.write, {"picked": True})
        self._assert_refused(order, (move + free).move_line_ids.write, {"picked": True})
        self.assertEqual((move + free).mapped("picked"), [False, False])
        self._release(order)
        move.picked = True
        self._hold(order)
        move.picked = True
        self.assertTrue(move.picked, "picked before it was stopped")
        move.picked = False
        self.assertFalse(move.move_line_ids.picked)

    def test_quantities_typed_on_the_form(self):
        order = self._place_order()
        self._hold(order)
        self._confirm(order)
        form = Form(self._get_open_pickings(order))
        with form.move_ids.edit(0) as move:
            move.quantity = 10
        self._assert_refused(order, form.save)

    def test_goods_added_by_hand(self):
        order = self._confirmed()
        self._hold(order)
        picking = self._get_open_pickings(order)
        values = {"product_id": self.delivered_goods.id, "quantity": 1, "location_id": picking.location_id.id}
        commands = [Command.create({**values, "location_dest_id": picking.location_dest_id.id})]
        self._assert_refused(order, picking.write, {"move_line_ids": commands})

    # === SHIPPED === #

    def test_validate(self):
        held, free = self._confirmed(), self._confirmed()
        self._hold(held)
        pickings = self._get_open_pickings(held) + self._get_open_pickings(free)
        self._assert_refused(held, pickings.with_user(self.picker).button_validate)
        self.assertEqual(pickings.mapped("state"), ["assigned", "assigned"])
        pickings[1].button_validate()
        self._release(held)
        pickings[0].button_validate()
        self.assertEqual(pickings.mapped("state"), ["done", "done"])

    def test_below_the_screens(self):
        order = self._confirmed()
        picking = self._get_open_pickings(order)
        picking.move_ids.picked = True
        self._hold(order)
        self._assert_refused(order, picking._action_done)
        self._assert_refused(order, picking.move_ids._action_done)

    def test_batch_of_transfers(self):
        held, idle, free = self._confirmed(), self._confirmed(), self._confirmed()
        self._hold(held, self.address)
        pickings = self._get_open_pickings(held) + self._get_open_pickings(free)
        batch = self.env["stock.picking.batch"].create({"picking_ids": [Command.set(pickings.ids)]})
        batch.action_confirm()
        self._assert_refused(held, batch.action_done)
        self._hold(idle, self.customer)
        self._unreserve(held)
        self._assert_refused(held, batch.action_done)
        batch.picking_ids -= pickings[0]
        batch.action_done()
        self.assertEqual(pickings[1].state, "done")

    def test_each_step(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self._hold(order)
        pick = self._get_open_pickings(order)[:1]
        self.assertEqual(pick.picking_type_id, self.two_step_warehouse.pick_type_id)
        self._assert_refused(order, pick.button_validate)
        self._release(order)
        pick.button_validate()
        self._hold(order)
        ship = self._get_open_pickings(order)
        self.assertEqual(ship.state, "assigned")
        self._assert_refused(order, ship.button_validate)

    def test_receipts_and_returns_go_on(self):
        order = self._confirmed([(self.goods, 10), (self.to_order, 2)])
        self._ship(order, {self.goods: 10})
        self._hold(order)
        returned = self._announce_return(order, {self.goods: 3})
        self.assertFalse(returned.oms_is_held)
        self._receive_return(returned)
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        self._receive_purchase(purchase)
        self.assertEqual((returned.state, purchase.picking_ids.state), ("done", "done"))
        waiting = self._get_open_pickings(order).filtered(lambda picking: picking.location_dest_id.usage == "customer")
        self.assertEqual((waiting.oms_is_held, self._get_reserved(order)), (True, 10 + 3))

    # === TOLD === #

    def test_transfers_and_orders_tell_it(self):
        held, free = self._confirmed(), self._confirmed()
        self._hold(held)
        text = self._get_refusal(held).split(": ", 1)[1]
        pickings = (self._get_open_pickings(held) + self._get_open_pickings(free)).with_user(self.picker)
        self.assertEqual(pickings.mapped("oms_is_held"), [True, False])
        self.assertEqual(pickings.mapped("oms_hold_text"), [text, ""])
        self.assertEqual((held.oms_is_held, held.oms_hold_text, free.oms_is_held), (True, text, False))
        self.assertEqual(self._read_flow(held).hold_text, text)
        self.assertEqual((self._read_flow(held).is_held, self._read_flow(free).is_held), (True, False))

    def test_costs_one_question_where_nothing_is_held(self):
        order = self._place_order()
        self.env["oms.hold"].search([("state", "=", "active")])._release()
        self.env.cr.flush()
        self.assertFalse(order.order_line.move_ids._oms_has_holds())
        self._confirm(order)
        with self.assertQueryCount(1):  # the question; a second time it is known
            order.order_line.move_ids._oms_filter_held()
            order.order_line.move_ids._oms_filter_held()

    def test_paid_on_hold_is_confirmed_all_the_same(self):
        order = self._place_order()
        transaction = self._pay_online(order)
        self._hold(order, self.fraud)
        transaction._set_done()
        transaction._check_amount_and_confirm_order()  # what core does with the customer's money, before it books it
        self.assertEqual((order.state, self._get_reserved(order)), ("sale", 0))
        self.assertFlow(order, "check", "blocked todo todo todo todo none", "release")
