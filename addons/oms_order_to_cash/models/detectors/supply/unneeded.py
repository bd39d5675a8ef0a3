from odoo import api, models


class OmsDetectorS8(models.AbstractModel):
    _name = "oms.detector.s8"
    _inherit = "oms.detector"
    _description = "Bought and no longer needed"

    @api.model
    def _read_signals(self, facts):
        for order_id, unneeded in self.env["oms.lane.supply"]._read_unneeded(facts).items():
            facts[order_id].signals["unneeded"] = unneeded

    @api.model
    def _find(self, facts):
        """Bought for the order and needed by nobody any more: it was cancelled or lowered, or got the goods elsewhere."""
        return {
            order_id: self._prepare_finding(
                fact,
                "purchasing",
                amount=sum(item.amount for item in fact.signals["unneeded"]),
                purchases=[
                    {"line_id": item.line["line_id"], "product_id": item.line["product_id"], "quantity": item.quantity}
                    for item in fact.signals["unneeded"]
                ],
            )
            for order_id, fact in facts.items()
            if fact.signals["unneeded"]
        }

    @api.model
    def _explain(self, issue):
        lane = self.env["oms.lane.supply"]
        order, lines = (
            issue.order_id.sudo(),
            self.env["purchase.order.line"].sudo(),
        )  # a salesperson follows the chain too
        chain = []
        if order.state == "cancel":
            chain.append(self._link(self.env._("%(order)s is cancelled", order=order.name), issue.order_id, "warning"))
        for item in lane._read_unneeded(self.env["oms.lane"]._read_facts(order.ids))[order.id]:
            line = lines.browse(item.line["line_id"])
            text = self.env._(
                "%(purchase)s (%(state)s) still brings %(open)s: %(quantity)s of that nobody needs",
                purchase=line.order_id.name,
                state=dict(line.order_id._fields["state"]._description_selection(self.env))[line.order_id.state],
                open=lane._format_quantity(line.product_id, item.line["open"]),
                quantity=lane._format_number(line.product_id, item.quantity),
            )
            chain.append(self._link(text, line.order_id.sudo(False), "danger"))
        return chain
