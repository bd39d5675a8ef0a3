from odoo import api, fields, models

from ...documents.handed import Handed

_DRAFT = ("draft", "sent", "to approve")


class OmsLaneSupply(models.AbstractModel):
    """Confirm the purchases that orders wait for, and hurry up those that are late."""

    _inherit = "oms.lane.supply"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "confirm_purchase": {
                "label": self.env._("Confirm purchase"),
                "groups": "purchase.group_purchase_user",
                "documents": "_get_drafts",
            },
            "expedite": {
                "label": self.env._("Expedite purchase"),
                "groups": "purchase.group_purchase_user",
                "documents": "_get_late_purchases",
            },
        }

    # === CONFIRM PURCHASE === #

    @api.model
    def _get_drafts(self, orders):
        """Return {order id: the purchases to confirm that feed its shortages}: its own, and as many as it takes of the others."""
        facts = self._read_short_facts(orders)
        shortages = [shortage for fact in facts.values() for shortage in fact.signals["shortages"]]
        pooled = self.env["purchase.order.line"]._oms_read_drafted({short.move["product_id"] for short in shortages})
        return {
            order.id: self._get_own_purchases(facts[order.id]) | self._get_pooled_purchases(facts[order.id], pooled)
            for order in orders
        }

    @api.model
    def _get_own_purchases(self, fact):
        """Return the drafts made for this order's lines and moves."""
        line_ids = [line_id for line_id, is_drafted in fact.made_for.items() if is_drafted]
        move_ids = [move["id"] for move in fact.outward_moves if move["drafted"]]
        if not line_ids and not move_ids:
            return self.env["purchase.order"]
        # A salesperson follows the chain too.
        lines = self.env["purchase.order.line"].sudo()
        made = lines.search(["|", ("sale_line_id", "in", line_ids), ("move_dest_ids", "in", move_ids)])
        return made.order_id.filtered(lambda purchase: purchase.state in _DRAFT).sudo(False)

    @api.model
    def _get_pooled_purchases(self, fact, pooled):
        purchase_ids = set()
        for shortage in fact.signals["shortages"]:
            left = shortage.quantity if shortage.answer == "purchase" and not shortage.move["drafted"] else 0.0
            for draft in pooled.get(shortage.place, []):
                if fact.is_positive(left):
                    purchase_ids.add(draft["purchase_id"])
                    left -= draft["quantity"]
        return self.env["purchase.order"].browse(sorted(purchase_ids))

    @api.model
    def _can_confirm_purchase(self, orders):
        _facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        rest = orders.filtered(lambda order: order.id not in obstacles)
        drafts = self._get_drafts(rest)
        return {**obstacles, **{order.id: self._get_draft_obstacle(drafts[order.id]) for order in rest}}

    @api.model
    def _get_draft_obstacle(self, purchases):
        if not purchases:
            return self.env._("No purchase that it waits for is to be confirmed.")
        if not purchases.has_access("write"):
            return self.env._("You may not change its purchases: ask a purchaser.")
        to_approve = purchases.filtered(lambda purchase: purchase.state == "to approve")
        if to_approve == purchases and not to_approve[0]._approval_allowed():
            return self.env._("%(purchase)s waits for a purchase manager to approve it.", purchase=to_approve[0].name)
        return ""

    @api.model
    def _preview_confirm_purchase(self, orders):
        drafts = self._get_drafts(orders)
        return {order.id: [self._get_confirm_text(purchase) for purchase in drafts[order.id]] for order in orders}

    @api.model
    def _get_confirm_text(self, purchase):
        # A salesperson reads what would happen as well.
        purchase = purchase.sudo()
        if purchase._approval_allowed():
            return self.env._(
                "Confirms %(purchase)s at %(vendor)s.", purchase=purchase.name, vendor=purchase.partner_id.name
            )
        return self.env._("Sends %(purchase)s to a purchase manager for approval.", purchase=purchase.name)

    @api.model
    def _is_done_confirm_purchase(self, fact):
        answers = [self._get_answer(fact, move) for move in self._get_short(fact)]
        return "purchase" not in answers and not any(fact.made_for.values())

    @api.model
    def _do_confirm_purchase(self, orders):
        """Confirm the purchases that orders wait for; the company's double validation stays."""
        return self._confirm_drafts(self._get_drafts(orders))

    @api.model
    def _confirm_drafts(self, drafts):
        """Confirm {order id: purchases}; return {order id: those confirmed, or why none is}."""
        purchases = self.env["purchase.order"]._oms_without_person().union(*drafts.values())
        purchases.button_confirm()
        purchases.filtered(lambda purchase: purchase.state == "to approve").button_approve()
        return {order_id: self._get_confirmed(drafts[order_id]) for order_id in drafts}

    @api.model
    def _get_confirmed(self, purchases):
        confirmed = purchases.filtered(lambda purchase: purchase.state == "purchase")
        waiting = ", ".join((purchases - confirmed).mapped("name"))
        return confirmed or self.env._("%(purchases)s went to a purchase manager for approval.", purchases=waiting)

    @api.model
    def _before_confirm_purchase(self, orders):
        return self._keep_references(self._get_drafts(orders))

    @api.model
    def _keep_references(self, drafts):
        return {
            order_id: {"references": [[purchase.id, purchase.sudo().reference_ids.ids] for purchase in purchases]}
            for order_id, purchases in drafts.items()
        }

    @api.model
    def _can_undo_confirm_purchase(self, order, documents, before):
        purchases = self.env["purchase.order"].browse(documents.get("purchase.order", []))
        for purchase in purchases:
            if purchase.state != "purchase":
                return self.env._("%(purchase)s is not confirmed any more.", purchase=purchase.name)
            if purchase.sudo().picking_ids.filtered(lambda picking: picking.state == "done"):
                return self.env._("%(purchase)s is received already, or a part of it.", purchase=purchase.name)
            if purchase.sudo().invoice_ids:
                return self.env._("%(purchase)s is billed already.", purchase=purchase.name)
            if purchase.locked:
                return self.env._("%(purchase)s is locked: unlock it first.", purchase=purchase.name)
            if purchase.sudo().order_line.move_dest_ids:
                return self.env._(
                    "%(purchase)s was made for one order: cancelling would cut it off from that. Change it by hand.",
                    purchase=purchase.name,
                )
        return ""

    @api.model
    def _undo_confirm_purchase(self, order, documents, before):
        """Make the purchases drafts again; their receipts are cancelled."""
        purchases = self.env["purchase.order"].browse(documents["purchase.order"])
        purchases.button_cancel()
        purchases.button_draft()
        for purchase_id, reference_ids in before.get("references", []):
            # Cancelling takes the references off; who buys may not change references of sales.
            purchases.browse(purchase_id).sudo().reference_ids = reference_ids

    # === EXPEDITE === #

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
    def _get_late_purchases(self, orders):
        """Return {order id: the confirmed purchases that come too late for it}."""
        late = self._get_late_lines(self._read_short_facts(orders))
        purchases = self.env["purchase.order"]
        return {
            # A salesperson reads the obstacle too.
            order.id: purchases.browse(purchases.union(*(line.sudo().order_id for line in late[order.id])).ids)
            for order in orders
        }

    @api.model
    def _can_expedite(self, orders):
        _facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        rest = orders.filtered(lambda order: order.id not in obstacles)
        late = self._get_late_purchases(rest)
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
    def _preview_expedite(self, orders):
        late = self._get_late_purchases(orders)
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
    def _do_expedite(self, orders):
        """Ask vendors to deliver sooner, one mail per purchase and day with what is needed when."""
        late = self._get_late_lines(self._read_short_facts(orders))
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
        self.env["oms.verb"]._write_to_partners(
            "oms_mail_template_expedite", purchase.with_context(oms_needed=Handed(needed))
        )

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
