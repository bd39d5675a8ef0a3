"""What orders that want the same goods from the same shelves share: a queue, what is free, and what comes; see docs/issues.md."""

from .oracle_line import is_open, is_outward

_COMING = ("waiting", "confirmed", "partially_available", "assigned")


def get_lack(move):
    """Return what is not reserved of a move, in the product's unit."""
    reserved = move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id, round=False)
    return max(move.product_qty - reserved, 0.0)


def queues_for_stock(move):
    """Tell whether a move takes from what is there for all, and not from what is brought for it."""
    is_fed = move.move_orig_ids.filtered(lambda origin: origin.state != "cancel")
    return move.product_id.is_storable and move.procure_method != "make_to_order" and not is_fed


def get_due(move):
    """Return when a receipt is to come: as its purchase says, or as it was put off to on the transfer."""
    line = move.purchase_line_id
    if not line:
        return move.date
    first = line.oms_date_confirmed or line.date_planned
    is_put_off = move.date.date() > line.date_planned.date() and move.date.date() != first.date()
    return move.date if is_put_off else line.date_planned


class OraclePool:
    def __init__(self, oracle, product, shelves):
        self.oracle, self.env = oracle, oracle.env
        self.product, self.shelves = product, shelves
        self.moves = self._get_queue()
        self.free = self.env["stock.quant"]._get_available_quantity(product, shelves)
        self.receipts = self._get_receipts()
        self.inbound = sum(move.product_qty for move in self.receipts)

    def _get_queue(self):
        """Return the moves of all orders that want it from here, first in rank first."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.product.id),
                ("sale_line_id", "!=", False),
                ("state", "not in", ("done", "cancel")),
                ("location_id", "child_of", self.shelves.id),
            ]
        )
        moves = moves.filtered(lambda move: is_open(move) and is_outward(move) and queues_for_stock(move))
        return list(moves.sorted(self._get_rank))

    def _get_rank(self, move):
        return (-int(move.priority), move.date_deadline or move.date, move.sale_line_id.order_id.id, move.id)

    def _get_receipts(self):
        """Return what comes for whoever is next, in the order in which it comes."""
        warehouse = self.shelves.warehouse_id
        if self.shelves != warehouse.lot_stock_id:
            return []
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", self.product.id),
                ("product_uom_qty", ">", 0),
                ("state", "in", _COMING),
                ("location_dest_id.warehouse_id", "=", warehouse.id),
            ]
        )
        moves = moves.filtered(lambda move: self.oracle._is_coming(move) and not move.move_dest_ids.filtered(is_open))
        return list(moves.sorted(lambda move: (get_due(move), move.id)))

    def get_lacked(self, move):
        """Return what lack the moves up to this one."""
        return sum(map(get_lack, self.moves[: self.moves.index(move) + 1]))

    def get_held_later(self, move):
        """Return what other orders behind this one in the queue have reserved and not picked."""
        return sum(
            other.product_qty - get_lack(other)
            for other in self.moves[self.moves.index(move) + 1 :]
            if not other.picked and other.sale_line_id.order_id != move.sale_line_id.order_id
        )

    def is_oversold(self, move):
        return self.get_lacked(move) > self.free + self.inbound + self.get_held_later(move) + 0.005

    def get_feeders(self, move):
        """Return the receipts that bring a move's part once those before it have taken theirs."""
        end, feeders = self.get_lacked(move), []
        begin = max(end - get_lack(move), self.free)
        position = self.free
        for receipt in self.receipts:
            if position < end - 0.005 and position + receipt.product_qty > begin + 0.005:
                feeders.append(receipt)
            position += receipt.product_qty
        return feeders
