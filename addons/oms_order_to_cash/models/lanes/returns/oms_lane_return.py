from odoo import api, models


class OmsLaneReturn(models.AbstractModel):
    """What comes back, beside the flow: announced, received, credited."""

    _name = "oms.lane.return"
    _inherit = "oms.lane"
    _description = "Return Lane"

    @api.model
    def _get_state(self, fact):
        if any(move["is_return"] for move in fact.moves):
            return {"state": "todo", "action": "receive"}
        if any(self._is_credit_owed(fact, line) for line in fact.priced_lines):
            return {"state": "doing", "action": "credit"}
        return {"state": "done" if fact.header["has_return"] else "none"}

    @api.model
    def _is_credit_owed(self, fact, line):
        """Tell whether more of a returned line is invoiced than what the customer keeps or gets instead.

        Draft credit notes don't count: nobody has given them yet.
        """
        if not fact.is_positive(line["returned"]):
            return False
        kept = fact.get_target(line)
        if line["policy"] == "delivery":
            kept += min(line["planned"], fact.get_replaced(line))
        return fact.is_positive(line["invoiced"] - line["credited"] + line["credited_draft"] - kept)
