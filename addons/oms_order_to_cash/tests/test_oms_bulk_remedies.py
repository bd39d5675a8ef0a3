from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsBulkRemedies(OmsIssueCase):
    """The remedies of many issues: each its own, all shown before one runs."""

    def _get_paid(self):
        order = self._place_order()
        self._pay_online(order, "done")
        return order

    def _open_remedies(self, issues):
        action = issues.action_run()
        self.assertEqual((action["res_model"], action["target"]), ("oms.bulk.run", "new"))
        return self.env["oms.bulk.run"].browse(action["res_id"])

    def _get_expired(self):
        order = self._place_order(validity_date=fields.Date.today() - timedelta(days=1))
        order.action_quotation_sent()
        return order

    def test_many_are_shown_before_anything_runs(self):
        """Each gets its own remedy; what asks is left out, and what can't be undone is said."""
        paid, expired, held = self._get_paid(), self._get_expired(), self._confirm(self._place_order())
        nowhere = self._place_order(partner_id=self._make_customer("Test Nowhere", email=False).id)
        self.env["oms.hold"]._place(held, self.env.ref("oms_order_to_cash.oms_hold_reason_address"))
        codes = {paid: "O6", expired: "Q1", held: "O3", nowhere: "O1"}
        issues = self.env["oms.issue"].union(*(self.assertIssue(order, code) for order, code in codes.items()))
        run = self._open_remedies(issues)
        lines = {line.order_id: line for line in run.line_ids}
        self.assertEqual(
            {order: (line.subject[:2], line.verb, line.state) for order, line in lines.items()},
            {
                paid: ("O6", "confirm", "ready"),
                expired: ("Q1", "remind", "ready"),
                held: ("O3", "release", "ready"),
                nowhere: ("O1", "complete", "left_out"),
            },
        )
        self.assertEqual((run.ready_count, run.obstacle_count, run.final_count), (3, 1, 1))
        self.assertIn("This can't be undone.", lines[expired].message)
        self.assertEqual(lines[nowhere].message, "It asks in a form of its own: choose it alone.")
        self.assertEqual((paid.state, expired.oms_reminded_on), ("draft", False), "nothing ran yet")
        self.assertFalse(self.env["oms.job"].search([("order_id", "in", run.order_ids.ids)]))
        run.action_run()
        self.assertEqual((paid.state, held.oms_is_held, run.done_count, run.obstacle_count), ("sale", False, 3, 1))
        results = {line.order_id: (line.verb, line.state, line.can_undo) for line in run.line_ids}
        self.assertEqual(
            results,
            {
                paid: ("confirm", "done", True),
                expired: ("remind", "done", False),
                held: ("release", "done", True),
                nowhere: ("complete", "left_out", False),
            },
        )
        self.assertEqual(set(run.job_ids.mapped("origin")), {"bulk"})
        run.line_ids.filtered(lambda line: line.order_id == paid).action_undo()
        self.assertEqual(paid.state, "draft")

    def test_many_that_ask_the_same_are_asked_together(self):
        orders = self._get_paid() + self._get_paid()
        issues = self.env["oms.issue"].union(*(self.assertIssue(order, "O6") for order in orders))
        issues.type_id.sudo().verb = "extend"
        run = self._open_remedies(issues)
        self.assertEqual((run.verb, run.order_ids, run.asked_params), ("extend", orders, " date "))

    def test_an_order_gets_one_remedy_at_a_time(self):
        """What comes after the first was looked at before it ran: its preview would not be its result."""
        order = self._get_paid()
        self.env["oms.hold"]._place(order, self.env.ref("oms_order_to_cash.oms_hold_reason_address"))
        issues = self.assertIssue(order, "O3") + self.assertIssue(order, "O6")
        run = self._open_remedies(issues)
        self.assertEqual(
            run.line_ids.mapped(lambda line: (line.subject[:2], line.verb, line.state)),
            [("O6", "confirm", "ready"), ("O3", "release", "left_out")],
        )
        self.assertEqual(run.line_ids[1].message, "Confirm runs first: choose this one again after it.")
        # Two issues that the same verb ends are one run.
        issues[0].type_id.sudo().verb = "confirm"
        run = self._open_remedies(issues)
        self.assertEqual((run.ready_count, run.amount_ready), (2, 100))
        run.action_run()
        self.assertEqual((len(run.job_ids), run.line_ids.mapped("state")), (1, ["done", "done"]))

    def test_one_that_can_not_be_undone_is_shown_first(self):
        order = self._get_expired()
        issue = self.assertIssue(order, "Q1")
        run = self._open_remedies(issue)
        self.assertEqual((run.ready_count, run.final_count, order.oms_reminded_on), (1, 1, False))
        # Its card has shown what it does, and names it.
        self.assertEqual(issue.action_run("remind")["tag"], "oms_job_result")
        self.assertTrue(order.oms_reminded_on)

    def test_what_one_may_not_run_is_left_out(self):
        order = self._get_paid()
        issue = self.assertIssue(order, "O6")
        worker = self._make_user("oms_worker", "stock.group_stock_user")
        window = (issue + self.assertIssue(self._get_paid(), "O6")).with_user(worker).action_run()
        run = self.env["oms.bulk.run"].with_user(worker).browse(window["res_id"])
        self.assertEqual(set(run.line_ids.mapped("state")), {"left_out"})
        self.assertIn("You may not run Confirm", run.line_ids[0].message)
