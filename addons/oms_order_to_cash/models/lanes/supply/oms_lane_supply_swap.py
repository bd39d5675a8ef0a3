from odoo import api, models


class OmsLaneSupply(models.AbstractModel):
    """Take reservations from orders of later rank."""

    _inherit = "oms.lane.supply"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "swap": {
                "label": self.env._("Take over reservation"),
                "groups": "stock.group_stock_user",
                "documents": "_get_swapped_transfers",
            },
        }

    # === WHO LOSES === #

    @api.model
    def _plan_swap(self, orders):
        """Choose who gives what up: the last in rank first, each piece once, what is picked left alone.

        :return: {order id: {short move id: [(losing move, quantity in the product's unit)]}}
        """
        facts = self._read_short_facts(orders)
        wanted = {
            shortage.move["id"]: shortage.quantity
            for fact in facts.values()
            for shortage in fact.signals["shortages"]
            if fact.is_confirmed() and self._is_outranking(fact, shortage)
        }
        rivals = self.env["stock.move"]._oms_read_rivals(list(wanted))
        held = {rival["id"]: rival["releasable"] for rival in rivals}
        plan = {order.id: {} for order in orders}
        for rank, rival in enumerate(rivals):
            if rival["id"] in wanted:
                losers = self._choose_losers(rival, wanted[rival["id"]], rivals[rank + 1 :], held)
                if losers:
                    plan[rival["order_id"]][rival["id"]] = losers
        return plan

    @api.model
    def _choose_losers(self, winner, quantity, later, held):
        """Take from ``held``, {move id: what it can give up}, the last in rank first."""
        uom, losers = self.env["product.product"].sudo().browse(winner["product_id"]).uom_id, []
        for rival in reversed(later):
            same = (rival["product_id"], rival["location_id"]) == (winner["product_id"], winner["location_id"])
            taken = min(held[rival["id"]], quantity)
            if same and rival["order_id"] != winner["order_id"] and uom.compare(taken, 0) > 0:
                held[rival["id"]] -= taken
                quantity -= taken
                # Who loses is said to all who may run this.
                losers.append((self.env["stock.move"].sudo().browse(rival["id"]), taken))
        return losers

    @api.model
    def _get_swapped_transfers(self, orders):
        moves, plan = self.env["stock.move"], self._plan_swap(orders)
        transfers = {}
        for order in orders:
            losers = [move.id for losing in plan[order.id].values() for move, _quantity in losing]
            transfers[order.id] = moves.browse([*plan[order.id], *losers]).picking_id
        return transfers

    @api.model
    def _can_swap(self, orders):
        _facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        plan = self._plan_swap(orders)
        for order in orders:
            if order.id not in obstacles:
                none = self.env._("No order of lower priority holds what it lacks.")
                obstacles[order.id] = "" if plan[order.id] else none
        return obstacles

    @api.model
    def _preview_swap(self, orders):
        plan = self._plan_swap(orders)
        return {
            order.id: [
                self.env._(
                    "Takes %(quantity)s from %(order)s.",
                    quantity=self._format_quantity(loser.product_id, quantity),
                    order=self._get_order_text(loser),
                )
                for losing in plan[order.id].values()
                for loser, quantity in losing
            ]
            for order in orders
        }

    # === SWAP === #

    @api.model
    def _do_swap(self, orders):
        """Free what orders of later rank hold, reserve it for these, and give the losers what is left."""
        plan = self._plan_swap(orders)
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
    def _assign_in_rank(self, moves):
        """Reserve for moves in the order of their rank, whatever order they come in."""
        self.env.flush_all()
        rivals = self.env["stock.move"]._oms_read_rivals(moves.ids)
        moves.browse(rival["id"] for rival in rivals if rival["id"] in moves._ids)._action_assign()

    # === UNDO === #

    @api.model
    def _before_swap(self, orders):
        return {
            order_id: {
                "winners": list(taken),
                "losers": sorted({move.id for losing in taken.values() for move, _quantity in losing}),
            }
            for order_id, taken in self._plan_swap(orders).items()
        }

    @api.model
    def _can_undo_swap(self, order, documents, before):
        return self._get_moved_on_obstacle(before["winners"] + before["losers"])

    @api.model
    def _get_moved_on_obstacle(self, move_ids):
        """Return why reservations of these moves can't be taken back: one was picked, shipped or cancelled since."""
        for move in self.env["stock.move"].browse(move_ids).exists():
            if move.picked or move.state in ("done", "cancel"):
                return self.env._("%(transfer)s was picked, shipped or cancelled since.", transfer=move.picking_id.name)
        return ""

    @api.model
    def _undo_swap(self, order, documents, before):
        """Give the losers back what was taken, and this order what is left."""
        moves = self.env["stock.move"]
        winners, losers = moves.browse(before["winners"]).exists(), moves.browse(before["losers"]).exists()
        winners._do_unreserve()
        losers._action_assign()
        winners._action_assign()
