from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsIssuesOrderPromise(OmsIssueCase):
    """O7: nobody promised a date, or what is on the way comes too late; a new promise and the way back."""

    def _get_late(self, days=10):
        """Return an order short of goods that a purchase brings some days after the promise."""
        product = self._make_product("Goods on the way", 40)
        order = self._confirmed([(product, 5)])
        receipts = self._buy(product, 5).picking_ids.move_ids
        receipts.purchase_line_id.date_planned = order.oms_date_promised + timedelta(days=days)
        return order, receipts

    def test_found_when_supply_is_later_than_the_promise(self):
        order, receipts = self._get_late()
        in_time, their_receipts = self._get_late(0)
        their_receipts.purchase_line_id.date_planned = in_time.oms_date_promised
        issue = self.assertIssue(order, "O7", turn="sales", date_deadline=order.oms_date_promised)
        chain = self._get_chain(order, "O7")
        self.assertEqual(len(chain), 2)
        self.assertIn("Promised for", chain[0])
        self.assertIn(f"{receipts.picking_id.name} brings Test Goods on the way on", chain[1])
        receipts.purchase_line_id.date_planned = order.oms_date_promised
        self.assertNoIssue(order, "O7")
        self.assertEqual(issue.state, "closed")
        self.assertIssuesHold(order + in_time)

    def test_receipts_are_taken_until_they_suffice(self):
        order = self._get_late()[0]
        early = self._buy(order.order_line.product_id, 4).picking_ids.move_ids
        early.purchase_line_id.date_planned = order.oms_date_promised - timedelta(days=1)
        self.assertIssue(order, "O7")
        more = self._buy(order.order_line.product_id, 1).picking_ids.move_ids
        more.purchase_line_id.date_planned = order.oms_date_promised
        self.assertNoIssue(order, "O7")
        self.assertIssuesHold(order)

    def test_receipts_go_to_earlier_orders_first(self):
        order, receipts = self._get_late(0)
        receipts.purchase_line_id.date_planned = order.oms_date_promised
        self.assertNoIssue(order, "O7")
        urgent = self._confirmed([(order.order_line.product_id, 3)])
        urgent.picking_ids.move_ids.priority = "1"
        later = self._buy(order.order_line.product_id, 3).picking_ids.move_ids
        later.purchase_line_id.date_planned = order.oms_date_promised + timedelta(days=4)
        self.assertIssue(order, "O7")
        self.assertIn(f"{later.picking_id.name} brings", self._get_chain(order, "O7")[1])
        self.assertNoIssue(urgent, "O7")
        job = self._run("repromise", order)
        self.assertEqual(order.oms_date_promised, later.purchase_line_id.date_planned)
        job.action_undo()
        urgent._action_cancel()
        self.assertNoIssue(order, "O7")
        self.assertIssuesHold(order + urgent)

    def test_what_is_on_the_shelf_comes_first(self):
        order = self._get_late()[0]
        self._receive(order.order_line.product_id, 5)
        self._unreserve(order)
        self.assertNoIssue(order, "O7")
        self.assertIssuesHold(order)

    def test_nobody_promised_a_date(self):
        order, other = self._confirmed(), self._confirmed()
        order.oms_date_promised = False
        self.assertIssue(order, "O7")
        self.assertEqual(self._get_chain(order, "O7"), ["Nobody told the customer a date."])
        self.assertNoIssue(other, "O7")
        self._ship(order)
        self.assertNoIssue(order, "O7")
        self.assertIssuesHold(order + other)

    def test_promised_again_by_what_supply_says(self):
        order, receipts = self._get_late()
        done, none = self._get_late(20)[0], self._confirmed()
        self._ship(none)
        expected = receipts.purchase_line_id.date_planned
        preview = self.runner._get_preview("repromise", order)[order.id][0]
        self.assertIn("from now on", preview)
        jobs = self._run("repromise", order + none + done, date=None)
        self.assertJobs(jobs, "done", "done", ("skipped", "All of it has left: there is nothing to promise."))
        self.assertEqual((order.commitment_date, order.oms_date_promised), (expected, expected))
        self.assertEqual(order.order_line.oms_date_promised, expected)
        self.assertEqual(order.order_line.move_ids.date_deadline, expected)
        self.assertIn("Promise moved from", order.message_ids[0].body)
        self.assertNoIssue(order, "O7")
        self.assertJobs(self._run("repromise", order), ("skipped", "It is promised for that day already."))
        self.assertIssuesHold(order + done + none)

    def test_a_day_is_needed_where_supply_says_nothing(self):
        order, other = self._confirmed([(self.short, 1)]), self._get_late()[0]
        jobs = self._run("repromise", order + other)
        self.assertJobs(
            jobs,
            ("failed", f"Choose a date for {order.name}: nothing on the way tells when the goods come."),
            "done",
        )
        jobs = self._run("repromise", order, date="2030-05-06", note="They know.", notify=True)
        self.assertJobs(jobs, "done")
        self.assertEqual(order.oms_date_promised, datetime(2030, 5, 6, 12))
        mail = self.env["mail.mail"].sudo().search([("res_id", "=", order.id), ("model", "=", "sale.order")])
        self.assertEqual(mail.subject, f"New delivery date of your order {order.name}")
        self.assertEqual(mail.state, "outgoing")

    def test_undone_and_not_any_more(self):
        order = self._get_late()[0]
        promise = order.oms_date_promised
        job = self._run("repromise", order)
        job.action_undo()
        self.assertEqual((order.commitment_date, order.oms_date_promised), (False, promise))
        self.assertEqual(order.order_line.oms_date_promised, promise)
        self.assertIssue(order, "O7")
        job = self._run("repromise", order)
        order.commitment_date = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "its delivery date was changed since"):
            job.action_undo()
        self.assertIssuesHold(order)

    # === CONFIRM === #

    def test_confirmation_undone(self):
        order = self._place_order()
        order.action_quotation_sent()
        date = order.date_order
        preview = self.runner._get_preview("confirm", order)[order.id]
        self.assertIn("It becomes a sales order", preview[0])
        self.assertIn("The customer is promised", preview[1])
        job = self._run("confirm", order)
        job.action_undo()
        self.assertEqual((order.state, order.date_order, order.oms_date_promised), ("sent", date, False))
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertJobs(self._run("confirm", order), "done")
        self.assertIssuesHold(order)

    def test_confirmation_not_undone_once_something_was_built_on_it(self):
        shipped, invoiced = self._place_order(), self._place_order()
        jobs = self._run("confirm", shipped + invoiced).sorted("id")
        self._ship(shipped)
        self._invoice(invoiced, post=False)
        with self.assertRaisesRegex(UserError, "left already"):
            jobs[0].action_undo()
        with self.assertRaisesRegex(UserError, "cancel it first"):
            jobs[1].action_undo()
        self.assertEqual((shipped + invoiced).mapped("state"), ["sale", "sale"])
