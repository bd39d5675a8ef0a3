from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    module_oms_order_to_cash_reorder = fields.Boolean("Automatic Reordering")
    module_oms_order_to_cash_queue_job = fields.Boolean("Actions on OCA's Job Queue")
    oms_invoice_on_confirmation = fields.Boolean(
        related="company_id.oms_invoice_on_confirmation",
        readonly=False,
    )
    oms_invoice_send = fields.Boolean(related="company_id.oms_invoice_send", readonly=False)
    oms_capital_cost_rate = fields.Float(related="company_id.oms_capital_cost_rate", readonly=False)
    oms_late_interest_rate = fields.Float(related="company_id.oms_late_interest_rate", readonly=False)
    oms_reminder_days = fields.Integer(related="company_id.oms_reminder_days", readonly=False)
    oms_quotation_reminder_days = fields.Integer(related="company_id.oms_quotation_reminder_days", readonly=False)
    oms_credit_overdue_days = fields.Integer(related="company_id.oms_credit_overdue_days", readonly=False)
    oms_min_margin = fields.Float(related="company_id.oms_min_margin", readonly=False)
    oms_max_discount = fields.Float(related="company_id.oms_max_discount", readonly=False)
    oms_job_keep_days = fields.Integer(
        string="Keep Finished Actions",
        config_parameter="oms_order_to_cash.job_keep_days",
        default=90,
    )

    # === CONSTRAINS === #

    @api.constrains("oms_job_keep_days")
    def _check_oms_job_keep_days(self):
        # Undo lives for a day from what was kept.
        if any(not 1 <= settings.oms_job_keep_days <= 36500 for settings in self):
            raise ValidationError(self.env._("Finished actions have to be kept for 1 to 36500 days."))
