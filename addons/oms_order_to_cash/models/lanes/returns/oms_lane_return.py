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
            drafted = any(invoice["state"] == "draft" for invoice in fact.invoices)
            return {
                "state": "doing",
                "action": self.env["oms.lane.invoice"]._get_posting(fact) if drafted else "credit",
            }
        return {"state": "done" if fact.header["has_return"] else "none"}

    @api.model
    def _is_credit_owed(self, fact, line):
        """Tell whether more of a returned line is invoiced than what the customer keeps or gets instead."""
        return self._get_owed(fact, line) > 0

    @api.model
    def _get_owed(self, fact, line):
        """Return how much of a returned line is invoiced and neither kept nor replaced, in its unit, 0 for nothing.

        Draft credit notes don't count: nobody has given them yet.
        """
        if not fact.is_positive(line["returned"]):
            return 0.0
        kept = fact.get_target(line)
        if line["policy"] == "delivery":
            kept += min(line["planned"], fact.get_replaced(line))
        owed = line["invoiced"] - line["credited"] + line["credited_draft"] - kept
        return owed if fact.is_positive(owed) else 0.0
