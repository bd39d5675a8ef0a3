from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    oms_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of Reordering")
    oms_reorder_nightly = fields.Boolean(related="company_id.oms_reorder_nightly", readonly=False)
    oms_reorder_mode = fields.Selection(related="company_id.oms_reorder_mode", readonly=False)
    oms_reorder_target = fields.Float(related="company_id.oms_reorder_target", readonly=False)
    oms_reorder_by_abc = fields.Boolean(related="company_id.oms_reorder_by_abc", readonly=False)
    oms_reorder_order_cost = fields.Monetary(
        related="company_id.oms_reorder_order_cost", readonly=False, currency_field="oms_currency_id"
    )
    oms_reorder_holding_rate = fields.Float(related="company_id.oms_reorder_holding_rate", readonly=False)
    oms_reorder_cap_factor = fields.Float(related="company_id.oms_reorder_cap_factor", readonly=False)
    oms_reorder_cap_value = fields.Monetary(
        related="company_id.oms_reorder_cap_value", readonly=False, currency_field="oms_currency_id"
    )
