import math

from odoo import api, models

from .unneeded import Unneeded


class OmsLaneSupply(models.AbstractModel):
    """Find what was bought for orders and is needed no longer: they were cancelled or lowered, or got the goods elsewhere."""

    _inherit = "oms.lane.supply"

    # === WHAT NOBODY NEEDS === #

    @api.model
    def _read_unneeded(self, facts):
        """Return {order id: [Unneeded]} of the lines bought for each order, the newest first.

        What an order no longer takes may serve others, or the stock that reordering rules keep: only the rest is needed by nobody.
        """
        left = {order_id: self._get_left(fact) for order_id, fact in facts.items()}
        lines = [line for found in left.values() for line, _quantity in found]
        surplus = self._read_surplus(
            {(line["product_id"], line["warehouse_id"]) for line in lines if line["kind"] != "line"}
        )
        unneeded = {order_id: [] for order_id in facts}
        for order_id, found in left.items():
            spare = dict(surplus)
            for line, quantity in found:
                place = line["product_id"], line["warehouse_id"]
                if line["kind"] != "line":
                    # A draft made to order, or what is bound to a move, is counted by nobody else.
                    is_own = line["kind"] == "move" and (line["is_bound"] or line["state"] != "purchase")
                    own = quantity if is_own else 0.0
                    quantity = min(quantity, max(spare.get(place, 0.0) + own, 0.0))
                    spare[place] = spare.get(place, 0.0) + own - quantity
                quantity = self._get_whole(line, quantity)
                if facts[order_id].is_positive(quantity):
                    unneeded[order_id].append(Unneeded(line, quantity))
        return unneeded

    @api.model
    def _get_whole(self, line, quantity):
        """Return a quantity rounded down to whole units of a purchase line that is not in the product's unit."""
        if abs(line["unit"] - 1) < 0.000001:
            return quantity
        return math.floor(quantity / line["unit"] + 0.000001) * line["unit"]

    @api.model
    def _get_left(self, fact):
        """Return [(purchase line, quantity)]: what was bought for an order above what it still takes, the newest lines first."""
        needed, left = self._get_own_needs(fact), []
        # The older purchases come first, so that the newer ones are those that are not needed.
        for line in reversed(fact.bought):
            key = self._get_need(line)
            taken = min(needed.get(key, 0.0), max(line["bought"], 0.0))
            quantity = line["bought"] + (0.0 if taken else line["spare"])
            needed[key] = needed.get(key, 0.0) - taken
            if fact.is_positive(quantity - taken) and not line["is_shared"]:
                left.append((line, quantity - taken))
        return left[::-1]

    @api.model
    def _get_need(self, line):
        """Return what a purchase line and others serve together: a sale line, its own moves, or what is short in a warehouse."""
        if line["kind"] == "line":
            return "line", line["sale_line_id"]
        return (
            ("move", line["line_id"]) if line["kind"] == "move" else ("pool", line["product_id"], line["warehouse_id"])
        )

    @api.model
    def _get_own_needs(self, fact):
        needed = {self._get_need(line): max(line["needed"], 0.0) for line in fact.bought if line["kind"] != "pool"}
        for move in self._get_short(fact) if fact.is_confirmed() else ():
            key = "pool", move["product_id"], move["warehouse_id"]
            needed[key] = needed.get(key, 0.0) + max(move["quantity"] - move["reserved"], 0.0)
        return needed

    @api.model
    def _read_surplus(self, places):
        """Return {(product id, warehouse id): what is free and comes above what orders lack and reordering rules keep}."""
        product_ids = {product_id for product_id, _warehouse_id in places}
        shelves = self.env["stock.quant"]._oms_read_free_on_shelves({place for place in places if place[1]})
        wanted = self.env["stock.move"]._oms_read_wanted(set(shelves))
        coming = {}
        for rows in (
            self.env["stock.move"]._oms_read_receipts(product_ids),
            self.env["purchase.order.line"]._oms_read_drafted(product_ids),
        ):
            for place, found in rows.items():
                coming[place] = coming.get(place, 0.0) + sum(row["quantity"] for row in found)
        return {
            place: free + coming.get(place, 0.0) - wanted.get(place, 0.0) - kept
            for place, (free, kept) in shelves.items()
        }
