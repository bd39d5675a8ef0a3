from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsIssue(OmsIssueCase):
    """Raised, refreshed, owned, snoozed, dismissed, closed: what every type has in common, shown on one of them."""

    def _get_paid(self, lines=None):
        """Return a quotation that is paid: in trouble until somebody confirms it."""
        order = self._place_order(lines)
        self._pay_online(order, "done")
        return order

    # === THE LIFE OF AN ISSUE === #

    def test_raised_and_closed_with_its_cause(self):
        order, other = self._get_paid(), self._place_order()
        issue = self.assertIssue(order, "O6", state="open", band="critical", amount=100, turn="sales")
        self.assertNoIssue(other, "O6")
        flow = self._read_flow(order)
        self.assertEqual((flow.issue_count, flow.issue_type_id.code, flow.issue_band), (1, "O6", "critical"))
        self._look(order)
        self.assertEqual(self._read_issues(order).filtered(lambda found: found.code == "O6"), issue, "raised once")
        self._confirm(order)
        self.assertNoIssue(order, "O6")
        self.assertEqual((issue.state, issue.close_code), ("closed", "cleared"))
        self.assertTrue(issue.date_closed)
        self.assertIssuesHold(order + other)

    def test_switched_off_type_closes_what_is_open(self):
        order = self._get_paid()
        issue = self.assertIssue(order, "O6")
        issue.type_id.active = False
        self._look(order)
        self.assertEqual(issue.state, "closed")
        self.assertIssuesHold(order)

    def test_every_addend_of_the_score(self):
        order = self._get_paid()
        order.partner_id.oms_customer_priority = "key"
        self._look(order)
        issue = self.assertIssue(order, "O6", score_severity=360, score_urgency=120, score_customer=40)
        self.assertEqual(issue.score, 360 + 120 + issue.score_value + 40)
        self.assertEqual(issue.rank, 100)

    def test_value_is_a_percentile_of_the_open_orders(self):
        scale = self.env["oms.issue.scale"]
        thresholds = [10 * step for step in range(1, 20)]
        self.assertEqual(scale._get_percentile(thresholds, 5), 0)
        self.assertEqual(scale._get_percentile(thresholds, 100), 0.5)
        self.assertEqual(scale._get_percentile(thresholds, 1000), 0.95)
        self.assertEqual(scale._get_percentile(None, 1000), 0.5)

    def test_a_broken_detector_stops_nothing(self):
        order, other = self._get_paid(), self._get_paid()
        issue = self.assertIssue(order, "O6")

        def fail(lane, facts):
            raise ZeroDivisionError

        with (
            patch.object(self.env.registry["oms.detector.o6"], "_find", fail),
            self.assertLogs("odoo.addons.oms_order_to_cash.models.engines.issue.oms_issue_reconcile", "ERROR"),
        ):
            self._confirm(order)
            self._drain()
        self.assertEqual(self._get_flow(order).stage, "pick", "its flow is read all the same")
        self.assertEqual(issue.state, "open", "nothing is known of it: it is neither closed nor raised")
        self._look(order)
        self.assertEqual(issue.state, "closed")
        self.assertIssue(other, "O6")

    # === THE CLOCK === #

    def test_the_regular_look_finds_what_no_document_told(self):
        order = self._get_paid()
        self._drain()
        self.env["oms.issue"].search([]).sudo().unlink()
        self._run_scan()
        self.assertEqual(self._get_issue(order, "O6").state, "open")
        self.assertEqual(self.env["oms.scan"]._get_last_id("issues"), 0, "the round is complete")
        self.assertFalse(self.env["oms.issue.batch"].search([]))

    def test_the_regular_look_goes_on_where_it_stopped(self):
        first, second = self._get_paid(), self._get_paid()
        self._drain()
        self.env["oms.issue"].search([]).sudo().unlink()
        issues = self.env["oms.issue"].sudo()
        issues._plan_look()
        issues.env["oms.issue.batch"].search([]).unlink()
        for order in (first, second):
            issues.env["oms.issue.batch"].create({"order_ids": order.ids})
        self.assertFalse(issues._look(lambda done, remaining: False), "no time is left")
        self.assertEqual(self._read_looked_at(first + second), first)
        self._run_scan()
        self.assertEqual(self._read_looked_at(first + second), first + second)

    def _read_looked_at(self, orders):
        return self.env["oms.issue"].search([("order_id", "in", orders.ids), ("code", "=", "O6")]).order_id.sorted("id")

    def test_a_batch_lost_to_a_click_is_looked_at_again(self):
        order = self._get_paid()
        self._drain()
        self.env["oms.issue"].search([]).sudo().unlink()
        real, tries = self.env.registry["oms.flow"]._refresh, []

        def lose_at_first(flows, *args, **kwargs):
            tries.append(1)
            if len(tries) in self.lost:
                raise SerializationFailure("could not serialize access due to concurrent update")
            return real(flows, *args, **kwargs)

        with patch.object(self.env.registry["oms.flow"], "_refresh", lose_at_first):
            self.lost = range(1, 5)
            self._run_scan()
            self.assertEqual(self._get_issue(order, "O6").state, "open")
            self.assertFalse(self.env["oms.issue.batch"].search([]))
            self.lost, tries = range(1, 100), []
            self.env["oms.issue"].sudo()._plan_look()
            with patch.object(self.env.cr, "rollback"), self.assertRaises(SerializationFailure):
                self.env["oms.issue"].sudo()._look(lambda done, remaining: True)
        self.assertEqual(len(tries), 5, "it is lost for another reason")

    def test_a_second_worker_helps_with_very_many_orders(self):
        helper = self.env.ref("oms_order_to_cash.oms_issue_cron_second")
        self.env["ir.cron.trigger"].search([("cron_id", "=", helper.id)]).unlink()
        order = self._get_paid()
        self._drain()
        for few, triggers in ((50, 0), (0, 1)):
            with patch("odoo.addons.oms_order_to_cash.models.engines.issue.oms_issue_look._FEW", few):
                self.env["oms.issue"].sudo()._plan_look()
            self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", helper.id)]), triggers)
        self.env["oms.issue"].search([]).sudo().unlink()
        with self.enter_registry_test_mode():
            helper.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._get_issue(order, "O6").state, "open")

    def test_a_look_that_finds_nothing_new_writes_nothing(self):
        orders = self._get_paid() + self._confirmed() + self._get_paid()
        self._drain()
        self.env["oms.issue.scale"]._update()
        self._look(orders)
        before = self._read_places(orders)
        self.assertGreater(len(before), len(orders), "flows and issues")
        self._look(orders)
        self.assertEqual(self._read_places(orders), before)

    def _read_places(self, orders):
        """Return where the rows of these orders stand in their tables: a row that is written moves."""
        self.env.cr.execute(
            """SELECT ctid::text FROM oms_flow WHERE order_id = ANY(%(ids)s)
                UNION ALL SELECT ctid::text FROM oms_issue WHERE order_id = ANY(%(ids)s)""",
            {"ids": orders.ids},
        )
        return self.env.cr.fetchall()

    def test_a_look_at_many_costs_as_many_queries_as_at_one(self):
        orders = sum((self._get_paid() for _number in range(5)), self._get_paid())
        self._drain()
        self._look(orders)
        self.assertEqual(self._count_queries(orders), self._count_queries(orders[:1]))

    def _count_queries(self, orders):
        before = self.env.cr.sql_log_count
        self._look(orders)
        return self.env.cr.sql_log_count - before

    def test_a_flow_thrown_away_knows_its_issues_again(self):
        order = self._get_paid()
        issue = self.assertIssue(order, "O6")
        self.env.cr.execute("DELETE FROM oms_flow WHERE order_id = %s", [order.id])
        self.env.invalidate_all()
        self._look(order)
        flow = self._get_flow(order)
        self.assertEqual((flow.issue_type_id, flow.issue_band), (issue.type_id, "critical"))
        self.assertEqual(flow.issue_count, len(self._read_issues(order)))

    def _run_scan(self):
        with self.enter_registry_test_mode():
            self.env.ref("oms_order_to_cash.oms_issue_cron").method_direct_trigger()
        self.env.invalidate_all()

    # === WHAT PEOPLE DO WITH IT === #

    def test_snoozed_until_it_comes_back_by_itself(self):
        order = self._get_paid()
        issue = self.assertIssue(order, "O6")
        issue.action_snooze(days=2)
        self.assertTrue(issue.is_snoozed)
        self.assertEqual(self._read_flow(order).issue_count, 0)
        with self.assertRaisesRegex(UserError, "moment to come"):
            issue.action_snooze(until="2020-01-01 00:00:00")
        for nonsense in (
            {"until": "soon"},
            {"until": 5},
            {"days": "three"},
            {"days": 10**9},
            {"days": -1},
            {"days": None},
        ):
            with self.assertRaisesRegex(UserError, "moment to come"):
                issue.action_snooze(**nonsense)
        issue.sudo().snoozed_until = fields.Datetime.now() - timedelta(minutes=1)
        self.env["oms.issue"]._cron_wake()
        self.assertFalse(issue.snoozed_until)
        self.assertEqual(self._read_flow(order).issue_count, 1)

    def test_dismissed_stays_away_until_its_cause_is_gone(self):
        order = self._get_paid()
        issue = self.assertIssue(order, "O6")
        with self.assertRaisesRegex(UserError, "Say why"):
            issue.action_dismiss("cleared")
        issue.action_dismiss("agreed", "They pay twice, we confirm on Monday.")
        self.assertEqual((issue.state, issue.close_code, issue.closed_by_id), ("dismissed", "agreed", self.env.user))
        self._look(order)
        self.assertNoIssue(order, "O6")
        self.assertEqual(self._read_flow(order).issue_count, 0)
        self.assertIssuesHold(order)
        with self.assertRaisesRegex(UserError, "It is dismissed: bring it back"):
            issue.action_snooze()
        self.assertFalse(issue.snoozed_until)
        issue.action_wake()
        self.assertIssue(order, "O6", close_code=False)
        issue.action_dismiss("other")
        self._confirm(order)
        self._drain()
        self.assertEqual((issue.state, issue.close_code), ("closed", "other"))
        with self.assertRaisesRegex(UserError, "closed already"):
            issue.action_snooze()

    def test_owner_gets_an_activity(self):
        order = self._get_paid()
        issue = self.assertIssue(order, "O6")
        other = self._make_user("oms_owner", "sales_team.group_sale_salesman_all_leads")
        issue.action_assign()
        self.assertEqual((issue.owner_id, len(issue.activity_ids)), (self.env.user, 0))
        issue.action_assign(other.id)
        self.assertEqual((issue.owner_id, issue.activity_ids.user_id), (other, other))
        self.assertTrue(issue.with_user(other).is_mine)
        issue.action_assign(0)
        self.assertFalse(issue.owner_id or issue.activity_ids)
        portal = self._make_user("oms_portal", "base.group_portal")
        for user_id in (portal.id, 10**8, "me", [other.id]):
            with self.assertRaisesRegex(UserError, "somebody who works on orders"):
                issue.action_assign(user_id)

    def test_nobody_owns_what_they_can_not_see(self):
        mine, theirs = self._get_paid(), self._get_paid()
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        mine.user_id, theirs.user_id = seller, self.env.ref("base.user_admin")
        issues = self.assertIssue(mine, "O6") + self.assertIssue(theirs, "O6")
        employee = self._make_user("oms_employee", "base.group_user")
        stranger = self._make_user("oms_stranger", "sales_team.group_sale_manager")
        stranger.write({"company_ids": [Command.set(self.other_company.ids)], "company_id": self.other_company.id})
        for refused in (
            lambda: issues[1].action_assign(seller.id),
            lambda: issues.action_assign(seller.id),
            lambda: issues[0].action_assign(employee.id),
            lambda: issues[0].action_assign(stranger.id),
        ):
            with self.assertRaisesRegex(UserError, "may not see .*: choose somebody who may"):
                refused()
        self.assertFalse(issues.owner_id)
        candidates = {user["id"] for user in issues[0].get_candidates()}
        self.assertLessEqual({seller.id, self.env.ref("base.user_admin").id}, candidates)
        self.assertFalse({employee.id, stranger.id, self.env.ref("base.user_root").id} & candidates)
        self.assertNotIn(seller.id, {user["id"] for user in issues.get_candidates()})
        issues[0].action_assign(seller.id)
        self.assertEqual(issues[0].owner_id, seller)

    def test_comment(self):
        issue = self.assertIssue(self._get_paid(), "O6")
        with self.assertRaisesRegex(UserError, "Write a comment"):
            issue.action_comment(" ")
        issue.action_comment("Called them.")
        self.assertIn("Called them.", issue.message_ids[0].body)

    def test_breached_sla(self):
        issue = self.assertIssue(self._get_paid(), "O6")
        self.assertFalse(issue.is_sla_breached)
        issue.sudo().date_sla = fields.Datetime.now() - timedelta(hours=1)
        self.assertTrue(issue.is_sla_breached)
        self.assertIn(issue, issue.search([("is_sla_breached", "=", True)]))

    # === REMEDIES === #

    def test_the_recommended_remedy_ends_it(self):
        order = self._get_paid()
        issue = self.assertIssue(order, "O6")
        issue.action_run()
        self.assertEqual(order.state, "sale")
        self.assertNoIssue(order, "O6")
        with self.assertRaisesRegex(UserError, "closed already"):
            issue.action_run()

    # === WHO === #

    def test_a_user_sees_the_issues_of_orders_in_sight(self):
        mine, theirs = self._get_paid(), self._get_paid()
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        mine.user_id, theirs.user_id = seller, self.env.ref("base.user_admin")
        issues = self.assertIssue(mine, "O6") + self.assertIssue(theirs, "O6")
        self.assertEqual(issues.with_user(seller).search([("id", "in", issues.ids)]), issues[0])
        with self.assertRaises(AccessError):
            issues[1].with_user(seller).action_assign()
        with self.assertRaises(AccessError):
            issues[0].with_user(seller).write({"state": "closed"})

    def test_an_issue_of_another_company(self):
        order = self._place_order(company_id=self.other_company.id, partner_id=self.other_customer.id)
        self._pay_online(order, "done")
        issue = self.assertIssue(order, "O6", company_id=self.other_company)
        stranger = self._make_user("oms_stranger", "sales_team.group_sale_manager")
        self.assertFalse(issue.with_user(stranger).search([("id", "=", issue.id)]))
