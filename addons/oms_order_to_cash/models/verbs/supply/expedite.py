from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ...documents.handed import Handed

_lt = LazyTranslate(__name__)


class OmsVerbExpedite(models.AbstractModel):
    _name = "oms.verb.expedite"
    _inherit = "oms.verb"
    _description = "Expedite purchase"

    _label = _lt("Expedite purchase")
    _lane = "supply"
    _groups = "purchase.group_purchase_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        rest = orders.filtered(lambda order: order.id not in obstacles)
        late = self._get_documents(rest)
        return {**obstacles, **{order.id: self._get_expedite_obstacle(late[order.id]) for order in rest}}

    @api.model
    def _get_expedite_obstacle(self, purchases):
        if not purchases:
            return self.env._("No purchase that it waits for is late.")
        if not purchases.has_access("write"):
            return self.env._("You may not change its purchases: ask a purchaser.")
        to_ask = self._get_to_expedite(purchases)
        if not to_ask:
            return self.env._("The vendor was asked today already: call, or wait for the answer.")
        mute = to_ask.partner_id.filtered(lambda vendor: not vendor.email)
        if mute:
            return self.env._("%(vendor)s has no email address: add one.", vendor=mute[0].name)
        return ""

    @api.model
    def _get_to_expedite(self, purchases):
        today = fields.Date.context_today(self)
        return purchases.filtered(lambda purchase: purchase.sudo().oms_date_expedited != today)

    @api.model
    def _preview(self, orders):
        late = self._get_documents(orders)
        return {
            order.id: [
                self.env._(
                    "Asks %(vendor)s by email to deliver %(purchase)s sooner.",
                    vendor=purchase.partner_id.name,
                    purchase=purchase.name,
                )
                for purchase in self._get_to_expedite(late[order.id]).sudo()  # read by salespersons as well
            ]
            for order in orders
        }

    @api.model
    def _get_documents(self, orders):
        """Return {order id: the confirmed purchases that come too late for it}."""
        late = self._get_late_lines(self.env["oms.lane.supply"]._read_short_facts(orders))
        purchases = self.env["purchase.order"]
        return {
            # A salesperson reads the obstacle too.
            order.id: purchases.browse(purchases.union(*(line.sudo().order_id for line in late[order.id])).ids)
            for order in orders
        }

    @api.model
    def _get_late_lines(self, facts):
        """Return {order id: {purchase line: when it is needed}} of what comes too late."""
        lines = self.env["purchase.order.line"]
        late = {order_id: {} for order_id in facts}
        for order_id, fact in facts.items():
            for shortage in fact.signals["shortages"]:
                for receipt in shortage.late:
                    if receipt["purchase_line_id"]:
                        needed = fact.header["date_promised"] or shortage.move["deadline"]
                        late[order_id][lines.browse(receipt["purchase_line_id"])] = needed
        return late

    @api.model
    def _do(self, orders):
        """Ask vendors to deliver sooner, one mail per purchase and day with what is needed when."""
        late = self._get_late_lines(self.env["oms.lane.supply"]._read_short_facts(orders))
        needed = {}
        for lines in late.values():
            for line, date in lines.items():
                needed[line] = min(date, needed.get(line, date))
        every = self.env["purchase.order.line"].union(*needed).order_id
        asked = self._get_to_expedite(every)
        for purchase in asked:
            self._mail_expedite(purchase, {line.id: needed[line] for line in purchase.order_line if line in needed})
        asked.oms_date_expedited = fields.Date.context_today(self)
        return {order.id: self._note_expedited(order, asked, late[order.id]) for order in orders}

    @api.model
    def _mail_expedite(self, purchase, needed):
        self._write_to_partners("oms_mail_template_expedite", purchase.with_context(oms_needed=Handed(needed)))

    @api.model
    def _note_expedited(self, order, asked, lines):
        purchases = self.env["purchase.order"].union(*(line.order_id for line in lines)) & asked
        if not purchases:
            return self.env._("The vendor was asked today already.")
        for purchase in purchases:
            note = self.env._(
                "%(vendor)s was asked to deliver %(purchase)s sooner.",
                vendor=purchase.partner_id.name,
                purchase=purchase.name,
            )
            order.sudo().message_post(body=note, subtype_xmlid="mail.mt_note")  # a buyer may not write on sales
        return purchases
