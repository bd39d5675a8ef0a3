from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .issue_case import OmsIssueCase


class TestOmsIssuesDelivery(OmsIssueCase):
    """Transfers that do not leave: ready and late, waiting, held back, past their promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's own batches have tests of their own.
        cls.env["stock.picking.type"].search([]).auto_batch = False

    def _get_ago(self, **delay):
        return fields.Datetime.now() - timedelta(**delay)

    def _postpone(self, pickings, **delay):
        """Have transfers be due so long ago."""
        pickings.move_ids.date = self._get_ago(**delay)

    def _get_late(self, lines=None, **vals):
        order = self._confirmed(lines, **vals)
        self._postpone(order.picking_ids, days=2)
        return order

    # === P1 === #

    def test_p1_ready_and_late(self):
        order = self._get_late()
        issue = self.assertIssue(order, "P1", severity="high", amount=100, turn="warehouse")
        self.assertEqual(issue.date_since, order.picking_ids.scheduled_date)
        self.assertIn(f"{order.picking_ids.name} is ready and was to leave on", self._get_chain(order, "P1")[0])
        self._ship(order)
        self.assertNoIssue(order, "P1")
        self.assertIssuesHold(order)

    def test_p1_neither_early_nor_short_nor_held(self):
        early, short = self._confirmed(), self._get_late([(self.short, 1)])
        held = self._get_late()
        self.assertIssue(held, "P1")
        reason = self.env["oms.hold.reason"].search([], limit=1)
        self._run("hold", held, hold_reason_id=reason.id)
        for order in early + short + held:
            self.assertNoIssue(order, "P1")
        self.assertIssuesHold(early + short + held)

    def test_batch_by_kind_and_carrier(self):
        orders = self._get_late() + self._get_late() + self._get_late()
        orders[2].picking_ids.carrier_id = self.carrier
        preview = self.runner._get_preview("batch", orders)
        self.assertIn("goes into a new batch", preview[orders[0].id][0])
        self.assertIn("Test Carrier", preview[orders[2].id][0])
        self.assertJobs(self._run("batch", orders), "done", "done", "done")
        batches = orders.picking_ids.batch_id
        self.assertEqual(sorted(len(batch.picking_ids) for batch in batches), [1, 2])
        self.assertEqual((set(batches.mapped("state")), batches.user_id), ({"draft"}, self.env.user))
        for order in orders:
            self.assertIssue(order, "P1", severity="low")
        batch = orders[0].picking_ids.batch_id
        message = f"It is in {batch.name} already: validate it there."
        self.assertJobs(self._run("batch", orders[0]), ("skipped", message))
        later = self._get_late()
        self.assertEqual(
            self.runner._get_preview("batch", later)[later.id], [f"{later.picking_ids.name} joins {batch.name}."]
        )
        self._run("batch", later)
        self.assertEqual(later.picking_ids.batch_id, batch)
        self.assertIssuesHold(orders + later)

    def test_batch_goes_on_without_what_is_not_ready(self):
        order, short = self._get_late(), self._get_late([(self.short, 1)])
        jobs = self._run("batch", order + short)
        self.assertJobs(jobs, "done", ("skipped", "No transfer is ready: reserve its goods first."))
        self.assertFalse(short.picking_ids.batch_id)

    def test_batch_undone(self):
        order, other = self._get_late(), self._get_late()
        job, other_job = self._run("batch", order + other).sorted(lambda job: job.order_id.id)
        batch = order.picking_ids.batch_id
        job.action_undo()
        self.assertFalse(order.picking_ids.batch_id or order.picking_ids.user_id)
        self.assertEqual(batch.picking_ids, other.picking_ids)
        with self.assertRaisesRegex(UserError, "undone already"):
            job.action_undo()
        batch.action_confirm()
        with self.assertRaisesRegex(UserError, "is started: take it out there"):
            other_job.action_undo()
        self.assertEqual(other.picking_ids.batch_id, batch)

    def test_batch_of_the_last_one_undone_leaves_none(self):
        order = self._get_late()
        job = self._run("batch", order)
        batch = order.picking_ids.batch_id
        job.action_undo()
        self.assertFalse(batch.exists())

    def test_batch_not_undone_after_delivery(self):
        order = self._get_late()
        job = self._run("batch", order)
        self._ship(order)
        with self.assertRaisesRegex(UserError, "has left meanwhile"):
            job.action_undo()

    def test_p1_in_a_batch_that_nobody_has(self):
        order = self._confirmed()
        order.picking_ids.picking_type_id.write({"auto_batch": True, "batch_group_by_partner": True})
        order.picking_ids._find_auto_batch()
        own = order.picking_ids.batch_id
        self._postpone(order.picking_ids, days=1)
        self.assertIssue(order, "P1", severity="high")
        self.assertEqual(self._get_chain(order, "P1")[1], f"It is in {own.name}, nobody is responsible")
        job = self._run("batch", order)
        self.assertEqual((order.picking_ids.batch_id.user_id, own.state), (self.env.user, "cancel"))
        self.assertIssue(order, "P1", severity="low")
        job.action_undo()
        self.assertFalse(order.picking_ids.batch_id)
        self.assertIssue(order, "P1", severity="high")

    def test_batch_needs_rights(self):
        order = self._get_late()
        seller = self._make_user("oms_seller_batch", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            self.runner.with_user(seller)._run("batch", order.with_user(seller), "user")

    def test_batch_in_another_company(self):
        other = self._place_order(company_id=self.other_company.id, partner_id=self.other_customer.id)
        self.other_company_warehouse.out_type_id.auto_batch = False
        self._put_in_stock(self.goods, 20, self.other_company_warehouse)
        self._confirm(other)
        order = self._get_late()
        self._reserve(other)
        self.assertJobs(self._run("batch", other + order), "done", "done")
        batches = (order + other).picking_ids.batch_id
        self.assertEqual(batches.company_id, self.company + self.other_company)

    def test_deliver_says_what_leaves(self):
        order = self._get_late()
        self.assertEqual(
            self.runner._get_preview("deliver", order)[order.id],
            [
                f"{order.picking_ids.name} is done: 10 Units of Test Goods.",
                "What left comes back by a return.",
            ],
        )
        self.assertFalse(self.runner._is_reversible("deliver"))

    # === PLAN === #

    def test_plan_undone_until_something_left(self):
        order = self._confirmed()
        self._cancel_transfers(order)
        self.assertEqual(
            self.runner._get_preview("plan", order)[order.id], ["10 Units of Test Goods are planned from Test Main."]
        )
        job = self._run("plan", order)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        job.action_undo()
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan")
        job = self._run("plan", order)
        self._ship(order)
        with self.assertRaisesRegex(UserError, "is done: take a return"):
            job.action_undo()

    # === P2 === #

    def _get_waiting(self, **delay):
        """Return an order of two steps whose first one is due so long ago."""
        rules = self.two_step_warehouse.delivery_route_id.rule_ids
        rules[0].location_dest_id = rules[1].location_src_id
        rules[1:].write({"action": "pull"})
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        pick = order.picking_ids.filtered(lambda picking: picking.picking_type_code == "internal")
        self.assertEqual(len(order.picking_ids), 2)
        self._postpone(pick, **delay)
        return order, pick

    def test_p2_waits_too_long(self):
        order, pick = self._get_waiting(hours=25)
        near, _pick = self._get_waiting(hours=23)
        self.assertIssue(order, "P2", severity="medium", turn="warehouse", date_since=pick.scheduled_date)
        self.assertNoIssue(near, "P2")
        self.company.oms_chase_hours = 22
        self._look(near)
        self.assertIssue(near, "P2")
        chain = self._get_chain(order, "P2")
        self.assertEqual(chain[0], f"{(order.picking_ids - pick).name} waits")
        self.assertIn(f"for {pick.name}, due since", chain[1])
        self.assertIn("nobody is responsible", chain[1])
        self._validate(pick)
        self.assertNoIssue(order, "P2")
        self.assertIssuesHold(order + near)

    def test_chase_once(self):
        order, pick = self._get_waiting(hours=30)
        picker = self._make_user("oms_picker", "stock.group_stock_user")
        pick.user_id = picker
        one_step = self._confirmed()
        self.assertEqual(
            self.runner._get_preview("chase", order)[order.id],
            [f"oms_picker (stock.group_stock_user) is asked to process {pick.name} today."],
        )
        jobs = self._run("chase", order + one_step)
        self.assertJobs(jobs, "done", ("skipped", "None of its transfers waits for an earlier step."))
        self.assertEqual((pick.activity_ids.user_id, len(pick.activity_ids)), (picker, 1))
        self.assertEqual(pick.activity_ids.summary, f"{order.name} waits for this transfer")
        again = self._run("chase", order)
        self.assertJobs(again, ("skipped", "Somebody is asked already: the activity on it is still open."))
        self.assertEqual(len(pick.activity_ids), 1)
        jobs.filtered(lambda job: job.order_id == order).action_undo()
        self.assertFalse(pick.activity_ids)
        job = self._run("chase", order)
        pick.activity_ids.action_feedback()
        with self.assertRaisesRegex(UserError, "the activity is done already"):
            job.action_undo()

    def test_salesperson_chases(self):
        order, pick = self._get_waiting(hours=30)
        seller = self._make_user("oms_seller_chase", "sales_team.group_sale_salesman")
        order.user_id = seller
        jobs = self.runner.with_user(seller)._run("chase", order.with_user(seller), "user")
        self.assertJobs(jobs.sudo(), "done")
        self.assertEqual(pick.activity_ids.user_id, seller)

    # === P3 === #

    def _get_held_back(self):
        order = self._place_order([(self.goods, 10), (self.short, 4)], picking_policy="one")
        self._put_in_stock(self.short, 1)
        self._confirm(order)
        self._reserve(order)
        return order

    def test_p3_partly_ready(self):
        order = self._get_held_back()
        direct = self._confirmed([(self.goods, 10), (self.short, 4)])
        nothing = self._confirmed([(self.short, 4)], picking_policy="one")
        self.assertIssue(order, "P3", severity="medium")
        self.assertNoIssue(direct, "P3")
        self.assertNoIssue(nothing, "P3")
        self.assertEqual(
            self._get_chain(order, "P3"),
            [
                f"{order.picking_ids.name} ships all at once",
                "Test Goods: 10 of 10 Units ready",
                "Test Goods nobody has: 1 of 4 Units ready",
            ],
        )
        self.assertIssuesHold(order + direct + nothing)

    def test_split_and_merged_again(self):
        order, whole = self._get_held_back(), self._confirmed(picking_policy="one")
        picking = order.picking_ids
        self.assertEqual(
            self.runner._get_preview("split", order)[order.id],
            [
                (
                    f"{picking.name} ships 10 Units of Test Goods, 1 Units of Test Goods nobody has; "
                    "the rest follows in a transfer of its own."
                )
            ],
        )
        jobs = self._run("split", order + whole)
        self.assertJobs(jobs, "done", ("skipped", "None of its transfers is held back with a part of it ready."))
        rest = order.picking_ids - picking
        self.assertEqual((picking.state, rest.state, rest.backorder_id), ("assigned", "confirmed", picking))
        self.assertEqual(sorted(picking.move_ids.mapped("product_uom_qty")), [1, 10])
        self.assertEqual(rest.move_ids.mapped("product_uom_qty"), [3])
        self.assertNoIssue(order, "P3")
        self.assertJobs(
            self._run("split", order), ("skipped", "None of its transfers is held back with a part of it ready.")
        )
        jobs.filtered(lambda job: job.order_id == order).action_undo()
        self.assertFalse(rest.exists())
        self.assertEqual(sorted(picking.move_ids.mapped("product_uom_qty")), [4, 10])
        self.assertEqual(sorted(picking.move_ids.mapped("quantity")), [1, 10])
        self.assertIssue(order, "P3")
        self.assertIssuesHold(order + whole)

    def test_split_not_undone_once_it_left(self):
        order = self._get_held_back()
        picking = order.picking_ids
        job = self._run("split", order)
        self._validate(picking)
        with self.assertRaisesRegex(UserError, "is done or cancelled"):
            job.action_undo()

    # === D5 === #

    def test_d5_past_its_promise(self):
        order = self._confirmed(commitment_date=fields.Datetime.now() + timedelta(days=1))
        self.assertNoIssue(order, "D5")
        order.oms_date_promised = self._get_ago(days=3)
        issue = self.assertIssue(order, "D5", band="critical", turn="warehouse")
        self.assertEqual(issue.date_deadline, order.oms_date_promised)
        chain = self._get_chain(order, "D5")
        self.assertIn("Promised for", chain[0])
        self.assertIn(f"{order.picking_ids.name}: Ready, due", chain[1])
        self._ship(order, 4)
        self.assertIssue(order, "D5")
        self._ship(order)
        self.assertNoIssue(order, "D5")
        self.assertIssuesHold(order)

    def test_d5_without_a_transfer(self):
        order = self._confirmed()
        self._cancel_transfers(order)
        order.oms_date_promised = self._get_ago(days=3)
        self.assertIssue(order, "D5", turn="purchasing")
        self.assertEqual(self._get_chain(order, "D5")[1], "No transfer takes the rest of it to the customer")
