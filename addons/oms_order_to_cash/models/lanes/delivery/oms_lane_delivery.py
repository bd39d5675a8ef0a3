from odoo import api, models


class OmsLaneDelivery(models.AbstractModel):
    """What still has to leave for the customer, or to be performed."""

    _name = "oms.lane.delivery"
    _inherit = "oms.lane"
    _description = "Delivery Lane"

    @api.model
    def _get_state(self, fact):
        if not fact.is_confirmed():
            return {"state": "none"}
        moves, goods, services = fact.outward_moves, fact.goods_lines, fact.service_lines
        if not fact.has_goods() and not any(fact.is_positive(line["ordered"]) for line in services):
            return {"state": "none"}
        unshipped = [line for line in goods if fact.is_positive(line["ordered"] - line["shipped"])]
        to_perform = [line for line in services if fact.is_positive(line["ordered"] - line["delivered"])]
        if not moves and not unshipped and not to_perform:
            return {"state": "done"}
        is_unplanned = not moves and any(
            fact.is_positive(line["ordered"] - line["shipped"] - line["planned"]) and not fact.made_for.get(line["id"])
            for line in unshipped
        )
        return {
            "state": "blocked" if is_unplanned else "doing" if self._is_started(fact) else "todo",
            "stage": self._get_stage(moves, unshipped),
            "action": self._get_action(fact, is_unplanned, unshipped),
            "deadline": self._get_deadline(fact),
        }

    @api.model
    def _is_ready(self, move):
        return move["state"] in ("assigned", "partially_available")

    @api.model
    def _is_started(self, fact):
        if any(self._is_ready(move) for move in fact.outward_moves):
            return True
        return any(fact.is_positive(line["shipped"]) for line in fact.goods_lines + fact.service_lines)

    @api.model
    def _get_stage(self, moves, unshipped):
        if moves:
            return (
                "ship" if all(move["picked"] or (move["last_step"] and move["started"]) for move in moves) else "pick"
            )
        return "pick" if unshipped else "ship"

    @api.model
    def _get_action(self, fact, is_unplanned, unshipped):
        if is_unplanned:
            return "wait" if fact.header["locked"] else "plan"  # nothing is planned of a locked order
        if any(self._is_ready(move) and move["picking_state"] == "assigned" for move in fact.outward_moves):
            return "deliver"
        return "wait" if fact.outward_moves or unshipped else "perform"

    @api.model
    def _get_deadline(self, fact):
        """Return when the first open move has to leave, else the promise."""
        return min((move["deadline"] for move in fact.outward_moves), default=fact.header["date_promised"])
