from odoo import api, models
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbTransfer(models.AbstractModel):
    _name = "oms.verb.transfer"
    _inherit = "oms.verb"
    _description = "Transfer from another warehouse"

    _label = _lt("Transfer from another warehouse")
    _lane = "supply"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        plan = self._plan_transfer(orders)
        for order in orders:
            if order.id not in obstacles:
                none = self.env._("No other warehouse of the company has free what it lacks.")
                obstacles[order.id] = "" if plan[order.id] else none
        return obstacles

    @api.model
    def _plan_transfer(self, orders):
        """Choose the warehouse that has most of each, each piece once.

        :return: {order id: [(shortage, warehouse, quantity in the product's unit)]}
        """
        facts, taken = self.env["oms.lane.supply"]._read_short_facts(orders), {}
        plan = {order.id: [] for order in orders}
        for order_id, fact in facts.items():
            for shortage in fact.signals["shortages"]:
                chosen = self._choose_warehouse(shortage, taken)
                if chosen and fact.is_confirmed():
                    warehouse_id, quantity = chosen
                    key = shortage.move["product_id"], warehouse_id
                    taken[key] = taken.get(key, 0.0) + quantity
                    plan[order_id].append((shortage, self.env["stock.warehouse"].browse(warehouse_id), quantity))
        return plan

    @api.model
    def _choose_warehouse(self, shortage, taken):
        uom = self.env["oms.lane.supply"]._get_product(shortage).uom_id
        left = [
            (quantity - taken.get((shortage.move["product_id"], warehouse_id), 0.0), warehouse_id)
            for warehouse_id, quantity in shortage.elsewhere
        ]
        most, warehouse_id = max(left, key=lambda found: found[0], default=(0.0, None))
        return (warehouse_id, min(most, shortage.quantity)) if uom.compare(most, 0) > 0 else None

    @api.model
    def _preview(self, orders):
        lane = self.env["oms.lane.supply"]
        return {
            order_id: [
                self.env._(
                    "Brings %(quantity)s from %(giver)s to %(taker)s.",
                    quantity=lane._format(shortage, quantity),
                    giver=warehouse.sudo().name,
                    taker=lane._get_place(shortage).name,
                )
                for shortage, warehouse, quantity in transfers
            ]
            for order_id, transfers in self._plan_transfer(orders).items()
        }

    @api.model
    def _do(self, orders):
        """Send goods from one warehouse to the other, by its route of resupply where it has one."""
        nothing = self.env._("No other warehouse has it free any more.")
        results = {}
        for order_id, transfers in self._plan_transfer(orders).items():
            order, pickings = orders.browse(order_id), self.env["stock.picking"]
            for shortage, warehouse, quantity in transfers:
                pickings |= self._transfer(order, shortage, warehouse, quantity)
            results[order_id] = pickings or nothing
        return results

    @api.model
    def _transfer(self, order, shortage, source, quantity):
        route = (
            self.env["oms.lane.supply"]
            ._get_place(shortage)
            .resupply_route_ids.filtered(lambda route: route.supplier_wh_id == source and route.active)
        )
        if route:
            return self._resupply(order, shortage, route[:1], quantity)
        return self._move_through_transit(order, shortage, source, quantity)

    @api.model
    def _resupply(self, order, shortage, route, quantity):
        lane = self.env["oms.lane.supply"]
        product, before = lane._get_product(shortage), self._get_resupply_moves(order)
        values = {
            "company_id": order.company_id,
            "warehouse_id": lane._get_place(shortage),
            "route_ids": route,
            "date_planned": self.env.cr.now(),
            "date_deadline": shortage.move["deadline"],
            "reference_ids": order.sudo().stock_reference_ids,  # a warehouse user reads no sales
        }
        location = self.env["stock.location"].browse(shortage.move["location_id"])
        self.env["stock.rule"].run(
            [
                self.env["stock.rule"].Procurement(
                    product,
                    quantity,
                    product.uom_id,
                    location,
                    product.display_name,
                    order.name,
                    order.company_id,
                    values,
                )
            ]
        )
        pickings = (self._get_resupply_moves(order) - before).picking_id
        pickings.action_assign()
        return pickings

    @api.model
    def _get_resupply_moves(self, order):
        return self.env["stock.move"].search(
            [
                ("origin", "=", order.name),
                ("sale_line_id", "=", False),
                ("company_id", "=", order.company_id.id),
                ("state", "not in", ("done", "cancel")),
            ]
        )

    @api.model
    def _move_through_transit(self, order, shortage, source, quantity):
        """Make the two transfers that a route of resupply would: out of one warehouse, into the other."""
        transit = self.env["stock.location"].browse(order.company_id.sudo().internal_transit_location_id.id)
        target = self.env["stock.location"].browse(shortage.move["location_id"])
        warehouse = self.env["oms.lane.supply"]._get_place(shortage)
        incoming = self._make_transfer(order, shortage, warehouse.in_type_id, transit, target, quantity)
        outgoing = self._make_transfer(order, shortage, source.out_type_id, source.lot_stock_id, transit, quantity)
        outgoing.move_ids.move_dest_ids = incoming.move_ids
        incoming.move_ids.procure_method = "make_to_order"
        (outgoing + incoming).action_confirm()
        outgoing.action_assign()
        return outgoing + incoming

    @api.model
    def _make_transfer(self, order, shortage, picking_type, source, target, quantity):
        product = self.env["oms.lane.supply"]._get_product(shortage)
        places = {"location_id": source.id, "location_dest_id": target.id}
        move = {
            **places,
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
            "origin": order.name,
            "date_deadline": shortage.move["deadline"],
            # What it brings is reserved for this order first; a cancelled transfer cancels no delivery.
            "reference_ids": [Command.set(order.sudo().stock_reference_ids.ids)],
            "propagate_cancel": False,
        }
        return self.env["stock.picking"].create(
            {
                **places,
                "picking_type_id": picking_type.id,
                "company_id": order.company_id.id,
                "origin": order.name,
                "move_ids": [Command.create(move)],
            }
        )

    @api.model
    def _can_undo(self, order, documents, before):
        pickings = self.env["stock.picking"].browse(documents.get("stock.picking", [])).exists()
        left = pickings.filtered(lambda picking: picking.state == "done")
        return self.env._("%(transfer)s has left already.", transfer=left[0].name) if left else ""

    @api.model
    def _undo(self, order, documents, before):
        """Cancel the transfers."""
        self.env["stock.picking"].browse(documents["stock.picking"]).exists().action_cancel()
