from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsBulkRun(OmsRunnerCase):
    """What will happen, then what happened, order by order."""

    def _open(self, verb, orders, user=None):
        wizards = self.env["oms.bulk.run"].with_user(user or self.env.user)
        action = wizards._open(verb, orders.with_env(wizards.env))
        self.assertEqual((action["res_model"], action["target"]), ("oms.bulk.run", "new"))
        return wizards.browse(action["res_id"])

    def _read_lines(self, run):
        return {line.order_id: (line.state, line.message or "") for line in run.line_ids}

    # === PREVIEW === #

    def test_preview_says_what_will_run_and_why_not(self):
        ready, quotation = self._confirmed(), self._place_order()
        run = self._open("invoice", quotation + ready)
        self.assertRecordValues(
            run,
            [
                {
                    "verb": "invoice",
                    "ready_count": 1,
                    "obstacle_count": 1,
                    "hidden_count": 0,
                    "amount_ready": 100,
                    "done_count": 0,
                    "failed_count": 0,
                    "waiting_count": 0,
                    "asked_params": "",
                }
            ],
        )
        self.assertEqual(run.line_ids.order_id.ids, [ready.id, quotation.id], "what will run stands first")
        self.assertEqual(
            self._read_lines(run),
            {
                ready: ("ready", "Makes a draft invoice of $\xa0100.00."),
                quotation: ("left_out", "Confirm the order first."),
            },
        )
        self.assertFalse(ready.invoice_ids)
        self.assertFalse(self.jobs.search([]), "looking leaves no trace")

    def test_preview_changes_with_the_action(self):
        orders = self._confirmed() + self._place_order()
        run = self._open(None, orders)
        with Form(run) as form:
            form.verb = "confirm"
            self.assertEqual((form.ready_count, form.obstacle_count), (1, 1))
        lines = self._read_lines(run)
        self.assertEqual(lines[orders[0]], ("left_out", "It is confirmed already."))
        state, changes = lines[orders[1]]
        self.assertEqual(state, "ready")
        self.assertIn("It becomes a sales order; its deliveries are planned and goods are reserved.", changes)

    def test_title_says_what_is_done_to_what(self):
        order, other = self._place_order(), self._place_order()
        wizards = self.env["oms.bulk.run"]
        for verb, one, many in (("hold", "Hold: %s", "Hold: 2 orders"), (None, "Run on %s", "Run on 2 orders")):
            titles = [wizards._open(verb, orders)["name"] for orders in (order, order + other)]
            self.assertEqual(titles, [one % order.name, many])

    def test_every_window_is_titled_by_what_it_does(self):
        order, verbs = self._place_order(), self.runner._get_verbs()
        for verb, spec in verbs.items():
            if not spec._has_window():
                self.assertEqual(
                    self.env["oms.bulk.run"]._open(verb, order)["name"], f"{spec._get_label()}: {order.name}"
                )
            self.assertLessEqual(spec._get_required(), spec._get_param_names(), verb)
            # What a verb's date means differs: the window has to say it.
            dates = [param for param in spec._params if param.name == "date"]
            self.assertTrue(all(param.label for param in dates), verb)

    def test_window_asks_for_what_the_verb_needs(self):
        run = self._open("hold", self._place_order())
        self.assertEqual(run.date_label, "Release on")
        self.assertEqual(run.asked_params.split(), ["date", "note", "hold_reason_id"])
        self.assertEqual(run.required_params.split(), ["hold_reason_id"])
        with Form(run) as form:
            self.assertTrue(form._get_modifier("verb", "invisible"))
            self.assertTrue(form._get_modifier("hold_reason_id", "required"))
            self.assertFalse(form._get_modifier("date", "required"))
            self.assertTrue(form._get_modifier("percent", "invisible"))
            form.hold_reason_id = self.env.ref("oms_order_to_cash.oms_hold_reason_fraud")
        self.assertEqual(self._open("extend", run.order_ids).required_params.split(), ["date"])

    def test_preview_adds_up_currencies(self):
        orders = self._confirmed() + self._confirmed(pricelist_id=self.foreign_pricelist.id)
        self.assertEqual(orders.mapped("amount_total"), [100, 200])
        self.assertEqual(self._open("invoice", orders).amount_ready, 200)

    def test_preview_lists_the_first_and_counts_all(self):
        orders = self._place_order() + self._place_order() + self._confirmed()
        with patch("odoo.addons.oms_order_to_cash.wizard.oms_bulk_run._SHOWN", 1):
            run = self._open("confirm", orders)
            self.assertEqual((len(run.line_ids), run.ready_count, run.obstacle_count, run.hidden_count), (1, 2, 1, 2))
            run.action_run()
        self.assertEqual((len(run.line_ids), run.done_count, run.obstacle_count), (1, 2, 1))
        self.assertEqual(orders.mapped("state"), ["sale"] * 3)

    def test_only_actions_one_may_run_are_offered(self):
        worker = self._make_user("oms_worker", "stock.group_stock_user")
        wizards = self.env["oms.bulk.run"].with_user(worker)
        offered = {verb for verb, _label in wizards._selection_verb()}
        self.assertLessEqual({"hold", "release", "reserve", "deliver", "batch", "split"}, offered)
        self.assertFalse({"confirm", "invoice", "post", "pay", "credit"} & offered)
        order = self._confirmed()
        self.env.cr.flush()
        self.assertEqual(self._open(None, order, worker).verb, "deliver", "what the order needs next")
        employee = self._make_user("oms_employee", "base.group_user")
        with self.assertRaisesRegex(UserError, "no right to run any action"):
            self._open("confirm", self._place_order(), employee)

    def test_a_window_is_never_another_actions(self):
        order = self._confirmed()
        self._ship(order)
        self._invoice(order)
        self._drain()
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaisesRegex(AccessError, "You may not run Register payment"):
            self._open("pay", order, seller)
        with self.assertRaisesRegex(UserError, "There is no action called fly"):
            self._open("fly", order, seller)
        run = self._open(None, order, seller)
        self.assertFalse(run.verb, "nothing that one may run is next: the person chooses")
        self.assertEqual((run.ready_count, run.obstacle_count), (0, 1))
        self.assertEqual(self._read_lines(run), {order: ("left_out", "Choose an action first.")})
        with self.assertRaisesRegex(UserError, "None of these orders can go on"):
            run.action_run()
        nowhere = self._place_order(partner_id=self._make_customer("Test Nowhere", street=False).id)
        nowhere.set_delivery_line(self.carrier, 10)
        self.assertEqual(self.env["oms.bulk.run"]._open("complete", nowhere)["res_model"], "oms.complete")

    def test_what_can_not_be_undone_is_said(self):
        order = self._place_order()
        order.action_quotation_sent()
        run = self._open("remind", order)
        self.assertEqual((run.ready_count, run.final_count), (1, 1))
        self.assertTrue(run.line_ids.message.endswith("This can't be undone."), run.line_ids.message)
        self.assertEqual(self._open("confirm", order).final_count, 0)

    def test_most_wanted_action_comes_first(self):
        orders = self._place_order() + self._confirmed() + self._confirmed()
        self._drain()
        self.assertEqual(self._open(None, orders).verb, "deliver")

    # === FROM A LIST === #

    def test_open_from_both_lists(self):
        order = self._confirmed()
        flow = self._read_flow(order)
        for model, record in (("oms.flow", flow), ("sale.order", order)):
            xmlid = "oms_bulk_run_action" if model == "oms.flow" else "oms_bulk_run_order_action"
            action = self.env.ref(f"oms_order_to_cash.{xmlid}")
            self.assertEqual((action.binding_model_id.model, action.binding_view_types), (model, "list"))
            result = action.with_context(active_model=model, active_ids=record.ids, active_id=record.id).run()
            self.assertEqual(self.env["oms.bulk.run"].browse(result["res_id"]).order_ids, order)

    def test_open_with_the_action_chosen(self):
        order = self._place_order()
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        result = (
            self.env.ref("oms_order_to_cash.oms_bulk_run_order_action")
            .with_user(seller)
            .with_context(
                active_model="sale.order",
                active_ids=order.ids,
                active_id=order.id,
                default_verb="invoice",
            )
            .run()
        )
        self.assertEqual(self.env["oms.bulk.run"].browse(result["res_id"]).verb, "invoice")

    # === RUN === #

    def test_run_and_see_the_results(self):
        good, bad, left_out = self._confirmed(), self._confirmed([(self._get_lot_product(), 1)]), self._place_order()
        lot = bad.picking_ids.move_line_ids.lot_id
        bad.picking_ids.move_line_ids.lot_id = False
        run = self._open("deliver", good + bad + left_out)
        run.action_run()
        self.assertEqual((run.done_count, run.failed_count, run.skipped_count, run.waiting_count), (1, 1, 0, 0))
        self.assertEqual(run.line_ids.order_id.ids, [bad.id, good.id, left_out.id], "what needs a look stands first")
        self.assertEqual(run.line_ids.mapped("can_retry"), [True, False, False])
        self.assertEqual(self._read_lines(run)[good], ("done", good.picking_ids.name))
        self.assertEqual(self._read_lines(run)[left_out], ("left_out", "Confirm the order first."))
        self.assertEqual((run.obstacle_count, left_out.state), (1, "draft"))
        self.assertEqual(run.job_ids.mapped("origin"), ["bulk", "bulk"])
        # mended and tried again from the window
        bad.picking_ids.move_line_ids.lot_id = lot
        action = run.line_ids[0].action_retry()
        self.assertEqual(action["res_id"], run.id)
        self.env.invalidate_all()  # the window is read again
        self.assertEqual((run.done_count, run.failed_count), (2, 0))
        self.assertEqual(bad.picking_ids.state, "done")
        self.assertEqual(run.line_ids[0].action_open_order()["res_id"], bad.id)
        self.assertEqual(run.action_open_jobs()["domain"], [("id", "in", run.job_ids.ids)])

    def test_results_count_what_waits_for_its_order_and_what_was_stopped(self):
        run = self._open("invoice", self._confirmed() + self._confirmed())
        run.action_run()
        first, second = run.job_ids.sudo()
        first.state, second.state = "waiting", "stopped"
        self.assertEqual((run.waiting_count, run.skipped_count, run.done_count), (1, 1, 0))

    def test_run_checks_again(self):
        orders = self._place_order() + self._place_order()
        run = self._open("confirm", orders)
        self._confirm(orders[0])
        run.action_run()
        self.assertEqual(run.job_ids.order_id, orders[1])
        self.assertEqual(run.obstacle_count, 1)
        self.assertEqual(self._read_lines(run)[orders[0]], ("left_out", "It is confirmed already."))
        with self.assertRaisesRegex(UserError, "None of these orders can go on"):
            run.action_run()

    def test_many_run_in_the_background(self):
        orders = self._place_order() + self._place_order() + self._place_order()
        run = self._open("confirm", orders)
        with patch("odoo.addons.oms_order_to_cash.models.engines.job.oms_runner.MAX_AT_ONCE", 2):
            run.action_run()
        self.assertEqual((run.waiting_count, run.done_count), (3, 0))
        self._run_queue()
        run.action_refresh()
        self.assertEqual((run.waiting_count, run.done_count), (0, 3))
        self.assertEqual(set(run.line_ids.mapped("state")), {"done"})

    def test_pay_asks_for_journal_and_date(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        cash = self.env["account.journal"].create({"name": "Test Cash", "type": "cash", "code": "TCSH"})
        run = self._open("pay", order)
        self.assertEqual(run.asked_params, " journal_id  payment_date ")
        with Form(run) as form:
            form.journal_id = cash
            form.payment_date = "2026-01-31"
        run.action_run()
        self.assertRecordValues(invoice.matched_payment_ids, [{"journal_id": cash.id, "amount": 100}])
        self.assertEqual(str(invoice.matched_payment_ids.date), "2026-01-31")

    def test_retry_of_what_needs_a_choice_asks_again(self):
        order = self._confirmed()
        invoice = self._invoice(order)
        run = self._open("pay", order)
        run.journal_id = invoice.journal_id
        run.action_run()
        self.assertEqual(run.line_ids.state, "failed")
        window = run.line_ids.action_retry()
        again = self.env["oms.bulk.run"].browse(window["res_id"])
        self.assertEqual((again.verb, again.order_ids, again.journal_id.ids), ("pay", order, []))
        again.action_run()
        self.assertEqual((invoice.payment_state, again.done_count), ("paid", 1))
        self.assertEqual(run.job_ids.state, "skipped", "done by the later run")

    def test_window_of_another_user_is_closed_to_me(self):
        run = self._open("confirm", self._place_order())
        other = self._make_user("oms_other", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            run.with_user(other).action_run()
