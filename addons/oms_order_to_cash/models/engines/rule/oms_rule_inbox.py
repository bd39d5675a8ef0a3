from odoo import api, fields, models
from odoo.tools import SQL


class OmsRuleInbox(models.Model):
    """Events that no rule has looked at yet: written with the event, taken by the refresh of its order.

    Insert-only until then, so that an event never waits for anybody. Empty as long as no rule runs.
    """

    _name = "oms.rule.inbox"
    _description = "Events For Rules"
    _log_access = False

    # Plain integers: a foreign key would lock the order's row each time something happens to it.
    order_id = fields.Integer(required=True, index=True)
    event_id = fields.Integer(required=True)
    event = fields.Char(string="Kind", required=True)
    detail = fields.Char(help="The stage entered, or the type of the issue raised.")
    date = fields.Datetime(required=True)

    @api.model
    def _mark_all(self):
        """Have every order looked at again whose events nobody has taken."""
        self.env.cr.execute("SELECT DISTINCT order_id FROM oms_rule_inbox")
        self.env["oms.flow.dirty"]._mark("sale.order", [order_id for (order_id,) in self.env.cr.fetchall()])

    @api.model
    def _take(self, order_ids):
        """Take what happened to these orders, oldest first; return a list of dicts, one per event, as ``oms.rule._read_past`` does."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM oms_rule_inbox WHERE id IN (
                    SELECT id FROM oms_rule_inbox WHERE order_id = ANY(%s) FOR UPDATE SKIP LOCKED
                ) RETURNING event_id, order_id, event, detail, date, date AS date_due""",
                list(order_ids),
            )
        )
        return sorted(self.env.cr.dictfetchall(), key=lambda row: row["event_id"])
