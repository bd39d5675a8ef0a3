from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    oms_carrier_required = fields.Boolean(related="company_id.oms_carrier_required", readonly=False)
    oms_chase_hours = fields.Integer(related="company_id.oms_chase_hours", readonly=False)
    oms_return_reminder_days = fields.Integer(related="company_id.oms_return_reminder_days", readonly=False)
