from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class TestInvoiceOnConfirmation(OmsRunnerCase):
    """What is confirmed is invoiced by itself where that is wished, and never at the cost of the confirmation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.oms_invoice_on_confirmation = True

    def _get_jobs(self, order):
        return self.jobs.search([("order_id", "=", order.id)], order="id")

    # === WHETHER === #

    def test_off_by_default(self):
        self.assertFalse(self.env["res.company"].create({"name": "Test New"}).oms_invoice_on_confirmation)
        self.company.oms_invoice_on_confirmation = False
        order = self._confirmed()
        self.assertFalse(self._get_jobs(order))
        self._run_queue()
        self.assertFalse(order.invoice_ids)

    def test_company_customer_order_the_nearest_decides(self):
        cases = [
            # company, customer, order: invoiced
            (True, False, False, True),
            (True, "never", False, False),
            (True, "never", "always", True),
            (True, "always", "never", False),
            (False, "always", False, True),
            (False, False, "always", True),
            (False, "never", "always", True),
            (False, "always", "never", False),
        ]
        for by_company, by_customer, by_order, invoiced in cases:
            with self.subTest(company=by_company, customer=by_customer, order=by_order):
                self.company.oms_invoice_on_confirmation = by_company
                self.customer.oms_invoice_on_confirmation = by_customer
                order = self._confirmed(oms_invoice_on_confirmation=by_order)
                self.assertEqual(len(self._get_jobs(order)), int(invoiced))

    def test_contact_follows_its_company(self):
        self.customer.write({"is_company": True, "oms_invoice_on_confirmation": "never"})
        contact = self._make_customer("Test Contact", parent_id=self.customer.id)
        self.assertEqual(contact.oms_invoice_on_confirmation, "never")
        self.assertFalse(self._get_jobs(self._confirmed(partner_id=contact.id)))

    def test_customer_is_set_per_company(self):
        self.customer.oms_invoice_on_confirmation = "never"
        there = self.customer.with_company(self.other_company)
        self.assertFalse(there.oms_invoice_on_confirmation)
        self.other_company.oms_invoice_on_confirmation = True
        order = self._confirmed(company_id=self.other_company.id)
        self.assertEqual(self._get_jobs(order).company_id, self.other_company)
        self._run_queue()
        self.assertEqual((order.invoice_ids.state, order.invoice_ids.company_id), ("posted", self.other_company))

    def test_copy_keeps_the_choice_of_the_order(self):
        order = self._place_order(oms_invoice_on_confirmation="never")
        self.assertEqual(order.copy().oms_invoice_on_confirmation, "never")

    # === WHAT === #

    def test_invoice_is_made_and_posted(self):
        order = self._confirmed()
        self.assertFalse(order.invoice_ids, "nothing heavy while the user waits")
        self.assertRecordValues(
            self._get_jobs(order),
            [
                {
                    "verb": "invoice",
                    "state": "queued",
                    "origin": "automation",
                    "follow": ["post"],
                }
            ],
        )
        self._run_queue()
        self.assertRecordValues(order.invoice_ids, [{"state": "posted", "amount_total": 100, "sending_data": False}])
        self.assertFlow(order, "pick", "done done doing done todo none", "deliver")

    def test_invoice_is_sent_if_asked(self):
        self.company.oms_invoice_send = True
        order = self._confirmed()
        self._run_queue()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(order.invoice_ids.sending_data["author_partner_id"], self.env.ref("base.partner_root").id)
        self.assertEqual(self._get_jobs(order).mapped("state"), ["done"] * 3)

    def test_run_again_changes_nothing(self):
        order = self._confirmed()
        self._run_queue()
        order._oms_queue_invoicing()
        self.assertEqual(len(self._get_jobs(order)), 2, "nothing to invoice, nothing queued")
        self.jobs._queue("invoice", order, "automation", follow=["post"])
        self._run_queue()
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertRecordValues(self._get_jobs(order)[-1], [{"state": "skipped", "message": "All of it is invoiced."}])

    def test_delivered_goods_follow_each_delivery(self):
        order = self._confirmed([(self.delivered_goods, 5), (self.goods, 2)])
        self._run_queue()
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [20])
        self._ship(order, {self.delivered_goods: 3, self.goods: 2})
        self._run_queue()
        self._ship(order)
        self._run_queue()
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_total"), [20, 60, 40])
        self.assertEqual(set(order.invoice_ids.mapped("state")), {"posted"})
        self.assertEqual(self._get_jobs(order).mapped("state"), ["done"] * 6)

    def test_services_follow_what_was_performed(self):
        order = self._confirmed([(self.delivered_service, 3)])
        self.assertFalse(self._get_jobs(order))
        order.order_line.qty_delivered = 2
        self._run_queue()
        order.order_line.qty_delivered = 3
        self._run_queue()
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_total"), [120, 60])

    def test_invoice_that_cannot_be_sent_is_a_failure_to_see(self):
        self.company.oms_invoice_send = True
        nowhere = self._make_customer("Test Nowhere", email=False)
        order = self._confirmed(partner_id=nowhere.id)
        self._run_queue()
        send = self._get_jobs(order)[-1]
        self.assertEqual((order.invoice_ids.state, send.verb), ("posted", "send"))
        self.assertRecordValues(
            send, [{"state": "queued", "is_retrying": True, "message": "Test Nowhere has no e-mail address: add one."}]
        )
        self.assertEqual(order.oms_failed_job_count, 1)
        nowhere.email = "now@example.com"
        send.action_retry()
        self.assertEqual(send.state, "done")
        self.assertTrue(order.invoice_ids.sending_data)

    def test_nothing_is_queued_before_a_delivery_to_invoice(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self.assertFalse(self._get_jobs(order))
        self._ship(order)
        self.assertEqual(len(self._get_jobs(order)), 1)

    def test_return_queues_nothing(self):
        order = self._confirmed([(self.delivered_goods, 5)])
        self._ship(order)
        self._run_queue()
        self._return(order, 2)
        self.assertEqual(len(self._get_jobs(order)), 2)
        self._run_queue()
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [100])

    def test_free_order_says_why_it_is_not_invoiced(self):
        order = self._confirmed([(self.goods, 5, 0)])
        self._run_queue()
        self.assertRecordValues(
            self._get_jobs(order),
            [
                {
                    "state": "skipped",
                    "message": "It is free of charge: there is nothing to invoice.",
                }
            ],
        )
        self.assertFalse(order.invoice_ids)

    def test_down_payment_of_before_is_deducted(self):
        order = self._place_order()
        self._down_payment(order, percent=30)
        self._confirm(order)
        self._run_queue()
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_total"), [30, 70])
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted", "posted"])

    def test_down_payment_after_confirmation_is_not_invoiced_again(self):
        self.company.oms_invoice_on_confirmation = False
        order = self._confirmed([(self.delivered_goods, 5)])
        self._down_payment(order, percent=40)
        self.company.oms_invoice_on_confirmation = True
        self._ship(order)
        self._run_queue()
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_total"), [40, 60])

    def test_foreign_currency_and_locked_order(self):
        self.env.user.group_ids += self.env.ref("sale.group_auto_done_setting")
        order = self._confirmed(pricelist_id=self.foreign_pricelist.id)
        self.assertTrue(order.locked)
        self._run_queue()
        self.assertRecordValues(
            order.invoice_ids,
            [
                {
                    "state": "posted",
                    "amount_total": 200,
                    "amount_total_signed": 100,
                    "currency_id": self.foreign_currency.id,
                }
            ],
        )

    def test_batch_of_orders(self):
        orders = self._place_order() + self._place_order(oms_invoice_on_confirmation="never") + self._place_order()
        orders.action_confirm()
        self._run_queue()
        self.assertEqual([len(order.invoice_ids) for order in orders], [1, 0, 1])

    # === FROM ANYWHERE === #

    def test_by_a_salesperson_without_billing_rights(self):
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        order = self._place_order(user_id=seller.id)
        order.with_user(seller).action_confirm()
        self._run_queue()
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_delivered_by_a_warehouse_user(self):
        worker = self._make_user("oms_worker", "stock.group_stock_user")
        order = self._confirmed([(self.delivered_goods, 5)])
        order.picking_ids.with_user(worker).with_context(skip_sms=True).button_validate()
        self.assertEqual(order.picking_ids.state, "done")
        self._run_queue()
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_signed_in_the_portal(self):
        order = self._place_order(require_signature=True, require_payment=False)
        order.sudo()._validate_order()  # what the portal does once the signature is saved
        self._run_queue()
        self.assertEqual((order.state, order.invoice_ids.state), ("sale", "posted"))

    def test_paid_online_with_core_invoicing_too_makes_one_invoice(self):
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        order = self._place_order(require_payment=True)
        self._pay_online(order)
        self._run_queue()
        self.assertEqual((order.state, order.invoice_ids.mapped("amount_total")), ("sale", [100]))
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_paid_online_without_core_invoicing_is_invoiced_and_matched(self):
        order = self._place_order(require_payment=True)
        self._pay_online(order)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sale", []))
        self._run_queue()
        self.assertRecordValues(order.invoice_ids, [{"state": "posted", "amount_total": 100}])
        self.assertEqual(order.invoice_ids.transaction_ids, order.transaction_ids)

    def _pay_online(self, order):
        provider = self.env["payment.provider"].create({"name": "Test Provider", "code": "none", "state": "test"})
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"TEST-{order.name}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        # The payment's own entry needs a journal set up for the provider, and is none of this addon's business.
        with patch.object(
            self.env.registry["payment.transaction"], "_create_payment", lambda transaction, **vals: None
        ):
            transaction._post_process()

    # === FAILURES === #

    def test_failure_never_undoes_the_confirmation(self):
        order = self._place_order()
        refuse = patch.object(
            self.env.registry["sale.order"],
            "_create_invoices",
            side_effect=UserError("No journal for sales."),
            create=True,
        )
        with refuse:
            self._confirm(order)
            self._run_queue()
        job = self._get_jobs(order)
        self.assertEqual((order.state, order.invoice_ids.ids), ("sale", []))
        self.assertRecordValues(job, [{"state": "queued", "message": "No journal for sales.", "is_retrying": True}])
        self.assertEqual(order.oms_failed_job_count, 1)
        job.action_retry()  # the cause is mended
        self.assertEqual(len(order.invoice_ids), 1)
        self._run_queue()
        self.assertEqual(order.invoice_ids.state, "posted")
        order.invalidate_recordset()
        self.assertEqual(order.oms_failed_job_count, 0)

    def test_posting_that_fails_keeps_the_draft_and_goes_on_from_there(self):
        order = self._confirmed()
        with patch.object(
            self.env.registry["account.move"], "action_post", side_effect=UserError("The period is closed.")
        ):
            self._run_queue()
        invoice, post = order.invoice_ids, self._get_jobs(order)[-1]
        self.assertRecordValues(post, [{"verb": "post", "state": "queued", "message": "The period is closed."}])
        self.assertEqual((len(invoice), invoice.state), (1, "draft"))
        post.action_retry()
        self.assertEqual((order.invoice_ids, invoice.state), (invoice, "posted"))

    def test_cancelled_before_its_invoice(self):
        order = self._confirmed()
        self._cancel(order)
        self._run_queue()
        self.assertFalse(order.invoice_ids)
        message = "It is cancelled, and nothing that the customer keeps is left to invoice."
        self.assertRecordValues(self._get_jobs(order), [{"state": "skipped", "message": message}])

    # === SETTINGS AND COST === #

    def test_settings(self):
        with Form(self.env["res.config.settings"]) as settings:
            self.assertTrue(settings.oms_invoice_on_confirmation)
            settings.oms_invoice_send = True
            settings.oms_job_keep_days = 30
        settings.record.execute()
        self.assertTrue(self.company.oms_invoice_send)
        self.assertEqual(self.env["ir.config_parameter"].get_param("oms_order_to_cash.job_keep_days"), "30")

    def test_cost_of_confirming_where_it_is_off(self):
        self.company.oms_invoice_on_confirmation = False
        orders = self._place_order() + self._place_order()
        self.env.flush_all()
        orders.mapped("partner_id.commercial_partner_id.oms_invoice_on_confirmation")
        orders.mapped("oms_invoice_on_confirmation")
        with self.assertQueryCount(0):
            orders._oms_queue_invoicing()

    def test_cost_of_queueing(self):
        orders = self._confirmed() + self._confirmed()
        orders._oms_queue_invoicing()  # reads settings and lines into the cache
        self.env.flush_all()
        # One insert for all orders, a look at each of the two scheduled actions, one trigger for the one that is on.
        with self.assertQueryCount(4):
            orders._oms_queue_invoicing()
