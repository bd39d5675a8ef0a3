from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsIssuesOrderMissing(OmsIssueCase):
    """O1: what an order lacks, and the form that asks for just that."""

    def _get_missing(self, order):
        self._look(order)
        return self._get_issue(order, "O1").data["missing"] if self._get_issue(order, "O1") else []

    def test_address_of_goods(self):
        order, service = self._place_order(), self._place_order([(self.service, 1)])
        self.assertEqual(self._get_missing(order), [])
        self.customer.write({"street": False, "city": False, "zip": False, "country_id": False})
        self.assertEqual(self._get_missing(order), ["street", "city", "country_id"])
        self.assertEqual(self._get_missing(service), [])
        self.customer.write({"country_id": self.env.ref("base.us").id})
        self.assertEqual(self._get_missing(order), ["street", "city", "zip"])
        self.assertEqual(self._get_chain(order, "O1")[0], "Test Customer has no street.")
        self.assertIssue(order, "O1", turn="sales", severity="medium")
        self.customer.write({"street": "1 Long Street", "city": "Springfield", "zip": "12345"})
        self.assertEqual(self._get_missing(order), [])
        self.assertIssuesHold(order + service)

    def test_email_of_the_invoice_address(self):
        order = self._place_order()
        self.customer.email = False
        self.assertEqual(self._get_missing(order), ["email"])
        self.customer.with_company(self.company).invoice_sending_method = "manual"
        self.assertEqual(self._get_missing(order), [])

    def test_carrier_that_does_not_serve_the_address(self):
        self.carrier.country_ids = self.env.ref("base.us")
        order = self._place_order(carrier_id=self.carrier.id)
        self.assertEqual(self._get_missing(order), [])
        self.carrier.zip_prefix_ids = [Command.create({"name": "99"})]
        self.assertEqual(self._get_missing(order), ["carrier_id"])
        self.carrier.zip_prefix_ids = [Command.create({"name": "12"})]
        self.assertEqual(self._get_missing(order), [])
        self.carrier.country_ids = self.env.ref("base.de")
        self.assertEqual(self._get_missing(order), ["carrier_id"])

    def test_taxes_and_tax_id(self):
        self.goods.taxes_id = self.tax
        order, without = (self._place_order(fiscal_position_id=False) for _number in range(2))
        without.order_line.tax_ids = [Command.clear()]
        self.assertEqual((self._get_missing(order), self._get_missing(without)), ([], ["taxes"]))
        without.fiscal_position_id = self.env["account.fiscal.position"].create({"name": "Test", "vat_required": True})
        without.order_line.tax_ids = [Command.clear()]
        self.assertEqual(self._get_missing(without), ["vat"])

    def test_archived_product(self):
        product = self._make_product("Old goods", 10)
        order, confirmed = self._place_order([(product, 1)]), self._confirmed([(product, 1)])
        product.active = False
        self.assertEqual((self._get_missing(order), self._get_missing(confirmed)), (["product"], []))
        self.assertEqual(
            self._run("complete", order).message,
            "A product is archived or no longer sold: replace it on the order.",
        )

    def test_the_form_asks_for_what_is_missing(self):
        order = self._place_order()
        self.customer.write({"street": False, "email": False})
        issue = self.assertIssue(order, "O1") if self._get_missing(order) else None
        action = issue.action_run()
        form = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(form.missing, "street email")
        form.write({"street": "2 Short Street", "email": "bills@example.com", "city": "Elsewhere"})
        form.action_save()
        self.assertEqual(
            (self.customer.street, self.customer.city, self.customer.email),
            ("2 Short Street", "Springfield", "bills@example.com"),
        )
        self.assertNoIssue(order, "O1")
        self.assertEqual(self._run("complete", order).message, "Nothing is missing.")
        self.jobs.search([("verb", "=", "complete"), ("state", "=", "done")]).action_undo()
        self.assertEqual((self.customer.street, self.customer.email), (False, False))
        self.assertEqual(self._get_missing(order), ["street", "email"])
        self.assertIssuesHold(order)

    def test_taxes_set_and_not_undone_once_invoiced(self):
        self.goods.taxes_id = self.tax
        order, fine = (self._confirmed(fiscal_position_id=False) for _number in range(2))
        order.order_line.tax_ids = [Command.clear()]
        jobs = self._run("complete", order + fine, taxes=True)
        self.assertJobs(jobs, "done", ("skipped", "Nothing is missing."))
        self.assertEqual(order.order_line.tax_ids, self.tax)
        self._invoice(order)
        with self.assertRaisesRegex(UserError, "cancel it first"):
            jobs.filtered(lambda job: job.state == "done").action_undo()

    def test_next_action_opens_the_form(self):
        order = self._confirmed(carrier_id=self.carrier.id)
        self.customer.street = False
        self.assertEqual(self._read_flow(order).next_action, "complete")
        self.assertEqual(self._get_flow(order).action_next()["res_model"], "oms.complete")
        offered = dict(self.env["oms.bulk.run"]._selection_verb())
        self.assertNotIn("complete", offered)
        self.assertIn("remind", offered)
