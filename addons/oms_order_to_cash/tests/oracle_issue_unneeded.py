"""What was bought for an order and nobody needs any more; see docs/issues.md."""

from .oracle_line import is_open
from .oracle_pool import get_lack

_DRAFT = ("draft", "sent", "to approve")


class OracleUnneeded:
    def _has_s8(self):
        lines = self._get_bought_lines().filtered(lambda line: line.state != "cancel" and self._get_coming(line) > 0)
        return any(
            self._is_one_too_many(lines.filtered(lambda line, product=product: line.product_id == product))
            for product in lines.product_id
        )

    def _get_coming(self, line):
        return line.product_uom_id._compute_quantity(
            line.product_qty - line.qty_received, line.product_id.uom_id, round=False
        )

    def _is_one_too_many(self, lines):
        """Tell whether a whole unit of a purchase line of these, of one product, can be done without."""
        for_lines = lines.filtered(lambda line: line.sale_line_id)
        for sale_line in for_lines.sale_line_id & self.order.order_line:
            own = for_lines.filtered(lambda line, sale_line=sale_line: line.sale_line_id == sale_line)
            spare = sum(map(self._get_mine, own)) - self._get_owed(sale_line)
            if self._has_whole_unit(spare, own):
                return True
        for_moves = lines.filtered(lambda line: not line.sale_line_id and self._get_bound(line))
        for line in for_moves:
            spare = self._get_mine(line) - sum(map(get_lack, self._get_bound(line).filtered(is_open)))
            if self._has_whole_unit(min(spare, self._get_surplus(line, spare)), line):
                return True
        for_stock = lines - for_lines - for_moves
        if not for_stock:
            return False
        own = sum(get_lack(move) for move in self.oracle.outward if move.product_id == lines.product_id)
        spare = sum(map(self._get_mine, for_stock)) - own
        return self._has_whole_unit(min(spare, self._get_surplus(for_stock[0], 0.0)), for_stock)

    def _get_mine(self, line):
        """Return what of a purchase line is to come for this order, in the product's unit."""
        order, coming = str(self.order.id), self._get_coming(line)
        bought = (line.oms_bought_for or {}).get(order, coming)
        return min(bought, coming) - (line.oms_kept or {}).get(order, 0.0)

    def _get_owed(self, sale_line):
        if self.order.state != "sale":
            return 0.0
        owed = sale_line.product_uom_qty - sale_line.qty_delivered
        return sale_line.product_uom_id._compute_quantity(owed, sale_line.product_id.uom_id, round=False)

    def _get_bound(self, line):
        """Return the moves that a purchase line was made for."""
        return self.env["stock.move"].search([("created_purchase_line_ids", "in", line.ids)])

    def _has_whole_unit(self, quantity, lines):
        """Tell whether a quantity makes a whole unit of one of these lines; in the product's own unit a part can be taken off."""
        return any(
            quantity > 0.005
            and (
                line.product_uom_id == line.product_id.uom_id
                or quantity >= line.product_uom_id._compute_quantity(1, line.product_id.uom_id, round=False) - 0.005
            )
            for line in lines
        )

    def _get_surplus(self, line, spare):
        """Return what will be there that no order lacks and no rule keeps; ``spare`` of it is bound to moves by now."""
        warehouse = line.order_id.picking_type_id.warehouse_id
        pool = self._get_pool_of(line.product_id, warehouse.lot_stock_id)
        drafts = self.env["purchase.order.line"].search(
            [
                ("product_id", "=", line.product_id.id),
                ("order_id.state", "in", _DRAFT),
                ("order_id.picking_type_id.warehouse_id", "=", warehouse.id),
            ]
        )
        drafts = drafts.filtered(lambda draft: not draft.sale_line_id and not self._get_bound(draft).filtered(is_open))
        rules = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", line.product_id.id), ("warehouse_id", "=", warehouse.id)]
        )
        is_bound = bool(self._get_bound(line).filtered(is_open))
        coming = pool.inbound + sum(map(self._get_coming, drafts)) + (spare if is_bound else 0.0)
        return pool.free + coming - sum(map(get_lack, pool.moves)) - sum(rules.mapped("product_max_qty"))
