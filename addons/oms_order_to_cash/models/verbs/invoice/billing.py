from odoo import api, models
from odoo.exceptions import UserError


class OmsVerbBilling(models.AbstractModel):
    """What verbs on invoices have in common."""

    _name = "oms.verb.billing"
    _inherit = "oms.verb"
    _description = "Billing"

    @api.model
    def _get_made(self, documents):
        return self.env["account.move"].browse(documents.get("account.move", [])).exists()

    @api.model
    def _check_total(self, document, made, expected):
        """Raise where a draft is not what was announced: what is billed is what somebody agreed to.

        :param document: the order, or the invoice to credit
        """
        total = sum(made.mapped("amount_total"))
        if document.currency_id.compare_amounts(total, abs(expected)):
            raise UserError(
                self.env._(
                    "The draft for %(document)s would be %(total)s and not %(expected)s, as announced: make it from there, and "
                    "check its prices, taxes and down payments.",
                    document=document.display_name,
                    total=document.currency_id.format(total),
                    expected=document.currency_id.format(abs(expected)),
                )
            )

    @api.model
    def _get_linked(self, orders, move_ids, state):
        """Return the invoices and credit notes of each order in a state, among ``move_ids`` where given."""
        linked = {order_id: [] for order_id in orders.ids}
        for invoice in self.env["account.move"]._oms_read_invoices(orders.ids):
            if invoice["state"] == state and (move_ids is None or invoice["id"] in move_ids):
                linked[invoice["order_id"]].append(invoice["id"])
        return {order_id: self.env["account.move"].browse(ids) for order_id, ids in linked.items()}
