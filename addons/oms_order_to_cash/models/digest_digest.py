from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DigestDigest(models.Model):
    """The morning's mail: what stands between orders and their cash, and how that moved."""

    _inherit = "digest.digest"

    kpi_oms_open_issues = fields.Boolean("Open Order Issues")
    kpi_oms_open_issues_value = fields.Integer(compute="_compute_kpi_oms_open_issues_value")
    kpi_oms_critical_issues = fields.Boolean("Critical Order Issues")
    kpi_oms_critical_issues_value = fields.Integer(compute="_compute_kpi_oms_critical_issues_value")
    kpi_oms_closed_issues = fields.Boolean("Order Issues Solved")
    kpi_oms_closed_issues_value = fields.Integer(compute="_compute_kpi_oms_closed_issues_value")

    # === COMPUTE METHODS === #

    def _compute_kpi_oms_open_issues_value(self):
        self._store_issue_counts("kpi_oms_open_issues_value", self._get_open_issues_domain())

    def _compute_kpi_oms_critical_issues_value(self):
        critical = self._get_open_issues_domain() & Domain("band", "=", "critical")
        self._store_issue_counts("kpi_oms_critical_issues_value", critical)

    def _compute_kpi_oms_closed_issues_value(self):
        start, end, _companies = self._get_kpi_compute_parameters()
        closed = Domain("state", "=", "closed") & Domain("date_closed", ">", start) & Domain("date_closed", "<=", end)
        self._store_issue_counts("kpi_oms_closed_issues_value", closed)

    # === BUSINESS METHODS === #

    def _get_open_issues_domain(self):
        """Return what was open at the end of the period; dismissed issues are nobody's work."""
        _start, end, _companies = self._get_kpi_compute_parameters()
        still_open = Domain("state", "=", "open") | (Domain("state", "=", "closed") & Domain("date_closed", ">", end))
        return Domain("date_raised", "<=", end) & still_open

    def _store_issue_counts(self, field_name, domain):
        """Count issues per company, as far as the reader of the mail may see them."""
        issues = self.env["oms.issue"]
        if not issues.has_access("read"):
            raise AccessError(self.env._("You see no orders, so this part of the mail is left out."))
        _start, _end, companies = self._get_kpi_compute_parameters()
        groups = issues._read_group(domain & Domain("company_id", "in", companies.ids), ["company_id"], ["__count"])
        counts = {company: count for company, count in groups}
        for digest in self:
            digest[field_name] = counts.get(digest.company_id or self.env.company, 0)

    def _compute_kpis_actions(self, company, user):
        action = f"oms_order_to_cash.oms_issue_action?menu_id={self.env.ref('oms_order_to_cash.oms_menu_root').id}"
        names = ("kpi_oms_open_issues", "kpi_oms_critical_issues", "kpi_oms_closed_issues")
        return {**super()._compute_kpis_actions(company, user), **dict.fromkeys(names, action)}
