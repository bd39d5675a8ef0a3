from odoo import fields, models


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
        result = super().write(vals)
        if not {"street", "city", "country_id"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("res.partner", self._ids)
        return result
