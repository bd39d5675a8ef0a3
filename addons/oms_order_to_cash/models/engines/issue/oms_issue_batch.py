from odoo import api, fields, models
from odoo.tools import SQL

from ..flow.oms_flow import UNFINISHED

# Orders looked at in one transaction.
_SIZE = 2000


class OmsIssueBatch(models.Model):
    """Unfinished orders that the running look for issues has still to look at.

    Who takes part in the look locks one batch after the other, and deletes it with what was found. A batch whose worker dies
    is free again for the next.
    """

    _name = "oms.issue.batch"
    _description = "Orders To Look At"
    _log_access = False

    order_ids = fields.Json(required=True, help="Ids of orders of one stage, customer by customer.")

    @api.model
    def _plan(self):
        """Cut the unfinished orders into batches, in place of what nobody works on; return them.

        Orders of one stage need the same to be read, and those of one customer share it. What takes longest comes first, so
        that no worker waits long for another's last batch.
        """
        self.env.cr.execute(
            "DELETE FROM oms_issue_batch WHERE id IN (SELECT id FROM oms_issue_batch FOR UPDATE SKIP LOCKED)"
        )
        self.env.cr.execute(
            SQL(
                """
            INSERT INTO oms_issue_batch (order_ids)
            SELECT JSONB_AGG(order_id) FROM (
                SELECT stage, order_id,
                       (ROW_NUMBER() OVER (PARTITION BY stage ORDER BY partner_id, order_id) - 1) / %s AS number
                  FROM oms_flow WHERE %s
              ) numbered
          GROUP BY stage, number ORDER BY COUNT(*) DESC, stage DESC, number
         RETURNING id
            """,
                _SIZE,
                SQL(UNFINISHED),
            )
        )
        return self._fetch()

    @api.model
    def _claim(self):
        """Lock the next batch that nobody works on until the end of the transaction; return it."""
        self.env.cr.execute("SELECT id FROM oms_issue_batch ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
        return self._fetch()

    @api.model
    def _fetch(self):
        return self.browse([batch_id for (batch_id,) in self.env.cr.fetchall()])
