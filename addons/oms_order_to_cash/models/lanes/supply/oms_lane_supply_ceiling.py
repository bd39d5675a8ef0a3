from odoo import api, models


class OmsLaneSupply(models.AbstractModel):
    """Confirm without a person the purchases that are small enough for it."""

    _inherit = "oms.lane.supply"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "confirm_in_ceiling": {
                "label": self.env._("Confirm purchases under the ceiling"),
                "groups": "purchase.group_purchase_user",
                "documents": "_get_small_drafts",
            },
        }

    @api.model
    def _get_small_drafts(self, orders):
        """Return {order id: the drafts it waits for, not sent to the vendor for an answer, within their ceiling}."""
        return {
            order_id: drafts.filtered(
                lambda purchase: purchase.state == "draft" and purchase.sudo()._oms_is_in_ceiling()
            )
            for order_id, drafts in self._get_drafts(orders).items()
        }

    @api.model
    def _can_confirm_in_ceiling(self, orders):
        _facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        rest = orders.filtered(lambda order: order.id not in obstacles)
        drafts, small = self._get_drafts(rest), self._get_small_drafts(rest)
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
    def _is_done_confirm_in_ceiling(self, fact):
        return self._is_done_confirm_purchase(fact)

    @api.model
    def _preview_confirm_in_ceiling(self, orders):
        small = self._get_small_drafts(orders)
        return {order.id: [self._get_confirm_text(purchase) for purchase in small[order.id]] for order in orders}

    @api.model
    def _do_confirm_in_ceiling(self, orders):
        """Confirm what is within the ceiling; a second signature stays with a person."""
        return self._confirm_drafts(self._get_small_drafts(orders))

    @api.model
    def _before_confirm_in_ceiling(self, orders):
        return self._keep_references(self._get_small_drafts(orders))

    @api.model
    def _can_undo_confirm_in_ceiling(self, order, documents, before):
        return self._can_undo_confirm_purchase(order, documents, before)

    @api.model
    def _undo_confirm_in_ceiling(self, order, documents, before):
        """Make the purchases drafts again; their receipts are cancelled."""
        self._undo_confirm_purchase(order, documents, before)
