from unittest import SkipTest
from unittest.mock import patch

from odoo import modules
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .runner_case import OmsRunnerCase

_SENDING = "odoo.addons.oms_order_to_cash.models.documents.account.account_move_printing"


@tagged("post_install", "-at_install")
class TestInvoicePrinting(OmsRunnerCase):
    """Invoices sent at once are all printed, whatever wkhtmltopdf there is and whichever of them can't be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        report = cls.env["ir.actions.report"]
        if report.get_wkhtmltopdf_state() == "install":
            raise SkipTest("There is no wkhtmltopdf on this machine.")
        convert = type(report)._run_wkhtmltopdf

        def convert_for_real(self, *args, **kwargs):
            with patch.object(modules.module, "current_test", False):  # in a test, core leaves it out
                return convert(self, *args, **kwargs)

        cls.classPatch(type(report), "_run_wkhtmltopdf", convert_for_real)
        cls.env.ref("account.ir_cron_account_move_send").active = True

    def _get_invoices(self, number):
        """Return posted invoices of as many orders, handed to the sending in the background."""
        orders = self.env["sale.order"].union(*(self._confirmed() for _number in range(number)))
        invoices = self.env["account.move"].union(*(self._invoice(order) for order in orders))
        self.assertJobs(self._run("send", orders), *["done"] * number)
        return invoices

    def _send(self, invoices, **options):
        self.env["account.move.send"].with_context(force_report_rendering=True)._generate_and_send_invoices(
            invoices, **options
        )

    def _make_unprintable(self, invoice):
        """Have the template fail on one invoice."""
        invoice.ref = "UNPRINTABLE"
        self.env["ir.ui.view"].create(
            {
                "name": "Test Unprintable",
                "type": "qweb",
                "inherit_id": self.env.ref("account.report_invoice_document").id,
                "arch": """<xpath expr="//t[@t-set='o']" position="after">
                    <t t-if="o.ref == 'UNPRINTABLE'" t-out="o.no_such_field"/></xpath>""",
            }
        )

    @mute_logger(_SENDING, "odoo.addons.base.models.ir_actions_report")
    def test_several_at_once(self):
        invoices = self._get_invoices(3)
        self._send(invoices, from_cron=True)
        for invoice in invoices:
            self.assertTrue(invoice.invoice_pdf_report_id.raw.startswith(b"%PDF"))
        self.assertEqual(invoices.mapped("is_move_sent"), [True] * 3)
        self.assertEqual(invoices.mapped("sending_data"), [False] * 3)

    @mute_logger(_SENDING, "odoo.addons.base.models.ir_actions_report")
    def test_one_that_cannot_be_printed_stops_no_other(self):
        good, bad, last = invoices = self._get_invoices(3)
        self._make_unprintable(bad)
        self._send(invoices, from_cron=True)
        self.assertTrue(good.invoice_pdf_report_id)
        self.assertTrue(last.invoice_pdf_report_id)
        self.assertEqual(invoices.mapped("is_move_sent"), [True, False, True])
        self.assertFalse(bad.sending_data, "or it would stand in the way of the scheduled action for ever")
        self.assertIn(f"{bad.name} can't be printed, so it was not sent.", bad.message_ids[0].body)

    @mute_logger(_SENDING, "odoo.addons.base.models.ir_actions_report")
    def test_by_hand_it_is_said_at_once(self):
        (invoice,) = self._get_invoices(1)
        self._make_unprintable(invoice)
        with self.assertRaisesRegex(UserError, f"{invoice.name} can't be printed"):
            self._send(invoice)
        self.assertFalse(invoice.invoice_pdf_report_id)
