from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsUndo(OmsIssueCase):
    """Undone means as before; what can't be brought back is refused, with the reason, and nothing is changed."""

    def _get_snapshot(self, order):
        return self.env["sale.order"]._oms_read_snapshot(order.ids)[order.id]

    def assertUndone(self, order, verb, **params):
        """Run a verb and undo it: all documents of the order are as they were."""
        before = self._get_snapshot(order)
        job = self._run(verb, order, **params)
        self.assertJobs(job, "done")
        job.action_undo()
        self.assertEqual(self._get_snapshot(order), before)
        self.assertIssuesHold(order)
        return job

    def assertRefused(self, job, reason):
        """Try to undo: it is refused for this reason, and nothing is changed."""
        before = self._get_snapshot(job.order_id)
        with self.assertRaisesRegex(UserError, reason):
            job.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self._get_snapshot(job.order_id), before)
        self.assertFalse(job.date_undone)

    def _get_purchased(self, order):
        return [(line.product_qty, line.order_id.state) for line in order._get_purchase_orders().order_line]

    # === CANCELLING === #

    def test_cancelled_order_has_its_purchase_once(self):
        order = self._confirmed([(self.to_order, 3)])
        self.assertEqual(self._get_purchased(order), [(3, "draft")])
        self.assertUndone(order, "cancel")
        self.assertEqual(self._get_purchased(order), [(3, "draft")])
        line = order._get_purchase_orders().order_line
        self.assertEqual(self._get_open_pickings(order).move_ids.created_purchase_line_ids, line)

    def test_cancelled_order_shares_its_purchase_as_before(self):
        self.vendor.group_rfq = "all"
        order, other = self._confirmed([(self.to_order, 3)]), self._confirmed([(self.to_order, 4)])
        self.assertEqual(self._get_purchased(order), [(7, "draft")])
        self.assertUndone(order, "cancel")
        self.assertEqual(self._get_purchased(other), [(7, "draft")])

    def test_cancelled_order_is_fed_again_by_what_is_on_its_way(self):
        order = self._confirmed([(self.to_order, 3)])
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        self.assertUndone(order, "cancel")
        self.assertEqual(self._get_purchased(order), [(3, "purchase")])
        move = self._get_open_pickings(order).move_ids
        self.assertEqual((move.move_orig_ids, move.state), (purchase.picking_ids.move_ids, "waiting"))
        self._receive_purchase(purchase)
        self.assertEqual((move.state, move.quantity), ("assigned", 3))

    def test_cancelled_order_has_its_draft_invoice_and_promise_again(self):
        order = self._confirmed()
        draft, promise = self._invoice(order, post=False), order.oms_date_promised
        self.assertUndone(order, "cancel")
        self.assertEqual((draft.state, draft.amount_total), ("draft", 100))
        self.assertEqual((order.oms_date_promised, order.order_line.oms_date_promised), (promise, promise))

    def test_cancelled_order_is_reserved_as_before(self):
        unreserved, partly = self._confirmed(), self._confirmed([(self.goods, 5)])
        self._unreserve(unreserved + partly)
        partly.order_line.move_ids.quantity = 2
        self.assertUndone(unreserved, "cancel")
        self.assertUndone(partly, "cancel")
        self.assertEqual(self._get_open_pickings(partly).move_ids.quantity, 2)

    def test_cancelled_order_whose_goods_others_took_stays_cancelled(self):
        order = self._confirmed([(self.goods, 100)])
        job = self._run("cancel", order)
        self._confirmed([(self.goods, 60)])
        self.assertRefused(job, "Reserved of Test Goods: 40 instead of 100")
        self.assertEqual(order.state, "cancel")

    def test_cancelled_order_of_several_steps(self):
        order = self._confirmed([(self.goods, 4)], warehouse_id=self.three_step_warehouse.id)
        self.assertUndone(order, "cancel")

    def test_cancelled_quotation(self):
        order = self._place_order()
        order.action_quotation_sent()
        self.assertUndone(order, "cancel")
        self.assertEqual(order.state, "sent")

    # === CONFIRMING === #

    def test_confirmed_order_takes_its_draft_purchase_back(self):
        self.vendor.group_rfq = "all"
        other = self._confirmed([(self.to_order, 4)])
        order = self._place_order([(self.to_order, 3)])
        self.assertUndone(order, "confirm")
        self.assertEqual(self._get_purchased(other), [(4, "draft")])
        self._cancel(other)
        alone = self._place_order([(self.purchased, 1)])
        alone.order_line.route_ids = self.to_order.route_ids
        self.assertUndone(alone, "confirm")
        self.assertFalse(alone._get_purchase_orders().filtered(lambda purchase: purchase.state != "cancel"))

    def test_confirmed_order_stays_once_a_vendor_was_asked(self):
        order = self._place_order([(self.to_order, 3)])
        job = self._run("confirm", order)
        purchase = order._get_purchase_orders()
        for state in ("sent", "to approve", "purchase"):
            purchase.state = state
            self.assertRefused(job, f"{purchase.name} is bought for it: cancel it first")
        purchase.button_cancel()
        self.assertEqual(job._get_undo_obstacle(), "")

    def test_confirmed_order_stays_once_goods_were_bought_for_it(self):
        order = self._place_order([(self.purchased, 2)])
        job = self._run("confirm", order)
        buying = self._run("buy", order)
        self.assertJobs(buying, "done")
        self.assertRefused(job, "is bought for it: cancel it first")
        buying.action_undo()
        job.action_undo()
        self.assertEqual(order.state, "draft")

    def test_confirmed_order_stays_once_another_warehouse_sends_its_goods(self):
        self._put_in_stock(self.short, 5, self.other_warehouse)
        order = self._place_order([(self.short, 2)])
        job = self._run("confirm", order)
        self.assertJobs(self._run("transfer", order), "done")
        self.assertRefused(job, "brings goods for it: cancel it first")

    # === POSTING === #

    def test_posted_invoice_is_the_draft_it_was(self):
        order = self._confirmed()
        self._invoice(order, post=False)
        self.assertUndone(order, "post")
        self.assertFalse(order.invoice_ids.invoice_date)

    # === IN GENERAL === #

    def test_an_undo_that_brings_back_something_else_is_refused(self):
        order = self._place_order()
        owner = self._make_user("oms_new_owner", "sales_team.group_sale_salesman")
        job = self._run("assign", order, user_id=owner.id)
        verb = self.env.registry["oms.verb.assign"]
        real = verb._undo

        def careless(self, order, documents, before):
            real(self, order, documents, before)
            order.order_line.product_uom_qty = 3

        with patch.object(verb, "_undo", careless):
            self.assertRefused(job, "Order lines of Test Goods: 30 instead of 100")
        self.assertEqual((order.user_id, order.amount_total), (owner, 100))
        with patch.object(verb, "_undo", lambda *args: None):
            self.assertRefused(job, "Salesperson: not as before")
        job.action_undo()
        self.assertNotEqual(order.user_id, owner)

    def test_who_may_run_it_may_undo_it_without_seeing_what_it_changed(self):
        seller = self._make_user("oms_undo_seller", "sales_team.group_sale_salesman_all_leads")
        order = self._place_order([(self.to_order, 3)])
        [answer] = self.runner.with_user(seller).run("confirm", order.ids)
        self.assertEqual(answer["state"], "done")
        job = self.jobs.search([("order_id", "=", order.id)]).with_user(seller)
        with self.assertRaises(AccessError):
            job.read(["changes"])
        job.action_undo()
        self.assertEqual(order.state, "draft")

    def test_what_others_did_since_stays(self):
        order = self._place_order()
        owner = self._make_user("oms_new_owner", "sales_team.group_sale_salesman")
        job = self._run("assign", order, user_id=owner.id)
        order.order_line.product_uom_qty = 3
        self._confirm(order)
        self._ship(order)
        job.action_undo()
        self.assertEqual((order.user_id, order.amount_total, order.order_line.qty_delivered), (self.env.user, 30, 3))

    def test_a_draft_made_beside_stays(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._ship(order, 4)
        job = self._run("invoice", order)
        self._ship(order)
        other = self._invoice(order, post=False)
        job.action_undo()
        self.assertEqual(order.invoice_ids, other)

    def test_snapshots_cost_two_queries(self):
        orders = self._place_order() + self._place_order()
        self.env["sale.order"]._oms_read_snapshot(orders.ids)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["sale.order"]._oms_read_snapshot(orders.ids)

    # === OTHER ADDONS === #

    def test_event_registrations_come_back(self):
        if "event.registration" not in self.env:
            self.skipTest("selling events is not installed")
        order = self._place_event_order()
        confirming = self._run("confirm", order)
        states = order.order_line.registration_ids.mapped("state")
        self.assertEqual(len(states), 2)
        self.assertUndone(order, "cancel")
        self.assertEqual(order.order_line.registration_ids.mapped("state"), states)
        confirming.action_undo()
        self.assertEqual(set(order.order_line.registration_ids.mapped("state")), {"cancel"})

    def _place_event_order(self):
        product = self._make_product("Ticket", 80, type="service", is_storable=False, service_tracking="event")
        event = self.env["event.event"].create(
            {
                "name": "Test Event",
                "date_begin": "2030-01-01 08:00:00",
                "date_end": "2030-01-02 18:00:00",
                "event_ticket_ids": [Command.create({"name": "Seat", "product_id": product.id, "price": 80})],
            }
        )
        line = {
            "product_id": product.id,
            "product_uom_qty": 2,
            "event_id": event.id,
            "event_ticket_id": event.event_ticket_ids.id,
        }
        return self._place_order([line])

    def test_rewards_are_not_brought_back(self):
        if "loyalty.program" not in self.env or "reward_id" not in self.env["sale.order.line"]._fields:
            self.skipTest("selling with loyalty programs is not installed")
        order = self._place_order([(self.goods, 10)])
        card = self._make_gift_card(20)
        order._try_apply_code(card.code)
        order._apply_program_reward(card.program_id.reward_ids, card)
        self.assertEqual(order.amount_total, 80)
        confirming = self._run("confirm", order)
        self.assertRefused(confirming, "not all would be as before, so nothing was changed.*Total: 100 instead of 80")
        self.assertEqual((order.state, order.amount_total, card.points), ("sale", 80, 0))
        self.assertRefused(self._run("cancel", order), "was taken off the order with it")

    def _make_gift_card(self, amount):
        program = self.env["loyalty.program"].create(
            {
                "name": "Test Gift Cards",
                "program_type": "gift_card",
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [
                    Command.create({"reward_point_amount": 1, "reward_point_mode": "money", "minimum_qty": 0}),
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1,
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )
        return self.env["loyalty.card"].create({"program_id": program.id, "points": amount, "code": "TEST-CARD"})
