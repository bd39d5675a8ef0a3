from odoo import api, fields, models

# What a person needs for one step of one order: find it, click, check. Per company in the settings.
_MINUTES_PER_STEP = 3


class OmsRule(models.Model):
    _inherit = "oms.rule"

    touched_count = fields.Integer(string="Orders Touched", compute="_compute_figures")
    done_count = fields.Integer(string="Steps Done", compute="_compute_figures")
    failed_count = fields.Integer(string="Steps Failed", compute="_compute_figures")
    hours_saved = fields.Float(
        compute="_compute_figures", help="Steps done x the minutes a person needs for one (see the settings)."
    )
    is_all_stopped = fields.Boolean(compute="_compute_is_all_stopped")

    # === COMPUTE METHODS === #

    def _compute_figures(self):
        jobs = self.env["oms.job"].sudo()  # a figure of all orders, also of those out of the reader's sight
        orders = dict(jobs._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["order_id:count_distinct"]))
        counts = {
            (rule, state): count
            for rule, state, count in jobs._read_group(
                [("rule_id", "in", self.ids), ("state", "in", ("done", "failed"))], ["rule_id", "state"], ["__count"]
            )
        }
        minutes = int(
            self.env["ir.config_parameter"].sudo().get_param("oms_order_to_cash.minutes_per_step", _MINUTES_PER_STEP)
        )
        for rule in self:
            rule.touched_count = orders.get(rule, 0)
            rule.done_count = counts.get((rule, "done"), 0)
            rule.failed_count = counts.get((rule, "failed"), 0)
            rule.hours_saved = rule.done_count * minutes / 60

    def _compute_is_all_stopped(self):
        self.is_all_stopped = self._is_stopped()

    # === ACTIONS === #

    def action_live(self):
        self.action_set_mode("live")

    def action_shadow(self):
        self.action_set_mode("shadow")

    def action_off(self):
        self.action_set_mode("off")

    @api.readonly
    def action_open_jobs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_job_action")
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}
