from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbClose(models.AbstractModel):
    _name = "oms.verb.close"
    _inherit = "oms.verb"
    _description = "Close and lock"

    _label = _lt("Close and lock")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"

    @api.model
    def _can(self, orders):
        facts = self.env["oms.flow"]._read_lanes(orders.ids)  # where it stands is for all lanes together to say
        return {order.id: self._get_close_obstacle(facts[order.id]) for order in orders}

    @api.model
    def _get_close_obstacle(self, fact):
        if not fact.is_confirmed():
            return self.env._("Confirm the order first.")
        if fact.header["locked"]:
            return self.env._("It is locked already.")
        if fact.stage != "closed":
            stages = dict(self.env["oms.flow"]._fields["stage"]._description_selection(self.env))
            return self.env._("Something is left to do: it is in the stage %(stage)s.", stage=stages[fact.stage])
        return ""

    @api.model
    def _is_done(self, fact):
        return fact.header["locked"] or fact.header["state"] == "cancel"

    @api.model
    def _preview(self, orders):
        return {order.id: [self.env._("It can't be changed any more, until somebody unlocks it.")] for order in orders}

    @api.model
    def _do(self, orders):
        """Lock orders that are delivered, invoiced and paid."""
        orders.action_lock()
        return {order.id: order for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        return "" if order.locked else self.env._("it is unlocked already.")

    @api.model
    def _undo(self, order, documents, before):
        order.action_unlock()
