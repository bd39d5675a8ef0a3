from odoo import api, fields, models


class OmsVerbReopening(models.AbstractModel):
    """What taking back a confirmation or a cancellation needs: how it was, and whether something was built on it."""

    _name = "oms.verb.reopening"
    _inherit = "oms.verb"
    _description = "Reopening"

    @api.model
    def _get_bought_lines(self, order):
        """Return the purchase lines that confirming an order made: for its moves, or for its lines."""
        lines = order.order_line.purchase_line_ids | order.order_line.move_ids.created_purchase_line_ids
        return lines.filtered(lambda line: line.order_id.state != "cancel")

    @api.model
    def _get_supply_obstacle(self, order):
        """Return which purchases and transfers have to go before an order can be a quotation again, in words.

        Drafts that confirming it made go with it; what was asked of a vendor, or bought for it since, does not.
        """
        order = order.sudo()  # who sells may not open purchases, but has to know that they stand in the way
        made = self._get_bought_lines(order)
        for purchase in order._get_purchase_orders().filtered(lambda purchase: purchase.state != "cancel"):
            if purchase.state != "draft" or not purchase.order_line & made:
                return self.env._("%(documents)s is bought for it: cancel it first.", documents=purchase.display_name)
        coming = order.stock_reference_ids.move_ids.filtered(
            lambda move: not move.sale_line_id and not move.purchase_line_id and move.state not in ("done", "cancel")
        )
        if coming:
            names = ", ".join(coming.picking_id.sorted("id").mapped("name"))
            return self.env._("%(documents)s brings goods for it: cancel it first.", documents=names)
        return ""

    @api.model
    def _keep_quotation(self, order):
        sent_on = {"sent_on": fields.Datetime.to_string(order.oms_sent_on)} if order.oms_sent_on else {}
        return {"state": order.state, **sent_on}

    @api.model
    def _restore_quotation(self, order, kept):
        order.state = kept["state"]
        order.oms_sent_on = kept.get("sent_on")

    @api.model
    def _restore_states(self, order, kept):
        """Give the documents of other addons on an order the state they had: cancelled with it, they stay so in core."""
        for model, state, ids in kept:
            records = self.env[model].sudo().browse(ids).exists()
            records.filtered(lambda record, state=state: record.state != state).state = state

    @api.model
    def _get_built_on(self, order):
        """Return what was shipped, invoiced or bought for a confirmed order, in words; empty while it is still on paper."""
        # Who sells may not open transfers or invoices, but has to know that they stand in the way.
        documents = order.sudo()
        shipped = documents.picking_ids.filtered(lambda picking: picking.state == "done")
        if shipped:
            return self.env._("%(documents)s left already.", documents=", ".join(shipped.mapped("display_name")))
        invoiced = documents.invoice_ids.filtered(lambda move: move.state != "cancel")
        if invoiced:
            names = ", ".join(invoiced.mapped("display_name"))
            return self.env._("%(documents)s is made: cancel it first.", documents=names)
        return self._get_supply_obstacle(order)
