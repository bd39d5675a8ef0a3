from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbCancel(models.AbstractModel):
    _name = "oms.verb.cancel"
    _inherit = "oms.verb.reopening"
    _description = "Cancel order"

    _label = _lt("Cancel order")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"
    _milestones = ("cancelled",)

    @api.model
    def _can(self, orders):
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
    def _preview(self, orders):
        def tell(order):
            if order.state == "sale":
                return self.env._("The order, its open transfers and its draft invoices are cancelled; stock is freed.")
            return self.env._("The quotation is cancelled; the customer is not told.")

        return {order.id: [tell(order)] for order in orders}

    @api.model
    def _before(self, orders):
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
    def _do(self, orders):
        """Cancel orders of which nothing has left and nothing is invoiced."""
        orders.action_cancel()
        return {order.id: order for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        if order.state != "cancel":
            return self.env._("it is not cancelled any more.")
        gone = [name for line_id, name in before["lines"] if line_id not in order.order_line.ids]
        if gone:  # rewards and gift cards, with the points they stand for
            return self.env._("%(lines)s was taken off the order with it.", lines=", ".join(gone))
        return ""

    @api.model
    def _undo(self, order, documents, before):
        """Make it the quotation again that it was; an order that was confirmed is confirmed again, as of its old date."""
        if before["state"] == "sale":
            order.state = "draft"
            self._reopen(order, before)
        else:
            self._restore_quotation(order, before)
        order.date_order = before["date_order"]
        self._restore_states(order, before["states"])

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
