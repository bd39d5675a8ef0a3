"""A till where order lines are settled, with the point of sale installed."""

import uuid

from odoo import fields


class OmsTill:
    """To be mixed into a test case with the catalogue; nothing of it is there without the point of sale."""

    def _has_till(self):
        return "pos_order_line_ids" in self.env["sale.order.line"]._fields

    def _open_till(self):
        journal = self.env["account.journal"].create({"name": "Test Till", "type": "cash", "code": "THTIL"})
        self.till_method = self.env["pos.payment.method"].create({"name": "Test Cash", "journal_id": journal.id})
        self.till = self.env["pos.config"].create(
            {
                "name": "Test Till",
                "payment_method_ids": self.till_method.ids,
                "picking_type_id": self.warehouse.pos_type_id.id,
                "warehouse_id": self.warehouse.id,
                "down_payment_product_id": self.service.id,
            }
        )
        self.till.open_ui()
        self.till.current_session_id.set_opening_control(0, None)

    def _settle_at_till(self, line, quantity):
        """Take the money for so much of an order line at the till, as core's screen does."""
        amount = line.order_id.currency_id.round(line.price_unit * quantity)
        values = {
            "product_id": line.product_id.id,
            "price_unit": line.price_unit,
            "qty": quantity,
            "price_subtotal": amount,
            "price_subtotal_incl": amount,
            "discount": 0,
            "tax_ids": [],
            "pack_lot_ids": [],
            "sale_order_line_id": line.id,
            "sale_order_origin_id": line.order_id.id,
        }
        now = fields.Datetime.to_string(fields.Datetime.now())
        sold = {
            "amount_paid": amount,
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": amount,
            "date_order": now,
            "fiscal_position_id": False,
            "to_invoice": False,
            "partner_id": line.order_id.partner_id.id,
            "pricelist_id": False,
            "lines": [[0, 0, values]],
            "name": f"Order {uuid.uuid4()}",
            "session_id": self.till.current_session_id.id,
            "payment_ids": [[0, 0, {"amount": amount, "name": now, "payment_method_id": self.till_method.id}]],
            "user_id": self.env.uid,
            "uuid": str(uuid.uuid4()),
        }
        self.env["pos.order"].sync_from_ui([sold])
