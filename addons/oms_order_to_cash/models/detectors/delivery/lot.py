from odoo import api, models
from odoo.tools import format_datetime


class OmsDetectorP4(models.AbstractModel):
    _name = "oms.detector.p4"
    _inherit = "oms.detector"
    _description = "Lot missing, expired or gone"

    @api.model
    def _find(self, facts):
        """Find what is reserved without a lot that it needs, of an expired lot, or of one that is not there."""
        findings = {}
        for order_id, fact in facts.items():
            lines = fact.signals["bad_lots"]
            if lines:
                deadlines = [move["deadline"] for move in fact.outward_moves if move["deadline"]]
                findings[order_id] = self._prepare_finding(
                    fact, "warehouse", deadline=min(deadlines, default=None), lines=[line["id"] for line in lines]
                )
        return findings

    @api.model
    def _explain(self, issue):
        lines = self.env["stock.move.line"].sudo().browse((issue.data or {}).get("lines", [])).exists()
        problems = {line["id"]: line["problem"] for line in lines._oms_read_bad_lots(lines.move_id.ids)}
        return [
            self._link(self._get_lot_text(line, problems[line.id]), line.lot_id or line.picking_id, "danger")
            for line in lines
            if line.id in problems
        ]

    @api.model
    def _get_lot_text(self, line, problem):
        names = {
            "transfer": line.picking_id.name,
            "product": line.product_id.display_name,
            "quantity": line.quantity,
            "unit": line.product_uom_id.name,
            "lot": line.lot_id.name,
        }
        if problem == "missing":
            return self.env._("%(transfer)s: no lot is chosen for %(quantity)g %(unit)s of %(product)s", **names)
        if problem == "expired":
            date = format_datetime(self.env, line.lot_id.expiration_date)
            return self.env._("%(transfer)s: lot %(lot)s of %(product)s expired on %(date)s", date=date, **names)
        return self.env._(
            "%(transfer)s: %(place)s holds less of lot %(lot)s of %(product)s than the %(quantity)g %(unit)s reserved",
            place=line.location_id.display_name,
            **names,
        )
