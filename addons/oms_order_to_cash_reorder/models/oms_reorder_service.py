from odoo import fields, models
from odoo.tools import SQL, frozendict

from odoo.addons.oms_order_to_cash.models.documents.asked import on_one_record

from .oms_reorder_policy import CLASSES

_QUERY = """
   SELECT MIN(p.id) * 2 + %(odd)s AS id, p.company_id, %(abc)s AS abc, %(pattern)s AS demand_class,
          COUNT(*) AS policies,
          SUM(p.measured_asked * p.price) AS asked_value,
          SUM(p.measured_asked * p.price * p.target) / SUM(p.measured_asked * p.price) AS target,
          SUM(p.measured_asked * p.price * p.old_fill) / SUM(p.measured_asked * p.price) AS expected,
          SUM(p.measured_met * p.price) / SUM(p.measured_asked * p.price) AS achieved,
          SUM((p.measured_met - p.measured_asked * p.target) * p.price) / SUM(p.measured_asked * p.price) AS gap
     FROM oms_reorder_policy p
    WHERE p.measured_asked > 0 AND p.price > 0 AND %(has)s IS NOT NULL
 GROUP BY p.company_id, %(has)s
"""

_COLUMNS = (
    "abc",
    "company_id",
    "demand_class",
    "measured_asked",
    "measured_met",
    "old_fill",
    "price",
    "target",
)


class OmsReorderService(models.Model):
    """Which service was achieved beside what was aimed at, by class, for the last 90 days."""

    _name = "oms.reorder.service"
    _description = "Achieved Service"
    _auto = False
    _order = "company_id, abc, demand_class"
    _depends = frozendict({"oms.reorder.policy": _COLUMNS})

    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one(related="company_id.currency_id")
    abc = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="ABC")
    demand_class = fields.Selection(CLASSES, string="Pattern")
    policies = fields.Integer(string="Products")
    asked_value = fields.Monetary(string="Due in 90 Days", help="At cost.")
    target = fields.Float(help="What was aimed at, weighted by the value that was due.")
    expected = fields.Float(help="What the minimum and maximum in use are expected to serve.")
    achieved = fields.Float(help="Share of what was due in the last 90 days that left by its day, by value.")
    gap = fields.Float(string="Above Target", help="Achieved less target.")

    @property
    def _table_query(self):
        """Return one row per company and ABC class, and one per company and pattern."""
        parts = (
            (0, SQL("p.abc"), SQL("NULL::varchar"), SQL("p.abc")),
            (1, SQL("NULL::varchar"), SQL("p.demand_class"), SQL("p.demand_class")),
        )
        return SQL(" UNION ALL ").join(
            SQL(_QUERY, odd=odd, abc=abc, pattern=pattern, has=has) for odd, abc, pattern, has in parts
        )

    @on_one_record
    def action_open_policies(self):
        """Open the policies of a class, the worst served first."""
        kind = "abc" if self.abc else "demand_class"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash_reorder.oms_reorder_policy_action"),
            "domain": [
                ("company_id", "=", self.company_id.id),
                (kind, "=", self[kind]),
                ("measured_asked", ">", 0),
            ],
            "context": {},
        }
