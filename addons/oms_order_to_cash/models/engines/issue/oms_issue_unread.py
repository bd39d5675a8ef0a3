import json

from odoo import api, fields, models
from odoo.tools import SQL

from .oms_issue_score import _SEVERITY, get_band

_RAISE = """
    INSERT INTO oms_issue AS issue (order_id, type_id, lane, company_id, partner_id, salesperson_id, severity, band, score,
                                    score_severity, score_urgency, score_value, score_customer, rank, amount, cost_per_day,
                                    turn, data, date_since, date_raised, date_sla, state)
    SELECT so.id, %(type_id)s, %(lane)s, so.company_id, so.partner_id, so.user_id, %(severity)s, %(band)s, %(score)s,
           %(score)s, 0, 0, 0, 0, 0, 0, 'administrator', unread.data::jsonb, %(now)s, %(now)s, %(date_sla)s, 'open'
      FROM (VALUES %(rows)s) unread (order_id, data) JOIN sale_order so ON so.id = unread.order_id
        ON CONFLICT (order_id, type_id) WHERE state IN ('open', 'dismissed')
        DO UPDATE SET data = EXCLUDED.data WHERE issue.data IS DISTINCT FROM EXCLUDED.data
 RETURNING id, order_id, xmax = 0
"""


class OmsIssue(models.Model):
    """What can be said of an order that can't be read: nothing is known of its issues, so they stay as they are."""

    _inherit = "oms.issue"

    @api.model
    def _raise_unread(self, texts):
        """Raise, as a failed automation, that these orders can't be read; it ends when they are.

        :param dict texts: {order id: why}
        :return: set of the orders' ids whose issues changed
        """
        issue_type = self.env["oms.issue.type"].search([("code", "=", "X1")])
        changed = set()
        if issue_type:
            kind, now, score = self._prepare_kind(issue_type), fields.Datetime.now(), _SEVERITY[issue_type.severity]
            rows = [(order_id, json.dumps({"errors": [text]})) for order_id, text in texts.items()]
            self.env.cr.execute(
                SQL(
                    _RAISE,
                    **{name: kind[name] for name in ("type_id", "lane", "severity")},
                    band=get_band(score, issue_type.severity == "critical"),
                    score=score,
                    now=now,
                    date_sla=kind["sla"] and now + kind["sla"],
                    rows=SQL(", ").join(SQL("%s", row) for row in rows),
                )
            )
            raised = self.env.cr.fetchall()
            self._log_events([issue_id for issue_id, _order_id, is_new in raised if is_new], "issue_raised")
            changed = {order_id for _issue_id, order_id, _is_new in raised}
        self._store_summary(list(texts))
        return changed
