from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    # === BUSINESS METHODS === #

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Have the orders of customers that become one read again: core changes them behind the models' back."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        customers = self.env["res.partner"].browse(partner_ids).exists().commercial_partner_id
        self.env["oms.flow.dirty"]._mark("customer", customers.ids)
        return result
