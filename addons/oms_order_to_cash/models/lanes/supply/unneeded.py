class Unneeded:
    """What a purchase brings that was bought for an order and that nobody needs any more.

    ``line``: the purchase line as ``purchase.order.line._oms_read_bought`` tells of it; ``quantity``: in the product's unit of
    measure, in whole units of the purchase line.
    """

    __slots__ = ("line", "quantity")

    def __init__(self, line, quantity):
        self.line, self.quantity = line, quantity

    @property
    def place(self):
        return self.line["product_id"], self.line["warehouse_id"]

    @property
    def is_all(self):
        """Tell whether all that is still to come on the line is needed no longer."""
        return self.line["open"] - self.quantity < self.line["unit"] * 0.000001

    @property
    def amount(self):
        return self.quantity * self.line["price"]
