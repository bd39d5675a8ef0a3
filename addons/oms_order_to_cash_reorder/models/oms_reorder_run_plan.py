"""How a run finds its policies and plans a part of them."""

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..planning import const, demand, policy, ranking
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
       (product_id, warehouse_id, company_id, categ_id, mode, is_pending, own_target, launch_quantity,
        create_uid, create_date, write_uid, write_date)
SELECT product.id, found.warehouse_id, %(company)s, t.categ_id, %(mode)s, FALSE, 0, 0,
       %(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'
  FROM (
       SELECT m.product_id, l.warehouse_id
         FROM stock_move m
         JOIN stock_location l ON l.id IN (m.location_id, m.location_dest_id)
        WHERE m.company_id = %(company)s
          AND m.state NOT IN ('draft', 'cancel')
          AND l.warehouse_id IS NOT NULL
        UNION
       SELECT o.product_id, o.warehouse_id
         FROM stock_warehouse_orderpoint o
        WHERE o.company_id = %(company)s AND o.active
       ) found
  JOIN stock_warehouse w ON w.id = found.warehouse_id AND w.active AND w.company_id = %(company)s
  JOIN product_product product ON product.id = found.product_id AND product.active
  JOIN product_template t ON t.id = product.product_tmpl_id AND t.active AND t.is_storable
 ORDER BY product.id, found.warehouse_id
    ON CONFLICT (product_id, warehouse_id) DO NOTHING
"""


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
            )
        )
        self.env["oms.reorder.policy"].invalidate_model()
        self._set_modes(company)

    @api.model
    def _set_modes(self, company):
        """Give policies that no run has seen yet the mode that the rules say."""
        policies = self.env["oms.reorder.policy"].search([("company_id", "=", company.id), ("last_run_id", "=", False)])
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
        policies = self.env["oms.reorder.policy"].search([("company_id", "=", company.id)], order="id")
        if not policies:
            return
        ids = np.array(policies.ids)
        start = reader._get_today(company) - _YEAR
        pair, _day, quantity = reader._fetch(reader._get_demand_query(company, ids, start), 3)
        total = np.bincount(np.searchsorted(ids, pair), quantity, len(ids))
        cost = np.array(policies.with_company(company).product_id.mapped("standard_price"))
        by_product = dict(zip(policies.product_id.ids, cost, strict=True))
        value = total * np.array([by_product[policy.product_id.id] for policy in policies])
        _warehouses, group = np.unique([policy.warehouse_id.id for policy in policies], return_inverse=True)
        classes = ranking.rank_value(group, value, len(_warehouses))
        for place, letter in enumerate(const.ABC):
            chosen = policies.browse(ids[classes == place].tolist())
            chosen.filtered(lambda policy, letter=letter: policy.abc != letter).abc = letter

    # === PLANNING === #

    def _plan(self, policies):
        """Plan policies of one company and store what was found."""
        self.ensure_one()
        self.env.flush_all()
        company, ids = self.company_id, np.array(policies.ids)
        reader = self.env["oms.reorder.reader"].with_company(company)
        rows, whole = reader._read_demand(company, ids, DEFAULTS.window_days)
        receipts = reader._read_receipts(company, ids)
        terms, orderpoint_ids = self.env["oms.reorder.terms"].with_company(company)._read_terms(policies, whole)
        result = policy.plan(rows, receipts, terms)
        measured = reader._read_measured(company, ids)
        self._store(policies, result, terms, orderpoint_ids, self._get_steadiness(rows), measured)
        return result

    def _get_steadiness(self, rows):
        statistics = demand.describe(demand.build(rows))
        return ranking.rank_steadiness(statistics.week_mean, statistics.week_variance)

    def _store(self, policies, result, terms, orderpoint_ids, steadiness, measured):
        """Write the figures of a plan to its policies, in one statement."""
        awake = np.isin(policies.ids, policies.filtered_domain(policies._get_awake_domain()).ids)
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
        self._update(
            {
                "id": ("int", policies.ids),
                **{name: ("float8", np.nan_to_num(values).tolist()) for name, values in numbers.items()},
                **{name: ("int", getattr(result, name).astype(int).tolist()) for name in _COUNTS},
                **self._name_results(result, terms, steadiness),
                "orderpoint_id": ("int", [number or None for number in orderpoint_ids.tolist()]),
                "warning_bits": ("int", result.warnings.astype(int).tolist()),
                "is_pending": ("bool", (result.write & awake).tolist()),
                "is_counted": ("bool", terms.integer.tolist()),
            }
        )
        policies.invalidate_recordset()

    def _name_results(self, result, terms, steadiness):
        return {
            "reason": ("text", self._name_codes(const.REASONS, result.reason)),
            "demand_class": ("text", self._name_codes(const.CLASSES, result.demand_class)),
            "order_limit": ("text", self._name_codes(const.LIMITS, result.limit)),
            "service": ("text", self._name_codes(const.SERVICES, terms.kind)),
            "xyz": ("text", self._name_codes(const.XYZ, steadiness)),
        }

    def _name_codes(self, names, codes):
        return np.array(names)[codes.astype(int)].tolist()

    def _update(self, columns):
        """Write columns of all rows by one statement.

        :param columns: {name: (SQL type, values)}, one of them the id
        """
        names = [name for name in columns if name != "id"]
        arrays = SQL(", ").join(SQL("%s::" + kind + "[]", values) for kind, values in columns.values())  # pylint: disable=sql-injection
        self.env.cr.execute(
            SQL(
                "UPDATE oms_reorder_policy p SET last_run_id = %s, kept_reason = NULL, %s FROM unnest(%s) AS new(%s)"
                " WHERE p.id = new.id",
                self.id,
                SQL(", ").join(SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name)) for name in names),
                arrays,
                SQL(", ").join(map(SQL.identifier, columns)),
            )
        )
