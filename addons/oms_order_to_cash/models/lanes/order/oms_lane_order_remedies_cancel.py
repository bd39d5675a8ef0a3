from odoo import api, fields, models


class OmsLaneOrder(models.AbstractModel):
    _inherit = "oms.lane.order"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "cancel": {"label": self.env._("Cancel order"), "groups": "sales_team.group_sale_salesman"},
        }

    @api.model
    def _can_cancel(self, orders):
        return {order.id: self._get_cancel_obstacle(order) for order in orders}

    @api.model
    def _get_cancel_obstacle(self, order):
        if order.state == "cancel":
            return self.env._("It is cancelled already.")
        if order.locked:
            return self.env._("It is locked: unlock it first.")
        # Who sells may not open transfers, but has to know that goods left.
        if order.sudo().picking_ids.filtered(lambda picking: picking.state == "done"):
            return self.env._("Part of it has left: take the goods back first.")
        if order.sudo().invoice_ids.filtered(lambda move: move.state == "posted"):
            return self.env._("It is invoiced: credit the invoice first.")
        return ""

    @api.model
    def _preview_cancel(self, orders):
        def tell(order):
            if order.state == "sale":
                return self.env._("The order, its open transfers and its draft invoices are cancelled; stock is freed.")
            return self.env._("The quotation is cancelled; the customer is not told.")

        return {order.id: [tell(order)] for order in orders}

    @api.model
    def _before_cancel(self, orders):
        return {
            order.id: {"state": order.state, "date_order": fields.Datetime.to_string(order.date_order)}
            for order in orders
        }

    @api.model
    def _do_cancel(self, orders):
        """Cancel orders of which nothing has left and nothing is invoiced."""
        orders.action_cancel()
        return {order.id: order for order in orders}

    @api.model
    def _can_undo_cancel(self, order, documents, before):
        return "" if order.state == "cancel" else self.env._("it is not cancelled any more.")

    @api.model
    def _undo_cancel(self, order, documents, before):
        """Make it the quotation again that it was; an order that was confirmed is confirmed again, as of its old date."""
        was_confirmed = before["state"] == "sale"
        order.write({"state": "draft" if was_confirmed else before["state"]})
        if was_confirmed:
            order.action_confirm()
        order.date_order = before["date_order"]
