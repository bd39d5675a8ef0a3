from odoo import api, models
from odoo.tools import format_date


class OmsDetectorR2(models.AbstractModel):
    _name = "oms.detector.r2"
    _inherit = "oms.detector"
    _description = "Returned, not credited or exchanged"

    @api.model
    def _find(self, facts):
        """Find orders of which the customer paid or owes more than what he keeps, and has neither money nor new goods for it."""
        lane = self.env["oms.lane.return"]
        return {
            order_id: self._prepare_finding(
                fact,
                "accounting",
                amount=lane._get_amount_not_kept(fact),
                lines={str(line_id): quantity for line_id, quantity in lane._get_owed_quantities(fact).items()},
            )
            for order_id, fact in facts.items()
            if lane._get_amount_not_kept(fact)
        }

    @api.model
    def _explain(self, issue):
        # Who sees the order sees what came back of it, whatever else they may read.
        order = issue.order_id.sudo()
        owed = {int(line_id): quantity for line_id, quantity in (issue.data or {}).get("lines", {}).items()}
        pickings = order.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_id.usage == "customer"
        )
        chain = [
            self._link(
                self.env._(
                    "%(transfer)s came back on %(date)s",
                    transfer=picking.name,
                    date=format_date(self.env, picking.date_done),
                ),
                picking,
            )
            for picking in pickings
        ]
        chain += [
            self._link(self._get_owed_text(line, owed[line.id]), None, "danger")
            for line in order.order_line.filtered(lambda line: line.id in owed)
        ]
        invoices = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice" and move.state == "posted")
        chain += [
            self._link(self.env._("Invoiced on %(invoice)s", invoice=invoice.name), invoice) for invoice in invoices
        ]
        return chain

    @api.model
    def _get_owed_text(self, line, quantity):
        name = line.product_id.display_name or line.name
        unit = line.product_uom_id.name or ""
        if line.is_downpayment:
            return self.env._("%(line)s is taken off no invoice", line=name)
        if line.price_unit < 0:
            return self.env._("%(discount)s goes with it", discount=name)
        if line.order_id.state == "cancel":
            return self.env._(
                "%(quantity)g %(unit)s of %(product)s billed, the order is cancelled",
                quantity=quantity,
                unit=unit,
                product=name,
            )
        if not quantity:
            return self.env._("%(product)s is not credited in full", product=name)
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s neither credited nor replaced",
            quantity=quantity,
            unit=unit,
            product=name,
        )
