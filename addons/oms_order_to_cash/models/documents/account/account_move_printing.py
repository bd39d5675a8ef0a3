import logging

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_qweb import QWebError

_logger = logging.getLogger(__name__)


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_invoice_pdf_report(self, invoices_data):
        """Print invoices at once; where that fails, one by one, so that the one that can't be printed stops no other.

        The wkhtmltopdf of Debian and Ubuntu never prints several at once, and core would send none of them, for ever.
        """
        try:
            with self.env.cr.savepoint():
                return super()._prepare_invoice_pdf_report(invoices_data)
        except (UserError, QWebError) as error:
            if len(invoices_data) == 1:
                self._oms_tell_unprintable(invoices_data, error)
            else:
                for invoice, data in invoices_data.items():
                    self._prepare_invoice_pdf_report({invoice: data})
        return None

    @api.model
    def _oms_tell_unprintable(self, invoices_data, error):
        """Hand the reason to core, which raises it to whoever waits for the print, or leaves it in the invoice's chatter."""
        for invoice, data in invoices_data.items():
            _logger.warning("%s can't be printed", invoice.name, exc_info=error)
            title = self.env._("%s can't be printed, so it was not sent.", invoice.name)
            data["error"] = {"error_title": title, "errors": [str(error)]}
