from odoo import api, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        # A web shop's connector hands over what is paid already.
        self.env["oms.flow.dirty"]._mark("sale.order", transactions.sale_order_ids._ids)
        return transactions

    def write(self, vals):
        if "sale_order_ids" in vals:
            self.env["oms.flow.dirty"]._mark("sale.order", self.sale_order_ids._ids)
        result = super().write(vals)
        if "state" in vals or "sale_order_ids" in vals:
            self.env["oms.flow.dirty"]._mark("sale.order", self.sale_order_ids._ids)
        return result
