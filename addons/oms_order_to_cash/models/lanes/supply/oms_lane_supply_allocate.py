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
                self._get_reserve_text(shortage, min(shortage.quantity, shortage.free))
                for shortage in facts[order.id].signals["shortages"]
                if shortage.answer == "reserve"
            ]
            for order in orders
        }

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
        rivals = self.env["stock.move"]._oms_read_rivals([shortage.move["id"] for shortage in wanted])
        shares = self._share_free(rivals)
        plan = {order.id: {} for order in orders}
        for order_id, fact in facts.items():
            for shortage in fact.signals["shortages"]:
                plan[order_id].update(shares.get(shortage.move["id"], {}))
        return plan

    @api.model
    def _share_free(self, rivals):
        """Give what is free to moves that want the same, in their rank.

        :return: {move id: {move id: quantity}}: what it and those before it get, empty for one that gets nothing
        """
        reservable = self.env["stock.quant"]._oms_read_reservable([rival["id"] for rival in rivals])
        free = {move_id: own for move_id, (own, _now) in reservable.items()}
        shelves, shares = {}, {}
        for rival in rivals:
            shelves.setdefault((rival["product_id"], rival["location_id"]), []).append(rival["id"])
        for same in shelves.values():
            short = {rival["id"]: rival["short"] for rival in rivals if rival["id"] in set(same)}
            given = {}
            for move_id in same:
                share = min(short[move_id], free.get(move_id, 0.0))
                if share > 0:
                    self._take(free, same, move_id, share)
                    given[move_id] = share
                shares[move_id] = dict(given) if share > 0 else {}
        return shares

    @api.model
    def _take(self, free, same, move_id, share):
        """Take a share off what is ``free`` for each of the moves; what is too old for some goes first to whom it will do."""
        own = free[move_id]
        for other_id in same:
            left = free.get(other_id, 0.0)
            free[other_id] = left - max(share - max(own - left, 0.0), 0.0)

    @api.model
    def _get_allocated_transfers(self, orders):
        plan = self._plan_allocate(orders)
        return {order.id: self.env["stock.move"].browse(plan[order.id]).picking_id for order in orders}

    @api.model
    def _can_allocate(self, orders):
        _facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
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
        every_move = moves.browse({move_id for shares in plan.values() for move_id in shares})
        before = self._get_held(every_move)
        self._assign_in_rank(every_move)
        return {order.id: self._tell_reserved(plan[order.id], before) for order in orders}

    # === WHAT WAS RESERVED === #

    @api.model
    def _get_held(self, moves):
        """Return {move id: what it holds, in the product's unit of measure}."""
        return {
            move.id: move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id, round=False)
            for move in moves
        }

    @api.model
    def _tell_reserved(self, wanted, before):
        """Return the transfers of moves that got something, or why none did; with a remark where one got less than it was to get.

        :param wanted: {move id: quantity}
        :param before: what they held before, see :meth:`_get_held`
        """
        moves = self.env["stock.move"].browse(wanted)
        got = {move_id: held - before[move_id] for move_id, held in self._get_held(moves).items()}
        gained = moves.filtered(lambda move: move.product_id.uom_id.compare(got[move.id], 0.0) > 0)
        less = moves.filtered(lambda move: move.product_id.uom_id.compare(got[move.id], wanted[move.id]) < 0)
        if not gained:
            return self.env._("Nothing was free for it any more.")
        if not less:
            return gained.picking_id
        remarks = [
            self.env._(
                "Only %(got)s of %(wanted)s could be reserved for %(transfer)s.",
                got=self._format_number(move.product_id, got[move.id]),
                wanted=self._format_quantity(move.product_id, wanted[move.id]),
                transfer=move.picking_id.name,
            )
            for move in less
        ]
        return gained.picking_id, " ".join(remarks)

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
