from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .rule_case import OmsRuleCase


@tagged("post_install", "-at_install")
class TestOmsRuleAuthor(OmsRuleCase):
    """A rule does and reaches what its author may do and reach, and nothing else; one that waits for ever says so."""

    def setUp(self):
        super().setUp()
        self.author = self._make_user("oms_rule_author", "oms_order_to_cash.oms_group_admin")

    def _as_author(self, rule):
        return rule.with_user(self.author)

    def assertDenied(self, text, change, *args):
        with self.assertRaises(AccessError) as denied:
            change(*args)
        self.assertIn(text, str(denied.exception))

    # === WHOSE ORDERS === #

    def test_a_rule_of_all_companies_is_written_by_who_may_act_in_all(self):
        everywhere, theirs = self._make_rule(steps=["confirm"], mode="off"), self.other_company
        rule = self._as_author(everywhere)
        for change in (
            lambda: rule.write({"name": "Mine"}),
            lambda: rule.write({"company_id": self.company.id}),
            lambda: rule.step_ids.write({"note": False}),
            lambda: rule.step_ids.unlink(),
            rule.action_live,
            rule.unlink,
        ):
            self.assertDenied("orders of companies that you do not work in", change)
        with self.assertRaises(AccessError):
            self.rules.with_user(self.author).create({"name": "All", "company_id": False})
        own = self.rules.with_user(self.author).create({"name": "Own"})
        self.assertEqual((own.company_id, rule.copy().company_id), (self.company, self.company))
        with self.assertRaises(AccessError):
            own.company_id = False
        with self.assertRaises(AccessError):
            own.company_id = theirs
        self.author.company_ids = self.env["res.company"].search([])
        rule.name = "Mine"
        self.assertFalse(rule.company_id)

    def test_a_rule_of_a_company_reaches_no_order_of_another(self):
        rule = self._make_rule(event="placed", steps=["confirm"], company_id=self.company.id)
        order = self._place_order()
        other = self._place_order(company_id=self.other_company.id)
        self._let_it_run()
        self.assertEqual((order.state, other.state), ("sale", "draft"))
        self.assertEqual(self._get_jobs(rule).order_id, order)

    # === WHAT IT DOES === #

    def test_a_live_step_is_one_that_its_author_may_run(self):
        rules = self.rules.with_user(self.author)
        rule = self._as_author(self._make_rule(steps=["confirm", "post"], mode="off", company_id=self.company.id))
        self.assertDenied("Test Rule: you may not run Post invoice yourself", rule.action_live)
        self.assertEqual(rule.mode, "off")
        rule.action_shadow()
        rule.step_ids.filtered(lambda step: step.verb == "post").verb = "cancel"
        rule.action_live()
        self.assertDenied("Deliver yourself", rule.step_ids[0].write, {"verb": "deliver"})
        steps = self.env["oms.rule.step"].with_user(self.author)
        self.assertDenied("Register payment yourself", steps.create, {"rule_id": rule.id, "verb": "pay"})
        vals = {"name": "New", "mode": "live", "step_ids": [Command.create({"verb": "post"})]}
        self.assertDenied("Post invoice yourself", rules.create, vals)
        # Another's rule is not widened by who may not run it, and may be stopped by them.
        strong = self._as_author(self._make_rule(steps=["post"], company_id=self.company.id))
        self.assertDenied("Post invoice yourself", strong.write, {"domain": "[('amount_total', '>', 1)]"})
        strong.action_off()
        self.assertEqual(strong.mode, "off")

    # === WAITING === #

    def test_a_rule_tells_what_waits_for_ever(self):
        rule = self._make_rule(steps=["invoice", "post", "deliver"])
        order = self._confirmed([(self.delivered_goods, 2)])
        self._let_it_run()
        self.assertEqual(self._get_states(rule), [("invoice", "waiting")])
        self.assertEqual((rule.waiting_count, rule.stuck_count), (1, 0))
        self._get_jobs(rule).date_event = "2020-01-01"
        rule.invalidate_recordset()
        self.assertEqual((rule.waiting_count, rule.stuck_count), (1, 1))
        action = rule.with_context(oms_state="waiting").action_open_jobs()
        self.assertEqual(self.jobs.search(action["domain"]).order_id, order)
