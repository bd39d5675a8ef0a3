from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_invoice_on_confirmation = fields.Selection(
        [("always", "Always"), ("never", "Never")],
        string="Invoice on Confirmation",
        company_dependent=True,
        prefetch=False,
        help="Whether the invoices of this customer's orders are made and posted as soon as there is something to "
        "invoice. Empty: as set for the company.",
        groups="base.group_user",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "oms_invoice_on_confirmation"]
