from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbSubstitute(models.AbstractModel):
    _name = "oms.verb.substitute"
    _inherit = "oms.verb.short_goods"
    _description = "Send another product"

    _label = _lt("Send another product")
    _lane = "supply"
    _groups = "sales_team.group_sale_salesman"
    _params = (param.record("product_id", _lt("Product to Send")).required(),)
    _asks = True
    _is_for_rules = False

    @api.model
    def _can(self, orders, product_id=None):
        facts, obstacles = self._read_confirmed_short(orders)
        for order_id, fact in facts.items():
            obstacles[order_id] = self._get_substitute_obstacle(orders.browse(order_id), fact, product_id)
        return obstacles

    @api.model
    def _get_substitute_obstacle(self, order, fact, product_id):
        shortages = self._get_replaceable(order, fact)
        line = order.order_line.browse({shortage.move["line_id"] for shortage in shortages})
        if not line:
            return self.env._("Nothing of it is short without a way to come.")
        if len(shortages) > 1:
            return self.env._("Several lines are short: replace them on the order.")
        if order.locked:
            return self.env._("It is locked: unlock it to change its lines.")
        if fact.is_positive(line.qty_invoiced):
            return self.env._("The line is invoiced already: credit it first.")
        product = self.env["product.product"].browse(product_id or [])
        if product == line.product_id:
            return self.env._("That is the product that is short: choose another one.")
        if product and not line.product_uom_id._has_common_reference(product.uom_id):
            return self.env._("%(product)s is sold in another unit: change the order by hand.", product=product.name)
        return ""

    @api.model
    def _get_replaceable(self, order, fact):
        """Return the shortages of an order that nothing will end in time; parts of kits are none."""
        return [
            shortage
            for shortage in fact.signals["shortages"]
            if (shortage.answer == "missing" or fact.is_positive(shortage.excess))
            and order.order_line.browse(shortage.move["line_id"]).product_id.id == shortage.move["product_id"]
        ]

    @api.model
    def _preview(self, orders, product_id=None):
        lane = self.env["oms.lane.supply"]
        facts = lane._read_short_facts(orders)
        product = self.env["product.product"].browse(product_id or [])
        return {
            order.id: [
                self.env._(
                    "Sends %(product)s instead of %(quantity)s, at the same price.",
                    product=product.name or self.env._("the product that you choose"),
                    quantity=lane._format(shortage, shortage.quantity),
                )
                for shortage in self._get_replaceable(order, facts[order.id])
            ]
            for order in orders
        }

    @api.model
    def _before(self, orders):
        facts, before = self.env["oms.lane.supply"]._read_short_facts(orders), {}
        for order in orders:
            for shortage in self._get_replaceable(order, facts[order.id])[:1]:
                line = order.order_line.browse(shortage.move["line_id"])
                before[order.id] = {"line_id": line.id, "quantity": self._get_line_quantity(line, shortage)}
        return before

    @api.model
    def _get_line_quantity(self, line, shortage):
        return (
            self.env["oms.lane.supply"]
            ._get_product(shortage)
            .uom_id._compute_quantity(shortage.quantity, line.product_uom_id)
        )

    @api.model
    def _do(self, orders, product_id=None):
        """Replace what is short of a line by another product at the same price; what left stays on the line."""
        if not product_id:
            raise UserError(self.env._("Choose the product to send instead."))
        product, facts = (
            self.env["product.product"].browse(product_id),
            self.env["oms.lane.supply"]._read_short_facts(orders),
        )
        return {
            order.id: self._substitute(order, *self._get_replaceable(order, facts[order.id])[:1], product)
            for order in orders
        }

    @api.model
    def _substitute(self, order, shortage, product):
        line = order.order_line.browse(shortage.move["line_id"])
        quantity = self._get_line_quantity(line, shortage)
        line.product_uom_qty -= quantity
        order.order_line = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "product_uom_id": line.product_uom_id.id,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "sequence": line.sequence,
                }
            )
        ]
        new = order.order_line.sorted("id")[-1]
        new.oms_date_promised = line.oms_date_promised
        return new

    @api.model
    def _can_undo(self, order, documents, before):
        new = order.order_line.browse(documents.get("sale.order.line", []))
        product = new.product_id.name
        if new.qty_delivered or any(move.state == "done" or move.picked for move in new.sudo().move_ids):
            return self.env._("%(product)s was picked or shipped since.", product=product)
        if new.qty_invoiced:
            return self.env._("%(product)s is invoiced already.", product=product)
        if new.product_uom_id.compare(new.product_uom_qty, before["quantity"]) != 0:
            return self.env._("The line of %(product)s was changed since.", product=product)
        return ""

    @api.model
    def _undo(self, order, documents, before):
        """Take the other product off, and order again what it stood for."""
        order.order_line.browse(documents["sale.order.line"]).product_uom_qty = 0
        order.order_line.browse(before["line_id"]).product_uom_qty += before["quantity"]
