from odoo import api, models
from odoo.fields import Command


class Drafts(list):
    """The values of the invoices that core prepares for orders; core creates none where they are only asked for.

    Only the server makes one: no client can send it along in its context.
    """

    def __init__(self, is_preview):
        super().__init__()
        self.is_preview = is_preview


class SaleOrder(models.Model):
    """What an invoice comes to before it is made: the same as core and all other modules prepare it."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _create_account_invoices(self, invoice_vals_list, final):
        drafts = self.env.context.get("oms_drafts")
        if isinstance(drafts, Drafts):
            drafts += invoice_vals_list
            if drafts.is_preview:
                return self.env["account.move"]
        return super()._create_account_invoices(invoice_vals_list, final)

    @api.model
    def _oms_get_draft_total(self, vals):
        """Return what an invoice of these values comes to, taxes included, in its currency; negative for a credit note."""
        order = self._oms_get_drafted(vals)
        lines = [line for _command, _id, line in vals["invoice_line_ids"] if line["display_type"] == "product"]
        return self.env["account.tax"]._oms_get_total(
            lines, order.company_id, order.currency_id, order.currency_rate, self._oms_prepare_discount_lines(vals)
        )

    @api.model
    def _oms_get_drafted(self, vals):
        """Return the order that the values of an invoice are made for."""
        lines = self.env["sale.order.line"].browse(
            command[1]
            for _command, _id, line in vals["invoice_line_ids"]
            for command in line.get("sale_line_ids") or ()
            if command[0] == Command.LINK
        )
        return lines[:1].order_id

    @api.model
    def _oms_prepare_discount_lines(self, vals):
        """Return what takes taxes off where the payment terms tax what is left after the discount for early payment."""
        terms = self.env["account.payment.term"].browse(vals.get("invoice_payment_term_id") or [])
        if not terms.early_discount or terms.early_pay_discount_computation != "mixed":
            return []
        invoice = self.env["account.move"].new(vals)
        return invoice._prepare_epd_base_lines_for_taxes_computation_from_base_lines(
            invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        )
