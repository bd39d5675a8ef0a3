from odoo import api, models


class OmsLaneOrder(models.AbstractModel):
    """From the quotation to an order that can be worked on."""

    _name = "oms.lane.order"
    _inherit = "oms.lane"
    _description = "Order Lane"

    @api.model
    def _get_state(self, fact):
        state, deadline = fact.header["state"], fact.header["validity_date"]
        if state == "cancel":
            return {"state": "none"}
        if fact.header["held"]:
            return {"state": "blocked", "stage": "check", "action": "release", "deadline": deadline}
        if state == "sale":
            if fact.header["address_missing"] and fact.outward_moves:
                return {"state": "blocked", "stage": "check", "action": "complete", "deadline": deadline}
            return {"state": "done"}
        if fact.header["accepted"]:
            return {"state": "blocked", "stage": "check", "action": "confirm", "deadline": deadline}
        return {
            "state": "doing" if state == "sent" else "todo",
            "stage": "quotation",
            "action": "confirm",
            "deadline": deadline,
        }
