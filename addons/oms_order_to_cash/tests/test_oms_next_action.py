from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsNextAction(OmsIssueCase):
    """What an order's headline offers can be done, or it waits and says for what."""

    def assertRunnable(self, order, action):
        """Check the next action: nothing bars it, or it is to wait, with words."""
        flow = self._read_flow(order)
        self.assertEqual(flow.next_action, action)
        if action in self.runner._get_verbs():
            self.assertFalse(self.runner._get_obstacles(action, order).get(order.id))
        if action == "wait":
            self.assertTrue(flow._get_wait_text())
        self.assertFalse(self.env["oms.flow"]._audit([("id", "=", order.id)]))
        return flow

    # === QUOTATIONS === #

    def test_an_empty_quotation_waits_for_lines(self):
        order = self._place_order([])
        flow = self.assertRunnable(order, "wait")
        panel = self.env["oms.cockpit"].get_panel(flow.id)
        self.assertEqual(panel["action"]["waits_for"], "It is empty: add what is sold first.")
        order.order_line = [Command.create({"display_type": "line_note", "name": "Call first"})]
        self.assertRunnable(order, "wait")
        order.order_line = [Command.create({"product_id": self.goods.id})]
        self.assertRunnable(order, "confirm")
        order.order_line = [Command.create({"name": "Whatever it is"})]
        self.assertRunnable(order, "wait")
        self._pay_online(order, "done")
        self.assertRunnable(order, "wait")

    # === DELIVERIES === #

    def test_a_locked_order_of_which_nothing_is_planned_waits(self):
        order = self._confirmed()
        self._cancel_transfers(order)
        self.assertRunnable(order, "plan")
        order.action_lock()
        flow = self.assertRunnable(order, "wait")
        self.assertEqual(flow._get_wait_text(), "It is locked: unlock it to plan its delivery.")
        order.action_unlock()
        self.assertRunnable(order, "plan")

    def test_a_transfer_that_another_order_holds_up_is_not_ready(self):
        order, other = self._confirmed(picking_policy="one"), self._confirmed([(self.short, 1)], picking_policy="one")
        self.assertRunnable(order, "deliver")
        other.order_line.move_ids.picking_id = order.picking_ids
        self.env.flush_all()
        order.picking_ids.invalidate_recordset(["state"])
        self.assertEqual(order.picking_ids.state, "confirmed")
        self.env["oms.flow"]._refresh(order.ids)
        self.assertRunnable(order, "wait")

    # === DRAFT INVOICES === #

    def test_a_draft_of_another_day_waits_for_it(self):
        order = self._confirmed([(self.service, 2)])
        draft = self._invoice(order, post=False)
        self.assertRunnable(order, "post")
        draft.invoice_date = fields.Date.today() + timedelta(days=3)
        flow = self.assertRunnable(order, "wait")
        self.assertIn("dated in the future", flow._get_wait_text())
        draft.invoice_date = fields.Date.today()
        draft.auto_post = "at_date"
        self.assertRunnable(order, "wait")

    def test_goods_back_while_the_invoice_is_a_draft(self):
        order, other = self._confirmed([(self.goods, 10), (self.service, 1)]), self._confirmed()
        for shipped in order + other:
            self._ship(shipped)
            self._invoice(shipped, post=False)
        self._return(order, 4)
        self._return(other)
        self.assertRunnable(order, "correct_draft")
        card = next(card for card in self.env["oms.cockpit"].get_issue_cards(order.id) if card["code"] == "R2")
        self.assertEqual([remedy["verb"] for remedy in card["remedies"] if remedy["recommended"]], ["correct_draft"])
        self.assertEqual(card["remedies"][0]["obstacle"], "")
        [preview] = self.runner._get_preview("correct_draft", order)[order.id]
        self.assertIn("4 Units of Test Goods come off", preview)
        jobs = self._run("correct_draft", order + other)
        self.assertJobs(jobs, "done", ("done", "Nothing was left of its draft invoice: it is deleted."))
        self.assertEqual((order.invoice_ids.amount_total, order.invoice_ids.state), (110, "draft"))
        self.assertFalse(other.invoice_ids)
        self.assertRunnable(order, "post")
        self.assertRunnable(other, False)
        for done in order + other:
            self.assertNoIssue(done, "R2")
        self.assertJobs(
            self._run("correct_draft", order + other),
            ("skipped", "Its draft invoice is right: post it."),
            ("skipped", "It has no draft invoice."),
        )
        self.assertIssuesHold(order + other)

    def test_a_draft_is_too_high_once_less_is_ordered(self):
        order = self._confirmed([(self.service, 5)])
        draft = self._invoice(order, post=False)
        order.order_line.product_uom_qty = 3
        self.assertRunnable(order, "correct_draft")
        self.assertJobs(self._run("correct_draft", order), "done")
        self.assertEqual(draft.amount_total, 150)
        self.assertRunnable(order, "post")

    def test_a_draft_ahead_of_the_delivery_may_be_meant_so(self):
        order = self._confirmed([(self.delivered_service, 2)])
        order.order_line.qty_delivered = 2
        self._invoice(order, post=False)
        order.order_line.qty_delivered = 1
        self.assertNotEqual(self._read_flow(order).next_action, "correct_draft")

    # === MANY SITUATIONS === #

    def test_whatever_comes_next_can_be_run(self):
        for name, play in self._get_situations().items():
            with self.subTest(situation=name):
                order = self._confirmed([(self.goods, 4), (self.delivered_goods, 2)])
                for step in play:
                    step(order)
                    self._check_offers(order)

    def _get_situations(self):
        def bill(order):
            self._invoice(order)

        def draft(order):
            self._invoice(order, post=False)

        def post(order):
            self._post(order.invoice_ids)

        def pay(order):
            self._pay(order.invoice_ids.filtered(lambda move: move.state == "posted" and move.amount_residual))

        def pay_a_part(order):
            self._pay(order.invoice_ids[:1], amount=10)

        def back(order):
            self._return(order)

        def a_piece_back(order):
            self._return(order, 1)

        def dispute(order):
            order.invoice_ids.payment_state = "blocked"

        ship, half = self._ship, lambda order: self._ship(order, fraction=0.5)
        drop, lock = self._cancel_transfers, lambda order: order.action_lock()
        return {
            "shipped, billed, paid": (ship, bill, pay),
            "billed first": (bill, half, ship, bill, pay_a_part),
            "a draft, goods back": (ship, draft, back, post),
            "halves": (half, bill, drop, lock),
            "back before the bill": (ship, a_piece_back, bill),
            "billed, back": (ship, bill, back),
            "disputed": (ship, bill, dispute),
            "announced": (ship, bill, self._announce_return),
            "cancelled": (drop, self._cancel),
            "unreserved": (self._unreserve, self._reserve, self._cancel),
        }

    def _check_offers(self, order):
        flow, verbs = self._read_flow(order), self.runner._get_verbs()
        if flow.next_action in verbs:
            self.assertFalse(self.runner._get_obstacles(flow.next_action, order).get(order.id), flow.next_action)
        if flow.next_action == "wait":
            self.assertTrue(flow._get_wait_text())
        cards = self.env["oms.cockpit"].get_issue_cards(order.id)
        for issue in self._read_issues(order):
            [card] = [card for card in cards if card["id"] == issue.id]
            remedy = card["remedies"][0]
            self.assertTrue(remedy["recommended"])
            # What can't be run says what to do instead, and no other remedy that stands in for it can be run.
            if remedy["obstacle"]:
                others = issue.type_id.remedy_ids.filtered("is_substitute").mapped("verb")
                runnable = [
                    other["verb"] for other in card["remedies"] if other["verb"] in others and not other["obstacle"]
                ]
                self.assertEqual(runnable, [], (issue.code, remedy))
                self.assertRegex(remedy["obstacle"], r": |\.$")
