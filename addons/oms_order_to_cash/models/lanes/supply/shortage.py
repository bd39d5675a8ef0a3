class Shortage:
    """One open outward move that lacks goods, and what could feed it.

    Quantities are in the product's unit of measure. ``ahead``: what moves of earlier rank and this one lack together;
    ``behind``: what orders of later rank hold in the same place; ``wanted``: what all orders lack on the same shelves, those of
    ``shelf_id``; ``free``: what core would reserve for the move, were it alone; ``free_now``: for one that leaves now (more, where
    lots expire before the move's day); ``inbound``: what is on its way to it for anybody; ``receipts``: the part of it
    that feeds this move by rank; ``late``: those of them that come after the promise, or should be here already;
    ``elsewhere``: [(warehouse id, free)] of the company's other warehouses; ``cut``: ids of the purchase lines made for the
    order of which the vendor sends less than was confirmed.
    """

    __slots__ = (
        "ahead",
        "answer",
        "behind",
        "cut",
        "elsewhere",
        "free",
        "free_now",
        "inbound",
        "is_pooled",
        "late",
        "move",
        "quantity",
        "receipts",
        "shelf_id",
        "wanted",
    )

    def __init__(self, move, answer, position):
        self.move, self.answer = move, answer
        self.quantity = max(move["quantity"] - move["reserved"], 0.0)
        # A move with a supply of its own (made to order, or brought by another move) queues for nothing.
        self.is_pooled = position is not None
        self.ahead, self.behind, self.wanted, self.shelf_id = position or (self.quantity, 0.0, self.quantity, None)
        self.free = self.free_now = self.inbound = 0.0
        self.receipts, self.late, self.elsewhere, self.cut = [], [], [], []

    @property
    def place(self):
        return self.move["product_id"], self.move["warehouse_id"]

    @property
    def excess(self):
        """What all up to this one want above what is there, held by orders of later rank, or on its way."""
        return min(self.lacking - self.inbound - self.behind, self.quantity) if self.is_pooled else 0.0

    @property
    def takeable(self):
        """What orders of later rank could give up for this one."""
        return min(self.behind, self.quantity)

    @property
    def lacking(self):
        """What this one and those of earlier rank lack above what is free for them, goods that expire left to whom they will do."""
        if not self.is_pooled:
            return self.quantity
        return max(self.ahead - self.free_now, self.quantity - self.free, 0.0)

    @property
    def unserved(self):
        """What all that want it from the same shelves lack above what is free for them."""
        if not self.is_pooled:
            return self.quantity if self.answer == "missing" else 0.0
        return max(self.wanted - self.free_now, self.quantity - self.free, 0.0)
