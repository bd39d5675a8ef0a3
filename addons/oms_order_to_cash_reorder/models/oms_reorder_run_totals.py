"""What a run changes as a whole: stock and service before it and after it."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_order_to_cash.models.documents.asked import on_one_record

_TOTALS = """
  WITH figures AS (
       SELECT old_stock_value, old_fill, mean * price AS weight,
              is_pending OR EXISTS (SELECT 1 FROM oms_reorder_change c WHERE c.policy_id = p.id AND c.run_id = %(run)s)
              AS changes, stock_value, fill
         FROM oms_reorder_policy p
        WHERE p.company_id = %(company)s AND p.reason IN ('planned', 'dead', 'make_to_order')
       )
  SELECT COALESCE(SUM(old_stock_value), 0),
         COALESCE(SUM(CASE WHEN changes THEN stock_value ELSE old_stock_value END), 0),
         COALESCE(SUM(old_fill * weight) / NULLIF(SUM(weight), 0), 0),
         COALESCE(SUM(CASE WHEN changes THEN fill ELSE old_fill END * weight) / NULLIF(SUM(weight), 0), 0)
    FROM figures
"""


class OmsReorderRun(models.Model):
    _inherit = "oms.reorder.run"

    currency_id = fields.Many2one(related="company_id.currency_id")
    stock_before = fields.Monetary(readonly=True, string="Expected Stock Before")
    stock_after = fields.Monetary(
        readonly=True, string="Expected Stock After", help="Once what it wrote and proposes is in use."
    )
    fill_before = fields.Float(readonly=True, digits=0, string="Expected Fill Rate Before")
    fill_after = fields.Float(readonly=True, digits=0, string="Expected Fill Rate After")
    unplanned = fields.Integer(
        readonly=True, string="Can't Be Planned", help="Products without a vendor, and new ones with nothing to go by."
    )
    verdict = fields.Char(compute="_compute_verdict", string="Before and After")

    @api.depends("state", "stock_before", "stock_after", "fill_before", "fill_after")
    def _compute_verdict(self):
        for run in self:
            run.verdict = run._get_verdict() if run.state == "done" else ""

    def _get_verdict(self):
        self.ensure_one()
        return self.env._(
            "Stock %(stock_before)s, then %(stock_after)s. Demand met at once %(fill_before).1f %%, then "
            "%(fill_after).1f %%.",
            stock_before=self.currency_id.format(self.stock_before),
            stock_after=self.currency_id.format(self.stock_after),
            fill_before=100 * self.fill_before,
            fill_after=100 * self.fill_after,
        )

    def _read_totals(self):
        """Return what changes as a whole, as values of the run."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(SQL(_TOTALS, run=self.id, company=self.company_id.id))
        found = self.env.cr.fetchone()
        names = ("stock_before", "stock_after", "fill_before", "fill_after")
        unplanned = self.env["oms.reorder.policy"].search_count(
            [("company_id", "=", self.company_id.id), ("reason", "in", ("no_lead_time", "no_prior", "no_history"))]
        )
        return {**dict(zip(names, found, strict=True)), "unplanned": unplanned}

    @on_one_record
    def action_open_unplanned(self):
        """Open the products that could not be planned."""
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash_reorder.oms_reorder_policy_action")
        return {**action, "context": {"search_default_unplanned": 1}}

    @on_one_record
    def action_open_proposals(self):
        """Open the proposals of the company."""
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash_reorder.oms_reorder_policy_action")
        return {**action, "domain": [("company_id", "=", self.company_id.id)]}
