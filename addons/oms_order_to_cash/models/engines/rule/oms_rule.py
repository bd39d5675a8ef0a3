from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ....const import STAGES

# What starts a rule. All but the last two are events of the order's timeline.
_EVENTS = (
    ("placed", "An order is placed"),
    ("confirmed", "An order is confirmed"),
    ("reserved", "All its goods are reserved"),
    ("shipped", "A part of it is shipped"),
    ("delivered", "All of it is delivered"),
    ("invoiced", "An invoice of it is posted"),
    ("paid", "An invoice of it is paid"),
    ("issue_raised", "An issue is raised"),
    ("stage", "It enters a stage"),
)
_CLOSED = ("closed", "cancelled")


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
    event = fields.Selection(list(_EVENTS), string="When", required=True, default="confirmed")
    issue_type_id = fields.Many2one("oms.issue.type", string="Which Issue", help="Empty: any.")
    stage = fields.Selection(list(STAGES), string="Which Stage")
    domain = fields.Char(string="For Which Orders", required=True, default="[]")
    step_ids = fields.One2many("oms.rule.step", "rule_id", string="Do", copy=True)
    is_exclusive = fields.Boolean(
        string="Last Rule", help="No later rule acts on the same event of an order that this one takes."
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
    match_count = fields.Integer(string="Open Orders Like This", compute="_compute_match_count")

    # === COMPUTE METHODS === #

    @api.depends("domain", "company_id")
    def _compute_match_count(self):
        for rule in self:
            try:
                orders = Domain("order_id", "any", rule._get_order_domain())
                rule.match_count = self.env["oms.flow"].search_count(orders & Domain("stage", "not in", _CLOSED))
            except (SyntaxError, ValueError):
                rule.match_count = 0  # a domain half written; saving it is refused in words

    # === CONSTRAINS === #

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            if not rule.domain.strip():
                raise ValidationError(
                    self.env._("%(rule)s: say for which orders; [] stands for all of them.", rule=rule.name)
                )
            try:
                self.env["sale.order"].search_count(rule._get_order_domain(), limit=1)
            except Exception as error:  # whatever is wrong with a domain, its author has to hear of it
                raise ValidationError(
                    self.env._("The orders of %(rule)s can't be read: %(error)s", rule=rule.name, error=error)
                ) from error

    @api.constrains("grace_hours")
    def _check_grace_hours(self):
        for rule in self.filtered(lambda rule: rule.grace_hours < 0):
            raise ValidationError(self.env._("%(rule)s: a grace period can't be negative.", rule=rule.name))

    @api.constrains("mode", "event", "stage", "step_ids")
    def _check_complete(self):
        for rule in self.filtered(lambda rule: rule.mode != "off"):
            if not rule.step_ids:
                raise ValidationError(self.env._("%(rule)s does nothing: add a step first.", rule=rule.name))
            if rule.event == "stage" and not rule.stage:
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
        result = super().write(vals)
        if vals.get("mode", "off") != "off":
            stopped._start()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _start(self):
        if self:
            self.date_started = self.env.cr.now()

    # === ACTIONS === #

    def action_set_mode(self, mode):
        """Switch these rules on, off, or to shadow; what waits of a rule that is switched off is not run."""
        self.check_access("write")
        self.mode = mode

    @api.model
    def action_stop_all(self):
        """Stop every rule at once: nothing is matched, and what waits is left waiting."""
        self._set_stopped(True)

    @api.model
    def action_resume_all(self):
        """Let rules run again; what waits goes on."""
        self._set_stopped(False)
        self.env["oms.rule.inbox"]._mark_all()
        self.env["oms.job"]._wake()

    @api.model
    def _set_stopped(self, is_stopped):
        if not self.has_access("write"):
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
        return frozenset(self.sudo().search([("mode", "!=", "off")]).mapped("event"))

    def _get_order_domain(self):
        """Return the domain of this rule's orders."""
        self.ensure_one()
        company = Domain("company_id", "=", self.company_id.id) if self.company_id else Domain.TRUE
        return company & self._get_own_domain()

    def _get_own_domain(self):
        return Domain(literal_eval(self.domain or "[]"))
