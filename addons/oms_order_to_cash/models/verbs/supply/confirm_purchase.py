from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbPurchaseConfirmation(models.AbstractModel):
    """What verbs that confirm purchases have in common."""

    _name = "oms.verb.purchase_confirmation"
    _inherit = "oms.verb"
    _description = "PurchaseConfirmation"

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
    def _get_confirm_text(self, purchase):
        # A salesperson reads what would happen as well.
        purchase = purchase.sudo()
        if purchase._approval_allowed():
            return self.env._(
                "Confirms %(purchase)s at %(vendor)s.", purchase=purchase.name, vendor=purchase.partner_id.name
            )
        return self.env._("Sends %(purchase)s to a purchase manager for approval.", purchase=purchase.name)

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
    def _keep_references(self, drafts):
        return {
            order_id: {"references": [[purchase.id, purchase.sudo().reference_ids.ids] for purchase in purchases]}
            for order_id, purchases in drafts.items()
        }


class OmsVerbConfirmInCeiling(models.AbstractModel):
    _name = "oms.verb.confirm_in_ceiling"
    _inherit = "oms.verb.purchase_confirmation"
    _description = "Confirm purchases under the ceiling"

    _label = _lt("Confirm purchases under the ceiling")
    _lane = "supply"
    _groups = "purchase.group_purchase_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        rest = orders.filtered(lambda order: order.id not in obstacles)
        drafts, small = self.env["oms.lane.supply"]._get_drafts(rest), self._get_documents(rest)
        return {
            **obstacles,
            **{order.id: self._get_ceiling_obstacle(drafts[order.id], small[order.id]) for order in rest},
        }

    @api.model
    def _get_ceiling_obstacle(self, drafts, small):
        """Tell why nothing is confirmed: nothing is there to confirm, or all of it takes a person."""
        if small or not drafts:
            return self._get_draft_obstacle(small)
        names = ", ".join(drafts.sudo().mapped("name"))  # a salesperson reads why as well
        return self.env._("%(purchases)s: above the ceiling, or with the vendor. Confirm by hand.", purchases=names)

    @api.model
    def _is_done(self, fact):
        return self.env["oms.verb.confirm_purchase"]._is_done(fact)

    @api.model
    def _preview(self, orders):
        small = self._get_documents(orders)
        return {order.id: [self._get_confirm_text(purchase) for purchase in small[order.id]] for order in orders}

    @api.model
    def _get_documents(self, orders):
        """Return {order id: the drafts it waits for, not sent to the vendor for an answer, within their ceiling}."""
        return {
            order_id: drafts.filtered(
                lambda purchase: purchase.state == "draft" and purchase.sudo()._oms_is_in_ceiling()
            )
            for order_id, drafts in self.env["oms.lane.supply"]._get_drafts(orders).items()
        }

    @api.model
    def _before(self, orders):
        return self._keep_references(self._get_documents(orders))

    @api.model
    def _do(self, orders):
        """Confirm what is within the ceiling; a second signature stays with a person."""
        return self._confirm_drafts(self._get_documents(orders))

    @api.model
    def _can_undo(self, order, documents, before):
        return self.env["oms.verb.confirm_purchase"]._can_undo(order, documents, before)

    @api.model
    def _undo(self, order, documents, before):
        """Make the purchases drafts again; their receipts are cancelled."""
        self.env["oms.verb.confirm_purchase"]._undo(order, documents, before)


class OmsVerbConfirmPurchase(models.AbstractModel):
    _name = "oms.verb.confirm_purchase"
    _inherit = "oms.verb.purchase_confirmation"
    _description = "Confirm purchase"

    _label = _lt("Confirm purchase")
    _lane = "supply"
    _groups = "purchase.group_purchase_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        rest = orders.filtered(lambda order: order.id not in obstacles)
        drafts = self.env["oms.lane.supply"]._get_drafts(rest)
        return {**obstacles, **{order.id: self._get_draft_obstacle(drafts[order.id]) for order in rest}}

    @api.model
    def _is_done(self, fact):
        lane = self.env["oms.lane.supply"]
        answers = [lane._get_answer(fact, move) for move in lane._get_short(fact)]
        return "purchase" not in answers and not any(fact.made_for.values())

    @api.model
    def _preview(self, orders):
        drafts = self.env["oms.lane.supply"]._get_drafts(orders)
        return {order.id: [self._get_confirm_text(purchase) for purchase in drafts[order.id]] for order in orders}

    @api.model
    def _get_documents(self, orders):
        return self.env["oms.lane.supply"]._get_drafts(orders)

    @api.model
    def _before(self, orders):
        return self._keep_references(self.env["oms.lane.supply"]._get_drafts(orders))

    @api.model
    def _do(self, orders):
        """Confirm the purchases that orders wait for; the company's double validation stays."""
        return self._confirm_drafts(self.env["oms.lane.supply"]._get_drafts(orders))

    @api.model
    def _can_undo(self, order, documents, before):
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
    def _undo(self, order, documents, before):
        """Make the purchases drafts again; their receipts are cancelled."""
        purchases = self.env["purchase.order"].browse(documents["purchase.order"])
        purchases.button_cancel()
        purchases.button_draft()
        for purchase_id, reference_ids in before.get("references", []):
            # Cancelling takes the references off; who buys may not change references of sales.
            purchases.browse(purchase_id).sudo().reference_ids = reference_ids
