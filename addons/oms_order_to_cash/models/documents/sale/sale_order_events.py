from odoo import api, models
from odoo.tools import SQL

_EVENTS = {"sent": "sent", "sale": "confirmed", "cancel": "cancelled", "draft": "reopened"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        events = self.env["oms.event"]
        events._note("placed", orders)
        events._note("confirmed", orders.filtered(lambda order: order.state == "sale"))
        return orders

    def write(self, vals):
        state = vals.get("state")
        changed = self.filtered(lambda order: order.state != state) if state in _EVENTS else self.browse()
        result = super().write(vals)
        self.env["oms.event"]._note(_EVENTS.get(state), changed)
        return result

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        # Their events go with them; nobody else may delete what happened.
        self.env.cr.execute(SQL("DELETE FROM oms_event WHERE order_id = ANY(%s)", ids))
        return result
