from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....const import LANES, SEVERITIES
from ...detectors.oms_detector import PREFIX
from ...documents.asked import on_one_record

_LONGEST_SLA = 8760


class OmsIssueType(models.Model):
    """A kind of trouble an order can be in: how bad it is, who owns it, and what ends it.

    The model ``oms.detector.<code>`` finds it; docs/issues.md says when.
    """

    _name = "oms.issue.type"
    _description = "Order Issue Type"
    _order = "sequence, code"

    code = fields.Char(required=True, readonly=True, help="The detector is named after it.")
    name = fields.Char(string="Issue", required=True, translate=True)
    description = fields.Text(string="When It Is Raised", translate=True)
    lane = fields.Selection(list(LANES), required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="Switched off, it is no longer raised, and what is open is closed.")
    severity = fields.Selection(list(SEVERITIES), string="Base Severity", required=True)
    sla_hours = fields.Float(string="SLA (Hours)", help="By when somebody has to have solved it; 0 for no limit.")
    group_id = fields.Many2one("res.groups", string="Owner Role", help="Who sees it among the issues of their team.")
    verb = fields.Selection(selection="_selection_verb", string="Recommended Remedy")
    remedy_ids = fields.One2many("oms.issue.remedy", "type_id", string="Alternatives")
    open_count = fields.Integer(string="Open", compute="_compute_open_count")

    _code_unique = models.UniqueIndex("(code)")

    @api.model
    def _selection_verb(self):
        return [(code, verb._get_label()) for code, verb in self.env["oms.runner"]._get_verbs_for("sale.order").items()]

    # === COMPUTE METHODS === #

    @api.depends("name", "code")
    def _compute_display_name(self):
        for issue_type in self:
            issue_type.display_name = f"{issue_type.code} {issue_type.name}" if issue_type.code else issue_type.name

    def _compute_open_count(self):
        groups = self.env["oms.issue"]._read_group(
            [("type_id", "in", self.ids), ("state", "=", "open")], ["type_id"], ["__count"]
        )
        counts = {issue_type.id: count for issue_type, count in groups}
        for issue_type in self:
            issue_type.open_count = counts.get(issue_type.id, 0)

    # === CONSTRAINS === #

    @api.constrains("code")
    def _check_detector(self):
        for issue_type in self:
            if issue_type._get_detector() is None:
                raise ValidationError(
                    self.env._(
                        "Nothing finds the issue %(code)s: an addon has to define the model %(model)s.",
                        code=issue_type.code,
                        model=issue_type._get_detector_name(),
                    )
                )

    @api.constrains("sla_hours")
    def _check_sla_hours(self):
        for issue_type in self.filtered(lambda issue_type: not 0 <= issue_type.sla_hours <= _LONGEST_SLA):
            raise ValidationError(
                self.env._(
                    "%(issue)s: the SLA is 0 to %(hours)s hours, a year.",
                    issue=issue_type.display_name,
                    hours=_LONGEST_SLA,
                )
            )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "severity", "sla_hours"}.isdisjoint(vals):
            self.env["oms.issue"]._wake()
        return result

    # === ACTIONS === #

    @on_one_record
    def action_open_issues(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_issue_action")
        return {**action, "domain": [("type_id", "=", self.id)], "context": {"search_default_open": 1}}

    # === BUSINESS METHODS === #

    def _get_detector_name(self):
        return f"{PREFIX}{(self.code or '').lower()}"

    def _get_detector(self):
        """Return the detector that finds issues of this type, None where the addon that had it is gone."""
        self.ensure_one()
        return self.env.get(self._get_detector_name())

    def _explain(self, issue):
        """Return the chain of an issue of this type, see ``oms.detector._explain``."""
        detector = self._get_detector()
        return [] if detector is None else detector._explain(issue)
