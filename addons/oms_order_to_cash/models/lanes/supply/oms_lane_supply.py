from odoo import api, models

_DRAFT = ("draft", "sent", "to approve")


class OmsLaneSupply(models.AbstractModel):
    """Whether what has to leave is reserved, and if not, what brings it."""

    _name = "oms.lane.supply"
    _inherit = "oms.lane"
    _description = "Supply Lane"

    @api.model
    def _get_state(self, fact):
        if not fact.is_confirmed():
            return {"state": "none"}
        answers = {self._get_answer(fact, move) for move in fact.outward_moves if self._is_short(move)}
        if any(fact.made_for.values()):
            answers.add("purchase")
        if not answers:
            return {"state": "done" if fact.has_goods() else "none"}
        return {
            "state": "blocked" if "missing" in answers else "todo" if answers & {"reserve", "purchase"} else "doing",
            "stage": "supply",
            "action": "reserve"
            if "reserve" in answers
            else "purchase"
            if answers & {"missing", "purchase"}
            else "wait",
            "deadline": self.env["oms.lane.delivery"]._get_deadline(fact),
        }

    @api.model
    def _get_answer(self, fact, move):
        """Tell what ends this move's shortage: ``reserve``, ``purchase``, ``wait``, or ``missing`` when nothing does."""
        supply = fact.supply
        is_brought = move["fed_outside"] or move["is_waiting_for_own"]
        if not is_brought and fact.is_positive(self._get_free(fact, move)):
            return "reserve"
        place = (move["product_id"], move["warehouse_id"])
        if move["drafted"] or place in supply["drafts"]:
            return "purchase"
        return "wait" if move["fed_outside"] or place in supply["inbound"] else "missing"

    @api.model
    def _get_free(self, fact, move):
        """Return what would be reserved for a move now, in the product's unit of measure."""
        return fact.supply["free"].get(move["id"], (0.0, 0.0))[0]

    @api.model
    def _read_short_facts(self, orders):
        """Return {order id: OrderFacts} with what could feed their shortages."""
        facts = self._read_facts(orders.ids)
        self._add_signals(facts)
        return facts

    # === WHAT TO BUY === #

    @api.model
    def _get_vendor(self, product, company):
        """Return the first price of a product's vendors, an empty recordset where it has none."""
        return self._get_sellers(product, company)[:1]

    @api.model
    def _is_outranking(self, fact, shortage):
        if fact.header["held"] or shortage.answer == "reserve" or self._is_served_in_time(fact, shortage):
            return False
        return fact.is_positive(shortage.takeable)

    @api.model
    def _get_short(self, fact):
        return [move for move in fact.outward_moves if self._is_short(move)]

    @api.model
    def _get_drafts(self, orders):
        """Return {order id: the purchases to confirm that feed its shortages}: its own, and as many as it takes of the others."""
        facts = self._read_short_facts(orders)
        shortages = [shortage for fact in facts.values() for shortage in fact.signals["shortages"]]
        pooled = self.env["purchase.order.line"]._oms_read_drafted({short.move["product_id"] for short in shortages})
        return {
            order.id: self._get_own_purchases(facts[order.id]) | self._get_pooled_purchases(facts[order.id], pooled)
            for order in orders
        }

    @api.model
    def _get_own_purchases(self, fact):
        """Return the drafts made for this order's lines and moves."""
        line_ids = [line_id for line_id, is_drafted in fact.made_for.items() if is_drafted]
        move_ids = [move["id"] for move in fact.outward_moves if move["drafted"]]
        if not line_ids and not move_ids:
            return self.env["purchase.order"]
        # A salesperson follows the chain too.
        lines = self.env["purchase.order.line"].sudo()
        made = lines.search(["|", ("sale_line_id", "in", line_ids), ("move_dest_ids", "in", move_ids)])
        return made.order_id.filtered(lambda purchase: purchase.state in _DRAFT).sudo(False)

    @api.model
    def _get_pooled_purchases(self, fact, pooled):
        purchase_ids = set()
        for shortage in fact.signals["shortages"]:
            left = shortage.quantity if shortage.answer == "purchase" and not shortage.move["drafted"] else 0.0
            for draft in pooled.get(shortage.place, []):
                if fact.is_positive(left):
                    purchase_ids.add(draft["purchase_id"])
                    left -= draft["quantity"]
        return self.env["purchase.order"].browse(sorted(purchase_ids))
