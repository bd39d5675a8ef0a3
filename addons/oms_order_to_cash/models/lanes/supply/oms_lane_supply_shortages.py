from odoo import api, fields, models

from .shortage import Shortage


class OmsLaneSupply(models.AbstractModel):
    """What could feed the moves that lack goods: stock by rank, receipts, other warehouses, what others hold."""

    _inherit = "oms.lane.supply"

    @api.model
    def _read_signals(self, facts):
        for fact in facts.values():
            fact.signals["shortages"] = []
        short = [(fact, move) for fact in facts.values() if fact.is_confirmed() for move in self._get_short(fact)]
        if short:
            self._read_shortages(short)

    @api.model
    def _read_shortages(self, short):
        """Read what could feed moves that lack goods, onto their orders' signals.

        :param short: list of (OrderFacts, move)
        """
        moves = [move for _fact, move in short]
        product_ids = {move["product_id"] for move in moves}
        positions = self.env["stock.move"]._oms_read_queue([move["id"] for move in moves])
        receipts = self.env["stock.move"]._oms_read_receipts(product_ids)
        own = self.env["stock.move"]._oms_read_own_receipts([move["id"] for move in moves if move["fed_outside"]])
        for fact, move in short:
            shortage = Shortage(move, self._get_answer(fact, move), positions.get(move["id"]))
            self._set_sources(fact, shortage, receipts.get(shortage.place, []), own.get(move["id"], []))
            fact.signals["shortages"].append(shortage)
        concerned = {fact.header["id"]: fact for fact, _move in short}
        self._set_elsewhere(concerned.values())
        self._set_cut(concerned)

    @api.model
    def _set_sources(self, fact, shortage, receipts, own):
        shortage.free, shortage.free_now = fact.supply["free"].get(shortage.move["id"], (0.0, 0.0))
        shortage.receipts = own
        if shortage.is_pooled:
            shortage.inbound = sum(receipt["quantity"] for receipt in receipts)
            shortage.receipts = self._get_feeding(fact, shortage, receipts)
        shortage.late = [receipt for receipt in shortage.receipts if self._is_late(fact, receipt)]

    @api.model
    def _get_feeding(self, fact, shortage, receipts):
        """Return the receipts that bring this move's part, when those of earlier rank have taken theirs."""
        end = shortage.lacking
        start, passed, feeding = max(end - shortage.quantity, 0.0), 0.0, []
        for receipt in receipts:
            if fact.is_positive(passed + receipt["quantity"] - start) and fact.is_positive(end - passed):
                feeding.append(receipt)
            passed += receipt["quantity"]
        return feeding

    @api.model
    def _is_late(self, fact, receipt):
        """Tell whether a receipt is due on a day after the promise, or on a day gone by."""
        promised, day = fact.header["date_promised"], receipt["date"].date()
        return day < fields.Date.today() or bool(promised) and day > promised.date()

    @api.model
    def _is_served_in_time(self, fact, shortage):
        """Tell whether all that a move lacks is bought or on its way, and not late."""
        return shortage.answer == "wait" and not shortage.late and not fact.is_positive(shortage.excess)

    # === SHORT CONFIRMATIONS === #

    @api.model
    def _set_cut(self, facts):
        """Find the purchases made for these orders that bring less than was confirmed, where that is missing now."""
        missing = [
            (order_id, shortage)
            for order_id, fact in facts.items()
            for shortage in fact.signals["shortages"]
            if fact.is_positive(shortage.excess)
        ]
        cut = self.env["purchase.order.line"]._oms_read_cut({order_id for order_id, _shortage in missing})
        for order_id, shortage in missing:
            shortage.cut = cut.get((order_id, shortage.move["product_id"]), [])

    # === OTHER WAREHOUSES === #

    @api.model
    def _set_elsewhere(self, facts):
        """Find free goods in the other warehouses of the company, those that orders lack there left to them."""
        helped = [
            (fact, shortage)
            for fact in facts
            for shortage in fact.signals["shortages"]
            if self._is_helped(fact, shortage)
        ]
        stock = self.env["stock.quant"]._oms_read_free_elsewhere([shortage.move["id"] for _fact, shortage in helped])
        wanted = self.env["stock.move"]._oms_read_wanted(
            {
                (shortage.move["product_id"], warehouse_id)
                for _fact, shortage in helped
                for warehouse_id, _free in stock.get(shortage.move["id"], [])
            }
        )
        for fact, shortage in helped:
            spare = [
                (warehouse_id, free - wanted.get((shortage.move["product_id"], warehouse_id), 0.0))
                for warehouse_id, free in stock.get(shortage.move["id"], [])
            ]
            others = [(warehouse_id, quantity) for warehouse_id, quantity in spare if fact.is_positive(quantity)]
            shortage.elsewhere = sorted(others, key=lambda other: -other[1])

    @api.model
    def _is_helped(self, fact, shortage):
        """Tell whether goods of another warehouse would help: nothing brings what is short, or not in time, or not all."""
        if not shortage.is_pooled or shortage.answer in ("reserve", "purchase"):
            return False
        return not self._is_served_in_time(fact, shortage)

    @api.model
    def _plan_swap(self, orders):
        """Choose who gives what up: the last in rank first, each piece once, what is picked left alone.

        :return: {order id: {short move id: [(losing move, quantity in the product's unit)]}}
        """
        facts = self._read_short_facts(orders)
        wanted = {
            shortage.move["id"]: shortage.quantity
            for fact in facts.values()
            for shortage in fact.signals["shortages"]
            if fact.is_confirmed() and self._is_outranking(fact, shortage)
        }
        rivals = self.env["stock.move"]._oms_read_rivals(list(wanted))
        held = {rival["id"]: rival["releasable"] for rival in rivals}
        plan = {order.id: {} for order in orders}
        for rank, rival in enumerate(rivals):
            if rival["id"] in wanted:
                losers = self._choose_losers(rival, wanted[rival["id"]], rivals[rank + 1 :], held)
                if losers:
                    plan[rival["order_id"]][rival["id"]] = losers
        return plan

    @api.model
    def _choose_losers(self, winner, quantity, later, held):
        """Take from ``held``, {move id: what it can give up}, the last in rank first."""
        uom, losers = self.env["product.product"].sudo().browse(winner["product_id"]).uom_id, []
        for rival in reversed(later):
            same = (rival["product_id"], rival["location_id"]) == (winner["product_id"], winner["location_id"])
            taken = min(held[rival["id"]], quantity)
            if same and rival["order_id"] != winner["order_id"] and uom.compare(taken, 0) > 0:
                held[rival["id"]] -= taken
                quantity -= taken
                # Who loses is said to all who may run this.
                losers.append((self.env["stock.move"].sudo().browse(rival["id"]), taken))
        return losers
