"""When pairs had stock, and since when they are known."""

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..planning import stock_days
from .oms_reorder_reader import ORIGIN

_FIRST_DAYS = """
UPDATE oms_reorder_policy p
   SET first_date = %(origin)s::date + (found.day - 1)
  FROM (
       SELECT p.id, MIN(%(day)s) AS day
         FROM oms_reorder_policy p
         JOIN stock_move m ON m.product_id = p.product_id AND m.company_id = p.company_id
         JOIN stock_location source ON source.id = m.location_id
         JOIN stock_location dest ON dest.id = m.location_dest_id
        WHERE p.id = ANY(%(policy_ids)s)
          AND p.first_date IS NULL
          AND m.state = 'done'
          AND p.warehouse_id IN (source.warehouse_id, dest.warehouse_id)
     GROUP BY p.id
       ) found
 WHERE found.id = p.id
"""


class OmsReorderReader(models.AbstractModel):
    _inherit = "oms.reorder.reader"

    @api.model
    def _read_first_days(self, company, policy_ids, last_day):
        """Return the day of each pair's first receipt or issue, after the last day where there was none.

        It never changes any more, so that it is looked for once.
        """
        self.env.cr.execute(
            SQL(
                _FIRST_DAYS,
                origin=ORIGIN,
                day=self._get_day(company, SQL("m.date")),
                policy_ids=self._get_array(policy_ids),
            )
        )
        query = SQL(
            "SELECT COALESCE(first_date - %s::date + 1, %s) FROM oms_reorder_policy WHERE id = ANY(%s) ORDER BY id",
            ORIGIN,
            last_day + 1,
            self._get_array(policy_ids),
        )
        return self._fetch(query, 1)[0].astype(np.int64)

    def _get_empty_spans(self, company, policy_ids, net_rows, first_day, last_day):
        """Return pair, first and last day of the spans without stock."""
        today = self._get_today(company)
        pair, day, net = self._add_expired(company, policy_ids, net_rows)
        later = day >= today
        on_hand = self._read_stock(policy_ids) - np.bincount(pair[later], net[later], len(policy_ids))
        seen = ~later & (day >= first_day[pair])
        return stock_days.get_empty_spans(pair[seen], day[seen], net[seen], on_hand, first_day, last_day)

    @api.model
    def _read_stock(self, policy_ids):
        """Return what is on hand now, and not due to be removed: where lots expire, those serve nobody any more."""
        query = SQL(
            """
            SELECT p.id, SUM(q.quantity)
              FROM oms_reorder_policy p
              JOIN stock_quant q ON q.product_id = p.product_id
              JOIN stock_location l ON l.id = q.location_id AND l.warehouse_id = p.warehouse_id
             WHERE p.id = ANY(%s) AND l.usage IN ('internal', 'transit') AND NOT %s
          GROUP BY p.id
            """,
            self._get_array(policy_ids),
            self._get_is_expired(),
        )
        pair, quantity = self._fetch(query, 2)
        on_hand = np.zeros(len(policy_ids))
        on_hand[np.searchsorted(policy_ids, pair)] = quantity
        return on_hand

    @api.model
    def _get_is_expired(self):
        """Return, as SQL, whether the stock ``q`` is to be removed by now; lots expire where that app is installed."""
        if not self.env["stock.quant"]._oms_knows_expiry():
            return SQL("FALSE")
        return SQL("(q.removal_date IS NOT NULL AND q.removal_date < now() AT TIME ZONE 'UTC')")

    @api.model
    def _add_expired(self, company, policy_ids, net_rows):
        """Return the rows of what came and went, with what expired since it came: on that day it was stock no more."""
        if not self.env["stock.quant"]._oms_knows_expiry():
            return net_rows
        query = SQL(
            """
            SELECT p.id, %s, -SUM(q.quantity)
              FROM oms_reorder_policy p
              JOIN stock_quant q ON q.product_id = p.product_id AND %s
              JOIN stock_location l ON l.id = q.location_id AND l.warehouse_id = p.warehouse_id
             WHERE p.id = ANY(%s) AND l.usage IN ('internal', 'transit')
          GROUP BY 1, 2
            """,
            self._get_day(company, SQL("GREATEST(q.removal_date, q.in_date)")),
            self._get_is_expired(),
            self._get_array(policy_ids),
        )
        pair, day, net = self._fetch(query, 3)
        rows = [np.searchsorted(policy_ids, pair), day.astype(np.int64), net]
        pair, day, net = (np.concatenate(parts) for parts in zip(net_rows, rows, strict=True))
        return self._gather(pair, day, net, np.ones(len(pair), bool))
