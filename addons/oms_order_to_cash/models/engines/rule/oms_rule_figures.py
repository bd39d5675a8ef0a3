from datetime import timedelta

from odoo import api, fields, models

from ...documents.asked import on_one_record, on_records

# After so many days that a step waits for its order, somebody has to look whether it ever can be run.
_DAYS_TO_WAIT = 7
# What a person needs for one step of one order: find it, click, check. A system parameter overrides it.
_MINUTES_PER_STEP = 3


class OmsRule(models.Model):
    _inherit = "oms.rule"

    touched_count = fields.Integer(
        string="Orders", compute="_compute_figures", help="Orders that it touched, or would have touched in shadow."
    )
    done_count = fields.Integer(string="Steps Done", compute="_compute_figures")
    failed_count = fields.Integer(string="Steps Failed", compute="_compute_figures")
    undone_count = fields.Integer(
        string="Steps Undone", compute="_compute_figures", help="Steps done that a person took back."
    )
    waiting_count = fields.Integer(
        string="Steps Waiting", compute="_compute_figures", help="Steps that wait for something of their order."
    )
    stuck_count = fields.Integer(
        string="Waiting Too Long",
        compute="_compute_figures",
        help="Steps that have waited for their order since more than a week after what started the rule.",
    )
    hours_saved = fields.Float(
        compute="_compute_figures",
        help="Steps done and not undone x the minutes a person needs for one: 3, or what the system parameter "
        "oms_order_to_cash.minutes_per_step says.",
    )
    is_all_stopped = fields.Boolean(compute="_compute_is_all_stopped")

    # === COMPUTE METHODS === #

    def _compute_figures(self):
        figures = self._read_figures()
        minutes = int(
            self.env["ir.config_parameter"].sudo().get_param("oms_order_to_cash.minutes_per_step", _MINUTES_PER_STEP)
        )
        for rule in self:
            touched, done, failed, undone, waiting, stuck = figures.get(rule._origin.id, (0,) * 6)
            rule.touched_count = touched
            rule.done_count = done
            rule.failed_count = failed
            rule.undone_count = undone
            rule.waiting_count = waiting
            rule.stuck_count = stuck
            rule.hours_saved = (done - undone) * minutes / 60

    def _read_figures(self):
        """Read what these rules did to all orders, also to those out of the reader's sight: it is their figure.

        :return: {rule id: (orders touched, steps done, failed, undone, waiting, waiting too long)}
        """
        self.env["oms.job"].flush_model(["rule_id", "order_id", "state", "date_event", "date_undone"])
        self.env.cr.execute(
            """SELECT rule_id, COUNT(DISTINCT order_id), COUNT(*) FILTER (WHERE state = 'done'),
                      COUNT(*) FILTER (WHERE state = 'failed'), COUNT(date_undone),
                      COUNT(*) FILTER (WHERE state = 'waiting'), COUNT(*) FILTER (WHERE state = 'waiting' AND date_event < %s)
                 FROM oms_job WHERE rule_id = ANY(%s) GROUP BY rule_id""",
            [fields.Datetime.now() - timedelta(days=_DAYS_TO_WAIT), self.ids],
        )
        return {rule_id: figures for rule_id, *figures in self.env.cr.fetchall()}

    def _compute_is_all_stopped(self):
        self.is_all_stopped = self._is_stopped()

    # === ACTIONS === #

    @on_records
    def action_live(self):
        self.action_set_mode("live")

    @on_records
    def action_shadow(self):
        self.action_set_mode("shadow")

    @on_records
    def action_off(self):
        self.action_set_mode("off")

    @on_one_record
    @api.readonly
    def action_open_jobs(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_job_action")
        state = self.env.context.get("oms_state")
        domain = [("rule_id", "=", self.id), *([("state", "=", state)] if state else [])]
        return {**action, "domain": domain, "context": {}}

    @api.model
    def get_switch(self):
        """Tell a screen where the switch of all automation stands: ``is_stopped``, ``may_switch``, and ``text`` for its banner."""
        self.check_access("read")
        is_stopped = self._is_stopped()
        return {
            "is_stopped": is_stopped,
            "may_switch": self.has_access("write"),
            "text": self._get_stopped_text() if is_stopped else "",
        }

    @api.model
    def _get_stopped_text(self):
        # Events and steps are counted, not read.
        waiting = self.env["oms.job"].sudo().search_count([("rule_id", "!=", False), ("state", "=", "queued")])
        return self.env._(
            "All automation is stopped, and nothing is lost. Steps that wait: %(steps)s. Events that wait: %(events)s.",
            steps=waiting,
            events=self.env["oms.rule.inbox"].sudo().search_count([]),
        )
