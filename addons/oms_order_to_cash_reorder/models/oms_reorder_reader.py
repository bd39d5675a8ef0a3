"""What planning reads from stock moves: one statement per question, for all pairs of a part of the policies."""

import io
from datetime import date, datetime, timedelta

import numpy as np
import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..planning import demand, lead_time

ORIGIN = "0001-01-01"
_RECEIPT_DAYS = 730
_MEASURED_DAYS = 90
_DAY_BITS = 32

# Each move is read once, for all that planning asks of it: the day on which it was wanted, the day on which it was done,
# 0 where it doesn't count as that, and whether it was due to a customer (1) and left by then (2). Goods that are bought, made or
# fetched for one order each are asked of no stock: their moves are those that a supply of their own feeds, or that wait for one.
_MOVES = """
  WITH RECURSIVE asked AS MATERIALIZED (
       SELECT DISTINCT product_id FROM oms_reorder_policy WHERE id = ANY(%(policy_ids)s)
       ),
  own(id) AS (
       SELECT r.move_dest_id
         FROM stock_move_move_rel r
         JOIN stock_move o ON o.id = r.move_orig_id AND o.state <> 'cancel'
         JOIN asked ON asked.product_id = o.product_id
         JOIN stock_location place ON place.id = o.location_id AND place.usage IN ('supplier', 'production', 'transit')
       UNION
      SELECT r.move_id
        FROM stock_move_created_purchase_line_rel r
        JOIN purchase_order_line l ON l.id = r.created_purchase_line_id
        JOIN purchase_order bought ON bought.id = l.order_id AND bought.state <> 'cancel'
        JOIN asked ON asked.product_id = l.product_id
       UNION
      SELECT r.move_dest_id FROM own JOIN stock_move_move_rel r ON r.move_orig_id = own.id
  )
  SELECT p.id,
         CASE WHEN source.warehouse_id = p.warehouse_id
               AND dest.usage NOT IN ('inventory', 'supplier')
               AND m.create_date >= %(since)s
               AND l.oms_is_one_off IS NOT TRUE
               AND own.id IS NULL
              THEN %(wanted)s ELSE 0
           END AS wanted,
         CASE WHEN m.state = 'done' AND m.date >= %(since)s THEN %(day)s ELSE 0 END AS day,
         CASE WHEN source.warehouse_id IS DISTINCT FROM p.warehouse_id OR dest.usage <> 'customer' OR own.id IS NOT NULL THEN 0
              WHEN m.date_deadline IS NULL OR m.date_deadline < %(measured)s OR m.date_deadline >= %(today)s THEN 0
              WHEN m.state = 'done' AND %(day)s <= %(due)s THEN 2
              ELSE 1
           END AS due,
         SUM(CASE WHEN source.warehouse_id = p.warehouse_id THEN -m.product_qty ELSE m.product_qty END::float8)
    FROM oms_reorder_policy p
    JOIN stock_move m ON m.product_id = p.product_id AND m.company_id = p.company_id
    JOIN stock_location source ON source.id = m.location_id
    JOIN stock_location dest ON dest.id = m.location_dest_id
LEFT JOIN own ON own.id = m.id
LEFT JOIN sale_order_line l ON l.id = m.sale_line_id
LEFT JOIN sale_order o ON o.id = l.order_id
   WHERE p.id = ANY(%(policy_ids)s)
     AND m.state NOT IN ('draft', 'cancel')
     AND (m.create_date >= %(since)s OR m.date >= %(since)s OR m.date_deadline >= %(measured)s)
     AND source.warehouse_id IS DISTINCT FROM dest.warehouse_id
     AND p.warehouse_id IN (source.warehouse_id, dest.warehouse_id)
GROUP BY p.id, wanted, day, due
"""

# The moves are fixed before they are joined further, or else PostgreSQL would take all moves of the products instead.
_RECEIPTS = """
  WITH RECURSIVE step(line_id, asked, move_id, depth) AS (
      SELECT l.id, %(asked)s, m.id, 0
        FROM stock_move m
        JOIN purchase_order_line l ON l.id = m.purchase_line_id
        JOIN purchase_order o ON o.id = l.order_id
       WHERE m.purchase_line_id IS NOT NULL
         AND m.state = 'done'
         AND m.origin_returned_move_id IS NULL
         AND m.company_id = %(company)s
         AND m.date >= now() AT TIME ZONE 'UTC' - %(days)s * INTERVAL '1 day'
         AND m.product_id IN (SELECT product_id FROM oms_reorder_policy WHERE id = ANY(%(policy_ids)s))
         AND o.date_approve IS NOT NULL
       UNION
      SELECT step.line_id, step.asked, r.move_dest_id, step.depth + 1
        FROM step
        JOIN stock_move_move_rel r ON r.move_orig_id = step.move_id
       WHERE step.depth < 4
  ),
  came AS MATERIALIZED (
      SELECT step.line_id, step.asked, m.product_id, m.product_qty, m.date, m.location_id, m.location_dest_id
        FROM (SELECT DISTINCT line_id, asked, move_id FROM step) step
        JOIN stock_move m ON m.id = step.move_id
       WHERE m.state = 'done' AND m.product_qty > 0
  )
  SELECT came.line_id, p.id, came.product_qty, GREATEST(EXTRACT(EPOCH FROM came.date - came.asked) / 86400, 0)
    FROM came
    JOIN stock_location dest ON dest.id = came.location_dest_id
    JOIN stock_warehouse w ON w.id = dest.warehouse_id
    JOIN stock_location stock ON stock.id = w.lot_stock_id
    JOIN stock_location source ON source.id = came.location_id
    JOIN oms_reorder_policy p ON p.product_id = came.product_id AND p.warehouse_id = w.id
   WHERE p.id = ANY(%(policy_ids)s)
     AND dest.parent_path LIKE stock.parent_path || '%%'
     AND source.parent_path NOT LIKE stock.parent_path || '%%'
ORDER BY came.line_id
"""

# Of the lines of a part few are open, so that few orders are looked up.
_OPEN = """
  WITH line AS MATERIALIZED (
       SELECT p.id, p.warehouse_id, l.order_id, l.orderpoint_id, l.create_date
         FROM oms_reorder_policy p
         JOIN purchase_order_line l ON l.product_id = p.product_id AND l.company_id = p.company_id
        WHERE p.id = ANY(%(policy_ids)s)
          AND p.company_id = %(company)s
          AND l.product_qty > 0
          AND COALESCE(l.qty_received, 0) <= 0
       )
SELECT l.id, GREATEST(EXTRACT(EPOCH FROM now() AT TIME ZONE 'UTC' - %(asked)s) / 86400, 0)
  FROM line l
  JOIN purchase_order o ON o.id = l.order_id
  JOIN stock_picking_type t ON t.id = o.picking_type_id AND t.warehouse_id = l.warehouse_id
 WHERE o.state = 'purchase'
   AND o.date_approve IS NOT NULL
   AND t.code = 'incoming'
"""

# PostgreSQL's binary copy: a header, and rows of a count and, per column, a length and a value.
_HEADER = 19
_COUNT, _LENGTH, _NUMBER = ">i2", ">i4", ">f8"


class OmsReorderReader(models.AbstractModel):
    """Reads demand, stock and lead times of policies. A part is (company, ids of its policies in ascending order)."""

    _name = "oms.reorder.reader"
    _description = "Reader for Reordering"

    # === DAYS === #

    @api.model
    def _get_day(self, company, moment):
        """Return the SQL of a moment's local day, as an ordinal."""
        zone = company.partner_id.tz or "UTC"
        return SQL("(((%s) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date - %s::date + 1)", moment, zone, ORIGIN)

    @api.model
    def _get_day_of(self, company, days, moment):
        """Return the SQL of a moment's local day among these, as an ordinal; the day before the first, or the last one,
        where it lies outside.

        Looking it up among the moments at which days begin takes a fraction of what two changes of time zone do.
        """
        begins = ",".join(str(self._get_begin(company, day)) for day in days)
        return SQL("(%s + width_bucket(%s, %s::timestamp[]))", days[0] - 1, moment, f"{{{begins}}}")

    @api.model
    def _get_begin(self, company, day):
        """Return the moment, in UTC, at which a local day begins."""
        zone = pytz.timezone(company.partner_id.tz or "UTC")
        return zone.localize(datetime.fromordinal(day)).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_today(self, company):
        """Return today's ordinal where the company is."""
        zone = company.partner_id.tz or "UTC"
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), fields.Datetime.now()).toordinal()

    @api.model
    def _get_array(self, ids):
        """Return the SQL of an array of ids: as text it is read many times faster than as a list of constants."""
        return SQL("%s::int4[]", "{%s}" % ",".join(map(str, ids)))

    @api.model
    def _fetch(self, query, columns):
        """Return the columns of a query's result, numbers none of which is NULL, as arrays.

        They come in binary form: there are millions of rows, and a Python object for each value takes longer than the
        query.
        """
        names = [SQL.identifier(f"column_{number}") for number in range(columns)]
        copy = SQL(
            "COPY (SELECT %s FROM (%s) AS found(%s)) TO STDOUT (FORMAT BINARY)",
            SQL(", ").join(SQL("%s::float8", name) for name in names),
            query,
            SQL(", ").join(names),
        )
        with io.BytesIO() as buffer:
            self.env.cr.copy_expert(self.env.cr.mogrify(copy), buffer)
            content = buffer.getvalue()
        row = [("count", _COUNT)]
        for number in range(columns):
            row += [(f"length_{number}", _LENGTH), (f"value_{number}", _NUMBER)]
        kind = np.dtype(row)
        rows = np.frombuffer(content, kind, (len(content) - _HEADER) // kind.itemsize, _HEADER)
        return tuple(rows[f"value_{number}"].astype(float) for number in range(columns))

    # === MOVES === #

    @api.model
    def _read_moves(self, company, policy_ids, start):
        """Return rows (pair, day, quantity) of the moves of a part.

        ``demand``: what left the warehouses, by the day on which it was wanted; ``net``: what came less what left, by the
        day on which it did, sorted by pair and day; ``asked``: what was due to customers in the last months; ``met``: what
        of it left by its day.

        :param start: the first day, as an ordinal
        """
        pair, wanted, day, due, net = self._fetch(self._get_moves_query(company, policy_ids, start), 5)
        pair, wanted, day = np.searchsorted(policy_ids, pair), wanted.astype(np.int64), day.astype(np.int64)
        return {
            "demand": self._gather(pair, wanted, -net, wanted > 0),
            "net": self._gather(pair, day, net, day > 0),
            "asked": self._gather(pair, day * 0, -net, due > 0),
            "met": self._gather(pair, day * 0, -net, due > 1),
        }

    def _gather(self, pair, day, quantity, chosen):
        """Return chosen rows, one per pair and day, sorted."""
        key, quantity = (pair[chosen] << _DAY_BITS) + day[chosen], quantity[chosen]
        order = np.argsort(key, kind="stable")
        key, quantity = key[order], quantity[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        quantity = np.add.reduceat(quantity, first) if len(first) else quantity
        return key[first] >> _DAY_BITS, key[first] & ((1 << _DAY_BITS) - 1), quantity

    @api.model
    def _get_moves_query(self, company, policy_ids, start):
        """Return the query of what crossed the border of the warehouses.

        The border is tested on the destination of the move itself: with the final one, picking and shipping of one
        delivery would both count.
        """
        # What was done before it was entered comes from another system.
        entered = SQL("CASE WHEN m.state = 'done' THEN LEAST(m.create_date, m.date) ELSE m.create_date END")
        today = self._get_today(company)
        days = range(self._get_since(start).toordinal(), today + 2)
        return SQL(
            _MOVES,
            wanted=self._get_day_of(company, days, SQL("COALESCE(o.date_order, %s)", entered)),
            day=self._get_day_of(company, days, SQL("m.date")),
            due=self._get_day_of(company, days, SQL("m.date_deadline")),
            since=self._get_since(start),
            measured=fields.Datetime.now() - timedelta(days=_MEASURED_DAYS),
            today=self._get_begin(company, today),
            policy_ids=self._get_array(policy_ids),
        )

    def _get_since(self, start):
        """Return a moment before the first day, wherever the company is."""
        return date.fromordinal(int(start) - 3)

    # === PAST === #

    @api.model
    def _read_past(self, company, policy_ids, window_days):
        """Return the ``demand.Demand`` of a part up to yesterday, which pairs are only asked for in whole units, and of
        the last months what was due to customers, and what of it left by its day."""
        last_day = self._get_today(company) - 1
        start = last_day - window_days + 1
        moves = self._read_moves(company, policy_ids, start)
        pair, day, quantity = moves["demand"]
        first_day = self._read_first_days(company, policy_ids, last_day)
        spans = self._get_empty_spans(company, policy_ids, moves["net"], np.maximum(first_day, start), last_day)
        broken = np.abs(quantity - np.round(quantity)) > 1e-6
        whole = np.bincount(pair, broken, len(policy_ids)) == 0
        measured = [np.bincount(moves[name][0], moves[name][2], len(policy_ids)) for name in ("asked", "met")]
        return demand.Demand(pair, day, quantity, first_day, last_day, *spans), whole, measured

    # === LEAD TIMES === #

    @api.model
    def _read_receipts(self, company, policy_ids):
        """Return the ``lead_time.Receipts`` of a part."""
        line, pair, quantity, days = self._fetch(self._get_receipt_query(company, policy_ids), 4)
        lines, merged = lead_time.merge_partials(line, quantity, days) if len(line) else (line, days)
        place = np.searchsorted(lines, line)
        of = np.zeros(len(lines), np.int64)
        of[place] = np.searchsorted(policy_ids, pair)
        query = SQL(_OPEN, company=company.id, asked=self._get_asked(), policy_ids=self._get_array(policy_ids))
        late_pair, late_days = self._fetch(query, 2)
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
            policy_ids=self._get_array(policy_ids),
        )

    @api.model
    def _get_asked(self):
        return SQL("CASE WHEN l.orderpoint_id IS NOT NULL THEN l.create_date ELSE o.date_approve END")
