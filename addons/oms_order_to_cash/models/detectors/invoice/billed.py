from odoo import api, models


class OmsDetectorI4(models.AbstractModel):
    _name = "oms.detector.i4"
    _inherit = "oms.detector.invoice"
    _description = "Invoice differs from the order"

    @api.model
    def _find(self, facts):
        """Quantity, price or tax differs from the order: the customer will not pay it as it is."""
        lane = self.env["oms.lane.invoice"]
        return {
            order_id: self._prepare_difference(fact, found)
            for order_id, fact in facts.items()
            if fact.is_confirmed()
            if (found := lane._get_excesses(fact, "order") + lane._get_differences(fact) + lane._get_undeducted(fact))
        }

    @api.model
    def _explain(self, issue):
        return [link for found in issue.data["differences"] for link in self._explain_difference(issue, found)]


class OmsDetectorI5(models.AbstractModel):
    _name = "oms.detector.i5"
    _inherit = "oms.detector.invoice"
    _description = "Invoiced beyond delivered"

    @api.model
    def _find(self, facts):
        """Invoiced beyond delivered: billed on delivery, but nothing like it was delivered."""
        return {
            order_id: self._find_i5(fact, found)
            for order_id, fact in facts.items()
            if fact.is_confirmed()
            if (found := self.env["oms.lane.invoice"]._get_excesses(fact, "delivery"))
        }

    @api.model
    def _find_i5(self, fact, found):
        """Where all of it is planned to leave, the warehouse has the next move and it is less grave."""
        is_planned = not any(
            fact.is_positive(difference["quantity"] - difference["line"]["planned"]) for difference in found
        )
        if is_planned:
            return self._prepare_difference(fact, found, turn="warehouse", severity="low")
        return self._prepare_difference(fact, found)

    @api.model
    def _explain(self, issue):
        chain = []
        for found in issue.data["differences"]:
            chain += self._explain_difference(issue, {**found, "kind": "undelivered"})
        # Which transfers are open is no secret to who sees the order.
        transfers = issue.order_id.sudo().picking_ids.filtered(
            lambda transfer: transfer.state not in ("done", "cancel")
        )
        return chain + [
            self._link(self.env._("%(transfer)s is still to leave", transfer=transfer.name), transfer, "warning")
            for transfer in transfers
        ]
