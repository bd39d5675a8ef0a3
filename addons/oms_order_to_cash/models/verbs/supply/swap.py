from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbSwap(models.AbstractModel):
    _name = "oms.verb.swap"
    _inherit = "oms.verb.reservation"
    _description = "Take over reservation"

    _label = _lt("Take over reservation")
    _lane = "supply"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        plan = self.env["oms.lane.supply"]._plan_swap(orders)
        for order in orders:
            if order.id not in obstacles:
                none = self.env._("No order of lower priority holds what it lacks.")
                obstacles[order.id] = "" if plan[order.id] else none
        return obstacles

    @api.model
    def _preview(self, orders):
        lane = self.env["oms.lane.supply"]
        plan = lane._plan_swap(orders)
        return {
            order.id: [
                self.env._(
                    "Takes %(quantity)s from %(order)s.",
                    quantity=lane._format_quantity(loser.product_id, quantity),
                    order=lane._get_order_text(loser),
                )
                for losing in plan[order.id].values()
                for loser, quantity in losing
            ]
            for order in orders
        }

    @api.model
    def _get_documents(self, orders):
        moves, plan = self.env["stock.move"], self.env["oms.lane.supply"]._plan_swap(orders)
        transfers = {}
        for order in orders:
            losers = [move.id for losing in plan[order.id].values() for move, _quantity in losing]
            transfers[order.id] = moves.browse([*plan[order.id], *losers]).picking_id
        return transfers

    @api.model
    def _before(self, orders):
        return {
            order_id: {
                "winners": list(taken),
                "losers": sorted({move.id for losing in taken.values() for move, _quantity in losing}),
            }
            for order_id, taken in self.env["oms.lane.supply"]._plan_swap(orders).items()
        }

    @api.model
    def _do(self, orders):
        """Free what orders of later rank hold, reserve it for these, and give the losers what is left."""
        plan = self.env["oms.lane.supply"]._plan_swap(orders)
        moves = self.env["stock.move"]
        losers = {
            order_id: moves.browse(move.id for losing in taken.values() for move, _quantity in losing)
            for order_id, taken in plan.items()
        }
        winners = {order_id: moves.browse(taken) for order_id, taken in plan.items()}
        every_loser, every_winner = moves.union(*losers.values()), moves.union(*winners.values())
        before = self._get_held(every_winner)
        every_loser._do_unreserve()
        self._assign_in_rank(every_winner)
        self._assign_in_rank(every_loser)
        return {order.id: self._tell_swapped(plan[order.id], before, losers[order.id].picking_id) for order in orders}

    @api.model
    def _tell_swapped(self, taken, before, transfers):
        """Return the transfers of both sides, or why this one got nothing; with a remark where it got less than was to be taken."""
        if not taken:
            return self.env._("No order of lower priority held it any more.")
        wanted = {move_id: sum(quantity for _loser, quantity in losing) for move_id, losing in taken.items()}
        result = self._tell_reserved(wanted, before)
        if isinstance(result, str):
            return result
        own, remark = result if isinstance(result, tuple) else (result, "")
        return (own | transfers, remark) if remark else own | transfers

    @api.model
    def _can_undo(self, order, documents, before):
        return self._get_moved_on_obstacle(before["winners"] + before["losers"])

    @api.model
    def _undo(self, order, documents, before):
        """Give the losers back what was taken, and this order what is left."""
        moves = self.env["stock.move"]
        winners, losers = moves.browse(before["winners"]).exists(), moves.browse(before["losers"]).exists()
        winners._do_unreserve()
        losers._action_assign()
        winners._action_assign()
