from odoo import fields, models


class OmsHold(models.Model):
    """A reason why an order is neither reserved nor shipped; several at once, each released by whoever may.

    Released holds stay, as the memory of who stopped the order and who let it go on.
    """

    _name = "oms.hold"
    _description = "Order Hold"
    _order = "id desc"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    reason_id = fields.Many2one("oms.hold.reason", required=True, readonly=True)
    note = fields.Char(readonly=True)
    state = fields.Selection(
        [("active", "Active"), ("released", "Released")], required=True, readonly=True, default="active"
    )
    date_until = fields.Date(string="Until", readonly=True, help="It is released by itself on this day.")
    placed_by_id = fields.Many2one("res.users", readonly=True)
    date_placed = fields.Datetime(string="Placed", readonly=True, default=fields.Datetime.now)
    released_by_id = fields.Many2one("res.users", readonly=True)
    date_released = fields.Datetime(string="Released", readonly=True)
    release_note = fields.Char(readonly=True)

    # The same reason stops an order once.
    _active_unique = models.UniqueIndex("(order_id, reason_id) WHERE state = 'active'")
