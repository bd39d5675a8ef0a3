from odoo import api, models


class OmsLaneSupply(models.AbstractModel):
    """Whether what has to leave is reserved, and if not, what brings it."""

    _name = "oms.lane.supply"
    _inherit = "oms.lane"
    _description = "Supply Lane"

    @api.model
    def _get_state(self, fact):
        if not fact.is_confirmed():
            return {"state": "none"}
        answers = {self._get_answer(fact, move) for move in fact.outward_moves if self._is_short(move)}
        if any(fact.made_for.values()):
            answers.add("purchase")
        if not answers:
            return {"state": "done" if fact.has_goods() else "none"}
        return {
            "state": "blocked" if "missing" in answers else "todo" if answers & {"reserve", "purchase"} else "doing",
            "stage": "supply",
            "action": "reserve"
            if "reserve" in answers
            else "purchase"
            if answers & {"missing", "purchase"}
            else "wait",
            "deadline": self.env["oms.lane.delivery"]._get_deadline(fact),
        }

    @api.model
    def _get_answer(self, fact, move):
        """Tell what ends this move's shortage: ``reserve``, ``purchase``, ``wait``, or ``missing`` when nothing does."""
        supply = fact.supply
        is_brought = move["fed_outside"] or move["is_waiting_for_own"]
        if not is_brought and fact.is_positive(self._get_free(fact, move)):
            return "reserve"
        place = (move["product_id"], move["warehouse_id"])
        if move["drafted"] or place in supply["drafts"]:
            return "purchase"
        return "wait" if move["fed_outside"] or place in supply["inbound"] else "missing"

    @api.model
    def _get_free(self, fact, move):
        """Return what would be reserved for a move now, in the product's unit of measure."""
        return fact.supply["free"].get(move["id"], (0.0, 0.0))[0]
