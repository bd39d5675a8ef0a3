from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbAllocate(models.AbstractModel):
    _name = "oms.verb.allocate"
    _inherit = "oms.verb.reservation"
    _description = "Allocate by rank"

    _label = _lt("Allocate by rank")
    _lane = "supply"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        plan = self._plan_allocate(orders)
        for order in orders:
            if order.id not in obstacles:
                none = self.env._("What is free goes to orders of earlier rank: buy more, or send something else.")
                obstacles[order.id] = "" if plan[order.id] else none
        return obstacles

    @api.model
    def _plan_allocate(self, orders):
        """Share what is free among all that lack it, in their rank, as far as these orders get something.

        :return: {order id: {move id: quantity in the product's unit}}: the moves of the order and those of earlier rank
        """
        facts = self.env["oms.lane.supply"]._read_short_facts(orders)
        wanted = [
            shortage
            for fact in facts.values()
            for shortage in fact.signals["shortages"]
            if shortage.is_pooled and shortage.answer == "reserve" and not fact.header["held"]
        ]
        rivals = self.env["stock.move"]._oms_read_rivals([shortage.move["id"] for shortage in wanted])
        shares = self._share_free(rivals)
        plan = {order.id: {} for order in orders}
        for order_id, fact in facts.items():
            for shortage in fact.signals["shortages"]:
                plan[order_id].update(shares.get(shortage.move["id"], {}))
        return plan

    @api.model
    def _share_free(self, rivals):
        """Give what is free to moves that want the same, in their rank.

        :return: {move id: {move id: quantity}}: what it and those before it get, empty for one that gets nothing
        """
        reservable = self.env["stock.quant"]._oms_read_reservable([rival["id"] for rival in rivals])
        free = {move_id: own for move_id, (own, _now) in reservable.items()}
        shelves, shares = {}, {}
        for rival in rivals:
            shelves.setdefault((rival["product_id"], rival["location_id"]), []).append(rival["id"])
        for same in shelves.values():
            short = {rival["id"]: rival["short"] for rival in rivals if rival["id"] in set(same)}
            given = {}
            for move_id in same:
                share = min(short[move_id], free.get(move_id, 0.0))
                if share > 0:
                    self._take(free, same, move_id, share)
                    given[move_id] = share
                shares[move_id] = dict(given) if share > 0 else {}
        return shares

    @api.model
    def _take(self, free, same, move_id, share):
        """Take a share off what is ``free`` for each of the moves; what is too old for some goes first to whom it will do."""
        own = free[move_id]
        for other_id in same:
            left = free.get(other_id, 0.0)
            free[other_id] = left - max(share - max(own - left, 0.0), 0.0)

    @api.model
    def _preview(self, orders):
        lane = self.env["oms.lane.supply"]
        moves = self.env["stock.move"].sudo()  # who gets it is said to all who may run this
        return {
            order_id: [
                self.env._(
                    "Reserves %(quantity)s for %(order)s.",
                    quantity=lane._format_quantity(moves.browse(move_id).product_id, quantity),
                    order=lane._get_order_text(moves.browse(move_id)),
                )
                for move_id, quantity in shares.items()
            ]
            for order_id, shares in self._plan_allocate(orders).items()
        }

    @api.model
    def _get_documents(self, orders):
        plan = self._plan_allocate(orders)
        return {order.id: self.env["stock.move"].browse(plan[order.id]).picking_id for order in orders}

    @api.model
    def _before(self, orders):
        moves = self.env["stock.move"]
        return {
            order_id: {
                "reserved": [
                    [move.id, move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)]
                    for move in moves.browse(shares)
                ]
            }
            for order_id, shares in self._plan_allocate(orders).items()
        }

    @api.model
    def _do(self, orders):
        """Reserve what is free in the rank of those that lack it, up to these orders."""
        moves, plan = self.env["stock.move"], self._plan_allocate(orders)
        every_move = moves.browse({move_id for shares in plan.values() for move_id in shares})
        before = self._get_held(every_move)
        self._assign_in_rank(every_move)
        return {order.id: self._tell_reserved(plan[order.id], before) for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        return self.env["oms.verb.reserve"]._can_undo(order, documents, before)

    @api.model
    def _undo(self, order, documents, before):
        """Free all that was reserved, for the others as well."""
        self.env["oms.verb.reserve"]._undo(order, documents, before)
