from odoo import api, models
from odoo.exceptions import UserError


class OmsLaneOrder(models.AbstractModel):
    _inherit = "oms.lane.order"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "confirm": {"label": self.env._("Confirm"), "groups": "sales_team.group_sale_salesman"},
        }

    @api.model
    def _can_confirm(self, orders):
        return {order.id: self._get_confirm_obstacle(order) for order in orders}

    @api.model
    def _get_confirm_obstacle(self, order):
        if order.state == "sale":
            return self.env._("It is confirmed already.")
        if order.state == "cancel":
            return self.env._("It is cancelled: set it back to quotation first.")
        return order._confirmation_error_message() or ""

    @api.model
    def _is_done_confirm(self, fact):
        return fact.header["state"] in ("sale", "cancel")

    @api.model
    def _before_confirm(self, orders):
        return {order.id: {"state": order.state, "date_order": str(order.date_order)} for order in orders}

    @api.model
    def _do_confirm(self, orders):
        """Confirm quotations."""
        orders.action_confirm()
        # Another addon may open a window instead of confirming: what counts is where the order stands now.
        asking = orders.filtered(lambda order: order.state != "sale")
        if asking:
            raise UserError(
                self.env._(
                    "Confirming %(orders)s asks for a decision: open it and confirm it there.",
                    orders=", ".join(asking.mapped("name")),
                )
            )
        return {order.id: order.picking_ids for order in orders}
