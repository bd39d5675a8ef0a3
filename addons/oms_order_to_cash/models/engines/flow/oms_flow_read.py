from odoo import api, fields, models

from ....const import SEVERITIES, STAGES

# Closed orders in no trouble, which only ever grow, stay out of what the cockpit opens with.
_IS_OPEN = (
    "WHERE stage IN ('quotation', 'check', 'supply', 'pick', 'ship', 'invoice', 'payment') OR issue_band IS NOT NULL"
)
# Groups of these stand in the order of the flow, and the worst first, not in that of the alphabet.
_GROUP_ORDER = {
    "stage": [stage for stage, _label in STAGES],
    "issue_band": [*(band for band, _label in reversed(SEVERITIES)), False],
}
_KEPT_STATES = ("none", "done")


class OmsFlow(models.Model):
    _inherit = "oms.flow"

    promise_pending = fields.Boolean(
        string="Promise Open",
        compute="_compute_pending",
        help="Something promised to the customer has not left yet.",
    )
    deadline_pending = fields.Boolean(
        string="Deadline Open",
        compute="_compute_pending",
        help="The order still has a step to run before its deadline.",
    )
    has_runnable_action = fields.Boolean(
        string="Can Go On",
        compute="_compute_has_runnable_action",
        help="The user may run or open the next action now.",
    )
    next_action_hint = fields.Char(
        string="Who Runs It", compute="_compute_has_runnable_action", help="Who has to, where the user may not."
    )

    hold_text = fields.Char(string="Why It Is on Hold", compute="_compute_hold_text")

    # The list in its order; and what tiles and chips add up, in the order they group it, answered without reading the rows.
    # A salesperson's own rule asks for the user, the filters of issues for the order.
    _open_idx = models.Index(f"(issue_rank DESC, next_deadline, id DESC) {_IS_OPEN}")
    _tiles_idx = models.Index(f"(stage, issue_band, company_id) INCLUDE (user_id, order_id, amount_open) {_IS_OPEN}")

    def init(self):
        # An index answers alone only for what was vacuumed: of very many orders, that must not wait for a fifth of them.
        self.env.cr.execute(
            "ALTER TABLE oms_flow SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02)"
        )

    # === COMPUTE METHODS === #

    @api.depends("stage", "lane_delivery", "date_promised", "next_deadline")
    def _compute_pending(self):
        for flow in self:
            flow.promise_pending = bool(flow.date_promised) and flow.lane_delivery not in _KEPT_STATES
            flow.deadline_pending = bool(flow.next_deadline) and flow.stage not in ("closed", "cancelled")

    @api.depends("next_action")
    @api.depends_context("uid")
    def _compute_has_runnable_action(self):
        hints = {action: self._get_step_hint(action) for action in set(self.mapped("next_action"))}
        for flow in self:
            flow.next_action_hint = hints[flow.next_action] or False
            flow.has_runnable_action = flow.next_action not in (False, "wait") and not flow.next_action_hint

    @api.model
    def _get_step_hint(self, action):
        """Return who has to take a step, in words, empty where the user may."""
        groups = self._get_step_groups(action)
        if not groups or self.env.su or self.env.user.has_groups(groups):
            return ""
        return self.env["oms.runner"]._get_doers_text(groups)

    @api.depends("is_held")
    def _compute_hold_text(self):
        held = self.filtered("is_held")
        texts = held.order_id._oms_get_hold_texts() if held else {}
        for flow in self:
            flow.hold_text = texts.get(flow.order_id.id, False)

    # === READS === #

    @api.model
    def web_search_read(self, domain, specification, offset=0, limit=None, order=None, count_limit=None):
        self._catch_up()
        return super().web_search_read(domain, specification, offset, limit, order, count_limit)

    @api.model
    def web_read_group(self, domain, groupby, *args, **kwargs):
        self._catch_up()
        result = super().web_read_group(domain, groupby, *args, **kwargs)
        [first, *_others] = groupby or [None]
        if first in _GROUP_ORDER and not kwargs.get("order"):
            result["groups"].sort(key=lambda group: _GROUP_ORDER[first].index(group[first]))
        return result

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        # The list stands in the order of the rank for everybody; how much money that is, only some may read.
        flows = self.sudo() if field_name == "issue_rank" else self
        return super(OmsFlow, flows)._order_field_to_sql(alias, field_name, direction, nulls, query)

    # Core serves both on a read-only cursor; reading a flow first writes what was marked as changed.
    web_search_read._readonly = False
    web_read_group._readonly = False
