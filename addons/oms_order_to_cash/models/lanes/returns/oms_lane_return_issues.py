from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class OmsLaneReturn(models.AbstractModel):
    _inherit = "oms.lane.return"

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        company_ids = {fact.header["company_id"] for fact in facts.values()}
        # The scan reads orders of all companies, whoever's click it runs in.
        companies = self.env["res.company"].sudo().browse(company_ids)
        days = {company.id: company.oms_return_reminder_days for company in companies}
        for fact in facts.values():
            fact.signals["return_days"] = days[fact.header["company_id"]]
        return result

    # === R1: RETURN ANNOUNCED, NOT RECEIVED === #

    @api.model
    def _detect_r1(self, facts):
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
    def _explain_r1(self, issue):
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

    # === R2: RETURNED, NOT CREDITED OR EXCHANGED === #

    @api.model
    def _detect_r2(self, facts):
        """Find orders of which the customer paid or owes more than what he keeps, and has neither money nor new goods for it."""
        return {
            order_id: self._prepare_finding(
                fact,
                "accounting",
                amount=self._get_amount_not_kept(fact),
                lines={str(line_id): quantity for line_id, quantity in self._get_owed_quantities(fact).items()},
            )
            for order_id, fact in facts.items()
            if fact.lanes["return"]["state"] == "doing"
        }

    @api.model
    def _explain_r2(self, issue):
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
