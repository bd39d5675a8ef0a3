from odoo import api, fields, models
from odoo.fields import Domain


class OmsFlow(models.Model):
    _inherit = "oms.flow"

    open_issue_ids = fields.One2many(
        "oms.issue",
        string="Open Issues",
        compute="_compute_open_issue_ids",
        search="_search_open_issue_ids",
        help="All that asks for attention now, not the worst alone.",
    )
    open_issue_type_id = fields.Many2one(
        "oms.issue.type", string="Issue", compute="_compute_open_issue_ids", search="_search_open_issue_type_id"
    )
    open_issue_owner_id = fields.Many2one(
        "res.users", string="Issue Owner", compute="_compute_open_issue_ids", search="_search_open_issue_owner_id"
    )

    # === COMPUTE METHODS === #

    @api.depends("issue_count")
    def _compute_open_issue_ids(self):
        issues = self.env["oms.issue"]
        found = issues.search(issues._get_active_domain() & Domain("order_id", "in", self.order_id.ids))
        by_order = found.grouped("order_id")
        for flow in self:
            flow.open_issue_ids = by_order.get(flow.order_id, issues)
            flow.open_issue_type_id = flow.open_issue_ids[:1].type_id
            flow.open_issue_owner_id = flow.open_issue_ids[:1].owner_id

    def _search_open_issue_ids(self, operator, value):
        """Find orders by their open issues: one subquery on the issues, whose own rules are those of the orders."""
        if operator not in ("any", "in"):
            return NotImplemented
        issues = self.env["oms.issue"]
        wanted = Domain(value) if operator == "any" else Domain("id", "in", value)
        found = issues._search(issues._get_active_domain() & wanted)
        return [("order_id", "in", found.subselect("order_id"))]

    def _search_open_issue_type_id(self, operator, value):
        return Domain("open_issue_ids", "any", Domain("type_id", operator, value))

    def _search_open_issue_owner_id(self, operator, value):
        return Domain("open_issue_ids", "any", Domain("owner_id", operator, value))
