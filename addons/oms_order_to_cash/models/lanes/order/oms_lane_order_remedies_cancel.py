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
        states = orders._oms_read_hanging_states()
        return {
            order.id: {
                **self._keep_quotation(order),
                "date_order": fields.Datetime.to_string(order.date_order),
                "states": states[order.id],
                "lines": [[line.id, (line.product_id or line).display_name] for line in order.order_line],
                **(self._keep_documents(order) if order.state == "sale" else {}),
            }
            for order in orders
        }

    @api.model
    def _do_cancel(self, orders):
        """Cancel orders of which nothing has left and nothing is invoiced."""
        orders.action_cancel()
        return {order.id: order for order in orders}

    @api.model
    def _can_undo_cancel(self, order, documents, before):
        if order.state != "cancel":
            return self.env._("it is not cancelled any more.")
        gone = [name for line_id, name in before["lines"] if line_id not in order.order_line.ids]
        if gone:  # rewards and gift cards, with the points they stand for
            return self.env._("%(lines)s was taken off the order with it.", lines=", ".join(gone))
        return ""

    @api.model
    def _undo_cancel(self, order, documents, before):
        """Make it the quotation again that it was; an order that was confirmed is confirmed again, as of its old date."""
        if before["state"] == "sale":
            order.state = "draft"
            self._reopen(order, before)
        else:
            self._restore_quotation(order, before)
        order.date_order = before["date_order"]
        self._restore_states(order, before["states"])
