from odoo import models

# Moves that lack goods and that no earlier step of the order brings.
_SHORT = ("confirmed", "partially_available", "waiting")
_FOLLOW = ["confirm_in_ceiling"]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _oms_queue_buying(self):
        """Have bought in the background what these orders lack, and their purchases confirmed, where the company wants that."""
        orders, jobs = self.filtered(lambda order: order.state == "sale"), self.env["oms.job"]
        for company, company_orders in orders.grouped("company_id").items():
            settings = company.sudo()  # whoever confirms, a portal customer too, the settings are the company's
            if settings.oms_buy_on_confirmation:
                follow = _FOLLOW if settings.oms_purchase_auto_confirm else None
                jobs._queue(
                    "buy", company_orders.filtered(lambda order: order._oms_is_short()), "automation", follow=follow
                )
            if settings.oms_purchase_auto_confirm:
                made = company_orders.filtered(lambda order: order._oms_has_drafts())
                jobs._queue("confirm_in_ceiling", made, "automation")

    def _oms_is_short(self):
        """Tell whether something of this order is not reserved, and no earlier step of its own brings it."""
        self.ensure_one()
        # Who sells may not be allowed to look into the warehouse.
        moves = self.sudo().order_line.move_ids
        return any(
            move.state in _SHORT
            and not move.move_orig_ids.filtered(lambda origin: origin.state not in ("done", "cancel"))
            for move in moves
        )

    def _oms_has_drafts(self):
        """Tell whether a purchase was made for just this order (to order, drop shipping) and waits for its confirmation."""
        self.ensure_one()
        lines = self.sudo().order_line  # who sells may not read purchases
        return "draft" in (lines.purchase_line_ids + lines.move_ids.created_purchase_line_ids).mapped("state")
