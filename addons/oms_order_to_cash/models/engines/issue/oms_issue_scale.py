from bisect import bisect_right

from odoo import api, fields, models
from odoo.tools import SQL

_STEPS = 20


class OmsIssueScale(models.Model):
    """What the open orders of a company are worth, as quantiles: how an amount compares with the others."""

    _name = "oms.issue.scale"
    _description = "Order Value Scale"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    thresholds = fields.Json(required=True, help="Ascending amounts in company currency, at equal steps of the orders.")

    _company_unique = models.UniqueIndex("(company_id)")

    @api.model
    def _update(self):
        """Read the scale of each company from its open orders."""
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO oms_issue_scale (company_id, thresholds)
            SELECT company_id, TO_JSONB(PERCENTILE_CONT(%s::float[]) WITHIN GROUP (ORDER BY amount_open))
              FROM oms_flow WHERE stage NOT IN ('closed', 'cancelled') AND amount_open > 0 GROUP BY company_id
            ON CONFLICT (company_id) DO UPDATE SET thresholds = EXCLUDED.thresholds
             WHERE oms_issue_scale.thresholds IS DISTINCT FROM EXCLUDED.thresholds
            """,
                [step / _STEPS for step in range(1, _STEPS)],
            )
        )

    @api.model
    def _read(self):
        """Return {company id: thresholds}."""
        self.env.cr.execute("SELECT company_id, thresholds FROM oms_issue_scale")
        return dict(self.env.cr.fetchall())

    @api.model
    def _get_percentile(self, thresholds, amount):
        """Return the share of open orders below this amount, 0 to 1 in steps of 1/20; 0.5 where there is no scale yet."""
        return bisect_right(thresholds, amount) / _STEPS if thresholds else 0.5
