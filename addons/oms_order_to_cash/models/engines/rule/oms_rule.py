from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ....const import STAGES
from ...documents.asked import on_records

_LONGEST_GRACE = 8760
# What the registry remembers of rules: which events running ones wait for.
_REMEMBERED = {"mode", "event"}
# What decides which events are a rule's; those that waited for what it was are none of what it is now.
_STARTING = {"event", "stage", "issue_type_id"}


class OmsRule(models.Model):
    """What happens to orders by itself: on an event, for certain orders, some verbs, one after the other.

    A rule decides and never acts: what it wants is a job, which the queue runs as it runs a click.
    """

    _name = "oms.rule"
    _inherit = ("mail.thread",)
    _description = "Automation Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="Rules are asked in this order.")
    company_id = fields.Many2one("res.company", help="Empty: orders of all companies.")
    mode = fields.Selection(
        [("off", "Off"), ("shadow", "Shadow"), ("live", "On")],
        required=True,
        default="off",
        copy=False,
        tracking=True,
        help="In shadow it records what it would do, and does nothing.",
    )
    date_started = fields.Datetime(
        string="Running Since", readonly=True, copy=False, help="Nothing that happened before is touched."
    )
    event = fields.Selection(selection="_selection_event", string="When", required=True, default="confirmed")
    issue_type_id = fields.Many2one("oms.issue.type", string="Which Issue", help="Empty: any.")
    stage = fields.Selection(list(STAGES), string="Which Stage")
    domain = fields.Char(string="For Which Orders", required=True, default="[]")
    step_ids = fields.One2many("oms.rule.step", "rule_id", string="Do", copy=True)
    is_exclusive = fields.Boolean(
        string="Last Rule", help="No later rule acts on the same event of an order that this one takes."
    )
    is_repeated = fields.Boolean(
        string="Until All Is Done",
        help="After its last step the rule waits for what is left of the order, and goes on: each delivery is invoiced, not only "
        "the first.",
    )
    grace_hours = fields.Float(
        string="Grace Period", help="Hours between the event and the first step: the order can still be changed."
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        help="The grace period counts these hours only. Empty: by the clock.",
    )
    stop_on_credit = fields.Boolean(string="Stop on a Credit Note", default=True)
    stop_on_return = fields.Boolean(string="Stop on a Return", default=True)
    stop_on_touch = fields.Boolean(
        string="Stop When Touched", help="A person ran a step on the order since the event: it is theirs now."
    )

    @api.model
    def _selection_event(self):
        return [*self._selection_moment(), ("time_passed", self.env._("Time has passed"))]

    @api.model
    def _selection_moment(self):
        """Return what starts a rule: events of the order's timeline."""
        return self.env["oms.event"]._get_kind_words("starts")

    # === CONSTRAINS === #

    @api.constrains("grace_hours")
    def _check_grace_hours(self):
        for rule in self.filtered(lambda rule: not 0 <= rule.grace_hours <= _LONGEST_GRACE):
            raise ValidationError(
                self.env._(
                    "%(rule)s: a grace period is 0 to %(hours)s hours, a year.", rule=rule.name, hours=_LONGEST_GRACE
                )
            )

    @api.constrains("mode", "event", "stage", "since_event", "step_ids")
    def _check_complete(self):
        for rule in self.filtered(lambda rule: rule.mode != "off"):
            if not rule.step_ids:
                raise ValidationError(self.env._("%(rule)s does nothing: add a step first.", rule=rule.name))
            if rule._get_moment() == "stage" and not rule.stage:
                raise ValidationError(self.env._("%(rule)s: choose the stage that starts it.", rule=rule.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.filtered(lambda rule: rule.mode != "off")._start()
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        stopped = self.filtered(lambda rule: rule.mode == "off")
        if not _STARTING.isdisjoint(vals):
            vals = {**vals, "date_missed": False}
        result = super().write(vals)
        if vals.get("mode", "off") != "off":
            stopped._start()
        if "domain" in vals and any(rule.date_missed for rule in self):
            # Reading a scheduled action is for administrators of the system.
            self.env.ref("oms_order_to_cash.oms_rule_time_cron").sudo()._trigger()
        if not _REMEMBERED.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _start(self):
        if self:
            self.write({"date_started": self.env.cr.now(), "date_looked": False, "date_missed": False})

    # === ACTIONS === #

    @on_records
    def action_set_mode(self, mode):
        """Switch these rules on, off, or to shadow; what waits of a rule that is switched off is not run."""
        self.check_access("write")
        modes = [key for key, _label in self._fields["mode"].selection]
        if mode not in modes:
            raise UserError(self.env._("A rule is one of %(modes)s.", modes=", ".join(modes)))
        self.mode = mode

    def action_stop_all(self):
        """Stop every rule at once: nothing is matched, and what waits is left waiting."""
        self._set_stopped(True)

    def action_resume_all(self):
        """Let rules run again; what waits goes on."""
        self._set_stopped(False)
        self.env["oms.rule.inbox"]._mark_all()
        self.env["oms.job"]._wake()

    @api.model
    def _set_stopped(self, is_stopped):
        if not self.env["oms.rule"].has_access("write"):
            raise UserError(self.env._("Only an administrator of Order to Cash may stop all automation, or resume it."))
        # A system parameter is the one switch that every company and every worker reads.
        self.env["ir.config_parameter"].sudo().set_param("oms_order_to_cash.rules_stopped", is_stopped)

    # === BUSINESS METHODS === #

    @api.model
    def _is_stopped(self):
        return bool(self.env["ir.config_parameter"].sudo().get_param("oms_order_to_cash.rules_stopped"))

    @api.model
    @tools.ormcache()
    def _get_running_events(self):
        """Return what running rules wait for, so that nothing is kept for rules when there are none."""
        return frozenset(self.sudo().search([("mode", "!=", "off"), ("event", "!=", "time_passed")]).mapped("event"))
