from odoo import api, models
from odoo.tools import SQL

from ..transaction import find_culprits, get_error_text

# Of an order that could never be read nothing is known but its state.
_PLACEHOLDERS = """
    INSERT INTO oms_flow (order_id, company_id, partner_id, user_id, team_id, warehouse_id, date_order, stage_since, stage,
                          lane_order, lane_supply, lane_delivery, lane_invoice, lane_payment, lane_return,
                          issue_count, issue_score, issue_rank, read_error)
    SELECT so.id, so.company_id, so.partner_id, so.user_id, so.team_id, so.warehouse_id, so.date_order, so.date_order,
           CASE so.state WHEN 'cancel' THEN 'cancelled' WHEN 'sale' THEN 'check' ELSE 'quotation' END,
           'none', 'none', 'none', 'none', 'none', 'none', 0, 0, 0, unread.error
      FROM (VALUES %s) unread (order_id, error) JOIN sale_order so ON so.id = unread.order_id
        ON CONFLICT (order_id) DO UPDATE SET read_error = EXCLUDED.read_error
     WHERE oms_flow.read_error IS DISTINCT FROM EXCLUDED.read_error
 RETURNING id
"""


class OmsFlow(models.Model):
    """Orders that can't be read: something in them, or in an addon, makes their reading fail."""

    _inherit = "oms.flow"

    @api.model
    def _read_lanes_of_all(self, order_ids):
        """Read the facts and lanes of these orders, whatever some of them run into.

        :return: {order id: OrderFacts}, {order id: what the reading of the others raised}
        """
        facts = {}

        def read(batch):
            with self.env.cr.savepoint(flush=False):
                facts.update(self._read_lanes(batch))

        return facts, find_culprits(read, order_ids)

    @api.model
    def _store_unread(self, errors):
        """Keep the last known state of orders that can't be read, and say so on them and as an issue.

        They are tried again with the next mark, and by each regular look.

        :param dict errors: {order id: what their reading raised}
        :return: ids of the flows that changed
        """
        if not errors:
            return []
        texts = {order_id: get_error_text(error) for order_id, error in errors.items()}
        self.env.cr.execute(SQL(_PLACEHOLDERS, SQL(", ").join(SQL("%s", row) for row in texts.items())))
        changed = [flow_id for (flow_id,) in self.env.cr.fetchall()]
        raised = self.env["oms.issue"]._raise_unread(texts)
        return changed + self.sudo().search([("order_id", "in", list(raised))]).ids
