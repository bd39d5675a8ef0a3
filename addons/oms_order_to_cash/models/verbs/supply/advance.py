from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class OmsVerbAdvancing(models.AbstractModel):
    """Drafts for later that are bought earlier, before more is bought."""

    _name = "oms.verb.advancing"
    _inherit = "oms.verb.vendor_choice"
    _description = "Advancing"

    @api.model
    def _plan_advances(self, orders, facts, plans):
        """Return {order id: {purchase line: the day to ask for instead}} of drafts that orders count on, planned too late.

        :param plans: what is bought beside that, see :meth:`_plan_buy`
        """
        bought = {shortage.move["id"]: quantity for plan in plans.values() for shortage, quantity in plan}
        pooled = {
            order.id: [
                shortage
                for shortage in facts[order.id].signals["shortages"]
                if shortage.is_pooled and shortage.answer == "purchase"
            ]
            for order in orders
        }
        product_ids = {shortage.move["product_id"] for shortages in pooled.values() for shortage in shortages}
        drafted = self.env["purchase.order.line"]._oms_read_drafted(product_ids)
        figures = {
            company: self.env["oms.vendor.performance"]._oms_read_vendors(product_ids, company.id)
            for company in orders.company_id
        }
        return {
            order.id: {
                line: day
                for shortage in pooled[order.id]
                for line, day in self._get_advances(
                    facts[order.id],
                    shortage,
                    shortage.quantity - bought.get(shortage.move["id"], 0.0),
                    drafted.get(shortage.place, []),
                    figures[order.company_id],
                )
            }
            for order in orders
        }

    @api.model
    def _get_advances(self, fact, shortage, left, drafts, figures):
        """Return [(purchase line, day)]: the first drafts that bring what is left, those planned after it is needed."""
        needed, advances = self._get_needed(fact, shortage), []
        for draft in drafts:
            if not fact.is_positive(left):
                break
            left -= draft["quantity"]
            if draft["is_open"] and draft["planned"].date() > needed.date():
                line = self.env["purchase.order.line"].browse(draft["line_id"])
                day = max(needed, self._get_soonest(line, figures))
                if day.date() < draft["planned"].date():
                    advances.append((line, day))
        return advances

    @api.model
    def _get_soonest(self, line, figures):
        """Return when the vendor of a draft's line can deliver it, ordered today."""
        line = line.sudo()  # told to salespersons as well
        offers = self._get_offers(line.product_id, line.company_id, line.product_uom_qty, {}, figures)
        days = [offer.days for offer in offers if offer.vendor == line.partner_id]
        return fields.Datetime.now() + timedelta(days=min(days, default=0))

    @api.model
    def _get_advance_text(self, line, day):
        line = line.sudo()  # told to salespersons as well
        return self.env._(
            "Brings %(purchase)s forward from %(planned)s to %(day)s.",
            purchase=line.order_id.name,
            planned=format_date(self.env, line.date_planned),
            day=format_date(self.env, day),
        )

    @api.model
    def _advance(self, lines):
        """Ask for {purchase line: day} by these days; return their purchases."""
        for line, day in lines.items():
            ahead = line.date_planned - day
            if ahead.total_seconds() > 0:  # another order may have asked for an earlier day
                line.date_planned = day
                line.order_id.date_order = max(fields.Datetime.now(), line.order_id.date_order - ahead)
        return self.env["purchase.order.line"].union(*lines).order_id
