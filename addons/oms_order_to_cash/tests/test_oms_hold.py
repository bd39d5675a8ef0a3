from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .hold_case import OmsHoldCase


@tagged("post_install", "-at_install")
class TestOmsHold(OmsHoldCase):
    """Who stops an order, who lets it go on, and what it says meanwhile."""

    # === PLACED === #

    def test_held_order_waits_in_check(self):
        quotation, order = self._place_order(), self._confirmed()
        holds = self._hold(quotation + order, note="Which street?", user=self.seller)
        self.assertEqual(holds.mapped("state"), ["active", "active"])
        self.assertEqual(holds.placed_by_id, self.seller)
        self.assertFlow(quotation, "check", "blocked none none none none none", "release")
        self.assertFlow(order, "check", "blocked done doing todo todo none", "release")
        self.assertIn("On hold: Address to check. Which street?", order.message_ids[0].body)
        self._release(quotation + order, user=self.seller, note="Found it")
        self.assertFlow(quotation, "quotation", "todo none none none none none", "confirm")
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        self.assertEqual(holds.mapped("state"), ["released", "released"])
        self.assertEqual((holds.released_by_id, holds[0].release_note), (self.seller, "Found it"))
        self.assertIn("Hold released: Address to check. Found it", order.message_ids[0].body)

    def test_not_held_twice_for_a_reason(self):
        order, other = self._confirmed(), self._confirmed()
        self._hold(order)
        jobs = self._run("hold", order + other, hold_reason_id=self.address.id)
        self.assertJobs(jobs, ("skipped", "It is on hold for this reason already."), "done")
        self.assertEqual(len(self._hold(order, self.deposit)), 1)

    def test_what_cannot_be_held(self):
        cancelled, gone, order = self._confirmed(), self._confirmed(), self._confirmed()
        self._cancel(cancelled)
        self._ship(gone)
        jobs = self._run("hold", cancelled + gone + order, hold_reason_id=self.address.id)
        self.assertJobs(
            jobs,
            ("skipped", "It is cancelled: there is nothing to stop."),
            ("skipped", "All of it has left: there is nothing to stop."),
            "done",
        )

    def test_a_reason_is_needed_and_a_day_to_come(self):
        order = self._confirmed()
        self.assertJobs(self._run("hold", order), ("failed", "Choose a reason: it says who may release the order."))
        jobs = self._run("hold", order, hold_reason_id=self.address.id, date=str(fields.Date.today()))
        self.assertJobs(jobs, ("failed", "Choose a day to come: on that day the hold is released by itself."))

    # === RELEASED === #

    def test_released_by_whom_the_reason_names(self):
        order, other = self._confirmed(), self._confirmed()
        self._hold(order, self.credit)
        self._hold(order, self.address)
        self._hold(other, self.credit)
        jobs = self._release(order + other, user=self.seller)
        group = self.env.ref("account.group_account_manager").full_name
        text = f"Credit: only {group} may release it."
        self.assertJobs(jobs, ("done", text), ("skipped", text))
        self.assertFlow(order, "check", "blocked done doing todo todo none", "release")
        jobs = self._release(order + other, user=self.accountant)
        self.assertJobs(jobs, "done", "done")
        self.assertJobs(
            self._release(order + other, user=self.seller),
            ("skipped", "It is not on hold."),
            ("skipped", "It is not on hold."),
        )

    def test_preview_tells_what_stays(self):
        order = self._confirmed()
        self._hold(order, self.credit)
        self._hold(order, self.address)
        runner = self.runner.with_user(self.seller)
        preview = runner._get_preview("release", order.with_user(self.seller))[order.id]
        group = self.env.ref("account.group_account_manager").full_name
        self.assertEqual(preview, [f"Credit: only {group} may release it.", "Address to check is released."])

    def test_released_on_its_day(self):
        order, later = self._confirmed(), self._confirmed()
        # The day of who holds it, late in the evening the next one.
        today = fields.Date.context_today(self.env["oms.hold"])
        hold = self._hold(order, date=str(today + timedelta(days=1)))
        self._hold(order, self.deposit)
        self._hold(later, date=str(today + timedelta(days=2)))
        hold.date_until = fields.Date.today()
        with self.enter_registry_test_mode():
            self.env.ref("oms_order_to_cash.oms_hold_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((hold.state, hold.release_note), ("released", "Its day has come."))
        self.assertEqual(self.env["oms.hold"]._get_active(order + later).reason_id, self.deposit + self.address)
        job = self.jobs.search([("order_id", "=", order.id), ("verb", "=", "release")])
        self.assertEqual((job.origin, job.state), ("cron", "done"))

    # === UNDONE === #

    def test_undo_a_hold(self):
        order = self._confirmed()
        hold = self._hold(order, self.fraud)
        job = self.jobs.search([("order_id", "=", order.id), ("verb", "=", "hold")])
        self.assertEqual(self._get_reserved(order), 0)
        job.action_undo()
        self.assertEqual((hold.state, self._get_reserved(order)), ("released", 10))
        with self.assertRaisesRegex(UserError, "undone already"):
            job.action_undo()

    def test_undo_of_a_hold_is_for_its_placer_or_who_may_release(self):
        order = self._confirmed()
        self._hold(order, self.credit, user=self.seller)
        job = self.jobs.search([("order_id", "=", order.id), ("verb", "=", "hold")])
        with self.assertRaisesRegex(UserError, "Credit: only"):
            job.with_user(self.picker).action_undo()
        job.with_user(self.seller).action_undo()
        self.assertFalse(self.env["oms.hold"]._get_active(order))

    def test_undo_a_release(self):
        order, shipped = self._confirmed(), self._confirmed()
        self._hold(order + shipped, note="Twice the same")
        jobs = self._release(order + shipped).sorted(lambda job: job.order_id.id)
        jobs[0].action_undo()
        self.assertEqual(self.env["oms.hold"]._get_active(order).note, "Twice the same")
        self.assertEqual(len(self.env["oms.hold"].search([("order_id", "=", order.id)])), 2, "both rows stay")
        self._ship(shipped)
        with self.assertRaisesRegex(UserError, "left since"):
            jobs[1].action_undo()

    # === WHO SEES THEM === #

    def test_holds_are_seen_by_who_sees_the_order(self):
        mine, theirs = self._confirmed(user_id=self.env.user.id), self._confirmed()
        foreign = self._place_order(company_id=self.other_company.id, partner_id=self.other_customer.id)
        owner = self._make_user("oms_hold_owner", "sales_team.group_sale_salesman")
        mine.user_id, theirs.user_id, foreign.user_id = owner, self.seller, owner
        holds = self._hold(mine + theirs + foreign)
        seen = {user: holds.with_user(user).search([("id", "in", holds.ids)]).order_id for user in (owner, self.picker)}
        self.assertEqual(seen, {owner: mine, self.picker: mine + theirs})

    # === STOCK === #

    def test_a_reason_that_frees_stock(self):
        order, kept = self._confirmed(), self._confirmed()
        self._hold(order, self.customer)
        self._hold(kept, self.address)
        self.assertEqual((self._get_reserved(order), self._get_reserved(kept)), (0, 10))
        self._release(order + kept)
        self.assertEqual((self._get_reserved(order), self._get_reserved(kept)), (10, 10))
