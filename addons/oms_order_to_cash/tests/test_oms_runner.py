from datetime import timedelta
from unittest.mock import patch

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsRunner(OmsRunnerCase):
    """Verbs on many orders at a time: each for itself, twice is once, never more than the user may."""

    # === THE WHOLE WAY === #

    def test_whole_way_each_step_runs_once(self):
        orders = self._place_order() + self._place_order([(self.goods, 2), (self.service, 1)])
        self.assertJobs(self._run("confirm", orders), "done", "done")
        self.assertJobs(self._run("confirm", orders), *[("skipped", "It is confirmed already.")] * 2)
        self.assertJobs(self._run("reserve", orders), *[("skipped", "All it needs is reserved.")] * 2)
        self.assertJobs(self._run("plan", orders), *[("skipped", "All of it is planned or delivered.")] * 2)
        self.assertJobs(self._run("deliver", orders), "done", "done")
        self.assertJobs(self._run("deliver", orders), *[("skipped", "Nothing is left to deliver.")] * 2)
        self.assertJobs(self._run("invoice", orders), "done", "done")
        self.assertJobs(self._run("invoice", orders), *[("skipped", "All of it is invoiced.")] * 2)
        self.assertJobs(self._run("pay", orders), *[("skipped", "Its invoice is a draft: post it first.")] * 2)
        self.assertJobs(self._run("post", orders), "done", "done")
        self.assertJobs(self._run("post", orders), *[("skipped", "It has no draft invoice.")] * 2)
        self.assertJobs(self._run("pay", orders), "done", "done")
        self.assertJobs(self._run("pay", orders), *[("skipped", "All that is invoiced is paid.")] * 2)
        self.assertEqual(orders.order_line.mapped("qty_delivered"), [10, 2, 0])
        self.assertEqual(orders.picking_ids.mapped("state"), ["done", "done"])
        self.assertEqual(orders.invoice_ids.mapped("amount_total"), [100, 70])
        self.assertEqual(orders.invoice_ids.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(len(orders.invoice_ids.matched_payment_ids), 2)
        for order in orders:
            self.assertFlow(order, "closed", "done done done done done none")

    def test_job_says_what_was_made(self):
        order = self._place_order()
        before = order.date_order
        job = self._run("confirm", order)
        self.assertRecordValues(
            job,
            [
                {
                    "verb": "confirm",
                    "order_id": order.id,
                    "company_id": self.company.id,
                    "state": "done",
                    "origin": "user",
                    "user_id": self.env.uid,
                    "attempts": 1,
                    "documents": {"stock.picking": order.picking_ids.ids},
                    "document_names": order.picking_ids.name,
                    "undo_data": {"state": "draft", "date_order": str(before)},
                    "params": False,
                    "message": False,
                    "next_try": False,
                    "display_name": f"Confirm {order.name}",
                }
            ],
        )
        self.assertTrue(job.date_started <= job.date_done)

    def test_run_from_the_api(self):
        orders = self._place_order() + self._confirmed()
        self.assertEqual(
            self.runner.run("confirm", orders.ids),
            [
                {"order_id": orders[1].id, "state": "skipped", "message": "It is confirmed already.", "documents": {}},
                {
                    "order_id": orders[0].id,
                    "state": "done",
                    "message": "",
                    "documents": {"stock.picking": orders[0].picking_ids.ids},
                },
            ],
        )
        self.assertEqual(self.jobs.search([("order_id", "in", orders.ids)]).mapped("origin"), ["api", "api"])

    def test_unknown_verb_and_choice_are_refused(self):
        order = self._place_order()
        with self.assertRaisesRegex(UserError, "no action called fly"):
            self.runner.run("fly", order.ids)
        with self.assertRaisesRegex(UserError, "takes no color"):
            self.runner.run("confirm", order.ids, {"color": "red"})
        wrong = (
            ("pay", {"journal_id": "bank"}, "journal_id can't be bank"),
            ("pay", {"payment_date": "someday"}, "payment_date can't be someday"),
            ("pay", {"payment_date": 7}, "payment_date can't be 7"),
            ("ask_deposit", {"percent": "half"}, "percent can't be half"),
            ("hold", {"hold_reason_id": 1, "note": ["why"]}, "note can't be"),
            ("post", {"move_ids": 7}, "move_ids can't be 7"),
            ("post", {"move_ids": ["7"]}, "move_ids can't be"),
            ("complete", {"street": 7}, "street can't be 7"),
            ("pay", ["journal_id"], "given by name"),
        )
        for verb, params, message in wrong:
            with self.subTest(params=params), self.assertRaisesRegex(UserError, message):
                self.runner.run(verb, order.ids, params)
        self.assertEqual((order.state, self.jobs.search_count([])), ("draft", 0))

    def test_why_a_step_can_not_be_undone(self):
        order = self._place_order()
        job = self.runner._run("confirm", order, "user")
        job.date_done -= timedelta(hours=25)
        self.assertIn("more than 24 hours ago", job._get_undo_obstacle())
        skipped = self.runner._run("confirm", order, "user")
        self.assertEqual(skipped._get_undo_obstacle(), "it was not done.")
        job.verb = "deliver"
        self.assertIn("can't be taken back", job._get_undo_obstacle())

    def test_defaults_of_the_screen_do_not_reach_documents(self):
        order = self._place_order()
        self.runner.with_context(default_priority="1", default_note="x")._run("confirm", order, "user")
        self.assertEqual(order.picking_ids.priority, "0")
        self.assertFalse(order.picking_ids.note)

    # === ONE BAD ORDER === #

    def test_bad_order_does_not_stop_the_others(self):
        lot_product = self._get_lot_product()
        orders = self._confirm(self._place_order() + self._place_order([(lot_product, 1)]) + self._place_order())
        bad = orders[1]
        bad.picking_ids.move_line_ids.lot_id = False
        jobs = self._run("deliver", orders)
        self.assertEqual(jobs.sorted(lambda job: job.order_id.id).mapped("state"), ["done", "failed", "done"])
        failed = jobs.filtered(lambda job: job.state == "failed")
        self.assertIn("You need to supply a Lot/Serial Number", failed.message)
        self.assertEqual(orders.picking_ids.mapped("state"), ["done", "assigned", "done"])
        self.assertFalse(failed.documents)
        # mended, it is retried on the same job
        bad.picking_ids.move_line_ids.lot_id = self.env["stock.lot"].search([("product_id", "=", lot_product.id)])
        failed.action_retry()
        self.assertRecordValues(
            failed,
            [
                {
                    "state": "done",
                    "attempts": 2,
                    "message": False,
                    "documents": {"stock.picking": bad.picking_ids.ids},
                }
            ],
        )
        self.assertEqual(bad.picking_ids.state, "done")

    def test_orders_left_out_say_why_and_the_others_run(self):
        ready, quotation = self._confirmed(), self._place_order()
        cancelled = self._confirmed()
        self._cancel(cancelled)
        jobs = self._run("invoice", ready + quotation + cancelled)
        self.assertJobs(
            jobs,
            "done",
            ("skipped", "Confirm the order first."),
            ("skipped", "It is cancelled, and nothing that the customer keeps is left to invoice."),
        )
        self.assertEqual((ready + quotation + cancelled).invoice_ids.line_ids.sale_line_ids.order_id, ready)

    def test_later_success_closes_the_failure(self):
        order = self._confirmed([(self._get_lot_product(), 1)])
        lot = order.picking_ids.move_line_ids.lot_id
        order.picking_ids.move_line_ids.lot_id = False
        failed = self._run("deliver", order)
        self.assertEqual((failed.state, order.oms_failed_job_count), ("failed", 1))
        order.picking_ids.move_line_ids.lot_id = lot
        self.assertJobs(self._run("deliver", order), "done")
        order.invalidate_recordset(["oms_failed_job_count"])
        self.assertRecordValues(failed, [{"state": "skipped", "message": "Done by a later run."}])
        self.assertEqual(order.oms_failed_job_count, 0)

    def test_constraint_of_the_database_is_a_failure_in_words(self):
        orders = self._place_order() + self._place_order()

        def break_second(lane, batch):
            if batch[-1] == orders[1]:
                lane.env.cr.execute("UPDATE sale_order SET company_id = NULL WHERE id = %s", [orders[1].id])
            return dict.fromkeys(batch.ids, batch)

        with patch.object(self.env.registry["oms.verb.confirm"], "_do", break_second), mute_logger("odoo.sql_db"):
            jobs = self._run("confirm", orders)
        jobs = jobs.sorted(lambda job: job.order_id.id)
        self.assertEqual(jobs.mapped("state"), ["done", "failed"])
        self.assertIn("Missing required value for the field 'Company'", jobs[1].message)
        self.assertEqual(orders[1].company_id, self.company)

    # === RIGHTS AND COMPANIES === #

    def test_user_without_the_right_runs_nothing(self):
        order = self._place_order()
        warehouse_user = self._make_user("oms_warehouse", "stock.group_stock_user")
        with self.assertRaisesRegex(AccessError, "You may not run Confirm"):
            self.runner.with_user(warehouse_user).run("confirm", order.ids)
        portal = self._make_user("oms_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.runner.with_user(portal).run("confirm", order.ids)
        self.assertEqual((order.state, self.jobs.search_count([])), ("draft", 0))

    def test_each_role_runs_its_verbs(self):
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        warehouse_user = self._make_user("oms_warehouse", "stock.group_stock_user")
        biller = self._make_user("oms_biller", "account.group_account_invoice")
        order = self._place_order(user_id=seller.id)
        for user, verbs in (
            (seller, ("confirm",)),
            (warehouse_user, ("deliver",)),
            (seller, ("invoice",)),
            (biller, ("post", "pay")),
        ):
            for verb in verbs:
                jobs = self.runner.with_user(user).run(verb, order.ids)
                self.assertEqual([(job["state"], job["message"]) for job in jobs], [("done", "")], verb)
        self.assertEqual(order.invoice_ids.payment_state, "paid")

    def test_salesperson_does_not_reach_the_orders_of_others(self):
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        others = self._place_order(user_id=self.env.ref("base.user_admin").id)
        with self.assertRaises(AccessError):
            self.runner.with_user(seller).run("confirm", others.ids)
        self._run("confirm", others)
        self.assertEqual(self.jobs.with_user(seller).search_count([]), 0)
        manager = self._make_user("oms_leads", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(self.jobs.with_user(manager).search([]).order_id, others)
        self.assertTrue(self.jobs.with_user(manager).search([]).message is False)

    def test_nobody_writes_jobs_by_hand(self):
        job = self._run("confirm", self._place_order())
        admin = self._make_user("oms_admin", "oms_order_to_cash.oms_group_admin")
        with self.assertRaises(AccessError):
            job.with_user(admin).state = "failed"
        with self.assertRaises(AccessError):
            job.with_user(admin).unlink()

    def test_two_companies_in_one_batch(self):
        here, there = self._place_order(), self._place_order(company_id=self.other_company.id)
        self._put_in_stock(self.goods, 20, self.other_company_warehouse)
        runner = self.runner.with_context(allowed_company_ids=(self.company + self.other_company).ids)
        orders = (here + there).with_env(runner.env)
        for verb in ("confirm", "deliver", "invoice", "post", "pay"):
            jobs = runner._run(verb, orders, "user")
            self.assertEqual(jobs.mapped("state"), ["done", "done"], (verb, jobs.mapped("message")))
        self.assertEqual(there.invoice_ids.company_id, self.other_company)
        self.assertEqual(there.invoice_ids.matched_payment_ids.company_id, self.other_company)
        self.assertEqual(orders.invoice_ids.mapped("payment_state"), ["paid", "paid"])

    def test_company_out_of_sight_is_out_of_reach(self):
        there = self._place_order(company_id=self.other_company.id)
        biller = self._make_user("oms_biller", "account.group_account_invoice,sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.runner.with_user(biller).run("confirm", there.ids)
        self.assertEqual(there.state, "draft")

    # === MANY ORDERS === #

    def test_many_orders_wait_for_the_queue(self):
        orders = self._place_order() + self._place_order() + self._place_order()
        with patch("odoo.addons.oms_order_to_cash.models.engines.job.oms_runner.MAX_AT_ONCE", 2):
            jobs = self._run("confirm", orders, "bulk")
        self.assertJobs(jobs, "queued", "queued", "queued")
        self.assertEqual(orders.mapped("state"), ["draft"] * 3)
        self._run_queue()
        self.assertJobs(jobs, "done", "done", "done")
        self.assertEqual(orders.mapped("state"), ["sale"] * 3)

    def test_batch_asks_the_database_less_per_order(self):
        few, many = self._make_quotations(2), self._make_quotations(12)
        self._run("confirm", self._make_quotations(1))  # what is read once per process
        counts = [self._count_queries("confirm", orders) for orders in (few, many)]
        per_order = (counts[1] - counts[0]) / 10
        # Core asks about 30 times per order to plan its delivery; the runner's own share does not grow with the orders.
        self.assertLess(per_order, 40)
        self.env.flush_all()
        for verb, limit in (("invoice", 40), ("post", 25)):
            counts = [self._count_queries(verb, orders) for orders in (few, many)]
            self.assertLess((counts[1] - counts[0]) / 10, limit, verb)

    def test_checking_many_orders_costs_the_same_as_few(self):
        few, many = self._make_quotations(2), self._make_quotations(12)
        for verb in ("reserve", "deliver", "invoice", "post", "send", "pay"):
            self.env.invalidate_all()
            first = self._count_queries(verb, few)
            self.env.invalidate_all()
            self.assertLessEqual(self._count_queries(verb, many), first + 2, verb)

    def _make_quotations(self, count):
        orders = self.env["sale.order"]
        for _number in range(count):
            orders += self._place_order([(self.goods, 1)])
        self.env.flush_all()
        return orders

    def _count_queries(self, verb, orders):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self._run(verb, orders)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # === A VERB OF SOMEBODY ELSE === #

    def test_integrator_adds_a_verb(self):
        class OmsVerbLock(models.AbstractModel):
            _name = "oms.verb.lock"
            _inherit = "oms.verb"
            _description = "Lock"
            _module = None

            _label = "Lock"
            _lane = "order"
            _groups = "sales_team.group_sale_manager"

            def _can(self, orders):
                return {order.id: "Locked." if order.locked else "" for order in orders}

            def _do(self, orders):
                orders.action_lock()
                return {order.id: order for order in orders}

        self.addCleanup(self._forget_verbs)
        self.addCleanup(self.registry.__delitem__, "oms.verb.lock")
        add_to_registry(self.registry, OmsVerbLock)
        self._forget_verbs()
        order = self._confirmed()
        self.assertJobs(self._run("lock", order), "done")
        self.assertJobs(self._run("lock", order), ("skipped", "Locked."))
        self.assertEqual(self.jobs.search([("verb", "=", "lock")]).mapped("display_name"), [f"Lock {order.name}"] * 2)
        self.assertTrue(order.locked)

    def _forget_verbs(self):
        self.registry._setup_models__(self.env.cr, [])
        self.registry.clear_cache()
