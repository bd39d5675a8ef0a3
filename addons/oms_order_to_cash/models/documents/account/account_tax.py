from odoo import api, models
from odoo.tools import float_round


class AccountTax(models.Model):
    _inherit = "account.tax"

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_total(self, lines, company, currency, rate, other_lines=()):
        """Return what a document of these lines comes to, taxes included, rounded as its company rounds.

        :param lines: values of invoice lines, as they are created
        :param other_lines: base lines of core's that only change taxes
        """
        base_lines = self._oms_get_base_lines(lines, company, currency, rate, other_lines)
        return self._get_tax_totals_summary(base_lines, currency, company)["total_amount_currency"]

    @api.model
    def _oms_get_line_totals(self, lines, company, currency, rate):
        """Return what each of these lines has of the total, taxes included: a cent of rounding belongs to one of them."""
        details = [line["tax_details"] for line in self._oms_get_base_lines(lines, company, currency, rate)]
        return [
            detail["total_excluded_currency"]
            + detail["delta_total_excluded_currency"]
            + sum(tax["tax_amount_currency"] for tax in detail["taxes_data"])
            for detail in details
        ]

    @api.model
    def _oms_get_base_lines(self, lines, company, currency, rate, other_lines=()):
        taxes = self.with_company(company)
        base_lines = [taxes._oms_prepare_base_line(line, currency, rate) for line in lines] + list(other_lines)
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        return base_lines

    @api.model
    def _oms_prepare_base_line(self, vals, currency, rate):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return self._prepare_base_line_for_taxes_computation(
            {},
            product_id=self.env["product.product"].browse(vals["product_id"]),
            tax_ids=self.browse(vals["tax_ids"][0][2]),
            price_unit=vals["price_unit"],
            quantity=float_round(vals["quantity"], precision_digits=digits),
            discount=vals["discount"],
            currency_id=currency,
            rate=rate,
            extra_tax_data=vals.get("extra_tax_data"),
        )
