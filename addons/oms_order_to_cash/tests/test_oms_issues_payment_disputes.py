from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .billing_case import OmsBillingCase


@tagged("post_install", "-at_install")
class TestOmsIssuesPaymentDisputes(OmsBillingCase):
    """Unmatched, disputed, promised."""

    # === A3: UNMATCHED OR SHORT === #

    def test_a3_a_payment_waits(self):
        order, invoice = self._invoiced()
        other, _invoice = self._invoiced(partner_id=self.other_customer.id)
        self.assertNoIssue(order, "A3")
        line = self._receive_money(60)
        self._look(order + other)
        self.assertIssue(order, "A3", severity="medium", amount=100, turn="accounting")
        self.assertNoIssue(other, "A3")
        self.assertIn(f"{line.move_id.name} of", self._get_chain(order, "A3")[1])
        self.assertIn("60.00 not matched", self._get_chain(order, "A3")[1])
        self.assertIn(f"to {invoice.name}, as far as it goes.", self._get_preview("match", order)[0])
        job = self._run("match", order)
        self.assertJobs(job, "done")
        self.assertEqual((invoice.amount_residual, invoice.payment_state, line.reconciled), (40, "partial", True))
        self.assertIssue(order, "A3", turn="customer", amount=40)
        self.assertEqual(self._get_chain(order, "A3")[-1], "Paid so far: $\xa060.00")
        nothing = ("skipped", "No payment and no credit note of the customer waits to be matched.")
        self.assertJobs(self._run("match", order), nothing)
        job.action_undo()
        self.assertEqual((invoice.amount_residual, line.reconciled), (100, False))
        self.assertIssue(order, "A3", turn="accounting")
        self.assertIssuesHold(order + other)

    def test_a3_never_more_than_is_open_and_the_oldest_first(self):
        first, old = self._invoiced(due=-20)
        second, new = self._invoiced(due=-5)
        line = self._receive_money(130)
        self.assertJobs(self._run("match", first + second), "done", "done")
        self.assertEqual((old.amount_residual, new.amount_residual), (0, 70))
        self.assertTrue(line.reconciled)
        self.assertNoIssue(first, "A3")
        self.assertIssue(second, "A3", amount=70)
        self.assertIssuesHold(first + second)

    def test_a3_what_is_left_over_stays_open(self):
        order, invoice = self._invoiced()
        line = self._receive_money(150)
        self._run("match", order)
        self.assertEqual((invoice.amount_residual, line.amount_residual), (0, -50))
        self.assertNoIssue(order, "A3")

    def test_a3_the_payment_that_names_the_invoice_goes_first(self):
        order, invoice = self._invoiced()
        older = self._receive_money(100, date=self._day(-5))
        named = self._receive_money(100, memo=invoice.name)
        self._run("match", order)
        self.assertTrue(named.reconciled)
        self.assertFalse(older.reconciled)

    def test_a3_a_credit_note_waits(self):
        order, invoice = self._invoiced()
        credit = self._credit(invoice, 3, post=False)
        credit.reversed_entry_id = False  # one made by hand is not applied by core
        self._post(credit)
        self.assertIssue(order, "A3", amount=100)
        self._run("match", order)
        self.assertEqual(invoice.amount_residual, 70)
        self.assertNoIssue(order, "A3")
        self.assertIssuesHold(order)

    def test_a3_foreign_currency(self):
        order, invoice = self._invoiced(pricelist_id=self.foreign_pricelist.id)
        self._receive_money(120, currency_id=self.foreign_currency.id)
        self._look(order)
        self.assertIssue(order, "A3", amount=100)
        self._run("match", order)
        self.assertEqual((invoice.amount_residual, invoice.amount_residual_signed), (80, 40))
        self.assertIssue(order, "A3", amount=40)

    def test_a3_undo_is_refused_once_unmatched(self):
        order, invoice = self._invoiced()
        self._receive_money(60)
        job = self._run("match", order)
        invoice.line_ids.remove_move_reconcile()
        with self.assertRaisesRegex(UserError, "unmatched already"):
            job.action_undo()

    # === A4: DISPUTED === #

    def test_a4_from_the_dispute_to_the_decision(self):
        order, invoice = self._invoiced(due=-10)
        self.assertJobs(
            self._run("dispute", order), ("failed", "Write a note: why, in words that the next reader understands.")
        )
        job = self._run("dispute", order, note="Two desks are scratched")
        self.assertEqual((invoice.payment_state, invoice.oms_dispute_reason), ("blocked", "Two desks are scratched"))
        self.assertIssue(order, "A4", severity="high", amount=100)
        self.assertNoIssue(order, "A2")
        self.assertEqual(self._get_chain(order, "A4")[1], f"{invoice.name} is disputed: Two desks are scratched")
        twice = ("skipped", "It has no open invoice that is not disputed already.")
        self.assertJobs(self._run("dispute", order, note="x"), twice)
        resolved = self._run("resolve_dispute", order, note="They keep them for 10 % off")
        self.assertEqual((invoice.payment_state, invoice.oms_dispute_reason), ("not_paid", False))
        self.assertIn("They keep them for 10 % off", invoice.message_ids[0].body)
        self.assertNoIssue(order, "A4")
        self.assertIssue(order, "A2")
        with self.assertRaisesRegex(UserError, "resolved already"):
            job.action_undo()
        resolved.action_undo()
        self.assertEqual((invoice.payment_state, invoice.oms_dispute_reason), ("blocked", "Two desks are scratched"))
        job.action_undo()
        self.assertEqual((invoice.payment_state, invoice.oms_dispute_reason), ("not_paid", False))
        self.assertIssuesHold(order)

    def test_a4_blocked_by_hand_after_a_part_payment(self):
        order, invoice = self._invoiced()
        self._pay(invoice, amount=30)
        invoice.action_toggle_block_payment()
        self.assertIssue(order, "A4", amount=70)
        self.assertNoIssue(order, "A3")
        self.assertIn("no reason is given", self._get_chain(order, "A4")[1])
        job = self._run("resolve_dispute", order, note="Settled")
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("partial", 70))
        self._pay(invoice)
        with self.assertRaisesRegex(UserError, "is paid or blocked since"):
            job.action_undo()
        self.assertJobs(self._run("resolve_dispute", order, note="x"), ("skipped", "Nothing of it is disputed."))

    # === A5: PROMISE BROKEN === #

    def test_a5_promised_kept_quiet_and_broken(self):
        order, invoice = self._invoiced(due=-10)
        job = self._run("promise_to_pay", order, date=fields.Date.to_string(self._day(3)), note="Ms. Miller, by phone")
        self.assertEqual(invoice.oms_payment_promise_date, self._day(3))
        self.assertIn("Ms. Miller, by phone", invoice.message_ids[0].body)
        self.assertNoIssue(order, "A2")
        self.assertIn("wait for it", self._run("dun", order).message)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._look(order)
            self.assertNoIssue(order, "A5")
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self._look(order)
            self.assertIssue(order, "A5", severity="high", amount=100, turn="sales")
            self.assertIssue(order, "A2")
            self.assertIn(f"Test Customer promised to pay {invoice.name} by", self._get_chain(order, "A5")[1])
            self._pay(invoice)
            self.assertNoIssue(order, "A5")
            self.assertIssuesHold(order)
        self.assertTrue(job)

    def test_a5_a_broken_promise_ends_the_weeks_patience(self):
        order, invoice = self._invoiced(due=-10)
        self._run("dun", order)
        self._run("promise_to_pay", order, date=fields.Date.to_string(self._day(2)))
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.assertJobs(self._run("dun", order), "done")
            self.assertEqual(invoice.oms_dunning_level, 2)
            self.assertEqual(self._run("dun", order).state, "skipped", "once for the promise")

    def test_a5_promise_needs_a_day_to_come_and_is_undone(self):
        orders = self._invoiced(due=-10)[0] + self._invoiced(due=-10)[0]
        choose = ("failed", "Choose the day the customer promised to pay by, today or later.")
        self.assertJobs(self._run("promise_to_pay", orders), choose, choose)
        day = fields.Date.to_string(self._day(3))
        jobs = self._run("promise_to_pay", orders, date=day)
        self.assertJobs(jobs, "done", "done")
        same = ("skipped", "This day is recorded already.")
        self.assertJobs(self._run("promise_to_pay", orders, date=day), same, same)
        jobs[0].action_undo()
        self.assertFalse(jobs[0].order_id.invoice_ids.oms_payment_promise_date)
        self.assertIssue(jobs[0].order_id, "A2")
        jobs[1].order_id.invoice_ids.oms_payment_promise_date = False
        with self.assertRaisesRegex(UserError, "withdrawn already"):
            jobs[1].action_undo()

    def test_a5_escalated_to_the_leader_once(self):
        leader = self._make_user("oms_leader", "sales_team.group_sale_manager")
        team = self.env["crm.team"].create({"name": "Test Team", "user_id": leader.id})
        order, invoice = self._invoiced(due=-10, team_id=team.id)
        invoice.oms_payment_promise_date = self._day(-1)
        self.assertIssue(order, "A5")
        self.assertEqual(self._get_preview("escalate", order), [f"Gives {leader.name} an activity for today."])
        job = self._run("escalate", order, note="Third time")
        activity = order.activity_ids.filtered(lambda found: found.user_id == leader)
        self.assertEqual(activity.date_deadline, self.today)
        self.assertIn("Third time", activity.note)
        again = ("skipped", f"It is escalated already: {leader.name} has to decide.")
        self.assertJobs(self._run("escalate", order), again)
        job.action_undo()
        self.assertFalse(order.activity_ids & activity)
        job = self._run("escalate", order)
        order.activity_ids.action_feedback(feedback="Sued")
        with self.assertRaisesRegex(UserError, "dealt with already"):
            job.action_undo()
        self.assertIssuesHold(order)

    def test_a5_nothing_to_escalate(self):
        order = self._confirmed()
        self.assertJobs(self._run("escalate", order), ("skipped", "Nothing of it is to be paid."))
