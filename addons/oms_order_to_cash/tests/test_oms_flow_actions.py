from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsFlowActions(OmsRunnerCase):
    """The button of the cockpit's rows."""

    def test_next_action_runs(self):
        order = self._place_order()
        flow = self._read_flow(order)
        for done in ("confirm", "deliver", "invoice", "post"):
            self.assertEqual(flow.next_action, done)
            result = flow.action_next()
            self.assertEqual((result["tag"], result["params"]["type"]), ("oms_job_result", "success"), done)
            self._drain()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(self.jobs.search([("order_id", "=", order.id)]).mapped("origin"), ["user"] * 4)
        window = flow.action_next()
        self.assertEqual(
            (window["res_model"], self.env["oms.bulk.run"].browse(window["res_id"]).verb), ("oms.bulk.run", "pay")
        )
        self.env["oms.bulk.run"].browse(window["res_id"]).action_run()
        self.assertFlow(order, "closed", "done done done done done none")

    def test_button_pressed_too_late_runs_nothing(self):
        order = self._place_order()
        flow = self._read_flow(order)
        self._confirm(order)
        self.env.cr.flush()
        with self.assertRaisesRegex(UserError, "Meanwhile another step is next"):
            flow.with_context(oms_next_action="confirm").action_next()
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_a_row_offers_what_the_user_may_run(self):
        order, buy = self._confirmed(), self._confirmed([(self.purchased, 2)])
        self._ship(order)
        self._invoice(order)
        flow, short = self._read_flow(order), self._read_flow(buy)
        self.assertEqual((flow.next_action, short.next_action), ("pay", "purchase"))
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual((flow.has_runnable_action, flow.next_action_hint), (True, False))
        both = (flow + short).with_user(seller)
        self.assertEqual(both.mapped("has_runnable_action"), [False, False])
        self.assertRegex(both[0].next_action_hint, "^This is for: .*Invoicing")
        self.assertRegex(both[1].next_action_hint, "^This is for: Purchase")
        for row in both:
            with self.assertRaises(AccessError):
                row.action_next()
        action = self.env["oms.cockpit"].with_user(seller).get_order_strip(order.id)["action"]
        self.assertEqual((action["runnable"], action["hint"]), (False, both[0].next_action_hint))

    def test_steps_that_ask_for_different_things_are_not_mixed_up(self):
        invoiced, nowhere = self._confirmed(), self._make_customer("Test Nowhere", street=False)
        self._ship(invoiced)
        self._invoice(invoiced)
        lacking = self._place_order(partner_id=nowhere.id)
        lacking.set_delivery_line(self.carrier, 10)
        self._confirm(lacking)
        window = (self._read_flow(invoiced) + self._read_flow(lacking)).action_next()
        run = self.env["oms.bulk.run"].browse(window["res_id"])
        self.assertEqual(
            run.line_ids.mapped(lambda line: (line.order_id, line.verb, line.state)),
            [
                (invoiced, "pay", "left_out"),
                (lacking, "complete", "left_out"),
            ],
        )
        self.assertEqual(
            run.line_ids.mapped("message"),
            [
                "It asks for this: Journal, Payment Date. Choose these alone.",
                "It asks in a form of its own: choose it alone.",
            ],
        )

    def test_several_orders_at_once(self):
        quotation, confirmed = self._place_order(), self._confirmed()
        flows = self._read_flow(quotation) + self._read_flow(confirmed)
        self.assertEqual(flows.action_next()["params"]["title"], "2 done")
        self.assertEqual((quotation.state, confirmed.picking_ids.state), ("sale", "done"))

    def test_the_others_run_beside_one_that_asks(self):
        quotation, invoiced = self._place_order(), self._confirmed()
        self._ship(invoiced)
        self._invoice(invoiced)
        flows = self._read_flow(quotation) + self._read_flow(invoiced)
        window = flows.action_next()
        run = self.env["oms.bulk.run"].browse(window["res_id"])
        self.assertEqual((quotation.state, run.verb, run.order_ids), ("sale", "pay", invoiced))

    def test_step_of_a_person_opens_its_document(self):
        buy = self._confirmed([(self.purchased, 2)])
        action = self._read_flow(buy).action_next()
        self.assertEqual((action["res_model"], action["res_id"]), ("product.product", self.purchased.id))
        purchase = self._buy(self.purchased, 2, confirm=False)
        action = self._read_flow(buy).action_next()
        self.assertEqual((action["res_model"], action["res_id"]), ("purchase.order", purchase.id))
        purchase.button_confirm()
        action = self._read_flow(buy).action_next()
        self.assertEqual((action["res_model"], action["res_id"]), ("stock.picking", buy.picking_ids.id))
        perform = self._confirmed([(self.delivered_service, 2)])
        action = self._read_flow(perform).action_next()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", perform.id))
        self.assertEqual(self._read_flow(perform).action_open_order()["res_id"], perform.id)

    def test_a_return_opens_its_transfer_and_is_credited(self):
        order = self._finish(self._confirmed())
        announced = self._announce_return(order, 2)
        action = self._read_flow(order).action_next()
        self.assertEqual((action["res_model"], action["res_id"]), ("stock.picking", announced.id))
        self._receive_return(announced)
        result = self._read_flow(order).action_next()
        self.assertEqual((result["tag"], result["params"]["type"]), ("oms_job_result", "success"))
        credit = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.state, credit.amount_total), ("posted", 20))

    def test_missing_address_opens_the_address(self):
        nowhere = self._make_customer("Test Nowhere", street=False)
        order = self._place_order(partner_id=nowhere.id)
        order.set_delivery_line(self.carrier, 10)
        self._confirm(order)
        action = self._read_flow(order).action_next()
        self.assertEqual(action["res_model"], "oms.complete")
        window = self.env["oms.complete"].browse(action["res_id"])
        self.assertEqual(window.order_id, order, "it asks for what this order lacks")
