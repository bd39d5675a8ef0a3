from unittest.mock import patch

from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsVerbsStock(OmsRunnerCase):
    """Confirm, reserve, plan, deliver: what each does in the cases that are not plain."""

    # === CONFIRM === #

    def test_confirm_what_core_refuses_is_left_out(self):
        orders = self._place_order() + self._place_order()

        def refuse_first(order):
            return "Sign it first." if order == orders[0] else False

        with patch.object(self.env.registry["sale.order"], "_confirmation_error_message", refuse_first):
            jobs = self._run("confirm", orders)
        self.assertJobs(jobs, ("skipped", "Sign it first."), "done")
        self.assertEqual(orders.mapped("state"), ["draft", "sale"])

    def test_confirm_that_opens_a_window_is_a_failure(self):
        orders = self._place_order() + self._place_order()
        real = self.env.registry["sale.order"].action_confirm

        def ask_for_second(records):
            return {"type": "ir.actions.act_window"} if orders[1] in records else real(records)

        with patch.object(self.env.registry["sale.order"], "action_confirm", ask_for_second):
            jobs = self._run("confirm", orders)
        self.assertJobs(
            jobs,
            "done",
            ("failed", f"Confirming {orders[1].name} asks for a decision: open it and confirm it there."),
        )
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])

    def test_confirm_a_cancelled_order_says_what_to_do(self):
        order = self._place_order()
        self._cancel(order)
        self.assertJobs(self._run("confirm", order), ("skipped", "It is cancelled: set it back to quotation first."))

    # === RESERVE === #

    def test_reserve_takes_what_is_free(self):
        order, waiting = self._confirmed([(self.short, 4)]), self._confirmed([(self.purchased, 1)])
        no_stock = ("skipped", "No stock is free for it: buy, or wait for what is on the way.")
        self.assertJobs(self._run("reserve", order + waiting), no_stock, no_stock)
        # goods that appear without a receipt, which would reserve them at once
        self.env["stock.quant"]._update_available_quantity(self.short, self.warehouse.lot_stock_id, 3)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")
        self.assertJobs(self._run("reserve", order + waiting), "done", no_stock)
        self.assertEqual(order.picking_ids.move_ids.quantity, 3)
        self.assertEqual(order.picking_ids.move_ids.state, "partially_available")
        self.assertJobs(self._run("reserve", order), no_stock)

    def test_reserve_without_goods(self):
        self.assertJobs(
            self._run("reserve", self._confirmed([(self.service, 1)]) + self._place_order()),
            ("skipped", "It has nothing to reserve."),
            ("skipped", "Confirm the order first."),
        )

    # === PLAN === #

    def test_plan_again_what_was_cancelled(self):
        order, planned = self._confirmed(), self._confirmed()
        self._ship(order, 4)
        self._cancel_transfers(order)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan")
        before = order.picking_ids
        jobs = self._run("plan", order + planned)
        self.assertJobs(jobs, "done", ("skipped", "All of it is planned or delivered."))
        new = order.picking_ids - before
        self.assertEqual((len(new), new.move_ids.product_uom_qty, new.state), (1, 6, "assigned"))
        self.assertEqual(jobs.filtered("documents").documents, {"stock.picking": new.ids})
        self.assertJobs(self._run("plan", order), ("skipped", "All of it is planned or delivered."))

    def test_plan_does_not_send_out_again_what_came_back(self):
        order = self._confirmed()
        self._ship(order)
        self._return(order, 3)
        self.assertEqual(order.order_line._get_qty_procurement(), 7, "core alone would send 3 again")
        self.assertJobs(self._run("plan", order), ("skipped", "All of it is planned or delivered."))

    def test_plan_only_the_rest_beside_a_return(self):
        order = self._confirmed()
        self._ship(order, 5)
        self._cancel_transfers(order)
        self._return(order, 2)
        before = order.picking_ids
        self.assertJobs(self._run("plan", order), "done")
        self.assertEqual((order.picking_ids - before).move_ids.product_uom_qty, 5)

    def test_plan_a_locked_order_says_what_to_do(self):
        order = self._confirmed()
        self._cancel_transfers(order)
        order.action_lock()
        self.assertJobs(self._run("plan", order), ("skipped", "It is locked: unlock it to plan its delivery."))

    def test_plan_without_a_route_is_a_failure_in_words(self):
        order = self._confirmed()
        self._cancel_transfers(order)
        self.warehouse.delivery_route_id.rule_ids.active = False
        job = self._run("plan", order)
        self.assertEqual(job.state, "failed")
        self.assertIn("No rule has been found to replenish", job.message)

    # === DELIVER === #

    def test_deliver_one_step_at_a_time(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self.assertJobs(self._run("deliver", order), "done")
        self.assertEqual(order.picking_ids.sorted("id").mapped("state"), ["done", "assigned"])
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertJobs(self._run("deliver", order), "done")
        self.assertEqual(order.picking_ids.mapped("state"), ["done", "done"])
        self.assertEqual(order.order_line.qty_delivered, 10)

    def test_deliver_what_is_there_and_leave_a_backorder(self):
        self._put_in_stock(self.short, 3)
        order = self._confirmed([(self.short, 5)])
        self.assertJobs(self._run("deliver", order), "done")
        self.assertEqual(order.order_line.qty_delivered, 3)
        backorder = order.picking_ids.filtered("backorder_id")
        self.assertEqual((backorder.move_ids.product_uom_qty, backorder.state), (2, "confirmed"))
        self.assertJobs(self._run("deliver", order), ("skipped", "No transfer is ready: reserve its goods first."))

    def test_deliver_all_at_once_waits_for_the_rest(self):
        self._put_in_stock(self.short, 3)
        order = self._confirmed([(self.short, 5)], picking_policy="one")
        self.assertJobs(self._run("deliver", order), ("skipped", "No transfer is ready: reserve its goods first."))
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_deliver_does_not_receive_a_return(self):
        order = self._confirmed()
        self._ship(order)
        announced = self._announce_return(order, 2)
        self.assertJobs(self._run("deliver", order), ("skipped", "Nothing is left to deliver."))
        self.assertEqual(announced.state, "assigned")

    def test_deliver_that_opens_a_window_is_a_failure(self):
        orders = self._confirmed() + self._confirmed()
        real = self.env.registry["stock.picking"].button_validate

        def ask_for_second(pickings):
            if orders[1].picking_ids & pickings:
                return {"type": "ir.actions.act_window", "name": "Weigh it"}
            return real(pickings)

        with patch.object(self.env.registry["stock.picking"], "button_validate", ask_for_second):
            jobs = self._run("deliver", orders)
        name = orders[1].picking_ids.name
        self.assertJobs(
            jobs,
            "done",
            ("failed", f"{name} asks for a decision (Weigh it): open it and validate it there."),
        )

    def test_deliver_that_prints_afterwards_is_done(self):
        self.warehouse.out_type_id.auto_print_delivery_slip = True
        order = self._confirmed()
        self.assertJobs(self._run("deliver", order), "done")
        self.assertEqual(order.picking_ids.state, "done")
