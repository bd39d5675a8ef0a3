from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.oms_order_to_cash.tests.issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestGiftParcel(OmsIssueCase):
    """A verb on a model of another addon, whose records belong to several orders, is run like one on orders."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self._place_wrapped(), self._place_wrapped()
        self.parcel = self._make_parcel("Parcel", self.first + self.second)

    def _place_wrapped(self):
        order = self._confirmed()
        order.gift_wrap = "wanted"
        return order

    def _make_parcel(self, name, orders=None, **values):
        order_ids = [Command.set(orders.ids if orders else [])]
        return self.env["oms.gift.parcel"].create(
            {"name": name, "company_id": self.company.id, "order_ids": order_ids, **values}
        )

    def _get_lines(self, order, user=None):
        flow = self._read_flow(order)
        return self.env["oms.cockpit"].with_user(user or self.env.user).get_panel(flow.id)["timeline"]

    def _get_line(self, order, label="Tie Parcel"):
        return next((line for line in self._get_lines(order) if line["label"] == label), None)

    def _make_company_parcel(self):
        company = self.env["res.company"].create({"name": "Gifts Elsewhere"})
        return self._make_parcel("Elsewhere", company_id=company.id)

    # === RUN === #

    def test_it_is_done_and_shows_on_all_its_orders(self):
        job = self._run("tie_parcel", self.parcel)
        self.assertEqual((job.state, job.res_model, job.res_id), ("done", "oms.gift.parcel", self.parcel.id))
        self.assertEqual((job.order_id, job.order_ids), (self.env["sale.order"], self.first + self.second))
        self.assertEqual((job.company_id, job.subject_name), (self.company, "Parcel (tied)"))
        self.assertEqual(job.display_name, "Tie Parcel Parcel (tied)")
        for order in self.first + self.second:
            self.assertEqual(order.gift_wrap, "done")
            line = self._get_line(order)
            self.assertEqual((line["job_id"], line["can_undo"]), (job.id, True))
            self.assertEqual(self.jobs.search(list(order._get_oms_jobs_domain())), job)
        self.assertIsNone(self._get_line(self._confirm(self._place_order())))

    def test_a_second_run_changes_nothing(self):
        self._run("tie_parcel", self.parcel)
        again = self._run("tie_parcel", self.parcel)
        self.assertEqual((again.state, again.message), ("skipped", "It is tied already."))
        self.assertEqual(self.parcel.name, "Parcel (tied)")

    def test_its_orders_are_refreshed(self):
        self._drain()
        parcel = self._make_parcel("Alone", self._confirm(self._place_order()))
        self._drain()
        job = self._run("tie_parcel", parcel)
        self.assertEqual(job.order_id, parcel.order_ids, "of one order it is that order's")
        self.env.cr.flush()
        marks = self.env["oms.flow.dirty"].search([("order_id", "=", parcel.order_ids.id)])
        self.assertTrue(marks)

    def test_each_for_itself(self):
        torn, none = self._make_parcel("Torn", self.first), self._make_parcel("Of no order")
        parcels = self.parcel + torn + none
        jobs = self._run("tie_parcel", parcels)
        found = {job.res_id: (job.state, job.message or "") for job in jobs}
        expected = {
            self.parcel.id: ("done", ""),
            torn.id: ("failed", "There is no string left."),
            none.id: ("done", ""),
        }
        self.assertEqual(found, expected)
        self.assertFalse(jobs.filtered(lambda job: job.res_id == none.id)._get_orders())

    def test_preview_and_obstacle(self):
        tied = self._make_parcel("Done", is_tied=True)
        self.assertEqual(
            self.runner._get_obstacles("tie_parcel", self.parcel + tied),
            {self.parcel.id: "", tied.id: "It is tied already."},
        )
        self.assertEqual(self.runner._get_preview("tie_parcel", self.parcel), {self.parcel.id: ["Parcel gets a bow."]})

    def test_what_is_for_something_else_is_refused(self):
        with self.assertRaisesRegex(UserError, "Tie Parcel is for records of Gift Parcel, not of Sales Order."):
            self._run("tie_parcel", self.first)
        with self.assertRaisesRegex(UserError, "is for records of Sales Order, not of Gift Parcel."):
            self._run("gift_wrap", self.parcel)
        with self.assertRaisesRegex(UserError, "is for records of Gift Parcel"):
            self.runner.run("tie_parcel", self.first.ids)

    def test_programs_run_it(self):
        gone = self._make_parcel("Gone")
        gone_id = gone.id
        gone.unlink()
        done, missing = self.runner.run_on("tie_parcel", [self.parcel.id, gone_id])
        self.assertEqual((done["id"], done["state"]), (self.parcel.id, "done"))
        self.assertEqual(done["documents"], {"oms.gift.parcel": self.parcel.ids})
        self.assertEqual(
            missing, {"id": gone_id, "state": "failed", "message": "There is no such record.", "documents": {}}
        )
        [order] = self.runner.run_on("gift_wrap", self._place_wrapped().ids)
        self.assertEqual(order["state"], "done")
        with self.assertRaisesRegex(UserError, "Records are given by a list of their ids"):
            self.runner.run_on("tie_parcel", "all")

    # === RIGHTS === #

    def test_a_user_without_the_right(self):
        seller = self._make_user("oms_parcel_seller", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaisesRegex(AccessError, "You may not run Tie Parcel"):
            self.runner.with_user(seller)._run("tie_parcel", self.parcel, "user")
        self.assertFalse(self.parcel.is_tied)

    def test_the_rights_are_those_on_the_parcel(self):
        packer = self._make_user("oms_parcel_packer", "stock.group_stock_user")
        job = self.runner.with_user(packer)._run("tie_parcel", self.parcel, "user")
        self.assertEqual(job.state, "done")
        other = self._make_company_parcel()
        with self.assertRaises(AccessError):
            self.runner.with_user(packer)._run("tie_parcel", other, "user")
        self.assertFalse(other.is_tied)

    def test_a_second_company(self):
        other = self._make_company_parcel()
        jobs = self._run("tie_parcel", self.parcel + other)
        self.assertEqual({job.res_id: job.company_id for job in jobs}[other.id], other.company_id)
        self.assertEqual(jobs.mapped("state"), ["done", "done"])

    def test_who_sees_own_orders_only_sees_what_is_done_to_these(self):
        seller = self._make_user("oms_parcel_own", "sales_team.group_sale_salesman")
        job = self._run("tie_parcel", self.parcel)
        (self.first + self.second).user_id = self.env.ref("base.user_admin")
        self.assertFalse(self.jobs.with_user(seller).search([("id", "=", job.id)]))
        self.second.user_id = seller
        self.assertTrue(self.jobs.with_user(seller).search([("id", "=", job.id)]))

    # === UNDO === #

    def test_it_is_undone(self):
        job = self._run("tie_parcel", self.parcel)
        job.action_undo()
        self.assertEqual((self.parcel.is_tied, self.parcel.name), (False, "Parcel"))
        for order in self.first + self.second:
            self.assertEqual(order.gift_wrap, "wanted")
            self.assertTrue(self._get_line(order, "Undone: Tie Parcel"))

    def test_an_undo_that_leaves_something_else_is_refused(self):
        job = self._run("tie_parcel", self.parcel)
        job.sudo().undo_data = {"name": "Another"}
        with self.assertRaisesRegex(UserError, "not all would be as before"):
            job.action_undo()
        self.assertTrue(self.parcel.is_tied)

    def test_the_newer_one_of_the_same_parcel_comes_first(self):
        other = self._make_parcel("Other", self.first)
        job, later = self._run("tie_parcel", self.parcel), self._run("tie_parcel", other)
        self.assertTrue(job.can_undo and later.can_undo, "what is done to another parcel stands in nobody's way")
        self.parcel.is_tied = False
        again = self._run("tie_parcel", self.parcel)
        self.jobs.invalidate_model(["can_undo"])
        self.assertEqual((job.can_undo, again.can_undo), (False, True))

    def test_what_is_deleted_is_not_undone(self):
        job = self._run("tie_parcel", self.parcel)
        self.parcel.unlink()
        with self.assertRaisesRegex(UserError, "what it was done to is deleted"):
            job.action_undo()
        self.assertTrue(job.undo_obstacle)

    # === QUEUE === #

    def test_it_is_queued_once_claimed_and_done(self):
        job = self._queue("tie_parcel", self.parcel)
        self.assertEqual(self._queue("tie_parcel", self.parcel), job)
        self.assertEqual(self._queue("gift_wrap", self.first).mapped("verb"), ["gift_wrap"])
        self.assertEqual((job.state, job.order_ids), ("queued", self.first + self.second))
        self._run_queue()
        self.assertEqual((job.state, job.attempts), ("done", 1))
        self.assertTrue(self.parcel.is_tied)
        self.assertTrue(self._get_line(self.second))

    def test_what_is_deleted_meanwhile_is_left_out(self):
        gone = self._make_parcel("Gone", self.first)
        jobs = self._queue("tie_parcel", self.parcel + gone)
        gone.unlink()
        self._run_queue()
        self.assertEqual(
            [(job.state, job.message or "") for job in jobs.sorted("id")],
            [("done", ""), ("skipped", "It was deleted meanwhile.")],
        )

    def test_what_fails_is_told_on_the_parcel_and_its_orders_and_tried_again(self):
        torn = self._make_parcel("Torn", self.first + self.second)
        job = self._queue("tie_parcel", torn)
        for _try in range(6):
            job.next_try = "2020-01-01"
            self._run_queue()
        self.assertEqual((job.state, job.attempts), ("failed", 6))
        self.assertIn("There is no string left.", torn.message_ids[0].body)
        self.assertIssue(self.first, "X1")
        self.assertIssue(self.second, "X1")
        self.assertEqual(self.first.oms_failed_job_count, 1)
        torn.name = "Mended"
        job.action_retry()
        self.assertEqual((job.state, torn.is_tied), ("done", True))
        self.assertNoIssue(self.second, "X1")

    def test_a_retry_from_the_order_has_it_tried_again(self):
        torn = self._make_parcel("Torn", self.first + self.second)
        job = self._queue("tie_parcel", torn)
        job.sudo()._store({torn.id: {"state": "failed", "message": "No."}})
        job.write({"state": "failed"})
        self.assertJobs(self._run("retry", self.second), "done")
        torn.name = "Mended"
        self._run_queue()
        self.assertTrue(torn.is_tied)

    # === WINDOW === #

    def test_the_window_shows_it_and_runs_it(self):
        tied = self._make_parcel("Done", is_tied=True)
        model = self.env["oms.bulk.run"].with_context(
            active_model="oms.gift.parcel", active_ids=(self.parcel + tied).ids, default_verb="tie_parcel"
        )
        action = model._open_from_context()
        self.assertEqual(action["name"], "Tie Parcel: 2 records")
        run = self.env["oms.bulk.run"].with_context(**action["context"]).browse(action["res_id"])
        self.assertEqual((run.ready_count, run.obstacle_count, run.final_count), (1, 1, 0))
        self.assertEqual(
            [(line.document_name, line.order_id.id, line.state, line.message) for line in run.line_ids],
            [
                ("Parcel", False, "ready", "Parcel gets a bow."),
                ("Done", False, "left_out", "It is tied already."),
            ],
        )
        run.action_run()
        self.assertEqual(run.job_ids.mapped("state"), ["done"])
        self.assertTrue(self.parcel.is_tied)
        [line] = run.line_ids.filtered("job_id")
        line.action_undo()
        self.assertFalse(self.parcel.is_tied)
        self.assertEqual(line.action_open_order()["res_model"], "oms.gift.parcel")

    def test_each_window_offers_what_its_records_are_for(self):
        window = self.env["oms.bulk.run"]
        self.assertEqual(
            window.with_context(oms_subject="oms.gift.parcel")._selection_verb(), [("tie_parcel", "Tie Parcel")]
        )
        self.assertNotIn("tie_parcel", dict(window._selection_verb()))
        self.assertNotIn("tie_parcel", dict(self.env["oms.rule.step"]._selection_verb()))
        self.assertNotIn("tie_parcel", dict(self.env["oms.issue.type"]._selection_verb()))
        self.assertIn("tie_parcel", dict(self.jobs._selection_verb()))

    # === SPEED === #

    def test_a_batch_takes_no_more_queries_than_one(self):
        few = self._make_parcel("One", self.first + self.second)
        many = self.env["oms.gift.parcel"].union(
            *(self._make_parcel(str(i), self.first + self.second) for i in range(5))
        )
        counts = []
        for parcels in (few, many):
            self.env.cr.flush()
            start = self.env.cr.sql_log_count
            self.runner._get_obstacles("tie_parcel", parcels)
            self.env["oms.subject"]._lock(parcels)
            self.env["oms.subject"]._read_snapshots(parcels)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])
