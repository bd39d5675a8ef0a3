from odoo import SUPERUSER_ID, api, models

from ..handed import Handed, get_handed

_UNATTENDED = Handed()


class PurchaseOrder(models.Model):
    """Which purchases may be confirmed without a person."""

    _inherit = "purchase.order"

    # === BUSINESS METHODS === #

    def _oms_get_ceiling(self):
        """Return the total, in company currency, up to which this purchase may be confirmed without a person; 0 for never."""
        self.ensure_one()
        company = self.company_id.sudo()  # whoever looks, the settings are the company's
        vendor = self.partner_id.commercial_partner_id.sudo().with_company(company)
        if not company.oms_purchase_auto_confirm or vendor.oms_purchase_confirmation == "never":
            return 0.0
        if vendor.oms_purchase_confirmation == "ceiling":
            return vendor.oms_purchase_ceiling
        return company.oms_purchase_ceiling

    def _oms_is_in_ceiling(self):
        self.ensure_one()
        ceiling = self._oms_get_ceiling()
        return ceiling > 0 and self.company_id.currency_id.compare_amounts(self.amount_total_cc, ceiling) <= 0

    def _approval_allowed(self):
        """Where nobody is at work, an amount that asks for a second signature is not approved by right of the superuser."""
        is_allowed = super()._approval_allowed()
        if not is_allowed or not get_handed(self.env, "oms_unattended"):
            return is_allowed
        return self.company_id.po_double_validation == "one_step" or not self._oms_needs_approval()

    def _oms_needs_approval(self):
        company = self.company_id
        limit = company.po_double_validation_amount
        return company.currency_id.compare_amounts(self.amount_total_cc, limit) >= 0

    @api.model
    def _oms_without_person(self):
        """Return the model as it is to be used by an automation: it signs for nobody."""
        return self.with_context(oms_unattended=_UNATTENDED) if self.env.uid == SUPERUSER_ID else self
