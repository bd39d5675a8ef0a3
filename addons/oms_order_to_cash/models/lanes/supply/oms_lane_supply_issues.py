from odoo import api, models


class OmsLaneSupply(models.AbstractModel):
    _inherit = "oms.lane.supply"

    # === DETECTORS === #

    @api.model
    def _detect_s1(self, facts):
        """Short, and nothing brings it: no free stock, no purchase, no receipt."""
        return self._find_short(facts, "purchasing", self._is_missing)

    @api.model
    def _detect_s2(self, facts):
        """Short, and a purchase that would bring it waits for its confirmation."""
        found = self._find_short(facts, "purchasing", self._is_drafted)
        for order_id, fact in facts.items():
            line_ids = [line_id for line_id, is_drafted in fact.made_for.items() if is_drafted]
            if line_ids and fact.is_confirmed():
                found.setdefault(order_id, self._prepare_short(fact, "purchasing", [], line_ids=line_ids))
        return found

    @api.model
    def _detect_s3(self, facts):
        """Short, and a receipt that feeds it is late, or the vendor sends less than was confirmed for the order."""
        return self._find_short(facts, "vendor", self._is_fed_late)

    @api.model
    def _detect_s4(self, facts):
        """Short, while stock is free and no hold keeps it back."""
        return self._find_short(facts, "warehouse", self._is_reservable)

    @api.model
    def _detect_s5(self, facts):
        """Short, while orders of later rank hold the stock."""
        return self._find_short(facts, "warehouse", self._is_outranking)

    @api.model
    def _detect_s6(self, facts):
        """Short, not brought in time, while another warehouse of the company has free stock."""
        return self._find_short(facts, "warehouse", self._is_elsewhere)

    @api.model
    def _detect_s7(self, facts):
        """Oversold: this order and those of earlier rank want more than is there and on its way."""
        return self._find_short(facts, "sales", self._is_oversold)

    # === CONDITIONS === #

    @api.model
    def _is_missing(self, fact, shortage):
        return shortage.answer == "missing"

    @api.model
    def _is_drafted(self, fact, shortage):
        return shortage.answer == "purchase"

    @api.model
    def _is_fed_late(self, fact, shortage):
        return bool(shortage.late or shortage.cut)

    @api.model
    def _is_reservable(self, fact, shortage):
        return shortage.answer == "reserve" and not fact.header["held"]

    @api.model
    def _is_outranking(self, fact, shortage):
        if fact.header["held"] or shortage.answer == "reserve" or self._is_served_in_time(fact, shortage):
            return False
        return fact.is_positive(shortage.takeable)

    @api.model
    def _is_elsewhere(self, fact, shortage):
        return bool(shortage.elsewhere)

    @api.model
    def _is_oversold(self, fact, shortage):
        """Where nothing at all brings it, a purchase is to be confirmed, or the vendor sends less, S1 to S3 say so already."""
        return shortage.answer in ("reserve", "wait") and fact.is_positive(shortage.excess) and not shortage.cut

    # === FINDINGS === #

    @api.model
    def _find_short(self, facts, turn, condition):
        found = {}
        for order_id, fact in facts.items():
            shortages = [shortage for shortage in fact.signals["shortages"] if condition(fact, shortage)]
            if shortages:
                found[order_id] = self._prepare_short(fact, turn, shortages)
        return found

    @api.model
    def _prepare_short(self, fact, turn, shortages, **data):
        """Return a finding whose deadline is the promise, else when the first of the short moves has to leave."""
        leaving = min((shortage.move["deadline"] for shortage in shortages), default=None)
        return self._prepare_finding(
            fact,
            turn,
            deadline=fact.header["date_promised"] or leaving,
            since=fact.header["date_order"],
            shortages=[
                {
                    "line_id": shortage.move["line_id"],
                    "move_id": shortage.move["id"],
                    "product_id": shortage.move["product_id"],
                    "quantity": shortage.quantity,
                }
                for shortage in shortages
            ],
            **data,
        )
