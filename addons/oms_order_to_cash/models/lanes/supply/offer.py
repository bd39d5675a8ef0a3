class Offer:
    """What one vendor asks for a product at the quantity needed, and when it would be there.

    ``seller``: the price list entry that applies; ``quantity``: what has to be bought, in the product's unit of measure, the
    vendor's minimum counted; ``price``: per unit, in company currency; ``days``: until the goods are there; ``arrival``: that
    day; ``receipts``: how many receipts ``days`` was measured on (P90), 0 where it is the lead time on the price list;
    ``on_time_rate``: percent over 12 months, None where nothing is known.
    """

    __slots__ = ("arrival", "days", "on_time_rate", "price", "quantity", "receipts", "seller")

    def __init__(self, seller, quantity, price):
        self.seller, self.quantity, self.price = seller, quantity, price
        self.days = self.arrival = self.on_time_rate = None
        self.receipts = 0

    @property
    def vendor(self):
        return self.seller.partner_id

    @property
    def total(self):
        return self.price * self.quantity


class Choice:
    """Which offer was chosen for the shortages of a product in a warehouse, among which, and for when.

    ``quantity``: what all of them lack; ``spare``: what the vendor's minimum or a price break brings above that.
    """

    __slots__ = ("needed", "offer", "offers", "quantity", "spare")

    def __init__(self, offer, offers, needed, quantity):
        self.offer, self.offers, self.needed, self.quantity = offer, offers, needed, quantity
        self.spare = max(offer.quantity - quantity, 0.0)
