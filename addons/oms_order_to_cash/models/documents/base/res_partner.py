from odoo import fields, models

# What the orders of a customer, or to an address, are judged by.
_WATCHED = {
    "street",
    "city",
    "zip",
    "state_id",
    "country_id",
    "email",
    "vat",
    "parent_id",
    "is_company",
    "invoice_sending_method",
    "credit_limit",
    "oms_account_hold",
    "oms_customer_priority",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_customer_priority = fields.Selection(
        [("normal", "Normal"), ("important", "Important"), ("key", "Key account")],
        string="Customer Priority",
        default="normal",
        help="How much the issues of this customer's orders weigh among all others.",
        groups="base.group_user",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        dirty = self.env["oms.flow.dirty"]
        if not {"parent_id", "is_company"}.isdisjoint(vals):
            dirty._mark("customer", self.commercial_partner_id._ids)  # which they are not any more
        result = super().write(vals)
        if not _WATCHED.isdisjoint(vals):
            dirty._mark("res.partner", self._ids)
        if "tz" in vals:
            dirty._mark("company", self.env["res.company"].sudo().search([("partner_id", "in", self.ids)]).ids)
        return result
