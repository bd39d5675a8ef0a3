import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .rule_case import OmsRuleCase


@tagged("post_install", "-at_install")
class TestOmsRuleSafe(OmsRuleCase):
    """What a rule must never do: harm others, touch another company, do twice what a person took back."""

    # === A DOMAIN THAT BROKE === #

    def _break_domain(self, rule):
        """Have the rule's domain name a field that is gone."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE oms_rule SET domain = %s WHERE id = %s", ["[('x_gone', '=', 1)]", rule.id])
        rule.invalidate_recordset()

    def test_a_broken_rule_stops_no_other_and_says_so(self):
        broken, good = self._make_rule(sequence=1, name="Broken"), self._make_rule(sequence=2)
        self._break_domain(broken)
        order = self._confirmed()
        self._let_it_run()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(self._get_jobs(good).mapped("state"), ["done", "done"])
        self.assertFalse(self._get_jobs(broken))
        self.assertRegex(broken.domain_error, "^The orders of Broken can't be read: Invalid field sale.order.x_gone")
        self.assertEqual(broken.match_count, 0)
        self.assertIn("of orders where [('x_gone', '=', 1)]", broken.sentence)
        second = self._confirmed()
        self._drain()
        told = broken.message_ids.filtered(lambda message: "it does nothing" in message.body)
        self.assertEqual(len(told), 1, "said once")
        self._place_order()
        self._drain()
        self.assertTrue(broken.domain_error, "what it does not look at tells nothing")
        self.rules._cron_time_passed()
        self.assertFalse(self._get_jobs(broken))
        self._mend(broken)
        self.assertFalse(broken.domain_error)
        later = self._confirmed()
        self._let_it_run()
        self.assertEqual(self._get_jobs(broken).order_id, later)
        self.rules._cron_time_passed()
        self.assertEqual(self._get_jobs(broken).order_id, order + second + later, "what happened meanwhile waited")
        self.assertFalse(broken.date_missed)
        self._let_it_run()
        self.rules._cron_time_passed()
        self.assertEqual(len(self._get_jobs(broken)), 6, "once")
        self.assertEqual([len(one.invoice_ids) for one in order + second + later], [1, 1, 1])

    def _mend(self, rule):
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", self.env.ref("oms_order_to_cash.oms_rule_time_cron").id)]
        before = triggers.search_count(domain)
        rule.domain = "[]"
        self.assertEqual(triggers.search_count(domain) - before, 1, "it looks at once at what it missed")

    def test_what_a_last_rule_took_does_not_wait_for_a_broken_one(self):
        last = self._make_rule(sequence=1, is_exclusive=True, domain="[('client_order_ref', '=', 'Mine')]")
        broken = self._make_rule(sequence=2, steps=["invoice"])
        self._break_domain(broken)
        mine, other = self._confirmed(client_order_ref="Mine"), self._confirmed()
        self._drain()
        self.assertEqual(self._get_jobs(last).order_id, mine)
        self._mend(broken)
        self.rules._cron_time_passed()
        self.assertEqual(self._get_jobs(broken).order_id, other)

    def test_what_waited_for_another_event_is_forgotten(self):
        broken = self._make_rule(steps=["invoice"])
        self._break_domain(broken)
        self._confirmed()
        self._drain()
        self.assertTrue(broken.date_missed)
        broken.write({"event": "placed", "domain": "[]"})
        self.rules._cron_time_passed()
        self.assertFalse(broken.date_missed)
        self.assertFalse(self._get_jobs(broken))

    def test_what_waits_of_a_broken_rule_fails_alone(self):
        broken, good = self._make_rule(steps=["invoice"]), self._make_rule(steps=["invoice"])
        first = self._confirmed()
        self._drain()
        self._break_domain(broken)
        self._let_it_run()
        job = self._get_jobs(broken)
        self.assertEqual((job.state, job.attempts), ("queued", 1))
        self.assertIn("can't be read", job.message)
        self.assertEqual(self._get_states(good), [("invoice", "done")])
        self.assertEqual(first.invoice_ids.state, "draft")

    def test_the_form_lives_with_a_broken_domain(self):
        half = self.rules.new({"name": "Half", "domain": "[('x_gone', '=', 1)]"})
        self.assertEqual((half.match_count, half._get_domain_text()), (0, "[('x_gone', '=', 1)]"))

    def test_names_out_of_sight_are_numbers(self):
        secret = self.env["product.category"].create({"name": "Secret"})
        rule = self._make_rule(mode="off", domain=f"[('order_line.product_id.categ_id', 'in', [{secret.id}])]")
        self.assertIn("Secret", rule.sentence)
        self.env["ir.rule"].create(
            {
                "name": "Hide",
                "model_id": self.env.ref("product.model_product_category").id,
                "domain_force": "[(0, '=', 1)]",
            }
        )
        user = new_test_user(self.env, login="oms_reader", groups="sales_team.group_sale_salesman")
        rule.invalidate_recordset()
        self.assertIn(f"Product Category in {secret.id}", rule.with_user(user).sentence)

    # === COMPANIES === #

    def _make_other_company(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        self.env.user.company_ids += company
        return company

    def test_a_rule_of_a_company_never_touches_another(self):
        other = self._make_other_company()
        mine = self._make_rule(event="placed", steps=["confirm"], company_id=self.company.id)
        theirs = self._make_rule(event="placed", steps=["confirm"], company_id=other.id)
        every = self._make_rule(event="placed", steps=["notify_user"])
        here, there = self._place_order(), self._place_order(company_id=other.id)
        (here + there).user_id = self.env.user
        self._let_it_run()
        self.assertEqual(self._get_jobs(mine).order_id, here)
        self.assertEqual(self._get_jobs(theirs).order_id, there)
        self.assertEqual(self._get_jobs(every).order_id, here + there)
        self.assertEqual(self._get_jobs(theirs).company_id, other)
        self.assertEqual((here + there).mapped("state"), ["sale", "sale"])

    def test_an_administrator_sees_the_rules_of_their_companies(self):
        other = self._make_other_company()
        theirs = self._make_rule(mode="off", company_id=other.id)
        every = self._make_rule(mode="off")
        admin = self._make_user("oms_rule_admin", "oms_order_to_cash.oms_group_admin")
        found = self.rules.with_user(admin).search([("name", "=", "Test Rule")])
        self.assertEqual(found, every)
        with self.assertRaises(AccessError):
            theirs.with_user(admin).name = "Mine now"
        with self.assertRaises(AccessError):
            theirs.step_ids.with_user(admin)[0].verb = "send"

    def test_who_may_write_and_who_may_read(self):
        rule = self._make_rule(mode="off", company_id=self.company.id)
        seller = self._make_user("oms_rule_seller", "sales_team.group_sale_salesman")
        groups = "oms_order_to_cash.oms_group_admin,account.group_account_invoice"  # it posts invoices
        admin = self._make_user("oms_rule_admin2", groups)
        self.assertIn("do: Invoice, Post invoice.", rule.with_user(seller).sentence)
        for write in (lambda own: own.action_live(), lambda own: own.unlink(), lambda own: own.write({"domain": "[]"})):
            with self.assertRaises(AccessError):
                write(rule.with_user(seller))
        with self.assertRaises(AccessError):
            self.env["oms.rule.replay"].with_user(seller).create({"rule_id": rule.id})
        rule.with_user(admin).action_live()
        self.assertEqual(rule.mode, "live")

    def test_what_belongs_to_a_company_needs_a_rule_of_it(self):
        other = self._make_other_company()
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        step = {"verb": "pay", "journal_id": journal.id}
        for company in (False, other.id):
            with self.assertRaisesRegex(ValidationError, f"belongs to {re.escape(self.company.name)}"):
                self._make_rule(steps=[step], mode="off", company_id=company)
        self._make_rule(steps=[step], mode="off", company_id=self.company.id)

    # === WHAT PEOPLE DO TO IT === #

    def test_undone_by_a_person_and_the_chain_ends(self):
        rule = self._make_rule(steps=["invoice", "close", "notify_user"])
        order = self._confirmed()
        self._let_it_run()
        invoice, later = self._get_jobs(rule)
        self.assertEqual((invoice.state, later.state), ("done", "waiting"))
        self.assertEqual((rule.done_count, rule.hours_saved), (1, 0.05))
        invoice.action_undo()
        self.assertFalse(order.invoice_ids)
        self.assertEqual(
            (later.state, later.message), ("stopped", f"Invoice {order.name} was undone by {self.env.user.name}.")
        )
        rule.invalidate_recordset()
        self.assertEqual((rule.done_count, rule.undone_count, rule.hours_saved), (1, 1, 0))
        self._let_it_run()
        self.assertFalse(order.invoice_ids, "the rule does not do again what a person took back")
        self.env.cr.flush()
        self.assertIn(f"Invoice by the rule {rule.name}: undone.", order.message_ids[0].body)
        self.assertEqual(order.message_ids[0].author_id, self.env.user.partner_id)

    def test_the_timeline_names_the_rule(self):
        self._make_rule(steps=["confirm"], event="placed", name="Small ones")
        order = self._place_order()
        self._let_it_run()
        self.env.cr.flush()
        lines = self.env["oms.cockpit"].get_panel(self._get_flow(order).id)["timeline"]
        line = next(line for line in lines if line["label"] == "Confirmed")
        self.assertEqual((line["actor"], line["can_undo"]), ("Rule: Small ones", True))
        bodies = order.message_ids.mapped("body")
        self.assertTrue([body for body in bodies if "Confirm: done by the rule Small ones." in body])

    def test_a_person_who_tries_again_lets_the_chain_go_on(self):
        rule = self._make_rule()
        order = self._confirmed()
        with self._break("invoice"):
            self._let_it_run()
            job = self._get_jobs(rule)
            job.attempts = 6
            job.next_try = fields.Datetime.now()
            self._let_it_run()
        self.assertEqual((job.state, rule.failed_count), ("failed", 1))
        self._drain()
        self.assertIn("X1", self._get_flow(order).open_issue_ids.mapped("code"))
        self._run("retry", order)
        self._let_it_run()
        self.assertEqual(self._get_states(rule), [("invoice", "done"), ("post", "done")])
        self.assertNotIn("X1", self._get_flow(order).open_issue_ids.mapped("code"))

    # === TWO RULES, ONE ORDER === #

    def test_what_one_rule_may_not_do_another_may(self):
        careful = self._make_rule(steps=["invoice"], grace_hours=1, stop_on_touch=True, name="Careful")
        other = self._make_rule(steps=["invoice"], grace_hours=1, name="Other")
        order = self._confirmed()
        self._drain()
        jobs = self._get_jobs(careful) + self._get_jobs(other)
        for job in jobs:
            job.date_event -= timedelta(hours=2)
        self._run("deliver", order)
        jobs.next_try = fields.Datetime.now()
        self._let_it_run()
        self.assertEqual(jobs.mapped("state"), ["stopped", "done"])
        self.assertEqual(len(order.invoice_ids), 1)

    def test_done_by_one_rule_counts_for_one(self):
        first, second = (
            self._make_rule(steps=["invoice"], sequence=1),
            self._make_rule(steps=["invoice", "post"], sequence=2),
        )
        order = self._confirmed()
        self._let_it_run()
        self.assertEqual(self._get_states(first), [("invoice", "done")])
        self.assertEqual(self._get_states(second), [("invoice", "skipped"), ("post", "done")])
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])

    # === WHAT ITS OWN STEPS CHANGE === #

    def test_its_own_steps_do_not_end_it(self):
        rule = self._make_rule(
            event="placed", steps=["confirm", "invoice"], domain="[('state', '=', 'draft'), ('amount_total', '<', 500)]"
        )
        order, changed = self._place_order(), self._place_order([(self.short, 2)])
        self._let_it_run()
        self.assertEqual(order.invoice_ids.state, "draft", "it is no quotation any more, by the rule's own doing")
        self.assertEqual((order + changed).mapped("state"), ["sale", "sale"])
        waiting = self._make_rule(event="confirmed", steps=["deliver"], domain="[('amount_total', '<', 500)]")
        order = self._confirmed([(self.short, 2)])
        self._let_it_run()
        self.assertEqual(self._get_states(waiting), [("deliver", "waiting")])
        order.order_line.product_uom_qty = 500
        self._let_it_run()
        job = self._get_jobs(waiting)
        self.assertEqual((job.state, job.message), ("stopped", "The rule is not for this order any more."))
        self.assertEqual(len(self._get_jobs(rule)), 4)

    def test_what_is_asked_again(self):
        rule = self._make_rule(mode="off", domain="['!', '|', ('state', '=', 'sale'), ('amount_total', '>', 500)]")
        self.assertEqual(list(rule._get_lasting_domain()), [("amount_total", "<=", 500)])

    # === MANY === #

    def test_as_many_queries_for_many_orders_as_for_few(self):
        for position in range(3):
            self._make_rule(sequence=position, grace_hours=1)
        counts = []
        for number in (2, 20):
            orders = self.env["sale.order"].union(*(self._place_order() for _number in range(number)))
            self._confirm(orders)
            self.env.cr.flush()
            self.env.invalidate_all()
            self.rules.search([]).step_ids.mapped("verb")
            before = self.env.cr.sql_log_count
            self.rules._take_events(orders.ids)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(self.jobs.search_count([("order_id", "in", orders.ids)]), 3 * number)
        self.assertLessEqual(counts[1], counts[0])

    def test_a_minute_wakes_the_queue_once(self):
        rule = self._make_rule(grace_hours=2)
        for seconds in (0, 20, 40):
            order = self._confirmed()
            self._age_events(order, seconds=seconds)
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])
        self._drain()
        self.assertEqual(len(self._get_jobs(rule)), 3)
        added = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)]) - triggers
        self.assertLessEqual(added, 2)

    def test_what_happened_in_this_second_wakes_the_queue_at_once(self):
        now = fields.Datetime.now()
        with freeze_time(now):
            self.assertEqual(self.jobs._get_full_minute(now + timedelta(microseconds=999_999)), now)
            later = now.replace(second=0) + timedelta(minutes=1)
            self.assertEqual(self.jobs._get_full_minute(now + timedelta(seconds=1)), later)

    def test_by_product_category(self):
        category = self.env["product.category"].create({"name": "Machines"})
        self.short.categ_id = self.env["product.category"].create({"name": "Presses", "parent_id": category.id})
        rule = self._make_rule(
            event="placed", steps=["confirm"], domain=f"[('order_line.product_id.categ_id', 'child_of', {category.id})]"
        )
        self._place_order()
        machine = self._place_order([(self.goods, 1), (self.short, 1)])
        self._let_it_run()
        self.assertEqual(self._get_jobs(rule).order_id, machine)
        rule.invalidate_recordset()
        self.assertIn("Order Lines > Product > Product Category child_of Machines", rule.sentence)

    def test_who_may_stop_all_is_told_where_it_stands(self):
        seller = self._make_user("oms_rule_seller2", "sales_team.group_sale_salesman")
        self.assertEqual(self.rules.get_switch(), {"is_stopped": False, "may_switch": True, "text": ""})
        self._make_rule(grace_hours=1)
        self._confirmed()
        self._drain()
        self.rules.action_stop_all()
        self._confirmed()
        self._drain()
        found = self.rules.with_user(seller).get_switch()
        self.assertEqual((found["is_stopped"], found["may_switch"]), (True, False))
        self.assertEqual(
            found["text"],
            "All automation is stopped, and nothing is lost. Steps that wait: 1. Events that wait: 1.",
        )
        with self.assertRaises(UserError):
            self.rules.with_user(seller).action_resume_all()
