from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_job_ids = fields.One2many("oms.job", "order_id", string="Actions Run", readonly=True)
    oms_failed_job_count = fields.Integer(
        string="Failed Actions",
        compute="_compute_oms_failed_job_count",
        groups="oms_order_to_cash.oms_group_user",
    )

    # === COMPUTE METHODS === #

    def _compute_oms_failed_job_count(self):
        counts = dict(
            self.env["oms.job"]._read_group(
                [("order_id", "in", self.ids), "|", ("state", "=", "failed"), ("is_retrying", "=", True)],
                ["order_id"],
                ["__count"],
            )
        )
        for order in self:
            order.oms_failed_job_count = counts.get(order._origin, 0)

    # === ACTIONS === #

    def action_open_oms_jobs(self):
        """Open what was done to this order, and what could not be."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_job_action")
        return {**action, "domain": [("order_id", "=", self.id)], "context": {"search_default_failed": 1}}
