"""Settings of other apps that orders are judged by: seldom changed, and then all unfinished orders are read again."""

from odoo import api, models

_DEFAULTS = ("credit_limit", "invoice_sending_method")
_CARRIER = {"country_ids", "delivery_type", "integration_level", "oms_is_freight", "state_ids", "zip_prefix_ids"}


class AccountFiscalPosition(models.Model):
    _inherit = "account.fiscal.position"

    def write(self, vals):
        result = super().write(vals)
        if not {"tax_ids", "vat_required"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark_companies(self.company_id)
        return result


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env["oms.flow.dirty"]._mark_companies(self.company_id)
        return result


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    def write(self, vals):
        result = super().write(vals)
        if not _CARRIER.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark_companies()
        return result


class DeliveryPriceRule(models.Model):
    _inherit = "delivery.price.rule"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["oms.flow.dirty"]._mark_companies()
        return super().create(vals_list)

    def write(self, vals):
        self.env["oms.flow.dirty"]._mark_companies()
        return super().write(vals)

    def unlink(self):
        self.env["oms.flow.dirty"]._mark_companies()
        return super().unlink()


class IrDefault(models.Model):
    """The credit limit of customers that have none of their own, and how they get their invoices."""

    _inherit = "ir.default"

    @api.model_create_multi
    def create(self, vals_list):
        defaults = super().create(vals_list)
        defaults._oms_mark()
        return defaults

    def write(self, vals):
        result = super().write(vals)
        self._oms_mark()
        return result

    def unlink(self):
        self._oms_mark()
        return super().unlink()

    def _oms_mark(self):
        fields = self.sudo().field_id
        if any(field.model == "res.partner" and field.name in _DEFAULTS for field in fields):
            self.env["oms.flow.dirty"]._mark_companies()


class ResCountry(models.Model):
    _inherit = "res.country"

    def write(self, vals):
        result = super().write(vals)
        if "zip_required" in vals:
            self.env["oms.flow.dirty"]._mark_companies()
        return result


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            companies = self.env["res.company"].sudo().search([("resource_calendar_id", "in", self.ids)])
            self.env["oms.flow.dirty"]._mark("company", companies.ids)
        return result


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    def write(self, vals):
        result = super().write(vals)
        if not {"print_label", "use_create_lots", "use_existing_lots"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark_companies(self.company_id)
        return result
