from odoo.tests import tagged

from .common import OmsHttpCommon


@tagged("post_install", "-at_install")
class TestInvoiceOnConfirmationPortal(OmsHttpCommon):
    def test_signed_by_a_visitor(self):
        self.company.oms_invoice_on_confirmation = True
        order = self._place_order(require_signature=True, require_payment=False)
        order.action_quotation_sent()
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Test Customer",
                "signature": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
            },
        )
        self.assertTrue(answer.get("force_refresh"))
        self.env.invalidate_all()
        self.assertEqual((order.state, order.signed_by), ("sale", "Test Customer"))
        job = self.env["oms.job"].search([("order_id", "=", order.id)])
        self.assertEqual((job.verb, job.state, job.origin), ("invoice", "queued", "automation"))
        self.assertEqual(job.user_id, self.env.ref("base.user_root"), "not the visitor, who has no rights")
        self.env.ref("oms_order_to_cash.oms_job_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((order.invoice_ids.amount_total, order.invoice_ids.state), (100, "posted"))
