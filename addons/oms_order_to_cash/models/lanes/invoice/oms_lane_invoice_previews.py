from odoo import api, models
from odoo.tools import format_amount


class OmsLaneInvoice(models.AbstractModel):
    """What invoicing, posting and sending will change, in words."""

    _inherit = "oms.lane.invoice"

    @api.model
    def _preview_invoice(self, orders):
        facts = self._read_facts(orders.ids)
        return {order.id: [self._get_invoice_text(order, facts[order.id])] for order in orders}

    @api.model
    def _get_invoice_text(self, order, fact):
        amount = self._get_amount_now(fact) * fact.header["currency_rate"]
        text = self.env._("Makes a draft invoice of %(amount)s.")
        if self._get_down_payment(fact):
            text = self.env._("Makes a draft invoice of %(amount)s, the down payment deducted.")
        return text % {"amount": format_amount(self.env, amount, order.currency_id)}

    @api.model
    def _preview_post(self, orders, move_ids=None):
        drafts = self._get_drafts(orders, move_ids)
        return {order_id: [self._get_post_text(move) for move in moves] for order_id, moves in drafts.items()}

    @api.model
    def _get_post_text(self, move):
        values = {
            "amount": format_amount(self.env, move.amount_total, move.currency_id),
            "customer": move.partner_id.display_name,
        }
        if move.move_type == "out_refund":
            return self.env._("Posts the credit note of %(amount)s to %(customer)s.", **values)
        return self.env._("Posts the invoice of %(amount)s to %(customer)s.", **values)

    @api.model
    def _preview_send(self, orders, move_ids=None, again=False):
        unsent = self._get_unsent(orders, move_ids, again)
        return {
            order_id: [
                self.env._(
                    "Sends %(invoice)s to %(address)s; what is sent can't be taken back.",
                    invoice=move.name,
                    address=move.partner_id.email or move.commercial_partner_id.email or move.partner_id.display_name,
                )
                for move in moves
            ]
            for order_id, moves in unsent.items()
        }
