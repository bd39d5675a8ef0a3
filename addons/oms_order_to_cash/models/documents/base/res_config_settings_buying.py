from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    oms_buy_on_confirmation = fields.Boolean(related="company_id.oms_buy_on_confirmation", readonly=False)
    oms_purchase_auto_confirm = fields.Boolean(related="company_id.oms_purchase_auto_confirm", readonly=False)
    oms_purchase_ceiling = fields.Monetary(
        related="company_id.oms_purchase_ceiling", currency_field="company_currency_id", readonly=False
    )
