from odoo import fields, models


class OmsHoldReason(models.Model):
    """Why an order may not go on, and who may let it."""

    _name = "oms.hold.reason"
    _description = "Hold Reason"
    _order = "sequence, name"

    name = fields.Char(string="Reason", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    group_id = fields.Many2one(
        "res.groups", string="Released By", help="Who may release such a hold; empty: whoever may confirm orders."
    )
    frees_stock = fields.Boolean(help="What was reserved for the order is free for others while the hold lasts.")
    is_credit = fields.Boolean(string="Credit Hold", help="It is about the customer's credit.")

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "is_credit" in vals:
            holds = self.env["oms.hold"].sudo().search([("reason_id", "in", self.ids), ("state", "=", "active")])
            self.env["oms.flow.dirty"]._mark("sale.order", holds.order_id._ids)
        return result

    # === BUSINESS METHODS === #

    def _get_group(self):
        """Return whose users release such a hold."""
        self.ensure_one()
        return self.sudo().group_id or self.env.ref("sales_team.group_sale_salesman")
