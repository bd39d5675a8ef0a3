from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsIssuesOrderTwins(OmsIssueCase):
    """O5: the same goods ordered twice within two days, and what becomes of the one too many."""

    def _get_twins(self, hours=1, **vals):
        """Return two orders of the same goods, the later one some hours after the other."""
        first, second = self._place_order(), self._place_order(**vals)
        first.date_order = second.date_order - timedelta(hours=hours)
        return first, second

    def test_ordered_twice(self):
        first, second = self._get_twins(48)
        issue = self.assertIssue(second, "O5", turn="sales", severity="medium")
        self.assertEqual(issue.data["earlier_id"], first.id)
        self.assertNoIssue(first, "O5")
        chain = self._get_chain(second, "O5")
        self.assertIn(f"{first.name} of", chain[0])
        self.assertIn("same customer, products and quantities", chain[0])
        first.date_order -= timedelta(minutes=1)
        self.assertNoIssue(second, "O5")
        self.assertIssuesHold(first + second)

    def test_what_is_no_duplicate(self):
        first, second = self._get_twins()
        second.order_line.product_uom_qty = 11
        self.assertNoIssue(second, "O5")
        second.order_line.product_uom_qty = 10
        self.assertIssue(second, "O5")
        first.client_order_ref, second.client_order_ref = "PO 1", "PO 2"
        self._look(second)
        self.assertNoIssue(second, "O5")
        second.client_order_ref = "PO 1"
        self._look(second)
        self.assertIssue(second, "O5")
        second.partner_id = self.other_customer
        self.assertNoIssue(second, "O5")
        self.assertIssuesHold(first + second)

    def test_cleared_with_the_earlier_one_or_once_delivered(self):
        first, second = self._get_twins()
        self.assertIssue(second, "O5")
        self._cancel(first)
        self.assertNoIssue(second, "O5")
        third, fourth = self._get_twins()
        self._cancel(second)
        self._confirm(fourth)
        self.assertIssue(fourth, "O5")
        self._ship(fourth)
        self.assertNoIssue(fourth, "O5")
        self.assertIssuesHold(first + second + third + fourth)

    def test_merged_and_back(self):
        first, second = self._get_twins()
        other = self._place_order([(self.service, 3)])
        preview = self.runner._get_preview("merge", second)[second.id]
        self.assertIn(first.name, preview[0])
        jobs = self._run("merge", second + other)
        self.assertJobs(jobs, "done", ("skipped", "It repeats no other order."))
        self.assertEqual(second.state, "cancel")
        self.assertEqual(first.order_line.mapped("product_uom_qty"), [10, 10])
        self.assertNoIssue(second, "O5")
        self.assertEqual(self._run("merge", second).state, "skipped")
        job = jobs.filtered(lambda job: job.state == "done")
        job.action_undo()
        self.assertEqual((second.state, first.order_line.product_uom_qty), ("draft", 10))
        self.assertIssue(second, "O5")
        job = self._run("merge", second)
        self._confirm(first)
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            job.action_undo()
        self.assertIssuesHold(first + second + other)

    def test_a_confirmed_one_is_not_merged(self):
        first, second = self._get_twins()
        self._confirm(second)
        second.date_order = first.date_order + (second.date_order - first.date_order)
        self.assertIn("is confirmed: cancel the one too many instead.", self._run("merge", second).message)
