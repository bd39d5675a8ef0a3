from bisect import bisect_left
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Placed by the same customer within this time, the same goods are asked about.
_WINDOW = timedelta(hours=48)

# What the customers of these orders placed around them, where other orders of theirs have the same goods. However many an order
# could repeat, each of them is read once: the times around orders that lie close together are one span. Goods are added
# up into one number, quantities by a hash of 64 bits of their products, which no other goods share but by a chance of one in
# many billions. Each step stands apart, or orders would be joined by their goods first: of what everybody buys, that are as
# many as the orders squared.
_ALIKE = """
      WITH asked AS (
          SELECT so.company_id, customer.commercial_partner_id AS customer_id, so.date_order,
                 so.date_order - LAG(so.date_order) OVER placed > %(before)s + %(after)s AS is_apart
            FROM sale_order so JOIN res_partner customer ON customer.id = so.partner_id
           WHERE so.id = ANY(%(order_ids)s) AND so.state IN ('draft', 'sent', 'sale')
          WINDOW placed AS (PARTITION BY so.company_id, customer.commercial_partner_id ORDER BY so.date_order)
      ), span AS MATERIALIZED (
          SELECT company_id, customer_id, number, MIN(date_order) - %(before)s AS since, MAX(date_order) + %(after)s AS until
            FROM (SELECT *, COUNT(*) FILTER (WHERE is_apart) OVER (
                            PARTITION BY company_id, customer_id ORDER BY date_order) AS number FROM asked) numbered
        GROUP BY company_id, customer_id, number
      ), near AS MATERIALIZED (
          SELECT * FROM (
              SELECT so.id, so.date_order, COALESCE(so.client_order_ref, '') AS reference, span.company_id, span.customer_id,
                     COUNT(*) OVER (PARTITION BY span.company_id, span.customer_id, span.number) AS number
                FROM span
                JOIN res_partner member ON member.commercial_partner_id = span.customer_id
                JOIN sale_order so ON so.partner_id = member.id AND so.company_id = span.company_id
                                  AND so.date_order BETWEEN span.since AND span.until
               WHERE so.state IN ('draft', 'sent', 'sale') AND NOT %(is_cart)s) placed
           WHERE number > 1
      ), goods AS MATERIALIZED (
          SELECT sol.order_id, SUM(ROUND((sol.product_uom_qty * uom.factor)::numeric, 4) * HASHINT8EXTENDED(sol.product_id, 0)) AS sum
            FROM sale_order_line sol
            JOIN uom_uom uom ON uom.id = sol.product_uom_id
           WHERE sol.order_id = ANY(ARRAY(SELECT id FROM near))
             AND sol.display_type IS NULL AND sol.is_downpayment IS NOT TRUE AND sol.is_delivery IS NOT TRUE
             AND sol.product_uom_qty > 0
        GROUP BY sol.order_id
      )
    SELECT ARRAY_AGG(near.id ORDER BY near.date_order, near.id), ARRAY_AGG(near.date_order ORDER BY near.date_order, near.id),
           ARRAY_AGG(near.reference ORDER BY near.date_order, near.id)
      FROM near JOIN goods ON goods.order_id = near.id
  GROUP BY near.company_id, near.customer_id, goods.sum
    HAVING COUNT(*) > 1
"""


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _oms_twins_idx = models.Index("(partner_id, date_order) WHERE state IN ('draft', 'sent', 'sale')")

    @api.model
    def _oms_read_twins(self, order_ids):
        """Read which of these orders repeat an earlier one: same commercial customer and company, products and quantities.

        Two references of the customer that differ tell two orders apart.

        :return: {order id: id of the earliest order that it repeats}
        """
        order_ids = set(order_ids)
        return {later: first for later, first in self._oms_find_twins(order_ids) if later in order_ids}

    @api.model
    def _oms_read_repeating(self, order_ids):
        """Return the ids of the orders that repeat one of these and were not found to, or the other way round."""
        order_ids = set(order_ids)
        twins = {(later, first) for later, first in self._oms_find_twins(order_ids, _WINDOW) if first in order_ids}
        return {later for later, _first in twins ^ self._oms_read_found_twins(order_ids)}

    @api.model
    def _oms_read_found_twins(self, order_ids):
        """Return the set of (later, earlier) of the orders that were found to repeat one of these."""
        if not order_ids:
            return set()
        query = """
            SELECT issue.order_id, (issue.data ->> 'earlier_id')::int
              FROM oms_issue issue JOIN oms_issue_type type ON type.id = issue.type_id AND type.code = 'O5'
             WHERE issue.state IN ('open', 'dismissed') AND (issue.data ->> 'earlier_id')::int = ANY(%s)"""
        self.env.cr.execute(SQL(query, list(order_ids)))
        return set(self.env.cr.fetchall())

    @api.model
    def _oms_find_twins(self, order_ids, after=timedelta()):
        """Yield (later, earliest that it repeats) of these orders, and of what their customers placed up to so long after.

        Pairs of other orders come along, whose earliest may lie before what is read.
        """
        if not order_ids:
            return
        self.env.cr.execute(
            SQL(
                _ALIKE,
                order_ids=list(order_ids),
                before=_WINDOW,
                after=after,
                is_cart=self._oms_get_cart_query("so"),
            )
        )
        for ids, dates, references in self.env.cr.fetchall():
            yield from self._oms_pair_twins(list(zip(dates, ids, strict=True)), references)

    @api.model
    def _oms_pair_twins(self, placed, references):
        """Yield the pairs among orders of the same goods.

        :param placed: list of (date, order id), ascending
        :param references: of the customer, "" where there is none, which agrees with any
        """
        by_reference = {}
        for order, reference in zip(placed, references, strict=True):
            by_reference.setdefault(reference, []).append(order)
        for order, reference in zip(placed, references, strict=True):
            agreeing = [by_reference[reference], by_reference.get("", [])] if reference else [placed]
            # Found by halves: of very many equal orders each would else be held against all before it.
            starts = [(orders, bisect_left(orders, (order[0] - _WINDOW,))) for orders in agreeing]
            first = min((orders[start] for orders, start in starts if start < len(orders)), default=order)
            if first < order:
                yield order[1], first[1]
