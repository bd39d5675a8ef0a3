from odoo import api, models


class OmsDetectorO4(models.AbstractModel):
    _name = "oms.detector.o4"
    _inherit = "oms.detector"
    _description = "Price or margin under the floor"

    @api.model
    def _read_signals(self, facts):
        open_ids = [order_id for order_id, fact in facts.items() if fact.lanes["invoice"]["state"] != "done"]
        for order_id, lines in self.env["oms.lane.order"]._read_unapproved(open_ids).items():
            facts[order_id].signals["low_prices"] = lines

    @api.model
    def _find(self, facts):
        """A line's price is below cost plus minimum margin, or its discount above the maximum, and nobody approved it."""
        return {
            order_id: self._prepare_finding(
                fact,
                "sales",
                deadline=fact.header["date_promised"],
                line_ids=[line["id"] for line in fact.signals["low_prices"]],
            )
            for order_id, fact in facts.items()
            if fact.signals.get("low_prices")
        }

    @api.model
    def _explain(self, issue):
        lane = self.env["oms.lane.order"]
        if not (self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")):
            return [self._link(self.env._("A price has to be approved."), issue.order_id, "danger")]
        lines = lane._read_unapproved(issue.order_id.ids).get(issue.order_id.id, [])
        return [self._link(lane._get_price_text(issue.order_id, line), issue.order_id, "danger") for line in lines]
