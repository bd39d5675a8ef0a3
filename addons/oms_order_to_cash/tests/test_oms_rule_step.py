from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .rule_case import OmsRuleCase


@tagged("post_install", "-at_install")
class TestOmsRuleStep(OmsRuleCase):
    """What a step may choose, and that the verb gets it."""

    def test_what_each_action_lets_choose(self):
        step = self.env["oms.rule.step"]
        offered = {
            "confirm": set(),
            "hold": {"hold_reason_id", "note", "days"},
            "pay": {"journal_id", "days"},
            "set_carrier": {"carrier_id"},
            "ask_deposit": {"percent"},
            "repromise": {"days", "note", "is_told"},
            "notify_customer": {"template_id"},
            "notify_user": {"user_id", "note"},
        }
        self.assertEqual({verb: step.new({"verb": verb})._get_offered() for verb in offered}, offered)
        verbs = dict(step._selection_verb())
        self.assertFalse({"complete", "complete_freight", "substitute", "retry"} & verbs.keys())

    def test_what_nobody_can_be_asked_has_to_be_chosen(self):
        for step, word in (
            ({"verb": "hold"}, "Reason"),
            ({"verb": "extend"}, "Days"),
            ({"verb": "ask_deposit"}, "Percent"),
            ({"verb": "set_carrier"}, "Carrier"),
            ({"verb": "assign"}, "Who"),
            ({"verb": "notify_customer"}, "Mail"),
        ):
            with self.subTest(step=step), self.assertRaisesRegex(ValidationError, f"choose {word}"):
                self._make_rule(steps=[step], mode="off")
        with self.assertRaisesRegex(ValidationError, "Confirm.* takes no Note"):
            self._make_rule(steps=[{"verb": "confirm", "note": "why"}], mode="off")
        for values in ({"days": -1}, {"days": 3, "percent": 101}):
            with self.assertRaises(ValidationError):
                self._make_rule(steps=[{"verb": "extend", **values}], mode="off")

    def test_a_day_counts_from_the_run(self):
        rule = self._make_rule(event="placed", steps=[{"verb": "extend", "days": 5}], grace_hours=1)
        order = self._place_order()
        self._drain()
        job = self._get_jobs(rule)
        self.assertEqual(job.params, {"in_days": 5})
        self.assertEqual(rule.step_ids.display_name, "Extend validity (5 days later)")
        job.next_try = fields.Datetime.now()
        self._let_it_run()
        self.assertEqual(order.validity_date, fields.Date.today() + timedelta(days=5))

    def test_a_hold_that_ends_by_itself(self):
        reason = self.env.ref("oms_order_to_cash.oms_hold_reason_address")
        step = {"verb": "hold", "hold_reason_id": reason.id, "days": 2, "note": "Ask for the street"}
        rule = self._make_rule(steps=[step])
        order = self._confirmed()
        self._let_it_run()
        hold = self.env["oms.hold"].search([("order_id", "=", order.id)])
        self.assertEqual((hold.reason_id, hold.note), (reason, "Ask for the street"))
        self.assertEqual(hold.date_until, fields.Date.today() + timedelta(days=2))
        self.assertIn("(Address to check, 2 days later, Ask for the street)", rule.sentence)

    def test_a_payment_of_another_day_in_a_journal(self):
        journal = self.env["account.journal"].create({"name": "Till", "type": "cash", "code": "TTILL"})
        pay = {"verb": "pay", "journal_id": journal.id, "days": 1}
        self._make_rule(steps=["invoice", "post", pay], company_id=self.company.id)
        order = self._confirmed()
        self._let_it_run()
        payment = self.env["account.payment"].search([("journal_id", "=", journal.id)])
        self.assertEqual((payment.amount, payment.date), (100, fields.Date.today() + timedelta(days=1)))
        self.assertIn(order.invoice_ids.payment_state, ("paid", "in_payment"))

    def test_the_form_forgets_what_the_next_action_does_not_take(self):
        reason = self.env.ref("oms_order_to_cash.oms_hold_reason_address")
        with Form(self.env["oms.rule"]) as form:
            form.name = "Test Form"
            with form.step_ids.new() as step:
                step.verb = "hold"
                step.hold_reason_id = reason
                step.note = "why"
                self.assertIn(" hold_reason_id ", step.asked_choices)
                step.verb = "confirm"
            self.assertEqual(form.asked_choices, "")
        self.assertEqual(
            form.record.step_ids.read(["verb", "hold_reason_id", "note"])[0] | {"id": 0},
            {"id": 0, "verb": "confirm", "hold_reason_id": False, "note": False},
        )

    def test_each_of_the_new_actions_by_a_rule(self):
        template = self.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": self.env.ref("sale.model_sale_order").id,
                "subject": "Thanks",
                "use_default_to": True,
            }
        )
        owner = self._make_user("oms_owner", "sales_team.group_sale_salesman_all_leads")
        steps = [
            {"verb": "notify_customer", "template_id": template.id},
            {"verb": "assign", "user_id": owner.id},
            {"verb": "notify_user", "note": "Call them"},
        ]
        rule = self._make_rule(event="placed", steps=steps)
        order = self._place_order()
        self._let_it_run()
        self.assertEqual(self._get_jobs(rule).mapped("state"), ["done"] * 3)
        self.assertEqual(order.user_id, owner)
        self.assertEqual((order.activity_ids.user_id, order.activity_ids.summary), (owner, "Call them"))
        mails = self.env["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "=", order.id)])
        self.assertEqual(mails.filtered(lambda mail: mail.subject == "Thanks").mapped("state"), ["outgoing"])
        self.assertIn("Write to the customer (Thanks), Assign salesperson (oms_owner", rule.sentence)

    def test_issues_of_the_type_that_started_it(self):
        owner = self._make_user("oms_owner", "sales_team.group_sale_salesman_all_leads")
        held = self.env.ref("oms_order_to_cash.oms_issue_type_o3")
        rule = self._make_rule(
            event="issue_raised", issue_type_id=held.id, steps=[{"verb": "assign_issues", "user_id": owner.id}]
        )
        order = self._confirmed([(self.short, 2)])
        self.env["oms.hold"]._place(order, self.env.ref("oms_order_to_cash.oms_hold_reason_fraud"))
        self._let_it_run()
        issues = self.env["oms.issue"].search([("order_id", "=", order.id), ("state", "=", "open")])
        mine = issues.filtered("owner_id")
        self.assertEqual((mine.code, mine.owner_id), ("O3", owner))
        self.assertGreater(len(issues), 1)
        self.assertEqual(self._get_states(rule), [("assign_issues", "done")])
