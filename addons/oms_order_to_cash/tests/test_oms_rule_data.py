from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestOmsRuleData(OmsRunnerCase):
    """The rules that come with the addon, each switched on as an administrator does it, from the event to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The demo company keeps some of them for one company.
        cls.env["oms.rule"].search([]).write({"mode": "off", "company_id": False})
        cls.immediate = cls.env.ref("account.account_payment_term_immediate")
        cls.in_30_days = cls.env.ref("account.account_payment_term_30days")
        # Sending in the background is switched on, and is a matter of its own.
        cls.env.ref("account.ir_cron_account_move_send").active = True

    def _switch_on(self, name):
        rule = self.env.ref(f"oms_order_to_cash.oms_rule_{name}")
        rule.action_live()
        return rule

    def _let_it_run(self):
        for _round in range(8):
            self._drain()
            self._run_queue()

    def _get_jobs(self, rule):
        return self.jobs.search([("rule_id", "=", rule.id)], order="id")

    def _pass_grace(self, rule, hours=1):
        """Check that all that is wanted waits for the grace period to end, and end it."""
        self._let_it_run()
        jobs = self._get_jobs(rule)
        self.assertTrue(jobs)
        for job in jobs:
            event = job.date_event.replace(microsecond=0)
            self.assertEqual((job.state, job.next_try), ("queued", event + timedelta(hours=hours)))
        jobs.next_try = fields.Datetime.now()
        self._let_it_run()

    def assertSteps(self, rule, orders, reached=()):
        """Check that every step of the rule was done once for each of these orders and for no other, and is not done again.

        :param reached: verbs whose goal is reached before
        """
        verbs = rule.step_ids.sorted("sequence").mapped("verb")
        self._let_it_run()
        jobs = self._get_jobs(rule)
        self.assertEqual(jobs.order_id, orders)
        for order, found in jobs.grouped("order_id").items():
            self.assertEqual(
                [(job.verb, job.state, job.attempts) for job in found],
                [(verb, "skipped" if verb in reached else "done", 1) for verb in verbs],
                order.name,
            )

    def assertInvoices(self, orders, amount, payment_state="not_paid", is_sent=False):
        for order in orders:
            invoice = order.invoice_ids
            self.assertEqual(
                (len(invoice), invoice.state, invoice.amount_total, invoice.payment_state, bool(invoice.sending_data)),
                (1, "posted", amount, payment_state, is_sent),
            )

    def assertShipped(self, orders, quantity):
        for order in orders:
            self.assertEqual(order.order_line.mapped("qty_delivered"), [quantity])
            self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})

    def assertUntouched(self, order):
        self.assertFalse(order.oms_job_ids)
        self.assertFalse(order.invoice_ids)

    def test_cash_sale(self):
        rule = self._switch_on("cash_sale")
        cash = self._place_order([(self.goods, 4, 10.01)], payment_term_id=self.immediate.id)
        cash += self._place_order([(self.delivered_goods, 4, 10.01)], payment_term_id=self.immediate.id)
        on_account = self._place_order([(self.goods, 4)], payment_term_id=self.in_30_days.id)
        self._pass_grace(rule)
        # Goods are reserved as the order is confirmed: there is nothing left to reserve.
        self.assertSteps(rule, cash, reached=["reserve"])
        # That money is in says a person, or the payment provider.
        self.assertInvoices(cash, 40.04)
        self.assertFalse(cash.invoice_ids.matched_payment_ids)
        self.assertShipped(cash, 4)
        for order in cash:
            self.assertFlow(order, "payment", "done done done done todo none", "pay")
        self.assertUntouched(on_account)

    def test_credit_sale(self):
        rule = self._switch_on("credit_sale")
        orders = self._place_order([(self.delivered_goods, 3)], payment_term_id=self.in_30_days.id)
        orders += self._place_order([(self.delivered_goods, 3)], payment_term_id=self.in_30_days.id)
        cash = self._place_order([(self.goods, 4)], payment_term_id=self.immediate.id)
        without = self._place_order([(self.goods, 4)], payment_term_id=False)
        self._pass_grace(rule)
        self.assertSteps(rule, orders, reached=["reserve"])
        self.assertInvoices(orders, 60, is_sent=True)
        self.assertShipped(orders, 3)
        for order in orders:
            self.assertFlow(order, "payment", "done done done done todo none", "pay")
        self.assertUntouched(cash)
        self.assertUntouched(without)

    def test_invoice_on_confirmation(self):
        rule = self._switch_on("invoice_on_confirmation")
        orders = self._confirmed([(self.service, 2)]) + self._confirmed([(self.service, 2)])
        quotation = self._place_order([(self.service, 2)])
        self.assertSteps(rule, orders)
        self.assertInvoices(orders, 100, is_sent=True)
        self.assertUntouched(quotation)

    def test_each_delivery_is_invoiced_as_by_the_setting(self):
        rule = self._switch_on("invoice_on_confirmation")
        by_rule = self._confirmed([(self.delivered_goods, 10), (self.service, 1)])
        rule.domain = f"[('id', '=', {by_rule.id})]"
        by_setting = self._confirmed(
            [(self.delivered_goods, 10), (self.service, 1)], oms_invoice_on_confirmation="always"
        )
        self._let_it_run()
        for quantity in (3, 4, 3):
            for order in by_rule + by_setting:
                self._ship(order, quantity)
            self._let_it_run()
        for order in by_rule + by_setting:
            invoices = order.invoice_ids.sorted("id")
            self.assertEqual(invoices.mapped("amount_total"), [50, 60, 80, 60], order.name)
            self.assertEqual(set(invoices.mapped("state")), {"posted"})
        jobs = self._get_jobs(rule)
        self.assertEqual(jobs.order_id, by_rule)
        self.assertEqual(
            [(job.verb, job.state) for job in jobs], [(verb, "done") for verb in ("invoice", "post", "send")] * 4
        )
        self.assertEqual(len(set(jobs.mapped("cause"))), 12)

    def test_web_order_already_paid(self):
        rule = self._switch_on("web_order_paid")
        order, pending = self._place_order([(self.goods, 2)]), self._place_order([(self.goods, 2)])
        self._pay_online(order, "done")
        self.assertSteps(rule, order)
        self.assertEqual(order.state, "sale")
        self.assertInvoices(order, 20)
        self.assertUntouched(pending)

    def test_drop_shipping(self):
        self._check_purchases(self.dropshipped)

    def test_bought_for_the_order(self):
        vendor_service = self._make_product(
            "Service of a vendor",
            70,
            type="service",
            is_storable=False,
            service_to_purchase=True,
            seller_ids=[self._prepare_seller()],
        )
        self._check_purchases(vendor_service)

    def _check_purchases(self, product):
        rule = self._switch_on("drop_ship")
        order, from_stock = self._confirmed([(product, 2)]), self._confirmed()
        self.assertEqual(order._get_purchase_orders().mapped("state"), ["draft"])
        self.assertSteps(rule, order)
        purchase = order._get_purchase_orders()
        self.assertEqual(
            (purchase.state, purchase.amount_untaxed, purchase.order_line.product_qty), ("purchase", 30, 2)
        )
        self.assertUntouched(from_stock)

    def test_ship_complete(self):
        rule = self._switch_on("ship_complete")
        order = self._confirmed([(self.short, 2)], picking_policy="one")
        at_once = self._confirmed([(self.short, 1)], picking_policy="direct")
        self._let_it_run()
        self.assertUntouched(order)
        self._receive(self.short, 3)
        self.assertSteps(rule, order)
        self.assertShipped(order, 2)
        self.assertInvoices(order, 60, is_sent=True)
        self.assertUntouched(at_once)

    def test_ship_complete_of_what_a_connector_brings(self):
        """Placed, confirmed and reserved in one transaction: nobody read it before."""
        rule = self._switch_on("ship_complete")
        order = self._confirmed([(self.goods, 2)], picking_policy="one")
        self.assertSteps(rule, order)
        self.assertShipped(order, 2)

    def test_small_orders_confirm_themselves(self):
        rule = self._switch_on("small_order")
        small, limit = self._place_order([(self.goods, 1, 499.99)]), self._place_order([(self.goods, 1, 500)])
        self._pass_grace(rule)
        self.assertSteps(rule, small)
        self.assertEqual((small.state, limit.state), ("sale", "draft"))
        self.assertUntouched(limit)

    def test_an_empty_order_confirms_nobody(self):
        rule = self._switch_on("small_order")
        self._place_order([])
        self._let_it_run()
        self.assertFalse(self._get_jobs(rule))
        rule.domain = "[('amount_total', '<', 500)]"
        note = self._place_order([{"display_type": "line_note", "name": "Call first"}])
        self._pass_grace(rule)
        self.assertEqual(self._get_jobs(rule).mapped("state"), ["waiting"])
        self.assertEqual(self._get_jobs(rule).message, "It is empty: add what is sold first.")
        note.order_line = [Command.create({"product_id": self.goods.id})]
        self._let_it_run()
        self.assertEqual(note.state, "sale")
