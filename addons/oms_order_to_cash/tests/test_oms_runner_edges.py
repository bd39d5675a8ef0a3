from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, LockError, RedirectWarning
from odoo.tests import Form, tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsRunnerEdges(OmsRunnerCase):
    """What seldom happens, and has to end well all the same."""

    # === RUNNER === #

    def test_no_orders(self):
        self.assertFalse(self._run("confirm", self.env["sale.order"]))
        self.assertEqual(self.runner.run("confirm", []), [])

    def test_order_that_is_gone_stops_no_other(self):
        gone, order = self._place_order(), self._place_order()
        ids = (gone + order).ids
        gone.unlink()
        results = self.runner.run("confirm", ids)
        self.assertEqual(
            [(result["order_id"], result["state"]) for result in results],
            [(order.id, "done"), (ids[0], "failed")],
        )

    def test_record_held_by_another_is_tried_later(self):
        orders = self._place_order() + self._place_order()
        with self._break("confirm", on=orders[0], error=LockError("Cannot grab a lock on records")):
            jobs = self._run("confirm", orders)
        self.assertEqual(
            jobs.sorted(lambda job: job.order_id.id).mapped(lambda job: (job.state, job.user_id, job.origin)),
            [("queued", self.env.user, "user"), ("done", self.env.user, "user")],
        )
        self._run_queue()
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_record_held_by_another_in_the_background(self):
        order = self._place_order()
        job = self._queue("confirm", order, "bulk")
        with self._break("confirm", error=LockError("Cannot grab a lock on records")):
            self._run_queue()
        self.assertRecordValues(
            job, [{"state": "queued", "attempts": 1, "message": "Someone else is working on it right now."}]
        )

    def test_warning_with_a_way_out_is_a_failure(self):
        order = self._place_order()
        warning = RedirectWarning("Set up a journal first.", self.env.ref("account.action_account_config").id, "Go")
        with self._break("confirm", error=warning):
            self.assertJobs(self._run("confirm", order), ("failed", "Set up a journal first."))

    def test_database_error_without_a_table(self):
        error = IntegrityError("broken")
        text = self.runner._get_error_text(error)
        self.assertIn("broken", text)

    def test_failure_leaves_nothing_of_itself(self):
        orders = self._place_order() + self._place_order()
        real = self.env.registry["oms.verb.confirm"]._do

        def confirm_and_fail(lane, batch):
            result = real(lane, batch)
            if orders[1] in batch:
                raise AccessError("No.")
            return result

        with patch.object(self.env.registry["oms.verb.confirm"], "_do", confirm_and_fail):
            jobs = self._run("confirm", orders)
        self.assertJobs(jobs, "done", ("failed", "No."))
        self.assertEqual(orders.mapped("state"), ["sale", "draft"])
        self.assertFalse(orders[1].picking_ids)

    def test_order_deleted_while_its_job_runs(self):
        orders = self._place_order() + self._place_order()
        jobs = self._queue("confirm", orders, "bulk")
        jobs.write({"state": "running", "attempts": 1})
        other = jobs.filtered(lambda job: job.order_id == orders[1])
        orders[0].unlink()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            jobs.with_env(self.env(cr=cr))._process()
        self.env.invalidate_all()
        self.assertEqual(other.state, "done")

    # === DOCUMENTS === #

    def test_combo_and_subsections_on_an_invoice_of_a_part(self):
        combo_items = self.env["product.combo"].create(
            {"name": "Test Choice", "combo_item_ids": [Command.create({"product_id": self.goods.id})]}
        )
        combo = self._make_product(
            "Menu", 30, type="combo", is_storable=False, combo_ids=[Command.set(combo_items.ids)]
        )
        order = self._place_order([(self.delivered_goods, 1)])
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Menus", "sequence": 20}),
            Command.create({"display_type": "line_subsection", "name": "For two", "sequence": 21}),
            Command.create({"product_id": combo.id, "product_uom_qty": 1, "sequence": 22}),
        ]
        combo_line = order.order_line.filtered(lambda line: line.product_id == combo)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.goods.id,
                    "product_uom_qty": 1,
                    "price_unit": 30,
                    "sequence": 23,
                    "linked_line_id": combo_line.id,
                    "combo_item_id": combo_items.combo_item_ids.id,
                }
            )
        ]
        self._confirm(order)
        self.env.invalidate_all()
        self.assertJobs(self._run("invoice", order), "done")
        lines = order.invoice_ids.invoice_line_ids.sorted("sequence")
        self.assertEqual(lines.mapped("display_type"), ["line_section", "line_subsection", "line_section", "product"])
        self.assertEqual(order.invoice_ids.amount_total, 30, "the goods invoiced on delivery are left for later")
        self._ship(order)
        self.assertJobs(self._run("invoice", order), "done")
        self.assertEqual(order.invoice_ids.sorted("id")[-1].invoice_line_ids.product_id, self.delivered_goods)

    def test_core_buttons_are_as_before(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self._ship(order, 5)
        self._credit(self._invoice(order))
        self.assertEqual(order.order_line.qty_to_invoice, 5)
        self.assertEqual(order._create_invoices().amount_total, 100, "who asks core to, invoices credited goods again")
        self._cancel_transfers(order)
        self.assertEqual(order.order_line._get_qty_procurement(), 5)

    # === WHO SEES WHAT === #

    def test_jobs_of_other_companies_are_hidden(self):
        here, there = self._place_order(), self._place_order(company_id=self.other_company.id)
        self._run("confirm", here)
        self._run("confirm", there.with_context(allowed_company_ids=self.other_company.ids))
        self.assertEqual(self.jobs.search_count([]), 2)
        manager = self._make_user("oms_manager", "sales_team.group_sale_manager")
        self.assertEqual(self.jobs.with_user(manager).search([]).order_id, here)
        manager.company_ids += self.other_company
        both = {"allowed_company_ids": (self.company + self.other_company).ids}
        self.assertEqual(self.jobs.with_user(manager).with_context(**both).search_count([]), 2)

    def test_each_role_opens_its_screens(self):
        order = self._confirmed()
        job = self._run("invoice", order)
        for login, groups in (
            ("oms_seller", "sales_team.group_sale_salesman_all_leads"),
            ("oms_biller", "account.group_account_invoice,sales_team.group_sale_salesman_all_leads"),
            ("oms_both", "stock.group_stock_user,sales_team.group_sale_salesman_all_leads"),
        ):
            with self.subTest(login=login):
                user = self._make_user(login, groups)
                self.assertEqual(Form(order.with_user(user)).name, order.name)
                self.assertEqual(Form(job.with_user(user)).display_name, f"Invoice {order.name}")
                self.assertEqual(job.with_user(user).document_names, order.invoice_ids.display_name)
        worker = self._make_user("oms_worker", "stock.group_stock_user")
        self.assertEqual(job.with_user(worker).document_names, "", "no names of invoices for who may not read them")

    def test_settings_page_is_for_administrators(self):
        arch = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        self.assertIn('name="oms_order_to_cash"', arch)
        self.assertIn("oms_invoice_on_confirmation", arch)
