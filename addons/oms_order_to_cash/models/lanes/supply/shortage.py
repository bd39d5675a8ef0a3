class Shortage:
    """One open outward move that lacks goods, and what could feed it.

    Quantities are in the product's unit of measure. ``ahead``: what moves of earlier rank and this one lack together;
    ``behind``: what orders of later rank hold in the same place; ``wanted``: what all orders lack in the warehouse;
    ``free``: what is free in the warehouse; ``inbound``: what is on its way to it for anybody; ``receipts``: the part of it
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
        "inbound",
        "is_pooled",
        "late",
        "move",
        "quantity",
        "receipts",
        "wanted",
    )

    def __init__(self, move, answer, position):
        self.move, self.answer = move, answer
        self.quantity = max(move["quantity"] - move["reserved"], 0.0)
        # A move with a supply of its own (made to order, or brought by another move) queues for nothing.
        self.is_pooled = position is not None
        self.ahead, self.behind, self.wanted = position or (self.quantity, 0.0, self.quantity)
        self.free = self.inbound = 0.0
        self.receipts, self.late, self.elsewhere, self.cut = [], [], [], []

    @property
    def place(self):
        return self.move["product_id"], self.move["warehouse_id"]

    @property
    def excess(self):
        """What all up to this one want above what is there, held by orders of later rank, or on its way."""
        return min(self.ahead - self.free - self.inbound - self.behind, self.quantity) if self.is_pooled else 0.0

    @property
    def takeable(self):
        """What orders of later rank could give up for this one."""
        return min(self.behind, self.quantity)

    def get_unserved(self, drafted):
        """Return what all that want the product lack and nobody brings yet, requests for quotation of ``drafted`` in sum counted."""
        if not self.is_pooled:
            return self.quantity if self.answer == "missing" else 0.0
        return max(self.wanted - self.free - self.inbound - drafted, 0.0)
