from odoo import api, models


class OmsDetectorO6(models.AbstractModel):
    _name = "oms.detector.o6"
    _inherit = "oms.detector"
    _description = "Paid but not confirmed"

    @api.model
    def _find(self, facts):
        """Paid, but not confirmed: the customer's money is in and nothing moves."""
        return {
            order_id: self._prepare_finding(
                fact, "sales", deadline=fact.header["date_order"], since=fact.header["date_order"], critical=True
            )
            for order_id, fact in facts.items()
            if fact.header["paid"] and fact.header["state"] in ("draft", "sent")
        }

    @api.model
    def _explain(self, issue):
        # Nobody but accountants may open payments, but whoever works on the order sees that it is paid.
        paid = issue.order_id.sudo().transaction_ids.filtered(lambda tx: tx.state in ("done", "authorized"))
        return [
            self._link(
                self.env._("%(provider)s payment %(reference)s", provider=tx.provider_id.name, reference=tx.reference),
                tx,
                "success",
            )
            for tx in paid
        ] + [self._link(self.env._("The quotation is not confirmed."), issue.order_id, "danger")]
