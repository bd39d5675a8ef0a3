from odoo import api, models


class SaleOrderLine(models.Model):
    """Order lines settled at the till, with the point of sale installed.

    It counts what it sold in core's figures, but neither what it will ship later, nor that goods came back there: these would be
    sent once more. What is refunded from the back office it takes off twice.
    """

    _inherit = "sale.order.line"

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_till(self, order_ids):
        """Read what the till did with the lines of these orders, down payments left out.

        :return: {line id: dict}, quantities in the line's unit: ``sold``, ``back`` (taken back and refunded), ``planned`` (sold
            and to be shipped later); and what it counts as ``invoiced`` and ``delivered`` in core's figures
        """
        if "pos_order_line_ids" not in self._fields:
            return {}
        # Whoever reads an order may not read the till's.
        lines = self.sudo().search(
            [("order_id", "in", list(order_ids)), ("pos_order_line_ids", "!=", False), ("is_downpayment", "=", False)]
        )
        return {line.id: line._oms_get_till() for line in lines}

    def _oms_get_till(self):
        self.ensure_one()
        linked = self.pos_order_line_ids.filtered(self._oms_is_taken)
        back = self.pos_order_line_ids.refund_orderline_ids.filtered(self._oms_is_taken)
        sold = linked.filtered(lambda entry: entry.qty > 0)
        later = sold.filtered(lambda entry: not {*entry.order_id.picking_ids.mapped("state")} <= {"done", "cancel"})
        counted = [part for part in (linked, back) if {*part.order_id.picking_ids.mapped("state")} <= {"done"}]
        return {
            "sold": self._oms_sum_till(sold),
            "back": -self._oms_sum_till(back),
            "planned": self._oms_sum_till(later),
            "invoiced": self._oms_sum_till(linked),
            "delivered": sum(self._oms_sum_till(part) for part in counted),
        }

    @api.model
    def _oms_is_taken(self, entry):
        return entry.order_id.state not in ("cancel", "draft")

    def _oms_sum_till(self, entries):
        unit = self.product_id.uom_id
        return unit._compute_quantity(sum(entries.mapped("qty")), self.product_uom_id, round=False)

    @api.model
    def _oms_add_till(self, line, till):
        """Put onto a line what the till did with it."""
        line["billed_elsewhere"] += till["sold"] - till["back"]
        line["invoiced"] += till["sold"]
        line["credited"] += till["back"]
        if line["is_goods"] and line["ordered"] >= 0:
            shipped = till["sold"] - till["planned"]
            line["delivered_elsewhere"] += shipped - till["back"]
            line["delivered"] += shipped - till["back"]
            line["shipped"] += shipped
            line["planned"] += till["planned"]
            line["returned"] += till["back"]
