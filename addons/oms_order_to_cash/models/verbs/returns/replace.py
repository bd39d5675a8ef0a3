from odoo import api, models
from odoo.tools import LazyTranslate

from ...documents.handed import Handed

_lt = LazyTranslate(__name__)


class OmsVerbReplace(models.AbstractModel):
    _name = "oms.verb.replace"
    _inherit = "oms.verb"
    _description = "Send a replacement"

    _label = _lt("Send a replacement")
    _lane = "return"
    _groups = "sales_team.group_sale_salesman"

    @api.model
    def _can(self, orders):
        facts, obstacles = self._read_confirmed(orders)
        for order in orders.browse(facts):
            if order.locked:
                obstacles[order.id] = self.env._("It is locked: unlock it to plan its delivery.")
            elif not self._get_to_replace(facts[order.id]):
                obstacles[order.id] = self.env._("Nothing of it came back that is neither credited nor replaced.")
        return obstacles

    @api.model
    def _get_to_replace(self, fact):
        """Return how much of the goods that came back is neither credited nor replaced, per line in its unit."""
        goods_ids = {line["id"] for line in fact.goods_lines}
        return {
            line_id: quantity
            for line_id, quantity in self.env["oms.lane.return"]._get_owed_quantities(fact, with_drafts=True).items()
            if line_id in goods_ids and fact.is_positive(quantity)
        }

    @api.model
    def _preview(self, orders):
        facts = self._read_facts(orders)
        return {
            order_id: [self._get_replace_text(*item) for item in self._get_to_replace(fact).items()]
            for order_id, fact in facts.items()
        }

    @api.model
    def _get_replace_text(self, line_id, quantity):
        line = self.env["sale.order.line"].browse(line_id)
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s are planned for the customer; no credit is owed any more.",
            quantity=quantity,
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
        )

    @api.model
    def _do(self, orders):
        """Plan the delivery of new goods for what came back."""
        facts = self._read_facts(orders)
        quantities = {
            line_id: quantity for fact in facts.values() for line_id, quantity in self._get_to_replace(fact).items()
        }
        before = orders.picking_ids
        lines = self.env["sale.order.line"].browse(quantities)
        lines.with_context(oms_plan_quantities=Handed(quantities))._action_launch_stock_rule()
        self.env.flush_all()
        nothing = self.env._("Nothing could be planned: check the routes of its products.")
        return {order.id: order.picking_ids - before or nothing for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        return self.env["oms.verb.plan"]._can_undo(order, documents, before)

    @api.model
    def _undo(self, order, documents, before):
        self.env["oms.verb.plan"]._undo(order, documents, before)
