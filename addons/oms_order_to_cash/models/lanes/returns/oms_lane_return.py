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
        if self._get_amount_not_kept(fact):
            drafted = any(invoice["state"] == "draft" for invoice in fact.invoices)
            return {
                "state": "doing",
                "action": self.env["oms.lane.invoice"]._get_posting(fact) if drafted else "credit",
            }
        return {"state": "done" if fact.header["has_return"] else "none"}

    @api.model
    def _get_owed_quantities(self, fact, with_drafts=False):
        """Return how much of which line is neither kept nor credited nor replaced: {order line id: quantity in its unit}."""
        return {
            line_id: sum(quantity for row, quantity in parts if row["move_type"] == "out_invoice")
            for line_id, parts in self._get_owed_parts(fact, with_drafts).items()
        }
