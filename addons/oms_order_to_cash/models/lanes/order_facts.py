from odoo.tools import float_is_zero


class OrderFacts:
    """What the documents say of one order, read once per batch and shared by its lanes.

    ``lanes`` collects the readings of the lanes before; each is a dict with ``state`` and, where the lane has work, ``stage``,
    ``action`` and ``deadline``.
    """

    __slots__ = ("digits", "header", "invoices", "lanes", "lines", "made_for", "moves", "supply")

    def __init__(self, header, digits, supply):
        self.header = header
        self.digits = digits
        self.supply = supply
        self.lines, self.moves, self.invoices, self.lanes = [], [], [], {}
        self.made_for = {}

    def is_positive(self, quantity):
        """Tell whether a quantity is above zero at the precision of product units."""
        return quantity > 0 and not float_is_zero(quantity, precision_digits=self.digits)

    def is_amount(self, amount):
        """Tell whether an amount in company currency is not zero after rounding."""
        return not float_is_zero(amount, precision_rounding=self.header["rounding"])

    @property
    def outward_moves(self):
        """Open moves that take goods towards the customer."""
        return [move for move in self.moves if move["outward"]]

    @property
    def goods_lines(self):
        return [line for line in self.lines if line["is_goods"] and not line["is_downpayment"]]

    @property
    def service_lines(self):
        """Lines that somebody performs and that are invoiced once performed."""
        return [
            line for line in self.lines
            if not line["is_goods"] and not line["is_downpayment"] and line["policy"] == "delivery"
        ]

    @property
    def priced_lines(self):
        return [line for line in self.lines if not line["is_downpayment"] and line["net_price"]]

    def is_confirmed(self):
        return self.header["state"] == "sale"

    def get_unshipped(self, line):
        """Return what the customer still has to get of a goods line, in its unit; returns don't ask for a new shipment."""
        return line["ordered"] - line["delivered"] - line["returned"]

    def get_target(self, line):
        """Return what should stay invoiced of a line, returns taken off, in its unit."""
        return line["ordered"] - line["returned"] if line["policy"] == "order" else line["delivered"]

    def get_to_invoice(self, line):
        """Return what is left to invoice now, in the line's unit and with its sign; a credit note never re-opens it."""
        return self.get_target(line) + line["returned"] - line["invoiced"]
