from odoo import models
from odoo.tools import float_is_zero

from ..handed import get_handed


class SaleOrderLine(models.Model):
    """Lets a verb say how much core invoices and plans of a line.

    Core's own figures plan again what came back, invoice again what was credited, and deduct a down payment as it was posted
    last. What a verb says has numbers as keys, which no client can send.
    """

    _inherit = "sale.order.line"

    # === BUSINESS METHODS === #

    def _oms_keep_to_invoice(self, quantities):
        """Return those of these lines that have a quantity to invoice, with their headings and notes.

        :param dict quantities: {line id: quantity}, down payments to deduct included
        """
        kept, headings = [], []
        for line in self:
            if line.display_type == "line_section":
                headings = [line.id]
            elif line.display_type == "line_subsection" or (line.display_type and headings):
                headings.append(line.id)
            elif line.display_type or line._oms_is_to_invoice(quantities):
                kept += [*headings, line.id]
                headings = []
        return self.browse(kept)

    def _oms_is_overlooked(self, quantities):
        """Tell whether core sees nothing to invoice: its rounding of the parts delivered lost some, or a part of a down payment
        was credited, which it takes for all of it.
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return bool(quantities.get(self.id)) and float_is_zero(self.qty_to_invoice, precision_digits=digits)

    def _oms_is_to_invoice(self, quantities):
        if self.product_id.type == "combo":
            return any(quantities.get(item.id) for item in self.linked_line_ids)
        return bool(quantities.get(self.id))

    def _prepare_invoice_line(self, **optional_values):
        quantities = get_handed(self.env, "oms_invoice_quantities")
        if quantities and quantities.get(self.id) and not self.is_downpayment:
            optional_values.setdefault("quantity", quantities[self.id])
        advance = get_handed(self.env, "oms_invoice_advances", {}).get(self.id)
        if advance and self.is_downpayment and self.currency_id.compare_amounts(advance, self.price_unit):
            # Core keeps the price of the last document posted, whatever became of the others.
            optional_values.update(price_unit=advance, extra_tax_data=False)
        return super()._prepare_invoice_line(**optional_values)

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        quantities = get_handed(self.env, "oms_plan_quantities")
        if quantities and self.id in quantities:
            return self.product_uom_qty - quantities[self.id]
        return super()._get_qty_procurement(previous_product_uom_qty)

    def _prepare_procurement_values(self):
        """Have lines leave from the warehouse, whatever the routes of their products, that a verb says so of."""
        values = super()._prepare_procurement_values()
        if self.id in get_handed(self.env, "oms_plan_from_stock", ()):
            warehouse = self.order_id.warehouse_id
            values.update(route_ids=warehouse.delivery_route_id, warehouse_id=warehouse)
        return values

    def _get_outgoing_incoming_moves(self, strict=True):
        """Leave out what is on its way to the customer: core takes it for delivered, or for come back.

        That is what passes the inter-company transit, and what a vendor was to send to the customer and sent to the own dock.
        """
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict)
        passing = (outgoing + incoming).filtered(
            lambda move: (
                move._oms_is_passing()
                and (strict or (move.location_final_id or move.location_dest_id).usage != "customer")
            )
        )
        received = incoming.filtered(lambda move: move.location_id.usage == "supplier")
        return outgoing - passing, incoming - passing - received
