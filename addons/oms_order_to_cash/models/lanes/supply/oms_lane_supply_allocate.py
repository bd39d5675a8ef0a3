from odoo import api, models


class OmsLaneSupply(models.AbstractModel):
    """Reserve what is free, for one order or in fair order for all that want it."""

    _inherit = "oms.lane.supply"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "allocate": {
                "label": self.env._("Allocate by rank"),
                "groups": "stock.group_stock_user",
                "documents": "_get_allocated_transfers",
            },
        }

    # === RESERVE: WHAT IT WILL CHANGE, AND BACK === #

    @api.model
    def _preview_reserve(self, orders):
        facts = self._read_short_facts(orders)
        return {
            order.id: [
                self._get_reserve_text(shortage, min(shortage.quantity, free))
                for shortage in facts[order.id].signals["shortages"]
                if shortage.answer == "reserve"
                and (free := facts[order.id].supply["free"].get(self._get_shelf(shortage), 0.0))
            ]
            for order in orders
        }

    @api.model
    def _get_shelf(self, shortage):
        return shortage.move["product_id"], shortage.move["location_id"]

    @api.model
    def _get_reserve_text(self, shortage, quantity):
        location = self.env["stock.location"].sudo().browse(shortage.move["location_id"])  # named to salespersons too
        return self.env._(
            "Reserves %(quantity)s from %(place)s.",
            quantity=self._format(shortage, quantity),
            place=location.display_name,
        )

    @api.model
    def _before_reserve(self, orders):
        facts = self._read_facts(orders.ids)
        return {
            order.id: {"reserved": [[move["id"], move["reserved"]] for move in self._get_short(facts[order.id])]}
            for order in orders
        }

    @api.model
    def _can_undo_reserve(self, order, documents, before):
        return self._get_moved_on_obstacle([move_id for move_id, _quantity in before["reserved"]])

    @api.model
    def _undo_reserve(self, order, documents, before):
        """Free what was reserved; what the moves held before stays theirs."""
        for move_id, reserved in before["reserved"]:
            move = self.env["stock.move"].browse(move_id).exists()
            if reserved:
                move.quantity = move.product_id.uom_id._compute_quantity(reserved, move.product_uom)
            else:
                move._do_unreserve()

    # === ALLOCATE === #

    @api.model
    def _plan_allocate(self, orders):
        """Share what is free among all that lack it, in their rank, as far as these orders get something.

        :return: {order id: {move id: quantity in the product's unit}}: the moves of the order and those of earlier rank
        """
        facts = self._read_short_facts(orders)
        wanted = [
            shortage
            for fact in facts.values()
            for shortage in fact.signals["shortages"]
            if shortage.is_pooled and shortage.answer == "reserve" and not fact.header["held"]
        ]
        free = self.env["stock.quant"]._oms_read_free({self._get_shelf(shortage) for shortage in wanted})
        shares, earlier = {}, {}
        for rival in self.env["stock.move"]._oms_read_rivals([shortage.move["id"] for shortage in wanted]):
            shelf = rival["product_id"], rival["location_id"]
            share = min(rival["short"], free.get(shelf, 0.0))
            if share > 0:
                free[shelf] -= share
                earlier.setdefault(shelf, {})[rival["id"]] = share
            shares[rival["id"]] = dict(earlier.get(shelf, {})) if share > 0 else {}
        plan = {order.id: {} for order in orders}
        for order_id, fact in facts.items():
            for shortage in fact.signals["shortages"]:
                plan[order_id].update(shares.get(shortage.move["id"], {}))
        return plan

    @api.model
    def _get_allocated_transfers(self, orders):
        plan = self._plan_allocate(orders)
        return {order.id: self.env["stock.move"].browse(plan[order.id]).picking_id for order in orders}

    @api.model
    def _can_allocate(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        plan = self._plan_allocate(orders)
        for order in orders:
            if order.id not in obstacles:
                none = self.env._("What is free goes to orders of earlier rank: buy more, or send something else.")
                obstacles[order.id] = "" if plan[order.id] else none
        return obstacles

    @api.model
    def _preview_allocate(self, orders):
        moves = self.env["stock.move"].sudo()  # who gets it is said to all who may run this
        return {
            order_id: [
                self.env._(
                    "Reserves %(quantity)s for %(order)s.",
                    quantity=self._format_quantity(moves.browse(move_id).product_id, quantity),
                    order=self._get_order_text(moves.browse(move_id)),
                )
                for move_id, quantity in shares.items()
            ]
            for order_id, shares in self._plan_allocate(orders).items()
        }

    @api.model
    def _do_allocate(self, orders):
        """Reserve what is free in the rank of those that lack it, up to these orders."""
        moves, plan = self.env["stock.move"], self._plan_allocate(orders)
        self._assign_in_rank(moves.browse({move_id for shares in plan.values() for move_id in shares}))
        nothing = self.env._("Nothing was free for it any more.")
        return {order.id: moves.browse(plan[order.id]).picking_id or nothing for order in orders}

    @api.model
    def _before_allocate(self, orders):
        moves = self.env["stock.move"]
        return {
            order_id: {
                "reserved": [
                    [move.id, move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)]
                    for move in moves.browse(shares)
                ]
            }
            for order_id, shares in self._plan_allocate(orders).items()
        }

    @api.model
    def _can_undo_allocate(self, order, documents, before):
        return self._can_undo_reserve(order, documents, before)

    @api.model
    def _undo_allocate(self, order, documents, before):
        """Free all that was reserved, for the others as well."""
        self._undo_reserve(order, documents, before)
