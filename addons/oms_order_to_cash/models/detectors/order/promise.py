from odoo import api, models


class OmsDetectorO7(models.AbstractModel):
    _name = "oms.detector.o7"
    _inherit = "oms.detector"
    _description = "No promise, or one that can't be kept"

    @api.model
    def _find(self, facts):
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
        header, expected = fact.header, self.env["oms.lane.order"]._get_expected(fact)
        if fact.signals["terms"]["is_unpromised"]:
            return self._prepare_finding(fact, "sales", since=header["date_order"])
        promise = header["date_promised"]
        if not expected or not promise or expected[0].date() <= promise.date():
            return None
        date, move_id = expected
        return self._prepare_finding(fact, "sales", deadline=promise, expected=str(date), move_id=move_id)

    @api.model
    def _explain(self, issue):
        lane = self.env["oms.lane.order"]
        order, data = issue.order_id, issue.data or {}
        if "move_id" not in data:
            return [self._link(self.env._("Nobody told the customer a date."), order, "danger")]
        promise = lane._format_day(order.oms_date_promised or order.commitment_date, order.company_id)
        # A salesperson may not open receipts, but has to know when the goods come.
        move = self.env["stock.move"].sudo().browse(data["move_id"]).exists()
        return [
            self._link(self.env._("Promised for %(date)s", date=promise), order),
            self._link(
                self.env._(
                    "%(transfer)s brings %(product)s on %(date)s",
                    transfer=move.picking_id.name or move.reference or self.env._("A receipt"),
                    product=move.product_id.display_name,
                    date=lane._format_day(data["expected"], order.company_id),
                ),
                move.picking_id,
                "danger",
            ),
        ]
