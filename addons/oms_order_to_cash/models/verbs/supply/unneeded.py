from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbUnneeded(models.AbstractModel):
    """What verbs on goods that are bought and no longer needed have in common."""

    _name = "oms.verb.unneeded"
    _inherit = "oms.verb"
    _description = "Unneeded"

    @api.model
    def _is_done(self, fact):
        """All that was bought for it and is still to come, it takes."""
        return not self.env["oms.lane.supply"]._get_left(fact)

    @api.model
    def _get_documents(self, orders):
        return {order_id: self._get_purchases_of(lines) for order_id, lines in self._plan_unneeded(orders).items()}

    @api.model
    def _plan_unneeded(self, orders):
        """Return {order id: {purchase line: quantity nobody needs, in the line's unit}}, each piece once."""
        lane = self.env["oms.lane.supply"]
        facts, taken, plan = self._read_facts(orders), {}, {order.id: {} for order in orders}
        surplus = {}
        for order_id, unneeded in lane._read_unneeded(facts).items():
            for item in unneeded:
                quantity = item.quantity
                if item.line["kind"] == "pool":
                    surplus.setdefault(item.place, lane._read_surplus({item.place})[item.place])
                    quantity = min(quantity, surplus[item.place] - taken.get(item.place, 0.0))
                    quantity = lane._get_whole(item.line, quantity)
                    taken[item.place] = taken.get(item.place, 0.0) + max(quantity, 0.0)
                if facts[order_id].is_positive(quantity):
                    line = self.env["purchase.order.line"].browse(item.line["line_id"])
                    plan[order_id][line] = line.sudo().product_uom_id.round(quantity / item.line["unit"])
        return plan

    @api.model
    def _get_purchases_of(self, lines):
        # A salesperson reads the obstacle too.
        return self.env["purchase.order"].browse(self.env["purchase.order.line"].union(*lines).sudo().order_id.ids)

    @api.model
    def _get_unneeded_obstacle(self, lines):
        if not lines:
            return self.env._("All that is bought for it is needed, or nothing is still to come.")
        purchases = self._get_purchases_of(lines)
        if not purchases.has_access("write"):
            return self.env._("You may not change its purchases: ask a purchaser.")
        return ""

    @api.model
    def _keep_quantities(self, lines):
        """Return what the undo has to know of purchase lines: quantities now and then, states, references."""
        purchases = self._get_purchases_of(lines)
        return {
            "lines": [[line.id, line.product_qty, line.product_qty - quantity] for line, quantity in lines.items()],
            "states": [[purchase.id, purchase.state] for purchase in purchases],
            "references": [[purchase.id, purchase.sudo().reference_ids.ids] for purchase in purchases],
        }

    @api.model
    def _reopen_purchases(self, before):
        """Make cancelled purchases drafts again, with their references; return those that had been confirmed."""
        purchases, confirmed = self.env["purchase.order"], self.env["purchase.order"]
        for purchase_id, state in before["states"]:
            purchase = purchases.browse(purchase_id)
            if purchase.state == "cancel":
                purchase.button_draft()
                confirmed |= purchase if state in ("purchase", "to approve") else purchases
                purchase.state = "sent" if state == "sent" else "draft"
        for purchase_id, reference_ids in before["references"]:
            # Cancelling takes the references off; who buys may not change references of sales.
            purchases.browse(purchase_id).sudo().reference_ids = reference_ids
        return confirmed


class OmsVerbLowerPurchase(models.AbstractModel):
    _name = "oms.verb.lower_purchase"
    _inherit = "oms.verb.unneeded"
    _description = "Lower purchase"

    _label = _lt("Lower purchase")
    _lane = "supply"
    _groups = "purchase.group_purchase_user"
    _undo_after = ("cancel_purchase", "keep_for_stock")

    @api.model
    def _can(self, orders):
        return {
            order_id: self._get_unneeded_obstacle(lines) or self._get_lower_obstacle(lines)
            for order_id, lines in self._plan_unneeded(orders).items()
        }

    @api.model
    def _get_lower_obstacle(self, lines):
        for line, quantity in lines.items():
            line = line.sudo()  # a salesperson reads why as well
            if line.order_id.locked:
                return self.env._("%(purchase)s is locked: unlock it first.", purchase=line.order_id.name)
            if line.product_uom_id.compare(line.product_qty - quantity, line.qty_invoiced) < 0:
                return self.env._(
                    "%(purchase)s is billed already: ask the vendor for a credit note.", purchase=line.order_id.name
                )
        return ""

    @api.model
    def _preview(self, orders):
        return {
            order_id: [self._get_lower_text(line.sudo(), quantity) for line, quantity in lines.items()]
            for order_id, lines in self._plan_unneeded(orders).items()
        }

    @api.model
    def _get_lower_text(self, line, quantity):
        lane = self.env["oms.lane.supply"]
        words = {
            "purchase": line.order_id.name,
            "vendor": line.partner_id.name,
            "product": line.product_id.name,
            "unit": line.product_uom_id.name,
            "before": lane._format_number(line.product_id, line.product_qty),
            "after": lane._format_number(line.product_id, line.product_qty - quantity),
        }
        if line.state in ("sent", "purchase"):
            return self.env._(
                "Lowers %(product)s on %(purchase)s from %(before)s to %(after)s %(unit)s: tell %(vendor)s.", **words
            )
        return self.env._("Lowers %(product)s on %(purchase)s from %(before)s to %(after)s %(unit)s.", **words)

    @api.model
    def _before(self, orders):
        return {order_id: self._keep_quantities(lines) for order_id, lines in self._plan_unneeded(orders).items()}

    @api.model
    def _do(self, orders):
        """Take off the purchases what nobody needs; one that brings nothing any more is cancelled."""
        plan = self._plan_unneeded(orders)
        nothing = self.env._("All that is bought for it is needed by now.")
        results = {}
        for order_id, lines in plan.items():
            for line, quantity in lines.items():
                line.product_qty -= quantity
                line.oms_quantity_confirmed = min(line.oms_quantity_confirmed, line.product_uom_qty)
            purchases = self._get_purchases_of(lines)
            purchases.filtered(lambda purchase: not any(purchase.order_line.mapped("product_qty"))).button_cancel()
            results[order_id] = purchases or nothing
        return results

    @api.model
    def _can_undo(self, order, documents, before):
        for line_id, _was, lowered in before["lines"]:
            line = self.env["purchase.order.line"].browse(line_id).exists()
            if not line or line.product_uom_id.compare(line.product_qty, lowered) != 0:
                return self.env._("The purchase was changed since.")
        for purchase_id, state in before["states"]:
            purchase = self.env["purchase.order"].browse(purchase_id)
            if purchase.state not in (state, "cancel"):
                return self.env._("%(purchase)s was sent, confirmed or opened again since.", purchase=purchase.name)
        return ""

    @api.model
    def _undo(self, order, documents, before):
        """Ask for the former quantities again; a purchase that was cancelled for it is what it was."""
        confirmed = self._reopen_purchases(before)
        for line_id, was, _lowered in before["lines"]:
            line = self.env["purchase.order.line"].browse(line_id)
            line.product_qty = was
            if line.state == "purchase":
                line.oms_quantity_confirmed = max(line.oms_quantity_confirmed, line.product_uom_qty)
        confirmed.button_confirm()


class OmsVerbCancelPurchase(models.AbstractModel):
    _name = "oms.verb.cancel_purchase"
    _inherit = "oms.verb.unneeded"
    _description = "Cancel purchase"

    _label = _lt("Cancel purchase")
    _lane = "supply"
    _groups = "purchase.group_purchase_user"
    _undo_after = ("lower_purchase", "keep_for_stock")

    @api.model
    def _can(self, orders):
        return {
            order_id: self._get_unneeded_obstacle(lines) or self._get_cancel_purchase_obstacle(lines)
            for order_id, lines in self._plan_unneeded(orders).items()
        }

    @api.model
    def _get_cancel_purchase_obstacle(self, lines):
        for purchase in self._get_purchases_of(lines).sudo():  # a salesperson reads why as well
            if purchase.locked:
                return self.env._("%(purchase)s is locked: unlock it first.", purchase=purchase.name)
            if purchase.invoice_ids:
                return self.env._("%(purchase)s is billed already: lower it.", purchase=purchase.name)
            if any(purchase.order_line.mapped("qty_received")):
                return self.env._("%(purchase)s is received in part: lower it.", purchase=purchase.name)
            for line in purchase.order_line.filtered("product_qty"):
                unneeded = lines.get(line.sudo(False), 0.0)
                if line.product_uom_id.compare(unneeded, line.product_qty) < 0:
                    return self.env._(
                        "%(purchase)s also brings what others need, or what is for stock: lower it.",
                        purchase=purchase.name,
                    )
        return ""

    @api.model
    def _preview(self, orders):
        return {
            order_id: [self._get_cancel_text(purchase) for purchase in self._get_purchases_of(lines).sudo()]
            for order_id, lines in self._plan_unneeded(orders).items()
        }

    @api.model
    def _get_cancel_text(self, purchase):
        words = {"purchase": purchase.name, "vendor": purchase.partner_id.name}
        if purchase.state in ("sent", "purchase"):
            return self.env._("Cancels %(purchase)s: tell %(vendor)s.", **words)
        return self.env._("Cancels %(purchase)s at %(vendor)s.", **words)

    @api.model
    def _before(self, orders):
        return {order_id: self._keep_quantities(lines) for order_id, lines in self._plan_unneeded(orders).items()}

    @api.model
    def _do(self, orders):
        """Cancel the purchases of which nobody needs anything."""
        nothing = self.env._("All that is bought for it is needed by now.")
        results = {}
        for order_id, purchases in self._get_documents(orders).items():
            purchases.button_cancel()
            results[order_id] = purchases or nothing
        return results

    @api.model
    def _can_undo(self, order, documents, before):
        for purchase in self.env["purchase.order"].browse(documents.get("purchase.order", [])):
            if purchase.state != "cancel":
                return self.env._("%(purchase)s is not cancelled any more.", purchase=purchase.name)
        return ""

    @api.model
    def _undo(self, order, documents, before):
        """Make the purchases what they were."""
        self._reopen_purchases(before).button_confirm()


class OmsVerbKeepForStock(models.AbstractModel):
    _name = "oms.verb.keep_for_stock"
    _inherit = "oms.verb.unneeded"
    _description = "Keep for stock"

    _label = _lt("Keep for stock")
    _lane = "supply"
    _groups = "purchase.group_purchase_user"
    _undo_after = ("lower_purchase", "cancel_purchase")

    @api.model
    def _can(self, orders):
        return {order_id: self._get_unneeded_obstacle(lines) for order_id, lines in self._plan_unneeded(orders).items()}

    @api.model
    def _preview(self, orders):
        return {
            order_id: [self._get_keep_text(line.sudo(), quantity) for line, quantity in lines.items()]
            for order_id, lines in self._plan_unneeded(orders).items()
        }

    @api.model
    def _get_keep_text(self, line, quantity):
        return self.env._(
            "Keeps %(quantity)s %(unit)s of %(product)s on %(purchase)s for stock.",
            quantity=self.env["oms.lane.supply"]._format_number(line.product_id, quantity),
            unit=line.product_uom_id.name,
            product=line.product_id.name,
            purchase=line.order_id.name,
        )

    @api.model
    def _before(self, orders):
        return {
            order_id: {"kept": [[line.id, self._get_in_stock_unit(line, quantity)] for line, quantity in lines.items()]}
            for order_id, lines in self._plan_unneeded(orders).items()
        }

    @api.model
    def _get_in_stock_unit(self, line, quantity):
        return line.product_uom_id._compute_quantity(quantity, line.product_id.uom_id, round=False)

    @api.model
    def _do(self, orders):
        """Remember that what nobody needs is wanted all the same; it is not asked about again."""
        nothing = self.env._("All that is bought for it is needed by now.")
        results = {}
        for order in orders:
            lines = self._plan_unneeded(order)[order.id]
            for line, quantity in lines.items():
                line._oms_add("oms_kept", order, self._get_in_stock_unit(line, quantity))
                text = self.env._(
                    "%(note)s It was bought for %(order)s.", note=self._get_keep_text(line, quantity), order=order.name
                )
                line.order_id.message_post(body=text, subtype_xmlid="mail.mt_note")
            results[order.id] = self._get_purchases_of(lines) or nothing
        return results

    @api.model
    def _can_undo(self, order, documents, before):
        lines = self.env["purchase.order.line"].browse(line_id for line_id, _quantity in before["kept"])
        if lines != lines.exists():
            return self.env._("The purchase was changed since.")
        return ""

    @api.model
    def _undo(self, order, documents, before):
        """Ask about it again."""
        for line_id, quantity in before["kept"]:
            self.env["purchase.order.line"].browse(line_id)._oms_add("oms_kept", order, -quantity)
