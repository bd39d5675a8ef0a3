from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbSplit(models.AbstractModel):
    _name = "oms.verb.split"
    _inherit = "oms.verb.shipping"
    _description = "Ship what is ready"

    _label = _lt("Ship what is ready")
    _lane = "delivery"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        nothing = self.env._("None of its transfers is held back with a part of it ready.")
        splittable = self._get_documents(orders)
        return {order.id: obstacles.get(order.id) or ("" if splittable[order.id] else nothing) for order in orders}

    @api.model
    def _preview(self, orders):
        return {
            order_id: [
                self.env._(
                    "%(transfer)s ships %(goods)s; the rest follows in a transfer of its own.",
                    transfer=picking.name,
                    goods=self._get_ready_goods(picking),
                )
                for picking in pickings
            ]
            for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _get_documents(self, orders):
        """Return, per order, the transfers that wait to ship all at once while a part is reserved."""
        return {
            order_id: pickings.filtered(self._is_splittable)
            for order_id, pickings in self._get_open_pickings(orders).items()
        }

    @api.model
    def _get_open_pickings(self, orders):
        """Return, per order, the open transfers that take its goods towards the customer."""
        return {
            order_id: self.env["stock.picking"]
            .browse(sorted({move["picking_id"] for move in fact.outward_moves if move["picking_id"]}))
            .with_env(self.env)
            for order_id, fact in self._read_facts(orders).items()
        }

    @api.model
    def _is_splittable(self, picking):
        moves = picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        return (
            picking.move_type == "one"
            and picking.state in ("confirmed", "waiting")
            and any(move.quantity for move in moves)
            and any(move.product_uom.compare(move.quantity, move.product_uom_qty) < 0 for move in moves)
        )

    @api.model
    def _do(self, orders):
        """Take what is short out of the transfers that ship all at once; what is ready may leave then."""
        made = {}
        for order_id, pickings in self._get_documents(orders).items():
            before = pickings.backorder_ids
            for picking in pickings:
                picking.action_split_transfer()
            made[order_id] = pickings.backorder_ids - before
        return made

    @api.model
    def _can_undo(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        both = pickings + pickings.backorder_id
        gone = both.filtered(lambda picking: picking.state in ("done", "cancel"))
        if gone or not pickings:
            names = ", ".join(gone.mapped("name")) or self.env._("the transfer")
            return self.env._("%(transfers)s is done or cancelled.", transfers=names)
        return ""

    @api.model
    def _undo(self, order, documents, before):
        """Bring back what was taken out, line by line into the move it came from."""
        for picking in self._get_open_documents(documents, "stock.picking"):
            origin, moves = picking.backorder_id, picking.move_ids
            moves.picking_id = origin
            moves.move_line_ids.picking_id = origin
            moves._merge_moves()
            picking.unlink()
