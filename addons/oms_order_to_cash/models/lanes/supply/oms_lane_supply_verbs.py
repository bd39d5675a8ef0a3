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
        facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
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
        """Reserve free stock for what still has to leave; of many orders the first in rank is served first."""
        facts = self._read_facts(orders.ids)
        wanted = {
            order_id: {
                move["id"]: min(self._get_free(fact, move), move["quantity"] - move["reserved"])
                if self._get_answer(fact, move) == "reserve"
                else 0.0
                for move in self._get_short(fact)
            }
            for order_id, fact in facts.items()
        }
        moves = self.env["stock.move"].browse(move_id for shares in wanted.values() for move_id in shares)
        before = self._get_held(moves)
        self._sort_by_rank(moves)._action_assign()
        return {order_id: self._tell_reserved(shares, before) for order_id, shares in wanted.items()}

    @api.model
    def _sort_by_rank(self, moves):
        return moves.sorted(
            lambda move: (
                -int(move.priority or 0),
                move.date_deadline or move.date,
                move.sudo().sale_line_id.order_id.id,  # a warehouse user may not read sales
                move.id,
            )
        )
