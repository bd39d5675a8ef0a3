"""What is wrong with the goods of an order before they are reserved; see docs/issues.md."""

from datetime import datetime

from .oracle_pool import OraclePool, get_due, get_lack, queues_for_stock


class OracleSupplyIssues:
    def _get_short(self):
        """Return the moves that are not wholly reserved, and how each could be served: [(move, answer)]."""
        if not self.oracle.is_confirmed:
            return []
        if not hasattr(self, "short"):
            moves = [move for move in self.oracle.outward if self.oracle._is_short(move)]
            self.short = [(move, self.oracle._get_answer(move)) for move in moves]
        return self.short

    def _get_answers(self):
        return {answer for _move, answer in self._get_short()}

    def _get_pool(self, move):
        """Return what a move shares with others; None where it has a supply of its own."""
        if not queues_for_stock(move):
            return None
        warehouse = move.location_id.warehouse_id
        shelves = warehouse.lot_stock_id
        if not shelves or not move.location_id._child_of(shelves):
            shelves = move.location_id
        return self._get_pool_of(move.product_id, shelves)

    def _get_pool_of(self, product, shelves):
        key = ("pool", product.id, shelves.id)
        if key not in self.shared:
            self.shared[key] = OraclePool(self.oracle, product, shelves)
        return self.shared[key]

    def _get_feeders(self, move):
        """Return the moves that bring a short move's part."""
        origins = self.oracle._get_open_origins(move)
        pool = self._get_pool(move)
        return origins or (pool.get_feeders(move) if pool else origins)

    # === NOTHING COMES, OR TOO LATE === #

    def _has_s1(self):
        return "nothing" in self._get_answers()

    def _has_s2(self):
        if not self.oracle.is_confirmed:
            return False
        return "purchase" in self._get_answers() or bool(self.oracle._get_draft_purchase_lines())

    def _has_s3(self):
        return any(self._is_late(move) or self._is_cut(move) for move, _answer in self._get_short())

    def _is_late(self, move):
        promised, today = self.oracle._read_date_promised(), self._get_today()
        days = [get_due(feeder).date() for feeder in self._get_feeders(move)]
        return any(day < today or (promised and day > promised.date()) for day in days)

    def _is_cut(self, move):
        """A vendor took back a part of what he had confirmed for the order, and nothing that is sure brings it."""
        pool = self._get_pool(move)
        return bool(pool and pool.is_oversold(move)) and any(
            line.product_id == move.product_id
            and line.order_id.state == "purchase"
            and line.product_uom_qty < line.oms_quantity_confirmed - 0.005
            for line in self._get_bought_lines()
        )

    def _get_bought_lines(self):
        """Return the purchase lines that were made for the order."""
        lines = self.order.order_line.purchase_line_ids | self.moves.created_purchase_line_ids
        named = self.order.stock_reference_ids.purchase_ids.order_line
        return lines | named.filtered(lambda line: str(self.order.id) in (line.oms_bought_for or {}))

    # === FREE, OR SOMEBODY ELSE HAS IT === #

    def _has_s4(self):
        return "reserve" in self._get_answers() and not self._get_holds()

    def _is_in_time(self, move, answer):
        pool = self._get_pool(move)
        return answer == "wait" and not self._is_late(move) and not (pool and pool.is_oversold(move))

    def _has_s5(self):
        if self._get_holds():
            return False
        for move, answer in self._get_short():
            pool = self._get_pool(move)
            if (
                pool
                and answer != "reserve"
                and not self._is_in_time(move, answer)
                and pool.get_held_later(move) > 0.005
            ):
                return True
        return False

    def _has_s6(self):
        return any(
            (answer == "nothing" or (answer == "wait" and not self._is_in_time(move, answer)))
            and self._get_pool(move)
            and self._is_to_spare_elsewhere(move)
            for move, answer in self._get_short()
        )

    def _is_to_spare_elsewhere(self, move):
        own = move.location_id.warehouse_id
        others = self.env["stock.warehouse"].search([("company_id", "=", move.company_id.id), ("id", "!=", own.id)])
        for warehouse in others:
            pool = self._get_pool_of(move.product_id, warehouse.lot_stock_id)
            if move.product_id.is_storable and pool.free - sum(map(get_lack, pool.moves)) > 0.005:
                return True
        return False

    def _has_s7(self):
        for move, answer in self._get_short():
            pool = self._get_pool(move)
            if pool and answer in ("reserve", "wait") and pool.is_oversold(move) and not self._is_cut(move):
                return True
        return False

    # === WHAT WAS PROMISED === #

    def _has_o7(self):
        order = self.order
        if not self.oracle.is_confirmed or not self.oracle.outward:
            return False
        if not order.oms_date_promised and not order.commitment_date:
            return True
        days = [self._get_supply_date(move) for move, _answer in self._get_short()]
        if not days or None in days:
            return False
        return max(days).date() > self.oracle._read_date_promised().date()

    def _get_supply_date(self, move):
        """Return when the goods of a short move come; None where nothing tells."""
        origins = self.oracle._get_open_origins(move)
        if origins:
            return max(map(get_due, origins))
        pool = self._get_pool(move)
        if not pool:
            return None
        if pool.get_lacked(move) <= pool.free + 0.005:
            return datetime.min
        if pool.get_lacked(move) > pool.free + pool.inbound + 0.005:
            return None
        return max(map(get_due, pool.get_feeders(move)))
