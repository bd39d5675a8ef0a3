from odoo import api, models


class OmsVerbReceivable(models.AbstractModel):
    """What verbs on open invoices have in common."""

    _name = "oms.verb.receivable"
    _inherit = "oms.verb"
    _description = "Receivable"

    @api.model
    def _read_receivable_facts(self, orders):
        """Return {order id: OrderFacts} with what is due of their invoices."""
        facts = self._read_facts(orders)
        self.env["oms.lane.payment"]._read_receivables(facts)
        return facts

    @api.model
    def _get_address_obstacle(self, move):
        if move.partner_id.email or move.commercial_partner_id.email:
            return ""
        return self.env._("%(customer)s has no e-mail address: add one.", customer=move.partner_id.display_name)

    @api.model
    def _browse_rows(self, rows):
        return self.env["account.move"].browse(row["id"] for row in rows)
