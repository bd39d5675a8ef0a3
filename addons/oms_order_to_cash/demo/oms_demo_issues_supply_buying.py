from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

_REFERENCE, _CANCELLED = "BUY-BIG", "S8-CANCELLED"
# vendor, price, agreed days, the days its deliveries took
_VENDORS = (
    ("brunner", 118, 14, (13, 19, 22, 16, 24)),
    ("halden", 131, 9, (8, 9, 7, 9, 10)),
    ("pacific", 125, 12, (12, 11, 13)),
)


class OmsDemo(models.AbstractModel):
    """A chair three vendors sell, each with a past, and an order larger than what lies in the warehouse."""

    _inherit = "oms.demo"

    @api.model
    def _make_supply_issues(self):
        super()._make_supply_issues()
        demo = self._in_company(self, self.env.ref("base.main_company"))
        if not self.env["sale.order"].search_count([("client_order_ref", "=", _CANCELLED)], limit=1):
            demo._cancel_bought_order()
        if self.env["sale.order"].search_count([("client_order_ref", "=", _REFERENCE)], limit=1):
            return
        chair = demo._make_bought_chair()
        for vendor, _price, days, deliveries in _VENDORS:
            for number, taken in enumerate(deliveries):
                demo._deliver_chairs(chair, vendor, days, taken, 240 - 40 * number)
        demo._order_chairs(chair)

    @api.model
    def _make_bought_chair(self):
        return self.env["product.product"].create(
            {
                "name": "Conference Chair Ash",
                "is_storable": True,
                "invoice_policy": "delivery",
                "list_price": 245,
                "standard_price": 125,
                "seller_ids": [
                    Command.create(
                        {"partner_id": self._get_record("partner", vendor).id, "price": price, "delay": days}
                    )
                    for vendor, price, days, _deliveries in _VENDORS
                ],
            }
        )

    @api.model
    def _deliver_chairs(self, chair, vendor, days, taken, ago):
        """Have a vendor deliver a few, so many days after they were ordered."""
        ordered = self._get_moment(ago)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self._get_record("partner", vendor).id,
                "picking_type_id": self._get_warehouse("main").in_type_id.id,
                "date_order": ordered,
                "order_line": [Command.create({"product_id": chair.id, "product_qty": 2})],
            }
        )
        purchase.order_line.date_planned = ordered + timedelta(days=days)
        purchase.button_confirm()
        purchase.date_approve = ordered
        purchase.picking_ids.with_context(skip_backorder=True).button_validate()
        purchase.picking_ids.move_ids.date = ordered + timedelta(days=taken)

    @api.model
    def _order_chairs(self, chair):
        self._confirm_order(_REFERENCE, "harbor", chair, 80)

    @api.model
    def _confirm_order(self, reference, customer, product, quantity):
        order = self.env["sale.order"].create(
            {
                "client_order_ref": reference,
                "partner_id": self._get_record("partner", customer).id,
                "user_id": self._get_record("user", "sales").id,
                "warehouse_id": self._get_warehouse("main").id,
                "commitment_date": self._get_due(18),
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        return order

    @api.model
    def _cancel_bought_order(self):
        """Have an order cancelled that goods were bought for, which nobody else wants."""
        vendor = self._get_record("partner", "brunner")
        booth = self.env["product.product"].create(
            {
                "name": "Phone Booth Birch",
                "is_storable": True,
                "invoice_policy": "delivery",
                "list_price": 3900,
                "standard_price": 2450,
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 2450, "delay": 10})],
            }
        )
        order = self._confirm_order(_CANCELLED, "alder", booth, 2)
        self.env.flush_all()
        self.env["oms.runner"]._run("buy", order, "user", {})
        self.env["purchase.order"].search([("order_line.product_id", "=", booth.id)]).button_confirm()
        order.action_cancel()
