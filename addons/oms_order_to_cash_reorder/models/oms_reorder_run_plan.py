"""How a run plans a part of the policies."""

import numpy as np

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..planning import const, policy, ranking
from ..planning.settings import DEFAULTS

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


class OmsReorderRun(models.Model):
    _inherit = "oms.reorder.run"

    # === PLANNING === #

    def _plan(self, policies):
        """Plan policies of one company and store what was found."""
        self.ensure_one()
        self.env.flush_all()
        company, ids = self.company_id, np.array(policies.ids)
        reader = self.env["oms.reorder.reader"].with_company(company)
        rows, whole, measured = reader._read_past(company, ids, DEFAULTS.window_days)
        receipts = reader._read_receipts(company, ids)
        terms, orderpoint_ids, made = self.env["oms.reorder.terms"].with_company(company)._read_terms(policies, whole)
        result = policy.plan(rows, receipts, terms)
        result.reason = np.where((result.reason == const.NO_LEAD_TIME) & made, const.MADE, result.reason)
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
        return "{%s}" % ",".join(map(str, values)).replace("None", "NULL")
