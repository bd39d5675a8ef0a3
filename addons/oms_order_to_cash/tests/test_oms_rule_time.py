from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .rule_case import OmsRuleCase


@tagged("post_install", "-at_install")
class TestOmsRuleTime(OmsRuleCase):
    """Rules that start when something is so long ago."""

    def _make_time_rule(self, **vals):
        values = {"event": "time_passed", "delay": 3, "delay_unit": "days", "since_event": "confirmed"}
        values["domain"] = f"[('partner_id', '=', {self.customer.id})]"
        rule = self._make_rule(**{**values, "steps": ["invoice"], **vals})
        self._start_earlier(rule, days=1)
        return rule

    def _look(self):
        self.env.cr.flush()
        self.rules._cron_time_passed()
        self._let_it_run()

    def _confirmed_before(self, **ago):
        order = self._confirmed()
        self._age_events(order, **ago)
        return order

    def test_starts_when_the_time_has_passed(self):
        rule = self._make_time_rule()
        early, due = self._confirmed_before(days=2, hours=23), self._confirmed_before(days=3, hours=1)
        self._look()
        job = self._get_jobs(rule)
        self.assertEqual((job.order_id, job.verb, job.state), (due, "invoice", "done"))
        self.assertEqual(job.date_event.date(), (fields.Datetime.now() - timedelta(days=3, hours=1)).date())
        self.assertFalse(early.invoice_ids)
        self._look()
        self.assertEqual(self._get_jobs(rule), job, "once, however often the clock strikes")
        self._age_events(early, hours=1, minutes=30)
        self._look()
        self.assertEqual(self._get_jobs(rule).order_id, due + early)

    def test_nothing_whose_time_had_passed_before_it_was_switched_on(self):
        rule = self._make_time_rule()
        self._confirmed_before(days=4, hours=1)
        self._look()
        self.assertFalse(self._get_jobs(rule))

    def test_time_that_passed_while_the_domain_was_broken(self):
        rule = self._make_time_rule()
        due = self._confirmed_before(days=3, hours=1)
        self.env.cr.execute("UPDATE oms_rule SET domain = '[(''x_gone'', ''='', 1)]' WHERE id = %s", [rule.id])
        rule.invalidate_recordset()
        self._look()
        self.assertFalse(self._get_jobs(rule))
        self.assertTrue(rule.domain_error)
        self.assertFalse(rule.date_looked)
        rule.domain = "[]"
        self._look()
        self.assertIn(due, self._get_jobs(rule).order_id)
        self.assertTrue(rule.date_looked)

    def test_unless_it_happened_meanwhile(self):
        rule = self._make_time_rule(unless_event="invoiced")
        idle, busy = self._confirmed_before(days=3, hours=1), self._confirmed_before(days=3, hours=1)
        self._invoice(busy)
        self._look()
        self.assertEqual(self._get_jobs(rule).order_id, idle)

    def test_another_invoice_that_is_paid_pays_not_this_one(self):
        rule = self._make_time_rule(since_event="invoiced", unless_event="paid", steps=["notify_user"])
        order = self._confirmed([(self.goods, 10)])
        first = self._invoice(order)
        self._age_events(order, days=3, hours=1)
        order.order_line.product_uom_qty = 12
        second = self._invoice(order)
        self._pay(second)
        order.user_id = self.env.user
        self.assertEqual((first.payment_state, second.payment_state), ("not_paid", "paid"))
        self._look()
        self.assertEqual(self._get_states(rule), [("notify_user", "done")])

    def test_happened_again_counts_from_the_last_time(self):
        rule = self._make_time_rule()
        order = self._confirmed_before(days=3, hours=1)
        self._cancel(order)
        self._reopen(order)
        self._look()
        self.assertFalse(self._get_jobs(rule))

    def test_so_long_in_a_stage(self):
        rule = self._make_time_rule(since_event="stage", stage="invoice", steps=["notify_user"], delay=5)
        stuck, gone = self._confirmed(), self._confirmed()
        self._drain()
        for order in (stuck, gone):
            self._ship(order)
        self._drain()
        self.assertEqual((stuck + gone).mapped(lambda order: self._get_flow(order).stage), ["invoice", "invoice"])
        for order in (stuck, gone):
            order.user_id = self.env.user
            self._age_events(order, days=5, hours=1)
        self._invoice(gone)
        self._drain()
        self._look()
        self.assertEqual(self._get_jobs(rule).order_id, stuck)

    def test_what_waits_stops_when_it_happens_after_all(self):
        rule = self._make_time_rule(unless_event="invoiced", grace_hours=8, steps=["notify_user", "invoice"])
        order = self._confirmed_before(days=3, hours=1)
        order.user_id = self.env.user
        self._look()
        job = self._get_jobs(rule)
        self.assertEqual(job.state, "queued")
        self.assertAlmostEqual(job.next_try - job.date_event, timedelta(days=3, hours=8), delta=timedelta(seconds=1))
        self._invoice(order)
        job.next_try = fields.Datetime.now()
        self._let_it_run()
        self.assertEqual((job.state, job.message), ("stopped", "It happened meanwhile: an invoice is posted."))

    def test_its_own_steps_do_not_stop_it(self):
        rule = self._make_time_rule(unless_event="invoiced", steps=["invoice", "post", "close"])
        self._confirmed_before(days=3, hours=1)
        self._look()
        self.assertEqual(self._get_states(rule), [("invoice", "done"), ("post", "done"), ("close", "waiting")])

    def test_the_last_rule_of_the_same_time(self):
        first = self._make_time_rule(sequence=1, is_exclusive=True)
        second = self._make_time_rule(sequence=2)
        self._confirmed_before(days=3, hours=1)
        self._look()
        self.assertEqual((len(self._get_jobs(first)), len(self._get_jobs(second))), (1, 0))

    def test_shadow_and_the_switch(self):
        rule = self._make_time_rule(mode="shadow")
        order = self._confirmed_before(days=3, hours=1)
        self.rules.action_stop_all()
        self._look()
        self.assertFalse(self._get_jobs(rule))
        self.rules.action_resume_all()
        self._look()
        self.assertEqual(self._get_states(rule), [("invoice", "shadow")])
        self.assertFalse(order.invoice_ids)

    def test_in_words(self):
        rule = self._make_time_rule(unless_event="invoiced", mode="off", domain="[]")
        self.assertEqual(
            rule.sentence,
            "When: 3 days have passed since an order is confirmed, unless an invoice is posted, of all orders, do: Invoice."
            " It stops on: a credit note, a return.",
        )

    def test_how_long_has_to_be_told(self):
        with self.assertRaisesRegex(ValidationError, "say how much time has to pass"):
            self._make_time_rule(delay=0)

    def test_one_query_per_rule(self):
        rule = self._make_time_rule()
        orders = [self._confirmed_before(days=3, hours=1) for _number in range(12)]
        self.env.cr.flush()
        now = fields.Datetime.now()
        with self.assertQueryCount(1):
            rows = rule._read_past(now - timedelta(days=1), now)
        self.assertLessEqual({order.id for order in orders}, {row["order_id"] for row in rows})

    def test_replay_knows_only_what_had_happened_by_then(self):
        rule = self._make_time_rule(unless_event="invoiced", mode="off")
        idle, late, never = (self._confirmed_before(days=10) for _number in range(3))
        self._invoice(late)  # ten days later: the rule would have started
        self._invoice(never)
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE oms_event SET date = date - INTERVAL '9 days' WHERE order_id = %s AND type = 'invoiced'", [never.id]
        )
        found = {row["order"]: row for row in rule._replay(30)}
        self.assertEqual(set(found), {idle, late})
        self.assertIsNone(found[idle]["steps"][0]["date"])
        self.assertAlmostEqual(found[late]["steps"][0]["hours"], 7 * 24, delta=1)
