from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError

from .billing_case import OmsBillingCase


class TestOmsRefund(OmsBillingCase):
    """Money that the customer has to get back: shown, and given back as chosen."""

    def _get_credited(self, quantity=2, **vals):
        order = self._confirmed(**vals)
        self._ship(order)
        self._pay(self._invoice(order))
        self._return(order, quantity)
        return order, self._run("credit", order) and self._get_credit_notes(order)

    def test_credit_note_paid_out(self):
        order, credit = self._get_credited()
        flow = self._read_flow(order)
        self.assertEqual((flow.stage, flow.next_action), ("payment", "refund"))
        self.assertEqual((flow.amount_open, flow.amount_owed), (-20, 20))
        self.assertIssue(order, "R3", amount=20, severity="high", turn="accounting")
        self.assertEqual(self._get_chain(order, "R3"), [f"Credit note {credit.name}: $\xa020.00 not paid out"])
        today = fields.Date.today()
        [text] = self._get_preview("refund", order)
        self.assertIn(f"Registers a payment of $\xa020.00 to Test Customer for {credit.name}", text)
        job = self._run("refund", order, payment_date=fields.Date.to_string(today - timedelta(days=1)))
        self.assertJobs(job, "done")
        payment = credit.matched_payment_ids
        self.assertEqual((payment.payment_type, payment.amount), ("outbound", 20))
        self.assertEqual(payment.date, today - timedelta(days=1))
        self.assertNoIssue(order, "R3")
        flow = self._read_flow(order)
        self.assertEqual((flow.stage, flow.next_action, flow.amount_owed), ("closed", False, 0))
        self.assertJobs(self._run("refund", order), ("skipped", "The customer has nothing to get back."))
        job.action_undo()
        self.assertEqual((payment.state, credit.amount_residual), ("canceled", 20))
        self.assertIssue(order, "R3", amount=20)
        self.assertIssuesHold(order)

    def test_credit_note_applied_to_another_invoice(self):
        order, credit = self._get_credited()
        self.assertEqual(
            self.runner._get_obstacles("refund", order, {"refund_by": "match"})[order.id],
            "The customer has no other open invoice: pay it out, or keep it.",
        )
        _other, later = self._invoiced(due=20)
        _first, sooner = self._invoiced([(self.goods, 1, 15)], due=5)
        self.assertEqual(
            self.runner._get_preview("refund", order, {"refund_by": "match"})[order.id],
            [f"Applies $\xa020.00 of {credit.name} to {sooner.name}, {later.name}, as far as it goes."],
        )
        job = self._run("refund", order, refund_by="match")
        self.assertJobs(job, "done")
        self.assertEqual((sooner.amount_residual, later.amount_residual, credit.amount_residual), (0, 95, 0))
        self.assertNoIssue(order, "R3")
        job.action_undo()
        self.assertEqual((sooner.amount_residual, later.amount_residual, credit.amount_residual), (15, 100, 20))
        self.assertIssue(order, "R3", amount=20)
        self.assertIssuesHold(order)

    def test_credit_note_kept(self):
        order, credit = self._get_credited()
        job = self._run("refund", order, refund_by="keep")
        self.assertJobs(job, "done")
        self.assertTrue(credit.oms_kept_as_credit)
        self.assertNoIssue(order, "R3")
        flow = self._read_flow(order)
        self.assertEqual((flow.stage, flow.next_action, flow.amount_owed), ("closed", False, 20))
        self.assertEqual(flow.amount_open, -20)
        job.action_undo()
        self.assertFalse(credit.oms_kept_as_credit)
        self.assertIssue(order, "R3", amount=20)
        self.assertIssuesHold(order)

    def test_overpayment(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order)
        self._pay(invoice, 130)
        flow = self._read_flow(order)
        self.assertEqual((flow.stage, flow.next_action), ("closed", "refund"))
        self.assertEqual((flow.amount_owed, flow.amount_open), (30, -30))
        self.assertIssue(order, "R3", amount=30)
        self.assertIn("$\xa030.00 more than was to be paid", self._get_chain(order, "R3")[0])
        job = self._run("refund", order)
        self.assertJobs(job, "done")
        self.assertEqual(self._read_flow(order).amount_owed, 0)
        self.assertNoIssue(order, "R3")
        job.action_undo()
        self.assertIssue(order, "R3", amount=30)
        self.assertEqual(invoice.payment_state, "paid" if invoice.payment_state == "paid" else "in_payment")
        # Another order's invoice takes it: nobody touches this one.
        other, later = self._invoiced([(self.goods, 10)])
        self.assertIssue(other, "A3")
        self._run("match", other)
        self.assertEqual(later.amount_residual, 70)
        self.assertEqual(self._read_flow(order).amount_owed, 0)
        self.assertNoIssue(order, "R3")
        self.assertIssuesHold(order + other)

    def test_a_batch_goes_on_without_the_one_that_fails(self):
        order, credit = self._get_credited()
        broken, left = self._get_credited()
        with self._break("refund", on=broken):
            jobs = self._run("refund", order + broken)
        self.assertJobs(jobs, "done", ("failed", "The printer is on fire."))
        self.assertEqual((credit.amount_residual, left.amount_residual), (0, 20))

    def test_refund_needs_rights(self):
        order, _credit = self._get_credited()
        user = self._make_user("oms_refund_sales", "sales_team.group_sale_salesman")
        order.user_id = user
        with self.assertRaises(AccessError):
            self.runner.with_user(user)._run("refund", order.with_user(user), "user")
        with self.assertRaises(AccessError):
            self._get_flow(order).with_user(
                user.browse(self._make_user("oms_refund_stock", "stock.group_stock_user").id)
            ).read(["amount_owed"])

    def test_unknown_way(self):
        order, _credit = self._get_credited()
        for tell in (self.runner._get_obstacles, self.runner._get_preview):
            self.assertIn("Choose how to refund", str(tell("refund", order, {"refund_by": "cheque"})[order.id]))
        jobs = self.runner._run("refund", order, "user", {"refund_by": "cheque"})
        self.assertEqual(jobs.state, "failed")
        self.assertIn("Choose how to refund", jobs.message)

    def test_chosen_in_the_window(self):
        order, credit = self._get_credited()
        self._drain()
        action = self._get_flow(order).action_next()
        run = self.env["oms.bulk.run"].browse(action["res_id"])
        self.assertEqual((run.verb, run.refund_by, run.ready_count), ("refund", "pay", 1))
        self.assertIn("Registers a payment", run.line_ids.changes)
        run.refund_by = "match"
        self.assertEqual(
            (run.ready_count, run.line_ids.obstacle),
            (0, "The customer has no other open invoice: pay it out, or keep it."),
        )
        run.refund_by = "keep"
        self.assertIn("stays with us", run.line_ids.changes)
        run.action_run()
        self.assertTrue(credit.oms_kept_as_credit)

    def test_several_orders_on_one_credit_note(self):
        orders = self._confirmed() + self._confirmed()
        self._ship(orders[0])
        self._ship(orders[1])
        self._pay(self._invoice(orders))
        for order in orders:
            self._return(order, 2)
        credit = self._credit(orders.invoice_ids, 2)
        for order in orders:
            self.assertIssue(order, "R3", amount=20)
        self.assertJobs(self._run("refund", orders), "done", "done")
        self.assertEqual(credit.amount_residual, 0)
        for order in orders:
            self.assertNoIssue(order, "R3")
        self.assertEqual(credit.matched_payment_ids.mapped("amount"), [40])

    def test_paid_online_for_an_order_that_is_cancelled(self):
        order = self._place_order()
        line = self._receive_money(100)
        transaction = self._pay_online(order, "done")
        transaction.payment_id = line.move_id.origin_payment_id
        transaction.payment_id.payment_transaction_id = transaction
        self._confirm(order)
        self.assertEqual(self._read_flow(order).amount_owed, 0)
        self._cancel(order)
        flow = self._read_flow(order)
        self.assertEqual((flow.amount_owed, flow.amount_open, flow.next_action), (100, -100, "refund"))
        self.assertIssue(order, "R3", amount=100)
        self.assertJobs(self._run("refund", order), "done")
        self.assertTrue(line.reconciled)
        self.assertEqual(self._read_flow(order).amount_owed, 0)
        self.assertNoIssue(order, "R3")
        self.assertIssuesHold(order)

    def test_listed_as_owed_to_customers(self):
        order, credit = self._get_credited()
        other, _invoice = self._invoiced()
        self._drain()
        views = self.env["oms.flow"].get_views([(False, "search")])["views"]
        [found] = etree.fromstring(views["search"]["arch"]).xpath("//filter[@name='owed_to_customers']")
        flows = self.env["oms.flow"].search(literal_eval(found.get("domain")))
        self.assertIn(self._get_flow(order), flows)
        self.assertNotIn(self._get_flow(other), flows)
        self._pay(credit)
        self._drain()
        self.assertNotIn(self._get_flow(order), self.env["oms.flow"].search(literal_eval(found.get("domain"))))
