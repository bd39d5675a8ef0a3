"""How a run finds what is to be planned, and how much it matters."""

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..planning import const, ranking

_YEAR = 364

# Moves are summed by product and locations first: of those sums there are few to join. They are read as they lie on the
# disk (OFFSET 0): an index in the order of the sums would look for each of them. What is stored is materialized: else
# PostgreSQL, which takes the sums for few, would look for the product of each of them.
_PAIRS = """
    WITH storable AS MATERIALIZED (
         SELECT product.id
           FROM product_product product
           JOIN product_template t ON t.id = product.product_tmpl_id AND t.active AND t.is_storable
          WHERE product.active
         )
  SELECT product.id, w.id, COALESCE(MIN(%(first_day)s), 0), SUM(found.issued)
    FROM (
         SELECT moved.product_id, side.warehouse_id, moved.first, side.issued
           FROM (
                SELECT m.product_id, m.location_id, m.location_dest_id,
                       MIN(m.date) FILTER (WHERE m.state = 'done') AS first,
                       COALESCE(SUM(m.product_qty) FILTER (
                           WHERE m.create_date >= %(since)s AND l.oms_is_one_off IS NOT TRUE
                       ), 0) AS issued
                  FROM (
                       SELECT product_id, location_id, location_dest_id, date, state, product_qty, create_date, sale_line_id
                         FROM stock_move
                        WHERE company_id = %(company)s AND state NOT IN ('draft', 'cancel')
                       OFFSET 0
                       ) m
             LEFT JOIN sale_order_line l ON l.id = m.sale_line_id
              GROUP BY m.product_id, m.location_id, m.location_dest_id
                ) moved
           JOIN stock_location source ON source.id = moved.location_id
           JOIN stock_location dest ON dest.id = moved.location_dest_id
     CROSS JOIN LATERAL (
                VALUES (source.warehouse_id,
                        CASE WHEN dest.warehouse_id IS DISTINCT FROM source.warehouse_id
                              AND dest.usage NOT IN ('inventory', 'supplier')
                             THEN moved.issued ELSE 0
                          END),
                       (dest.warehouse_id, 0)
                ) side(warehouse_id, issued)
      UNION ALL
         SELECT o.product_id, o.warehouse_id, NULL, 0
           FROM stock_warehouse_orderpoint o
          WHERE o.company_id = %(company)s AND o.active
         ) found
    JOIN stock_warehouse w ON w.id = found.warehouse_id AND w.active AND w.company_id = %(company)s
    JOIN storable product ON product.id = found.product_id
GROUP BY product.id, w.id
"""

_MAKE = """
INSERT INTO oms_reorder_policy
       (product_id, warehouse_id, company_id, categ_id, first_date, abc, mode, is_pending, own_target, launch_quantity,
        create_uid, create_date, write_uid, write_date)
SELECT product.id, new.warehouse_id, %(company)s, t.categ_id, '0001-01-01'::date + (NULLIF(new.first_day, 0) - 1), new.abc,
       %(mode)s, FALSE, 0, 0, %(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'
  FROM (%(pairs)s) new
  JOIN product_product product ON product.id = new.product_id
  JOIN product_template t ON t.id = product.product_tmpl_id
 WHERE NOT EXISTS (
       SELECT 1 FROM oms_reorder_policy p WHERE p.product_id = product.id AND p.warehouse_id = new.warehouse_id
       )
 ORDER BY product.id, new.warehouse_id
    ON CONFLICT (product_id, warehouse_id) DO NOTHING
"""

_RANK = """
UPDATE oms_reorder_policy p
   SET abc = ranked.abc
  FROM (
       SELECT known.id, COALESCE(new.abc, %(last)s) AS abc
         FROM oms_reorder_policy known
    LEFT JOIN (%(pairs)s) new ON new.product_id = known.product_id AND new.warehouse_id = known.warehouse_id
        WHERE known.company_id = %(company)s
       ) ranked
 WHERE ranked.id = p.id AND p.abc IS DISTINCT FROM ranked.abc
"""

# From that many new ones on, PostgreSQL is told: it would read a year of moves by plans that fit a handful.
_MANY = 1000


class OmsReorderRun(models.Model):
    _inherit = "oms.reorder.run"

    @api.model
    def _find_policies(self, company):
        """Make a policy for each storable product and warehouse that has seen moves, or has a reordering rule.

        Each gets its value class, within its warehouse, by the issues of a year.
        """
        self.env.flush_all()
        product, warehouse, first_day, issued = self._read_pairs(company)
        letters = self._rank(company, product, warehouse, issued)
        pairs = SQL(
            "SELECT * FROM unnest(%s::int4[], %s::int4[], %s::int4[], %s::varchar[])"
            " AS pair(product_id, warehouse_id, first_day, abc)",
            *map(self._to_array, (product.tolist(), warehouse.tolist(), first_day.tolist(), letters)),
        )
        self.env.cr.execute(
            SQL(_MAKE, pairs=pairs, company=company.id, mode=company.oms_reorder_mode, user=self.env.uid)
        )
        if self.env.cr.rowcount >= _MANY:
            self.env.cr.execute("ANALYZE oms_reorder_policy")
        self.env.cr.execute(SQL(_RANK, pairs=pairs, company=company.id, last=const.ABC[-1]))
        self.env["oms.reorder.policy"].invalidate_model()
        self._set_modes(company)

    @api.model
    def _read_pairs(self, company):
        """Return product, warehouse, first day as an ordinal (0 without) and issues of a year, as arrays."""
        reader = self.env["oms.reorder.reader"]
        query = SQL(
            _PAIRS,
            company=company.id,
            first_day=reader._get_day(company, SQL("found.first")),
            since=reader._get_since(reader._get_today(company) - _YEAR),
        )
        product, warehouse, first_day, issued = reader._fetch(query, 4)
        return product.astype(np.int64), warehouse.astype(np.int64), first_day.astype(np.int64), issued

    @api.model
    def _rank(self, company, product, warehouse, issued):
        """Return the letter of the value class of each pair, within its warehouse."""
        cost = self.env["oms.reorder.policy"].with_company(company)._read_of_products(product, "standard_price")
        warehouses, group = np.unique(warehouse, return_inverse=True)
        return self._name_codes(const.ABC, ranking.rank_value(group, issued * cost, len(warehouses)))

    @api.model
    def _set_modes(self, company):
        """Give policies that no run has seen yet the mode that the rules say."""
        if not self.env["oms.reorder.rule"].search_count([("company_id", "=", company.id), ("mode", "!=", False)]):
            return
        domain = [("company_id", "=", company.id), ("last_run_id", "=", False)]
        policies = self.env["oms.reorder.policy"].search(domain, order="id")
        if not policies:
            return
        columns = self.env["oms.reorder.terms"]._read_columns(policies)
        found = self.env["oms.reorder.rule"]._get_terms(
            company, columns["product"], columns["categ"], columns["abc"], columns["warehouse"]
        )
        for mode in set(found["mode"].tolist()) - {""}:
            policies.browse(np.array(policies.ids)[found["mode"] == mode].tolist()).mode = mode
