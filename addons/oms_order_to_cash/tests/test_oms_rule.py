from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .rule_case import OmsRuleCase


@tagged("post_install", "-at_install")
class TestOmsRule(OmsRuleCase):
    """What a rule takes, in which order, when it stops, and that it does each thing once."""

    # === WHAT IT DOES === #

    def test_steps_follow_each_other(self):
        rule = self._make_rule()
        order, other = self._confirmed(), self._place_order()
        self._let_it_run()
        jobs = self._get_jobs(rule)
        self.assertEqual(
            [(job.verb, job.state, job.order_id) for job in jobs],
            [
                ("invoice", "done", order),
                ("post", "done", order),
            ],
        )
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])
        self.assertIn("Post invoice: done by the rule Test Rule.", order.message_ids[0].body)
        self.assertFalse(other.invoice_ids)
        self._let_it_run()
        self.assertEqual(self._get_jobs(rule), jobs, "done once, however often the order is looked at")

    def test_only_orders_of_its_domain(self):
        rule = self._make_rule(domain="[('amount_total', '>', 500)]")
        small, large = self._confirmed(), self._confirmed([(self.goods, 60)])
        self._let_it_run()
        self.assertEqual(self._get_jobs(rule).order_id, large)
        self.assertFalse(small.invoice_ids)

    def test_nothing_that_happened_before(self):
        order = self._confirmed()
        self.env.cr.flush()
        rule = self._make_rule()
        order.order_line.product_uom_qty = 5
        self._let_it_run()
        self.assertFalse(self._get_jobs(rule))

    def test_the_last_rule_keeps_an_event_from_later_ones(self):
        first = self._make_rule(sequence=1, is_exclusive=True, domain="[('amount_total', '<', 500)]", steps=["invoice"])
        second = self._make_rule(sequence=2, steps=["invoice"])
        small, large = self._confirmed(), self._confirmed([(self.goods, 60)])
        self._let_it_run()
        self.assertEqual(self._get_jobs(first).order_id, small)
        self.assertEqual(self._get_jobs(second).order_id, large)

    def test_a_step_waits_for_its_order(self):
        rule = self._make_rule(steps=["deliver", "invoice"])
        order = self._confirmed([(self.short, 2)])
        self._let_it_run()
        job = self._get_jobs(rule)
        self.assertEqual((job.verb, job.state), ("deliver", "waiting"))
        self._receive(self.short, 2)
        self._let_it_run()
        self.assertEqual(
            [(job.verb, job.state) for job in self._get_jobs(rule)], [("deliver", "done"), ("invoice", "done")]
        )
        self.assertEqual(order.invoice_ids.state, "draft")

    def test_a_failure_stops_the_chain_of_its_order_only(self):
        rule = self._make_rule()
        good, bad = self._confirmed(), self._confirmed()
        with self._break("invoice", on=bad):
            self._let_it_run()
        self.assertEqual(good.invoice_ids.state, "posted")
        self.assertFalse(bad.invoice_ids)
        waiting = self._get_jobs(rule).filtered(lambda job: job.order_id == bad)
        self.assertEqual((waiting.verb, waiting.state, waiting.attempts), ("invoice", "queued", 1))

    # === GRACE === #

    def test_grace_by_the_clock(self):
        rule = self._make_rule(grace_hours=2)
        order = self._confirmed()
        self._let_it_run()
        job = self._get_jobs(rule)
        self.assertEqual(job.state, "queued")
        self.assertEqual(job.next_try - job.date_event.replace(microsecond=0), timedelta(hours=2))
        job.next_try = fields.Datetime.now()
        self._let_it_run()
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_grace_in_working_hours(self):
        calendar = self.env["resource.calendar"].create({"name": "Test 40 h", "tz": "UTC"})
        rule = self._make_rule(grace_hours=2, calendar_id=calendar.id)
        friday = fields.Datetime.to_datetime("2026-11-20 16:00:00")
        self.assertEqual(rule._get_first_try(friday), fields.Datetime.to_datetime("2026-11-23 09:00:00"))

    # === STOPS === #

    def _get_stopped(self, rule, change, **vals):
        """Confirm an order, change something, let the rule's grace period end; return its job."""
        order = self._confirmed()
        self._drain()
        job = self._get_jobs(rule)
        self.assertEqual(job.state, "queued")
        job.date_event -= timedelta(hours=2)
        change(order)
        job.next_try = fields.Datetime.now()
        self._let_it_run()
        return job

    def test_stops_on_a_credit_note(self):
        rule = self._make_rule(grace_hours=1)
        job = self._get_stopped(rule, lambda order: self._credit(self._invoice(order)))
        self.assertEqual((job.state, job.message), ("stopped", "A credit note was made."))

    def test_stops_on_a_return(self):
        def give_back(order):
            self._ship(order)
            self._return(order)

        job = self._get_stopped(self._make_rule(grace_hours=1), give_back)
        self.assertEqual((job.state, job.message), ("stopped", "Goods came back."))

    def test_stops_when_a_person_takes_over(self):
        rule = self._make_rule(grace_hours=1, stop_on_touch=True)
        job = self._get_stopped(rule, lambda order: self._run("deliver", order))
        self.assertEqual((job.state, job.message), ("stopped", "A person took over."))

    def test_stops_when_the_order_is_not_for_it_any_more(self):
        rule = self._make_rule(grace_hours=1, domain="[('state', '=', 'sale')]")
        job = self._get_stopped(rule, self._cancel)
        self.assertEqual((job.state, job.message), ("stopped", "The rule is not for this order any more."))

    def test_switched_off_runs_nothing_that_waits(self):
        rule = self._make_rule(grace_hours=1)
        job = self._get_stopped(rule, lambda order: rule.action_off())
        self.assertEqual((job.state, job.message), ("stopped", "The rule was switched off."))

    def test_one_switch_stops_all_rules_and_loses_nothing(self):
        rule = self._make_rule()
        call_kw(self.env["oms.rule"], "action_stop_all", [[]], {})
        order = self._confirmed()
        self._let_it_run()
        self.assertFalse(self._get_jobs(rule))
        call_kw(self.env["oms.rule"], "action_resume_all", [rule.ids], {})  # as the button of its form does
        self._let_it_run()
        self.assertEqual(order.invoice_ids.state, "posted")

    # === SHADOW === #

    def test_shadow_records_and_does_nothing(self):
        rule = self._make_rule(mode="shadow")
        order = self._confirmed()
        self._let_it_run()
        self.assertEqual(
            [(job.verb, job.state) for job in self._get_jobs(rule)], [("invoice", "shadow"), ("post", "shadow")]
        )
        self.assertFalse(order.invoice_ids)

    # === WORDS, FIGURES, RIGHTS === #

    def test_reads_as_one_sentence(self):
        rule = self._make_rule(mode="off", grace_hours=2, is_exclusive=True, domain="[('amount_total', '<', 500)]")
        self.assertEqual(
            rule.sentence,
            "When: an order is confirmed, of orders where Total < 500, after 2 h, do: Invoice, Post invoice."
            " It stops on: a credit note, a return. No later rule follows.",
        )

    def test_its_orders_in_words(self):
        rule = self._make_rule(
            mode="off", domain=f"[('partner_id', 'in', [{self.customer.id}]), ('state', '=', 'sale')]"
        )
        self.assertEqual(rule._get_domain_text(), "Customer in Test Customer and Status = Sales Order")
        rule.domain = "['|', ('amount_total', '<', 500), ('team_id.name', '=', 'Web')]"
        self.assertEqual(rule._get_domain_text(), rule.domain, "more than a list of conditions stays as it is written")
        rule.domain = "[('order_line.product_id.categ_id', '=', False)]"
        self.assertEqual(rule._get_domain_text(), "Order Lines > Product > Product Category is not set")
        rule.domain = "[('team_id', '!=', False), ('locked', '=', False)]"
        self.assertEqual(rule._get_domain_text(), "Sales Team is set and Locked = False")

    def test_figures(self):
        rule = self._make_rule()
        self._confirmed()
        self._let_it_run()
        self.assertEqual((rule.touched_count, rule.done_count, rule.failed_count), (1, 2, 0))
        self.assertEqual(rule.hours_saved, 0.1)

    def test_a_domain_that_can_not_be_read_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "can't be read"):
            self._make_rule(domain="[('no_such_field', '=', 1)]")
        for text in ("rubbish", "[('amount_total', '<'"):
            with self.assertRaisesRegex(ValidationError, "can't be read: it is no list of conditions"):
                self._make_rule(domain=text)
        with self.assertRaisesRegex(ValidationError, "say for which orders"):
            self._make_rule(domain=" ")
        half = self.env["oms.rule"].new({"name": "Half", "domain": "[('no_such_field', '=', 1)"})
        self.assertEqual(half.match_count, 0)
        self.assertIn(
            "of orders where [('no_such_field', '=', 1)", half.sentence, "the form goes on while it is written"
        )
        with self.assertRaisesRegex(ValidationError, "add a step first"):
            self._make_rule(steps=[])
        for hours in (-1, 8761, 1e300):
            with self.assertRaisesRegex(ValidationError, "0 to 8760 hours"):
                self._make_rule(grace_hours=hours)
        for values in ({"delay": 3651}, {"delay": 2**31 - 1}, {"delay": 87601, "delay_unit": "hours"}):
            with self.assertRaisesRegex(ValidationError, "ten years"):
                self._make_rule(event="time_passed", since_event="confirmed", **values)
        with self.assertRaisesRegex(ValidationError, "days are 0 to 3650"):
            self._make_rule(steps=[{"verb": "pay", "days": 10**6}])

    def test_a_calendar_without_hours_grants_the_grace_period_by_the_clock(self):
        empty = self.env["resource.calendar"].create({"name": "Never", "attendance_ids": []})
        rule = self._make_rule(grace_hours=2, calendar_id=empty.id)
        date = datetime(2025, 3, 3, 9)
        self.assertEqual(rule._get_first_try(date), datetime(2025, 3, 3, 11))

    def test_replay_takes_any_number_of_days(self):
        rule = self._make_rule()
        for days in (-1, 10**6, 10**9):
            replay = self.env["oms.rule.replay"].create({"rule_id": rule.id, "days": days})
            self.assertEqual(bool(replay.step_count), False if days < 0 else bool(rule._replay(36500)), days)

    def test_only_administrators_write_rules(self):
        rule = self._make_rule(mode="off")
        manager = self._make_user("oms_manager", "oms_order_to_cash.oms_group_manager")
        with self.assertRaises(AccessError):
            rule.with_user(manager).action_live()
        with self.assertRaises(UserError):
            self.env["oms.rule"].with_user(manager).action_stop_all()

    def test_no_rule_no_trace(self):
        self._confirmed()
        self._drain()
        self.assertFalse(self.env["oms.rule.inbox"].search_count([]))
        self.assertEqual(self.env["oms.rule"]._get_running_events(), frozenset())

    # === WHAT BREAKS === #

    def test_an_order_that_a_rule_can_t_read_stops_no_other(self):
        """Its step asks again, and fails for that order to see: the rule goes on with the others."""
        rule, orders = self._make_rule(), self._place_order() + self._place_order() + self._place_order()
        bad, real = orders[1], self.env.registry["oms.rule"]._search_orders

        def fail(rule, order_ids, is_first):
            if bad.id in order_ids:
                raise ZeroDivisionError("by nothing")
            return real(rule, order_ids, is_first)

        orders.action_confirm()
        with patch.object(self.env.registry["oms.rule"], "_search_orders", fail):
            self._let_it_run()
            self.assertFalse(rule.domain_error)
            self.assertEqual([order.invoice_ids.state for order in orders], ["posted", False, "posted"])
            job = self._get_jobs(rule).filtered(lambda job: job.order_id == bad)
            self.assertRegex(job.message, "can't be read: by nothing")

    def test_a_rule_that_breaks_stops_no_reading(self):
        rule, good = self._make_rule(name="Broken"), self._make_rule(sequence=11)
        real = self.env.registry["oms.rule"]._is_started_by

        def fail(one, event):
            if one == rule:
                raise ZeroDivisionError("by nothing")
            return real(one, event)

        logger = "odoo.addons.oms_order_to_cash.models.engines.rule.oms_rule_match"
        with patch.object(self.env.registry["oms.rule"], "_is_started_by", fail), self.assertLogs(logger, "ERROR"):
            order = self._confirmed()
            self._let_it_run()
        self.assertEqual(self._get_jobs(good).mapped("state"), ["done", "done"])
        self.assertIn("ZeroDivisionError: by nothing", rule.domain_error)
        self.assertFalse(self._get_flow(order).read_error)
        self.rules._cron_time_passed()
        self.assertEqual(self._get_jobs(rule).order_id, order, "what it missed waited")
