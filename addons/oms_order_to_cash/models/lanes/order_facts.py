# Half a step of rounding is no longer zero, what binary fractions lose of it aside: as Odoo's float_is_zero tells, at once.
_HALF = 0.5 * (1 - 2**-50)


class OrderFacts:
    """What the documents say of one order, read once per batch and shared by its lanes.

    ``lanes`` collects the readings of the lanes before; each is a dict with ``state`` and, where the lane has work, ``stage``,
    ``action`` and ``deadline``; ``stage`` is the headline of them all, ``amount_open`` the value at stake and ``amount_owed``
    what the customer has to get back, both in company currency. ``billed`` are the rows of its invoices by order line, see
    ``_oms_read_billed``; ``unspent`` is money of the customer that no invoice used up, see ``_oms_read_unspent``; ``not_kept``
    what he is owed for what he does not keep, once a lane asked for it; ``bought`` the purchases made for it that are still to
    come. ``signals`` is what the lanes read beyond that for the detectors of issues, each under names of its own, and
    ``signalled`` names the lanes that did; ``failures`` says in words which of them could not be told.
    """

    __slots__ = (
        "amount_open",
        "amount_owed",
        "billed",
        "bought",
        "digits",
        "failures",
        "header",
        "invoices",
        "lanes",
        "least_amount",
        "least_quantity",
        "lines",
        "made_for",
        "moves",
        "not_kept",
        "signalled",
        "signals",
        "stage",
        "supply",
        "unspent",
    )

    def __init__(self, header, digits, supply):
        self.header = header
        self.digits = digits
        self.supply = supply
        self.lines, self.moves, self.invoices, self.lanes = [], [], [], {}
        self.signals, self.signalled, self.failures, self.stage = {}, set(), [], None
        self.amount_open, self.amount_owed, self.billed, self.unspent, self.not_kept = 0.0, 0.0, {}, [], {}
        self.least_quantity, self.least_amount = 10**-digits * _HALF, header["rounding"] * _HALF
        self.made_for, self.bought = {}, []

    def is_positive(self, quantity):
        """Tell whether a quantity is above zero at the precision of product units."""
        return quantity >= self.least_quantity

    def is_amount(self, amount):
        """Tell whether an amount in company currency is not zero after rounding."""
        return abs(amount) >= self.least_amount

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
            line
            for line in self.lines
            if not line["is_goods"] and not line["is_downpayment"] and line["policy"] == "delivery"
        ]

    @property
    def priced_lines(self):
        return [line for line in self.lines if not line["is_downpayment"] and line["net_price"]]

    def is_confirmed(self):
        return self.header["state"] == "sale"

    def is_cancelled(self):
        return self.header["state"] == "cancel"

    def has_goods(self):
        """Tell whether the order is or was about goods at all."""
        return bool(self.outward_moves) or any(
            self.is_positive(line["ordered"]) or self.is_positive(line["shipped"]) for line in self.goods_lines
        )

    def get_replaced(self, line):
        """Return what was or will be shipped above the order, in the line's unit: it makes good for returns."""
        return max(line["shipped"] + line["planned"] - line["ordered"], 0.0)

    def get_target(self, line):
        """Return what should be invoiced of a line by now, credit notes taken off, in its unit.

        Of a cancelled order the customer pays what he got and keeps.
        """
        if line["policy"] == "delivery" or self.is_cancelled():
            return line["delivered"]
        return line["ordered"] - max(line["returned"] - self.get_replaced(line), 0.0)

    def get_final_target(self, line):
        """Return what should be invoiced of a line in the end, when all that is planned has left, in its unit."""
        if line["policy"] != "delivery" or self.is_cancelled():
            return self.get_target(line)
        if line["ordered"] < 0:
            return line["ordered"]
        return line["delivered"] + max(line["ordered"] - line["shipped"], line["planned"], 0.0)

    def get_not_kept(self, line, billed):
        """Return how much of a line was billed here and is neither kept nor replaced, in its unit, credit notes left aside.

        What was billed elsewhere, at the till, is what the customer keeps first: we credit none of it.
        """
        if not self.is_cancelled() and not self.is_positive(line["returned"]):
            return 0.0
        kept = self.get_target(line)
        if line["policy"] == "delivery" and not self.is_cancelled():
            kept += min(line["planned"], self.get_replaced(line))
        not_kept = min(billed + max(line["billed_elsewhere"], 0.0) - max(kept, 0.0), billed)
        return not_kept if self.is_positive(not_kept) else 0.0

    def get_left_in_the_end(self, line):
        """Return what will still be invoiced of a line, in its unit and with its sign: what is not kept will be credited first."""
        left = self.get_left(line, self.get_final_target(line))
        if line["ordered"] < 0:
            return min(left, 0.0)
        billed = line["invoiced"] - line["billed_elsewhere"]
        to_credit = self.get_not_kept(line, billed) - max(min(line["credited"], line["returned"]), 0.0)
        return max(left + max(to_credit, 0.0), 0.0)

    def get_left(self, line, target):
        """Return what is left to invoice up to ``target``, in the line's unit and with its sign.

        Only credit notes for returned goods count: any other never re-opens invoicing, that of a trade-in neither.
        """
        return target - line["invoiced"] + max(min(line["credited"], line["returned"]), 0.0)
