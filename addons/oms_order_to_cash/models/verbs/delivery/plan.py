from odoo import api, models
from odoo.tools import LazyTranslate

from ...documents.handed import Handed

_lt = LazyTranslate(__name__)


class OmsVerbPlan(models.AbstractModel):
    _name = "oms.verb.plan"
    _inherit = "oms.verb"
    _description = "Plan delivery"

    _label = _lt("Plan delivery")
    _lane = "delivery"
    _groups = "sales_team.group_sale_salesman"
    _shares = "stock"

    @api.model
    def _can(self, orders):
        facts, obstacles = self._read_confirmed(orders)
        for order in orders.browse(facts):
            if order.locked:
                obstacles[order.id] = self.env._("It is locked: unlock it to plan its delivery.")
            elif not self._get_unplanned(facts[order.id]):
                obstacles[order.id] = self.env._("All of it is planned or delivered.")
        return obstacles

    @api.model
    def _get_unplanned(self, fact):
        """Return what was ordered and neither left nor is planned to, per line; core would plan what came back, too.

        A purchase made for a line plans it while it is a draft; what it brings to the own dock once confirmed has to be planned.
        """
        left = {line["id"]: line["ordered"] - line["shipped"] - line["planned"] for line in fact.goods_lines}
        return {
            line_id: quantity
            for line_id, quantity in left.items()
            if fact.is_positive(quantity) and not fact.made_for.get(line_id)
        }

    @api.model
    def _preview(self, orders):
        facts = self._read_facts(orders)
        return {
            order.id: [self._get_plan_text(order, *item) for item in self._get_unplanned(facts[order.id]).items()]
            for order in orders
        }

    @api.model
    def _get_plan_text(self, order, line_id, quantity):
        line = self.env["sale.order.line"].browse(line_id)
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s are planned from %(warehouse)s.",
            quantity=quantity,
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
            warehouse=order.warehouse_id.name,
        )

    @api.model
    def _do(self, orders):
        """Plan again what was ordered and no transfer brings."""
        facts = self._read_facts(orders)
        unplanned = {order_id: self._get_unplanned(fact) for order_id, fact in facts.items()}
        # What the vendor was to send to the customer is not bought again: it leaves from the warehouse.
        from_stock = frozenset(line_id for fact in facts.values() for line_id in fact.made_for)
        quantities = {line_id: quantity for lines in unplanned.values() for line_id, quantity in lines.items()}
        before = orders.picking_ids
        lines = self.env["sale.order.line"].browse(quantities)
        handed = {"oms_plan_quantities": Handed(quantities), "oms_plan_from_stock": Handed(from_stock)}
        lines.with_context(**handed)._action_launch_stock_rule()
        self.env.flush_all()
        facts = self._read_facts(orders)
        nothing = self.env._("Nothing could be planned: check the routes of its products.")
        return {
            order.id: nothing
            if self._get_unplanned(facts[order.id]) == unplanned[order.id]
            else order.picking_ids - before
            for order in orders
        }

    @api.model
    def _can_undo(self, order, documents, before):
        pickings = self.env["stock.picking"].browse(documents.get("stock.picking", [])).exists()
        done = pickings.filtered(lambda picking: "done" in picking.move_ids.mapped("state"))
        if done:
            return self.env._("%(transfers)s is done: take a return.", transfers=", ".join(done.mapped("name")))
        return "" if pickings.filtered(lambda picking: picking.state != "cancel") else self.env._("it is cancelled.")

    @api.model
    def _undo(self, order, documents, before):
        self.env["stock.picking"].browse(documents.get("stock.picking", [])).exists().action_cancel()
