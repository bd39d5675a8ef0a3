from odoo import api, fields, models
from odoo.exceptions import AccessError

# Who decides what stands on a partner: whoever may not see it on the form does not write it by a call either.
_DECIDED_BY = {
    "oms_account_hold": "account.group_account_invoice",
    "oms_purchase_confirmation": "purchase.group_purchase_user",
    "oms_purchase_ceiling": "purchase.group_purchase_user",
}

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

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name: self.env.context.get(f"default_{name}") for name in _DECIDED_BY}
        for vals in vals_list:
            parent = self.browse(vals.get("parent_id") or self.env.context.get("default_parent_id"))
            chosen = {name: vals.get(name, default) for name, default in defaults.items()}
            parent._oms_check_decided({name: value for name, value in chosen.items() if value})
        return super().create(vals_list)

    def write(self, vals):
        for partner in self:
            partner._oms_check_decided(vals)
        dirty = self.env["oms.flow.dirty"]
        if not {"parent_id", "is_company"}.isdisjoint(vals):
            dirty._mark("customer", self.commercial_partner_id._ids)  # which they are not any more
        result = super().write(vals)
        if not self._oms_get_watched().isdisjoint(vals):
            dirty._mark("res.partner", self._ids)
        if "tz" in vals:
            dirty._mark("company", self.env["res.company"].sudo().search([("partner_id", "in", self.ids)]).ids)
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED

    def _oms_check_decided(self, vals):
        """Raise where these values of a partner, of one below it, or of a new one where this is none, decide what somebody else has to
        decide; a contact takes over what its company has."""
        for name, group in _DECIDED_BY.items():
            if name not in vals or self.env.su or self.env.user.has_group(group):
                continue
            if (vals[name] or False) != (self.commercial_partner_id[name] or False):
                raise AccessError(
                    self.env._(
                        "%(setting)s is not yours to change: ask somebody of %(group)s.",
                        setting=self._fields[name]._description_string(self.env),
                        group=self.env.ref(group).sudo().full_name,
                    )
                )
