"""What planning reads from stock moves: one statement per question, for all pairs of a part of the policies."""

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from ..planning import demand, lead_time, stock_days

_ORIGIN = "0001-01-01"
_RECEIPT_DAYS = 730
_MEASURED_DAYS = 90

_DEMAND = """
   SELECT p.id, %(wanted)s AS wanted, SUM(m.product_qty)
     FROM oms_reorder_policy p
     JOIN stock_move m ON m.product_id = p.product_id AND m.company_id = p.company_id
     JOIN stock_location source ON source.id = m.location_id AND source.warehouse_id = p.warehouse_id
     JOIN stock_location dest ON dest.id = m.location_dest_id
LEFT JOIN sale_order_line l ON l.id = m.sale_line_id
LEFT JOIN sale_order o ON o.id = l.order_id
    WHERE p.id = ANY(%(policy_ids)s)
      AND m.state NOT IN ('draft', 'cancel')
      AND m.create_date >= %(start)s::date + %(days)s * INTERVAL '1 day'
      AND dest.warehouse_id IS DISTINCT FROM p.warehouse_id
      AND dest.usage NOT IN ('inventory', 'supplier')
      AND l.oms_is_one_off IS NOT TRUE
 GROUP BY p.id, wanted
 ORDER BY p.id, wanted
"""

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

_RECEIPTS = """
  WITH RECURSIVE step(line_id, move_id, depth) AS (
      SELECT m.purchase_line_id, m.id, 0
        FROM stock_move m
       WHERE m.purchase_line_id IS NOT NULL
         AND m.state = 'done'
         AND m.origin_returned_move_id IS NULL
         AND m.company_id = %(company)s
         AND m.date >= now() AT TIME ZONE 'UTC' - %(days)s * INTERVAL '1 day'
         AND m.product_id IN (SELECT product_id FROM oms_reorder_policy WHERE id = ANY(%(policy_ids)s))
       UNION
      SELECT step.line_id, r.move_dest_id, step.depth + 1
        FROM step
        JOIN stock_move_move_rel r ON r.move_orig_id = step.move_id
       WHERE step.depth < 4
  )
  SELECT l.id, p.id, m.product_qty, GREATEST(EXTRACT(EPOCH FROM m.date - %(asked)s) / 86400, 0)
    FROM (SELECT DISTINCT line_id, move_id FROM step) step
    JOIN stock_move m ON m.id = step.move_id AND m.state = 'done' AND m.product_qty > 0
    JOIN stock_location dest ON dest.id = m.location_dest_id
    JOIN stock_warehouse w ON w.id = dest.warehouse_id
    JOIN stock_location stock ON stock.id = w.lot_stock_id
    JOIN stock_location source ON source.id = m.location_id
    JOIN purchase_order_line l ON l.id = step.line_id
    JOIN purchase_order o ON o.id = l.order_id AND o.date_approve IS NOT NULL
    JOIN oms_reorder_policy p ON p.product_id = m.product_id AND p.warehouse_id = w.id
   WHERE p.id = ANY(%(policy_ids)s)
     AND dest.parent_path LIKE stock.parent_path || '%%'
     AND source.parent_path NOT LIKE stock.parent_path || '%%'
ORDER BY l.id
"""


_MEASURED = """
   SELECT p.id, SUM(m.product_qty),
          COALESCE(SUM(m.product_qty) FILTER (WHERE m.state = 'done' AND %(left)s <= %(due)s), 0)
     FROM oms_reorder_policy p
     JOIN stock_move m ON m.product_id = p.product_id AND m.company_id = p.company_id
     JOIN stock_location source ON source.id = m.location_id AND source.warehouse_id = p.warehouse_id
     JOIN stock_location dest ON dest.id = m.location_dest_id
    WHERE p.id = ANY(%(policy_ids)s)
      AND m.state NOT IN ('draft', 'cancel')
      AND dest.usage = 'customer'
      AND m.date_deadline >= now() AT TIME ZONE 'UTC' - %(days)s * INTERVAL '1 day'
      AND %(due)s < %(today)s
 GROUP BY p.id
"""


class OmsReorderReader(models.AbstractModel):
    """Reads demand, stock and lead times of policies. A part is (company, ids of its policies in ascending order)."""

    _name = "oms.reorder.reader"
    _description = "Reader for Reordering"

    # === DAYS === #

    @api.model
    def _get_day(self, company, moment):
        """Return the SQL of a moment's local day, as an ordinal."""
        zone = company.partner_id.tz or "UTC"
        return SQL("(((%s) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date - %s::date + 1)", moment, zone, _ORIGIN)

    @api.model
    def _get_today(self, company):
        """Return today's ordinal where the company is."""
        zone = company.partner_id.tz or "UTC"
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), fields.Datetime.now()).toordinal()

    def _fetch(self, query, columns):
        """Return the columns of a query's result as arrays."""
        self.env.cr.execute(query)
        rows = np.array(self.env.cr.fetchall(), dtype=float).reshape(-1, columns)
        return tuple(rows.T)

    # === DEMAND === #

    @api.model
    def _read_demand(self, company, policy_ids, window_days):
        """Return the ``demand.Demand`` of a part up to yesterday, and which pairs are only asked for in whole units."""
        last_day = self._get_today(company) - 1
        start = last_day - window_days + 1
        pair, day, quantity = self._fetch(self._get_demand_query(company, policy_ids, start), 3)
        pair, day = np.searchsorted(policy_ids, pair), day.astype(np.int64)
        first_day = self._read_first_days(company, policy_ids, last_day)
        spans = self._read_empty_spans(company, policy_ids, np.maximum(first_day, start), last_day)
        broken = np.abs(quantity - np.round(quantity)) > 1e-6
        whole = np.bincount(pair, broken, len(policy_ids)) == 0
        return demand.Demand(pair, day, quantity, first_day, last_day, *spans), whole

    @api.model
    def _get_demand_query(self, company, policy_ids, start):
        """Return what left the warehouses, by the day on which it was wanted.

        The border is tested on the destination of the move itself: with the final one, picking and shipping of one
        delivery would both count.
        """
        # What was done before it was entered comes from another system.
        entered = SQL("CASE WHEN m.state = 'done' THEN LEAST(m.create_date, m.date) ELSE m.create_date END")
        wanted = self._get_day(company, SQL("COALESCE(o.date_order, %s)", entered))
        return SQL(
            _DEMAND,
            wanted=wanted,
            policy_ids=policy_ids.tolist(),
            start=_ORIGIN,
            days=int(start) - 3,
        )

    # === STOCK === #

    @api.model
    def _read_first_days(self, company, policy_ids, last_day):
        """Return the day of each pair's first receipt or issue, after the last day where there was none.

        It never changes any more, so that it is looked for once.
        """
        self.env.cr.execute(
            SQL(
                _FIRST_DAYS,
                origin=_ORIGIN,
                day=self._get_day(company, SQL("m.date")),
                policy_ids=policy_ids.tolist(),
            )
        )
        query = SQL(
            "SELECT COALESCE(first_date - %s::date + 1, %s) FROM oms_reorder_policy WHERE id = ANY(%s) ORDER BY id",
            _ORIGIN,
            last_day + 1,
            policy_ids.tolist(),
        )
        return self._fetch(query, 1)[0].astype(np.int64)

    @api.model
    def _read_empty_spans(self, company, policy_ids, first_day, last_day):
        """Return pair, first and last day of the spans without stock."""
        today = self._get_today(company)
        on_hand = np.zeros(len(policy_ids))
        pair, quantity = self._fetch(self._get_stock_query(policy_ids), 2)
        on_hand[np.searchsorted(policy_ids, pair)] = quantity
        start = int(first_day.min(initial=last_day))
        pair, day, net = self._fetch(self._get_net_query(company, policy_ids, start), 3)
        pair, day = np.searchsorted(policy_ids, pair), day.astype(np.int64)
        later = day >= today
        on_hand -= np.bincount(pair[later], net[later], len(policy_ids))
        seen = ~later & (day >= first_day[pair])
        return stock_days.get_empty_spans(pair[seen], day[seen], net[seen], on_hand, first_day, last_day)

    @api.model
    def _get_stock_query(self, policy_ids):
        return SQL(
            """
            SELECT p.id, SUM(q.quantity)
              FROM oms_reorder_policy p
              JOIN stock_quant q ON q.product_id = p.product_id
              JOIN stock_location l ON l.id = q.location_id AND l.warehouse_id = p.warehouse_id
             WHERE p.id = ANY(%s) AND l.usage IN ('internal', 'transit')
          GROUP BY p.id
            """,
            policy_ids.tolist(),
        )

    @api.model
    def _get_net_query(self, company, policy_ids, start):
        """Return what came into the warehouses less what left them, by day."""
        return SQL(
            """
            SELECT p.id, %(day)s AS day,
                   SUM(CASE WHEN dest.warehouse_id = p.warehouse_id THEN m.product_qty ELSE -m.product_qty END)
              FROM oms_reorder_policy p
              JOIN stock_move m ON m.product_id = p.product_id AND m.company_id = p.company_id
              JOIN stock_location source ON source.id = m.location_id
              JOIN stock_location dest ON dest.id = m.location_dest_id
             WHERE p.id = ANY(%(policy_ids)s)
               AND m.state = 'done'
               AND m.date >= %(origin)s::date + %(days)s * INTERVAL '1 day'
               AND source.warehouse_id IS DISTINCT FROM dest.warehouse_id
               AND p.warehouse_id IN (source.warehouse_id, dest.warehouse_id)
          GROUP BY p.id, day
          ORDER BY p.id, day
            """,
            day=self._get_day(company, SQL("m.date")),
            policy_ids=policy_ids.tolist(),
            origin=_ORIGIN,
            days=start - 3,
        )

    @api.model
    def _read_measured(self, company, policy_ids):
        """Return how much was due to customers in the last months, and how much of it left by its day."""
        query = SQL(
            _MEASURED,
            left=self._get_day(company, SQL("m.date")),
            due=self._get_day(company, SQL("m.date_deadline")),
            today=self._get_today(company),
            days=_MEASURED_DAYS,
            policy_ids=policy_ids.tolist(),
        )
        pair, asked, met = self._fetch(query, 3)
        place, found = np.searchsorted(policy_ids, pair), np.zeros((2, len(policy_ids)))
        found[0, place], found[1, place] = asked, met
        return found

    # === LEAD TIMES === #

    @api.model
    def _read_receipts(self, company, policy_ids):
        """Return the ``lead_time.Receipts`` of a part."""
        line, pair, quantity, days = self._fetch(self._get_receipt_query(company, policy_ids), 4)
        lines, merged = lead_time.merge_partials(line, quantity, days) if len(line) else (line, days)
        place = np.searchsorted(lines, line)
        of = np.zeros(len(lines), np.int64)
        of[place] = np.searchsorted(policy_ids, pair)
        late_pair, late_days = self._fetch(self._get_open_query(company, policy_ids), 2)
        return lead_time.Receipts(of, merged, np.searchsorted(policy_ids, late_pair), late_days)

    @api.model
    def _get_receipt_query(self, company, policy_ids):
        """Return purchase line, policy, quantity and days of what came into stock, by its last step.

        The days count from the need: the day a reordering rule asked for it, or else the vendor was asked.
        """
        return SQL(
            _RECEIPTS,
            company=company.id,
            days=_RECEIPT_DAYS,
            asked=self._get_asked(),
            policy_ids=policy_ids.tolist(),
        )

    @api.model
    def _get_asked(self):
        return SQL("CASE WHEN l.orderpoint_id IS NOT NULL THEN l.create_date ELSE o.date_approve END")

    @api.model
    def _get_open_query(self, company, policy_ids):
        """Return policy and age of confirmed purchase lines of which nothing has come yet."""
        return SQL(
            """
            SELECT p.id, GREATEST(EXTRACT(EPOCH FROM now() AT TIME ZONE 'UTC' - %(asked)s) / 86400, 0)
              FROM oms_reorder_policy p
              JOIN purchase_order_line l ON l.product_id = p.product_id AND l.company_id = p.company_id
              JOIN purchase_order o ON o.id = l.order_id
              JOIN stock_picking_type t ON t.id = o.picking_type_id AND t.warehouse_id = p.warehouse_id
             WHERE p.id = ANY(%(policy_ids)s)
               AND o.state = 'purchase'
               AND o.date_approve IS NOT NULL
               AND t.code = 'incoming'
               AND l.product_qty > 0
               AND COALESCE(l.qty_received, 0) <= 0
               AND p.company_id = %(company)s
            """,
            company=company.id,
            asked=self._get_asked(),
            policy_ids=policy_ids.tolist(),
        )
