from odoo import api, models


class OmsLaneOrder(models.AbstractModel):
    _inherit = "oms.lane.order"

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        for order_id, terms in self.env["sale.order"]._oms_read_terms(list(facts)).items():
            facts[order_id].signals["terms"] = terms
        self._read_expected(facts)
        return result

    @api.model
    def _read_expected(self, facts):
        """Read when supply says the goods of these orders are there, onto ``signals["expected"]``."""
        short = {
            order_id: [move for move in fact.outward_moves if self._is_short(move)]
            for order_id, fact in facts.items()
            if fact.is_confirmed()
        }
        every = [move for moves in short.values() for move in moves]
        origins = self.env["stock.move"]._oms_read_origins([move["id"] for move in every if move["fed_outside"]])
        receipts = self.env["stock.move"]._oms_read_next_receipts({move["product_id"] for move in every})
        for order_id, moves in short.items():
            arrivals = [self._get_arrival(move, origins, receipts) for move in moves]
            known = [arrival for arrival in arrivals if arrival]
            # One answer that nobody knows makes the whole order's unknown.
            facts[order_id].signals["expected"] = max(known) if known and len(known) == len(arrivals) else None

    @api.model
    def _get_arrival(self, move, origins, receipts):
        """Return when the goods of a short move are there at the earliest, and the move that brings the last of them.

        What is bound to it decides; else receipts of its product into its warehouse, taken in their order until they suffice.

        :return: (datetime, move id), None where too little is on the way
        """
        if move["id"] in origins:
            return origins[move["id"]]
        wanted = move["quantity"]
        for date, quantity, receipt_id in receipts.get((move["product_id"], move["warehouse_id"]), ()):
            wanted -= quantity
            if wanted <= 0:
                return date, receipt_id
        return None

    @api.model
    def _detect_o7(self, facts):
        """No promise, or one that what is on the way can't keep."""
        return {
            order_id: finding
            for order_id, fact in facts.items()
            if fact.is_confirmed() and fact.outward_moves
            for finding in [self._find_promise(fact)]
            if finding
        }

    @api.model
    def _find_promise(self, fact):
        header, expected = fact.header, fact.signals.get("expected")
        if fact.signals["terms"]["is_unpromised"]:
            return self._prepare_finding(fact, "sales", since=header["date_order"])
        promise = header["date_promised"]
        if not expected or not promise or expected[0].date() <= promise.date():
            return None
        date, move_id = expected
        return self._prepare_finding(fact, "sales", deadline=promise, expected=str(date), move_id=move_id)

    @api.model
    def _explain_o7(self, issue):
        order, data = issue.order_id, issue.data or {}
        if "move_id" not in data:
            return [self._link(self.env._("Nobody told the customer a date."), order, "danger")]
        promise = self._format_day(order.oms_date_promised or order.commitment_date, order.company_id)
        # A salesperson may not open receipts, but has to know when the goods come.
        move = self.env["stock.move"].sudo().browse(data["move_id"]).exists()
        return [
            self._link(self.env._("Promised for %(date)s", date=promise), order),
            self._link(
                self.env._(
                    "%(transfer)s brings %(product)s on %(date)s",
                    transfer=move.picking_id.name or move.reference or self.env._("A receipt"),
                    product=move.product_id.display_name,
                    date=self._format_day(data["expected"], order.company_id),
                ),
                move.picking_id,
                "danger",
            ),
        ]
