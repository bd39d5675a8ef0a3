from odoo import api, models


class OmsDetectorO5(models.AbstractModel):
    _name = "oms.detector.o5"
    _inherit = "oms.detector"
    _description = "Possible duplicate"

    @api.model
    def _read_signals(self, facts):
        order_ids = [order_id for order_id, fact in facts.items() if not self._has_left(fact)]
        for order_id, earlier_id in self.env["sale.order"]._oms_read_twins(order_ids).items():
            facts[order_id].signals["twin_id"] = earlier_id

    @api.model
    def _find(self, facts):
        """The customer ordered the same goods within 48 hours before, and nothing of this one has left."""
        return {
            order_id: self._prepare_finding(
                fact, "sales", since=fact.header["date_order"], earlier_id=fact.signals["twin_id"]
            )
            for order_id, fact in facts.items()
            if fact.signals.get("twin_id")
        }

    @api.model
    def _explain(self, issue):
        order = issue.order_id
        # A salesperson may not open a colleague's order, but has to know of it.
        earlier = order.sudo().browse((issue.data or {}).get("earlier_id")).exists()
        return [
            self._link(
                self.env._(
                    "%(order)s of %(date)s: same customer, products and quantities",
                    order=one.name,
                    date=self.env["oms.lane.order"]._format_day(one.date_order, one.company_id),
                ),
                one,
                tone,
            )
            for one, tone in ((earlier, ""), (order, "danger"))
            if one
        ]

    @api.model
    def _has_left(self, fact):
        return any(fact.is_positive(line["shipped"]) for line in fact.goods_lines)
