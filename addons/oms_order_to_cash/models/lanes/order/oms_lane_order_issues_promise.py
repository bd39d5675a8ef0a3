from odoo import api, models


class OmsLaneOrder(models.AbstractModel):
    _inherit = "oms.lane.order"

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        for order_id, terms in self.env["sale.order"]._oms_read_terms(list(facts)).items():
            facts[order_id].signals["terms"] = terms
        return result

    @api.model
    def _get_expected(self, fact):
        """Return when supply says that the goods of an order are there at the earliest, and the move that brings the last of them.

        A move gets of the receipts what moves of earlier rank leave to it, as the supply lane reads it; or those that are
        bound to it.

        :return: (datetime, move id), None where too little is on the way, or nothing is short
        """
        arrivals = []
        for shortage in fact.signals["shortages"]:
            lacking = shortage.lacking
            if shortage.is_pooled and not fact.is_positive(lacking):
                continue
            if not shortage.receipts or shortage.is_pooled and fact.is_positive(lacking - shortage.inbound):
                # One answer that nobody knows makes the whole order's unknown.
                return None
            arrivals.append(max((receipt["date"], receipt["move_id"]) for receipt in shortage.receipts))
        return max(arrivals, default=None)

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
        header, expected = fact.header, self._get_expected(fact)
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
