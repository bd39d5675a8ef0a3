from odoo import api, models


class OmsLaneSupply(models.AbstractModel):
    _inherit = "oms.lane.supply"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "reserve": {
                "label": self.env._("Reserve stock"),
                "groups": "stock.group_stock_user",
                "shares": "stock",
            },
        }

    @api.model
    def _can_reserve(self, orders):
        facts, obstacles = self._read_confirmed(orders)
        return {**obstacles, **{order_id: self._get_reserve_obstacle(fact) for order_id, fact in facts.items()}}

    @api.model
    def _is_done_reserve(self, fact):
        return fact.lanes["supply"]["state"] in ("none", "done")

    @api.model
    def _get_reserve_obstacle(self, fact):
        short = self._get_short(fact)
        if not fact.outward_moves:
            return self.env._("It has nothing to reserve.")
        if not short:
            return self.env._("All it needs is reserved.")
        if fact.header["held"]:
            return self.env._("It is on hold: release it first.")
        if not any(self._get_answer(fact, move) == "reserve" for move in short):
            return self.env._("No stock is free for it: buy, or wait for what is on the way.")
        return ""

    @api.model
    def _get_short(self, fact):
        return [move for move in fact.outward_moves if self._is_short(move)]

    @api.model
    def _do_reserve(self, orders):
        """Reserve free stock for what still has to leave."""
        facts = self._read_facts(orders.ids)
        moves = {
            order_id: self.env["stock.move"].browse(move["id"] for move in self._get_short(fact))
            for order_id, fact in facts.items()
        }
        every_move = self.env["stock.move"].union(*moves.values())
        before = {move.id: move.quantity for move in every_move}
        every_move._action_assign()
        none_left = self.env._("No stock was free for it any more.")
        gained = every_move.filtered(lambda move: move.quantity != before[move.id] or move.state == "assigned")
        return {order_id: (wanted & gained).picking_id or none_left for order_id, wanted in moves.items()}
