from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class OmsDetectorR1(models.AbstractModel):
    _name = "oms.detector.r1"
    _inherit = "oms.detector"
    _description = "Return announced, not received"

    @api.model
    def _read_signals(self, facts):
        company_ids = {fact.header["company_id"] for fact in facts.values()}
        # The scan reads orders of all companies, whoever's click it runs in.
        companies = self.env["res.company"].sudo().browse(company_ids)
        days = {company.id: company.oms_return_reminder_days for company in companies}
        for fact in facts.values():
            fact.signals["return_days"] = days[fact.header["company_id"]]

    @api.model
    def _find(self, facts):
        """Find announced returns that are late by more days than the company allows."""
        now, findings = fields.Datetime.now(), {}
        for order_id, fact in facts.items():
            limit = now - timedelta(days=fact.signals["return_days"])
            late = [move for move in fact.moves if move["is_return"] and move["deadline"] < limit]
            if late:
                since = min(move["deadline"] for move in late)
                findings[order_id] = self._prepare_finding(
                    fact,
                    "customer",
                    since=since,
                    amount=0.0,
                    pickings=sorted({move["picking_id"] for move in late if move["picking_id"]}),
                )
        return findings

    @api.model
    def _explain(self, issue):
        # A salesperson sees what was announced; who may not open the transfer gets words alone.
        pickings = self.env["stock.picking"].sudo().browse((issue.data or {}).get("pickings", [])).exists()
        chain = []
        for picking in pickings:
            goods = ", ".join(
                f"{move.product_uom_qty:g} {move.product_uom.name} {move.product_id.display_name}"
                for move in picking.move_ids
                if move.state not in ("done", "cancel")
            )
            text = self.env._(
                "%(transfer)s: %(goods)s announced for %(date)s",
                transfer=picking.name,
                goods=goods,
                date=format_date(self.env, picking.scheduled_date),
            )
            chain.append(self._link(text, picking, "warning"))
            if picking.oms_return_reminded_on:
                date = format_date(self.env, picking.oms_return_reminded_on)
                chain.append(self._link(self.env._("The customer was reminded on %(date)s", date=date)))
        return chain
