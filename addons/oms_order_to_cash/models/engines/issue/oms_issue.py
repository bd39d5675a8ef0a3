from odoo import api, fields, models
from odoo.fields import Domain

from ....const import LANES, MONEY_GROUPS, SEVERITIES, TURNS


class OmsIssue(models.Model):
    """One trouble of one order: what it costs, who has to act, and until when.

    Detectors raise, refresh and close issues (:meth:`_reconcile`); people own, snooze, comment and dismiss them.
    """

    _name = "oms.issue"
    _inherit = ("mail.thread", "mail.activity.mixin")
    _description = "Order Issue"
    _order = "rank desc, score desc, id desc"
    _mail_post_access = "read"

    type_id = fields.Many2one("oms.issue.type", string="Issue", required=True, readonly=True)
    code = fields.Char(related="type_id.code")
    lane = fields.Selection(list(LANES), required=True, readonly=True)
    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    # Only searched for: as a column it would be one more key to check for each issue raised.
    team_id = fields.Many2one(related="order_id.team_id")

    state = fields.Selection(
        [("open", "Open"), ("dismissed", "Dismissed"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        help="A dismissed issue stays away until its cause is gone; a closed one has no cause any more.",
    )
    severity = fields.Selection(list(SEVERITIES), required=True, readonly=True)
    band = fields.Selection(list(SEVERITIES), required=True, readonly=True)
    score = fields.Integer(readonly=True, help="0 to 600: severity + urgency + value + customer.")
    score_severity = fields.Integer(readonly=True)
    score_urgency = fields.Integer(readonly=True)
    score_value = fields.Integer(readonly=True)
    score_customer = fields.Integer(readonly=True)
    rank = fields.Float(readonly=True, groups=MONEY_GROUPS, help="Money at stake x urgency, in company currency.")
    amount = fields.Monetary(string="Money at Stake", readonly=True, groups=MONEY_GROUPS)
    cost_per_day = fields.Monetary(readonly=True, groups=MONEY_GROUPS, help="What each further day costs.")
    turn = fields.Selection(list(TURNS), string="Whose Turn", readonly=True)
    data = fields.Json(readonly=True, help="The documents that prove it.")

    date_raised = fields.Datetime(string="Raised", readonly=True)
    date_since = fields.Datetime(string="Since", readonly=True, help="When the trouble began.")
    date_deadline = fields.Datetime(string="Deadline", readonly=True, help="When it begins to hurt the customer or us.")
    date_sla = fields.Datetime(string="SLA", readonly=True)
    date_closed = fields.Datetime(string="Closed On", readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    close_code = fields.Selection(
        [
            ("cleared", "Its cause is gone"),
            ("accepted", "Accepted as it is"),
            ("agreed", "Agreed with the customer"),
            ("wrong", "Raised wrongly"),
            ("other", "Other"),
        ],
        readonly=True,
    )
    close_note = fields.Char(string="Closing Note", readonly=True)
    owner_id = fields.Many2one("res.users", readonly=True, tracking=True)
    snoozed_until = fields.Datetime(readonly=True, tracking=True)

    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")
    is_my_team = fields.Boolean(compute="_compute_is_my_team", search="_search_is_my_team")
    is_snoozed = fields.Boolean(compute="_compute_is_snoozed", search="_search_is_snoozed")
    is_sla_breached = fields.Boolean(compute="_compute_is_sla_breached", search="_search_is_sla_breached")

    # A trouble is open once per order; what is dismissed keeps its place until the cause is gone. With it stands what the
    # cockpit's filters ask of the issues of each open order, answered without reading the rows.
    _open_unique = models.UniqueIndex(
        "(order_id, type_id) INCLUDE (state, owner_id, snoozed_until, date_sla, lane, company_id, salesperson_id)"
        " WHERE state IN ('open', 'dismissed')"
    )
    _rank_idx = models.Index("(rank DESC, score DESC, id DESC) WHERE state = 'open'")
    _type_idx = models.Index("(type_id) INCLUDE (company_id, salesperson_id, band, amount) WHERE state = 'open'")
    # Most have no owner, and few are put away: these stay small, and raising an issue passes them by.
    _owner_idx = models.Index("(owner_id) WHERE state = 'open' AND owner_id IS NOT NULL")
    _snoozed_idx = models.Index("(snoozed_until) WHERE state = 'open' AND snoozed_until IS NOT NULL")

    def init(self):
        # As on oms_flow: filters and figures are answered from the indexes of what was vacuumed.
        self.env.cr.execute(
            "ALTER TABLE oms_issue SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02)"
        )

    # === COMPUTE METHODS === #

    @api.depends("type_id", "order_id")
    def _compute_display_name(self):
        for issue in self:
            issue.display_name = f"{issue.order_id.name}: {issue.type_id.name}"

    @api.depends_context("uid")
    @api.depends("owner_id")
    def _compute_is_mine(self):
        for issue in self:
            issue.is_mine = issue.owner_id == self.env.user

    def _search_is_mine(self, operator, value):
        return NotImplemented if operator != "in" else [("owner_id", "=", self.env.uid)]

    @api.depends_context("uid")
    @api.depends("type_id.group_id")
    def _compute_is_my_team(self):
        for issue in self:
            issue.is_my_team = issue.type_id.sudo().group_id in self.env.user.all_group_ids

    def _search_is_my_team(self, operator, value):
        return NotImplemented if operator != "in" else [("type_id.group_id", "in", self.env.user.all_group_ids.ids)]

    @api.depends("snoozed_until")
    def _compute_is_snoozed(self):
        now = fields.Datetime.now()
        for issue in self:
            issue.is_snoozed = bool(issue.snoozed_until) and issue.snoozed_until > now

    def _search_is_snoozed(self, operator, value):
        return NotImplemented if operator != "in" else [("snoozed_until", ">", fields.Datetime.now())]

    @api.depends("date_sla", "state")
    def _compute_is_sla_breached(self):
        now = fields.Datetime.now()
        for issue in self:
            issue.is_sla_breached = issue.state == "open" and bool(issue.date_sla) and issue.date_sla < now

    def _search_is_sla_breached(self, operator, value):
        return NotImplemented if operator != "in" else self._get_breached_domain()

    # === BUSINESS METHODS === #

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        # Lists stand in the order of the rank for everybody; how much money that is, only some may read.
        issues = self.sudo() if field_name == "rank" else self
        return super(OmsIssue, issues)._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _get_breached_domain(self):
        return Domain("state", "=", "open") & Domain("date_sla", "<", fields.Datetime.now())

    @api.model
    def _get_active_domain(self):
        """Return what asks for attention now: open, and not snoozed."""
        awake = Domain("snoozed_until", "=", False) | Domain("snoozed_until", "<=", fields.Datetime.now())
        return Domain("state", "=", "open") & awake
