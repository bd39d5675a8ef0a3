"""How a run finds its policies and plans a part of them."""

import numpy as np

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..planning import const, policy, ranking
from ..planning.settings import DEFAULTS

_YEAR = 364

# Columns of oms_reorder_policy and their SQL type, in the order in which they are written.
_NUMBERS = (
    "mean",
    "variance",
    "lead_mean",
    "lead_demand",
    "lead_demand_variance",
    "undershoot",
    "undershoot_variance",
    "late_days",
    "order_quantity",
    "price",
    "target",
    "level",
    "minimum",
    "maximum",
    "safety_stock",
    "fill",
    "cycle",
    "old_fill",
    "old_stock_value",
    "stock",
    "stock_value",
)
_COUNTS = ("days", "left_out", "capped", "receipts")

_POLICIES = """
INSERT INTO oms_reorder_policy
       (product_id, warehouse_id, company_id, categ_id, first_date, mode, is_pending, own_target, launch_quantity,
        create_uid, create_date, write_uid, write_date)
SELECT product.id, found.warehouse_id, %(company)s, t.categ_id, %(first_date)s, %(mode)s, FALSE, 0, 0,
       %(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'
  FROM (
       SELECT moved.product_id, l.warehouse_id, moved.first
         FROM (
              SELECT m.product_id, m.location_id, m.location_dest_id, MIN(m.date) FILTER (WHERE m.state = 'done') AS first
                FROM stock_move m
               WHERE m.company_id = %(company)s AND m.state NOT IN ('draft', 'cancel')
            GROUP BY m.product_id, m.location_id, m.location_dest_id
              ) moved
         JOIN stock_location l ON l.id IN (moved.location_id, moved.location_dest_id)
        WHERE l.warehouse_id IS NOT NULL
    UNION ALL
       SELECT o.product_id, o.warehouse_id, NULL
         FROM stock_warehouse_orderpoint o
        WHERE o.company_id = %(company)s AND o.active
       ) found
  JOIN stock_warehouse w ON w.id = found.warehouse_id AND w.active AND w.company_id = %(company)s
  JOIN product_product product ON product.id = found.product_id AND product.active
  JOIN product_template t ON t.id = product.product_tmpl_id AND t.active AND t.is_storable
 WHERE NOT EXISTS (
       SELECT 1 FROM oms_reorder_policy p WHERE p.product_id = product.id AND p.warehouse_id = found.warehouse_id
       )
 GROUP BY product.id, found.warehouse_id, t.categ_id
 ORDER BY product.id, found.warehouse_id
    ON CONFLICT (product_id, warehouse_id) DO NOTHING
"""
# From that many new ones on, PostgreSQL is told: it would read a year of moves by plans that fit a handful.
_MANY = 1000


class OmsReorderRun(models.Model):
    _inherit = "oms.reorder.run"

    # === POLICIES === #

    @api.model
    def _find_policies(self, company):
        """Make a policy for each storable product and warehouse that has seen moves, or has a reordering rule."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                _POLICIES,
                company=company.id,
                mode=company.oms_reorder_mode,
                user=self.env.uid,
                first_date=self.env["oms.reorder.reader"]._get_date(company, SQL("MIN(found.first)")),
            )
        )
        if self.env.cr.rowcount >= _MANY:
            self.env.cr.execute("ANALYZE oms_reorder_policy")
        self.env["oms.reorder.policy"].invalidate_model()
        self._set_modes(company)

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

    @api.model
    def _rank(self, company):
        """Give each policy its value class, within its warehouse, by the issues of a year."""
        reader = self.env["oms.reorder.reader"]
        policies = self.env["oms.reorder.policy"].search_fetch(
            [("company_id", "=", company.id)], ["product_id", "warehouse_id"], order="id"
        )
        if not policies:
            return
        ids = np.array(policies.ids)
        issued = reader._read_issued(company, ids, reader._get_today(company) - _YEAR)
        value = issued * policies._map_product("standard_price")
        warehouses, group = np.unique([policy.warehouse_id.id for policy in policies], return_inverse=True)
        classes = ranking.rank_value(group, value, len(warehouses))
        self._update({"id": policies.ids, "abc": self._name_codes(const.ABC, classes)})
        policies.invalidate_model()

    # === PLANNING === #

    def _plan(self, policies):
        """Plan policies of one company and store what was found."""
        self.ensure_one()
        self.env.flush_all()
        company, ids = self.company_id, np.array(policies.ids)
        reader = self.env["oms.reorder.reader"].with_company(company)
        rows, whole, measured = reader._read_past(company, ids, DEFAULTS.window_days)
        receipts = reader._read_receipts(company, ids)
        terms, orderpoint_ids = self.env["oms.reorder.terms"].with_company(company)._read_terms(policies, whole)
        result = policy.plan(rows, receipts, terms)
        self._store(policies, result, terms, orderpoint_ids, measured)
        return result

    def _store(self, policies, result, terms, orderpoint_ids, measured):
        """Write the figures of a plan to its policies, in one statement."""
        awake = policies.search(Domain("id", "in", policies.ids) & policies._get_awake_domain(), order="id")
        numbers = {
            **{name: getattr(result, name) for name in _NUMBERS},
            "lead_deviation": np.sqrt(result.lead_variance),
            "declared": terms.declared,
            "measured_asked": measured[0],
            "measured_met": measured[1],
            "measured_fill": np.divide(measured[1], measured[0], out=np.zeros(len(policies)), where=measured[0] > 0),
            "moq": terms.moq,
            "pack": terms.pack,
            "old_minimum": terms.old_min,
            "old_maximum": terms.old_max,
        }
        columns = {
            "id": policies.ids,
            **{name: np.nan_to_num(values).tolist() for name, values in numbers.items()},
            **{name: getattr(result, name).astype(int).tolist() for name in _COUNTS},
            **self._name_results(result, terms),
            "orderpoint_id": [number or None for number in orderpoint_ids.tolist()],
            "warning_bits": result.warnings.astype(int).tolist(),
            "is_pending": (result.write & np.isin(policies.ids, awake.ids)).tolist(),
            "is_counted": terms.integer.tolist(),
            "kept_reason": [None] * len(policies),
        }
        self._update(columns, SQL("last_run_id = %s", self.id))
        policies.invalidate_model()

    def _name_results(self, result, terms):
        steadiness = ranking.rank_steadiness(result.week_mean, result.week_variance)
        return {
            "reason": self._name_codes(const.REASONS, result.reason),
            "demand_class": self._name_codes(const.CLASSES, result.demand_class),
            "order_limit": self._name_codes(const.LIMITS, result.limit),
            "service": self._name_codes(const.SERVICES, terms.kind),
            "xyz": self._name_codes(const.XYZ, steadiness),
        }

    def _name_codes(self, names, codes):
        return np.array(names)[codes.astype(int)].tolist()

    @api.model
    def _update(self, columns, mark=None):
        """Write columns of policies by one statement; rows that have these values already are left alone.

        :param columns: {name: values}, one of them the id
        :param mark: what else to set of the rows that are written, as SQL
        """
        kinds = self.env["oms.reorder.policy"]._fields
        names = [name for name in columns if name != "id"]
        # An array as text is read many times faster than one of constants.
        arrays = [
            SQL("%s::%s[]", self._to_array(values), SQL(kinds[name].column_type[1]))  # pylint: disable=sql-injection
            for name, values in columns.items()
        ]
        assigned = [SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name)) for name in names]
        self.env.cr.execute(
            SQL(
                "UPDATE oms_reorder_policy p SET %s FROM unnest(%s) AS new(%s)"
                " WHERE p.id = new.id AND (%s) IS DISTINCT FROM (%s)",
                SQL(", ").join([*assigned, mark] if mark else assigned),
                SQL(", ").join(arrays),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(SQL.identifier("p", name) for name in names),
                SQL(", ").join(SQL.identifier("new", name) for name in names),
            )
        )

    def _to_array(self, values):
        """Return numbers, switches and codes as PostgreSQL writes an array of them."""
        return "{%s}" % ",".join("NULL" if value is None else str(value) for value in values)
