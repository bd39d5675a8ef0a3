from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbApprove(models.AbstractModel):
    _name = "oms.verb.approve"
    _inherit = "oms.verb.reopening"
    _description = "Approve prices"

    _label = _lt("Approve prices")
    _lane = "order"
    _groups = "sales_team.group_sale_manager"

    @api.model
    def _can(self, orders):
        self.env.flush_all()
        found = self.env["oms.lane.order"]._read_unapproved(orders.ids)
        fine = self.env._("No price of it has to be approved.")
        return {order.id: "" if order.id in found else fine for order in orders}

    @api.model
    def _preview(self, orders):
        lane = self.env["oms.lane.order"]
        found = lane._read_unapproved(orders.ids)
        return {order.id: [lane._get_price_text(order, line) for line in found.get(order.id, ())] for order in orders}

    @api.model
    def _before(self, orders):
        return {
            order.id: {
                "oms_price_approved": order.oms_price_approved,
                "oms_price_approved_by_id": order.oms_price_approved_by_id.id,
                "oms_price_approved_on": fields.Datetime.to_string(order.oms_price_approved_on),
            }
            for order in orders
        }

    @api.model
    def _do(self, orders):
        """Approve the orders' prices as they are now; another change has to be approved again."""
        lane = self.env["oms.lane.order"]
        found = lane._read_unapproved(orders.ids)
        for order in orders:
            order.write(
                {
                    "oms_price_approved": lane._get_price_fingerprint(found[order.id]),
                    "oms_price_approved_by_id": self.env.uid,
                    "oms_price_approved_on": fields.Datetime.now(),
                }
            )
        return {order.id: order for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        return self._get_built_on(order) if order.state == "sale" else ""

    @api.model
    def _undo(self, order, documents, before):
        order.write(before)
