from odoo import api, fields, models
from odoo.fields import Command

_DRAFTS = ("draft", "sent", "to approve")


class OmsLaneOrder(models.AbstractModel):
    """Bringing back what cancelling an order took with it, and taking back what confirming it made.

    Core does neither: an order confirmed again is a new one to stock, purchases and whatever hangs on it.
    """

    _inherit = "oms.lane.order"

    # === KEPT BEFOREHAND === #

    @api.model
    def _keep_documents(self, order):
        """Return in plain values what an order confirmed again would not have as before."""
        order = order.sudo()  # who sells may not read transfers, purchases and invoices, but what he cancels comes back
        lines = order.order_line
        return {
            "promises": [[line.id, fields.Datetime.to_string(line.oms_date_promised)] for line in lines],
            "promise": fields.Datetime.to_string(order.oms_date_promised),
            "drafts": order.invoice_ids.filtered(lambda move: move.state == "draft").ids,
            "bought": [[line.id, line.product_qty] for line in self._get_bought_lines(order)],
            "moves": [self._keep_move(move) for move in self._get_open_moves(order)],
        }

    @api.model
    def _keep_move(self, move):
        dates = fields.Datetime.to_string(move.date), fields.Datetime.to_string(move.date_deadline)
        return [*self._get_move_key(move), *dates, move.quantity]

    @api.model
    def _get_move_key(self, move):
        return [move.sale_line_id.id, move.location_id.id, move.location_dest_id.id]

    @api.model
    def _get_open_moves(self, order):
        return order.order_line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    @api.model
    def _get_bought_lines(self, order):
        """Return the purchase lines that confirming an order made: for its moves, or for its lines."""
        lines = order.order_line.purchase_line_ids | order.order_line.move_ids.created_purchase_line_ids
        return lines.filtered(lambda line: line.order_id.state != "cancel")

    # === BROUGHT BACK === #

    @api.model
    def _reopen(self, order, kept):
        """Confirm an order again that was cancelled, with the purchases, dates, reservations and drafts it had."""
        order.action_confirm()
        if order.locked:
            order.action_unlock()
        mine = order.sudo()  # as in _keep_documents
        self._restore_purchases(mine, dict(kept["bought"]))
        self._restore_moves(mine, kept["moves"])
        drafts = mine.env["account.move"].browse(kept["drafts"]).exists()
        drafts.filtered(lambda move: move.state == "cancel").button_draft()
        order.oms_date_promised = kept["promise"]
        promises = dict(kept["promises"])
        for line in order.order_line.filtered(lambda line: line.id in promises):
            line.oms_date_promised = promises[line.id]

    @api.model
    def _restore_purchases(self, order, quantities):
        """Let the order have the purchases it had: being confirmed again it has asked for the goods a second time."""
        bought = self._get_bought_lines(order)
        former = bought.browse(quantities).exists().filtered(lambda line: line.order_id.state != "cancel")
        for line in bought.filtered(lambda line: line.order_id.state == "draft"):
            if line in former:
                line.product_qty = quantities[line.id]
                continue
            again = former.filtered(lambda old, line=line: old.product_id == line.product_id)[:1]
            if again:
                self._hand_over(line, again)

    @api.model
    def _hand_over(self, line, former):
        """Feed by a former purchase line what a new one was made for, and delete that."""
        moves, purchase = line.move_dest_ids, line.order_id
        coming = former.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        moves.write(
            {
                "created_purchase_line_ids": [Command.unlink(line.id), Command.link(former.id)],
                "move_orig_ids": [Command.link(move.id) for move in coming],
            }
        )
        line.unlink()
        if not purchase.order_line:
            purchase.button_cancel()
        moves._recompute_state()

    @api.model
    def _restore_moves(self, order, kept):
        moves = self._get_open_moves(order)
        for *key, date, deadline, quantity in kept:
            same = moves.filtered(lambda move, key=key: self._get_move_key(move) == key)
            if len(same) != 1 or sum(other[:3] == key for other in kept) != 1:
                continue  # several of a kind: which is which is not known
            same.write({"date": date, "date_deadline": deadline})
            self._restore_reservation(same, quantity)

    @api.model
    def _restore_reservation(self, move, quantity):
        if move.product_uom.compare(move.quantity, quantity) < 0:
            move._action_assign()
        if not quantity:
            move._do_unreserve()
        elif move.product_uom.compare(move.quantity, quantity) > 0:
            move.quantity = quantity

    # === TAKEN BACK === #

    @api.model
    def _give_back_purchases(self, order):
        """Take out of draft purchases what confirming an order asked for."""
        order = order.sudo()  # who sells may not change purchases, but what they confirm asks for them
        supply = self.env["oms.lane.supply"].sudo()
        for line in self._get_bought_lines(order):
            purchase, product = line.order_id, line.product_id
            moves = line.move_dest_ids.filtered(
                lambda move: move.sale_line_id.order_id == order and move.state != "cancel"
            )
            asked = product.uom_id._compute_quantity(sum(moves.mapped("product_qty")), line.product_uom_id)
            is_own = line.sale_line_id.order_id == order or purchase.origin == order.name
            # What they asked for is not bought any more: cancelled next, they stay.
            moves.created_purchase_line_ids = [Command.unlink(line.id)]
            supply._shrink_draft(line, line.product_qty if is_own else asked, is_own)
            supply._unlink_origin(purchase, order)

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

    # === THE QUOTATION, AND WHAT HANGS ON IT === #

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
