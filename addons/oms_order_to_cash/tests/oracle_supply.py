"""What still has to be reserved for an order, and what would bring it, asked of core move by move; see docs/flow.md."""

from functools import cached_property

_DRAFT_PURCHASE = ("draft", "sent", "to approve")


class OracleSupply:
    def _read_supply(self):
        if not self.is_confirmed:
            return "none"
        self.answers = set(self.short_answers)
        if self._get_draft_purchase_lines():
            self.answers.add("purchase")
        for state, answers in (("blocked", {"nothing"}), ("todo", {"reserve", "purchase"}), ("doing", {"wait"})):
            if answers & self.answers:
                return state
        return "done" if self._has_goods() else "none"

    @cached_property
    def short_answers(self):
        """How each short move could be served."""
        return {self._get_answer(move) for move in self.outward if self._is_short(move)}

    def _has_goods(self):
        return bool(self.outward) or any(
            line.is_above_zero(line.ordered) or line.is_above_zero(line.shipped) for line in self.goods
        )

    def _get_draft_purchase_lines(self):
        lines = self.order.order_line.purchase_line_ids
        return lines.filtered(lambda line: line.order_id.state in _DRAFT_PURCHASE and line.product_qty > 0)

    def _is_short(self, move):
        """A step that waits for an earlier step of its own order is not short."""
        if move.state not in ("confirmed", "partially_available", "waiting"):
            return False
        return not any(
            origin.state not in ("draft", "done", "cancel") and origin.sale_line_id.order_id == self.order
            for origin in move.move_orig_ids
        )

    def _get_answer(self, move):
        if self._is_stock_free(move):
            return "reserve"
        if self._is_purchase_drafted(move):
            return "purchase"
        if self._get_open_origins(move) or self._is_on_the_way(move):
            return "wait"
        return "nothing"

    def _get_open_origins(self, move):
        return move.move_orig_ids.filtered(lambda origin: origin.state not in ("draft", "done", "cancel"))

    def _is_stock_free(self, move):
        """What is made to order only takes what was brought for it."""
        if self._get_open_origins(move):
            return False
        brought = move.move_orig_ids.filtered(lambda origin: origin.state == "done")
        if move.procure_method == "make_to_order" and not brought:
            return False
        if move._should_bypass_reservation():
            return True
        if move.move_orig_ids:
            return self._is_left_of_brought(move)
        quants = self.env["stock.quant"].with_context(packaging_uom_id=move.packaging_uom_id)
        if "use_expiration_date" in move.product_id._fields and move.product_id.use_expiration_date:
            quants = quants.with_context(with_expiration=move.date)
        missing = move.product_uom._compute_quantity(move.product_uom_qty - move.quantity, move.product_id.uom_id)
        chosen = quants._get_reserve_quantity(move.product_id, move.location_id, missing, uom_id=move.product_uom)
        return sum(quantity for _quant, quantity in chosen) >= 0.005

    def _is_left_of_brought(self, move):
        """What other moves brought for this one, as core counts it, and is neither taken nor gone."""
        for place, quantity in move._get_available_move_lines(set(), set()).items():
            location, lot, package, owner = place
            own = move.move_line_ids.filtered(
                lambda line, place=place: (line.location_id, line.lot_id, line.package_id, line.owner_id) == place
            )
            there = self.env["stock.quant"]._get_available_quantity(
                move.product_id, location, lot, package, owner, strict=True
            )
            if min(quantity - sum(own.mapped("quantity_product_uom")), there) >= 0.005:
                return True
        return False

    def _is_purchase_drafted(self, move):
        lines = self.env["purchase.order.line"].search(
            [
                ("product_id", "=", move.product_id.id),
                ("product_qty", ">", 0),
                ("order_id.state", "in", _DRAFT_PURCHASE),
            ]
        )
        warehouse = move.location_id.warehouse_id
        return any(
            line in move.created_purchase_line_ids
            or (warehouse and line.order_id.picking_type_id.warehouse_id == warehouse)
            for line in lines
        )

    def _is_on_the_way(self, move):
        return any(
            inbound.location_dest_id.warehouse_id == move.location_id.warehouse_id and self._is_coming(inbound)
            for inbound in self.env["stock.move"].search(
                [
                    ("product_id", "=", move.product_id.id),
                    ("product_uom_qty", ">", 0),
                    ("state", "in", ("waiting", "confirmed", "partially_available", "assigned")),
                    ("location_dest_id.warehouse_id", "!=", False),
                ]
            )
        )

    def _is_coming(self, inbound):
        """Goods come from outside, or wait elsewhere in the company or the warehouse to be put away."""
        source, target = inbound.location_id, inbound.location_dest_id
        if source.usage in ("supplier", "transit", "production"):
            return True
        if source.usage != "internal" or self._get_open_origins(inbound):
            return False
        shelves = target.warehouse_id.lot_stock_id
        is_put_away = target._child_of(shelves) and not source._child_of(shelves)
        return source.warehouse_id != target.warehouse_id or is_put_away
