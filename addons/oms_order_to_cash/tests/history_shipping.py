"""Steps of random histories with carriers, lots and what a warehouse does to a transfer."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command


class OmsHistoryShipping:
    # === CARRIERS === #

    def step_require_carrier(self, order, _fraction):
        order.company_id.oms_carrier_required = not order.company_id.oms_carrier_required

    def step_choose_carrier(self, order, fraction):
        self._need(order.state in ("draft", "sent", "sale"))
        order.carrier_id = self.carrier if fraction >= 0.5 and not order.carrier_id else False
        if fraction == 1:
            self._get_open_pickings(order).carrier_id = order.carrier_id

    def step_limit_carrier(self, order, fraction):
        """Have the carrier go to other countries only, or price by rules, or need the data of freight; or no longer."""
        carrier = self._need(order.carrier_id)
        if fraction == 1:
            carrier.country_ids = False if carrier.country_ids else self.env.ref("base.fr")
        elif fraction == 0.5:
            carrier.oms_is_freight = not carrier.oms_is_freight
        else:
            is_by_rule = carrier.delivery_type == "base_on_rule"
            rule = {"variable": "quantity", "operator": "<=", "max_value": 12, "list_base_price": 7}
            carrier.write(
                {
                    "delivery_type": "fixed" if is_by_rule else "base_on_rule",
                    "price_rule_ids": [Command.clear(), Command.create(rule)],
                }
            )

    def step_weigh(self, order, fraction):
        goods = self._need(order.order_line.product_id.filtered(lambda product: product.type == "consu"))
        goods = goods if fraction == 1 else goods[:1]
        goods.write({"weight": 2, "volume": 0.1, "oms_freight_class": "70" if fraction >= 0.5 else False})

    def step_fail_label(self, order, fraction):
        """Have the booking fail of what left, or be made good."""
        shipped = self._get_shipped_pickings(order).filtered("carrier_id")
        if fraction >= 0.5:
            self._need(shipped)[0].activity_schedule(
                "mail.mail_activity_data_warning", note="The carrier does not answer."
            )
        else:
            self._need(shipped.filtered(lambda picking: not picking.carrier_tracking_ref))[
                0
            ].carrier_tracking_ref = "T1"

    def step_carrier_reports(self, order, fraction):
        shipped = self._need(self._get_shipped_pickings(order))[:1]
        shipped.oms_record_delivery_state({1.0: "failed", 0.5: "stalled"}.get(fraction, "delivered"))

    # === TRANSFERS === #

    def step_ship_at_once(self, order, _fraction):
        for picking in self._need(self._get_open_pickings(order)):
            picking.move_type = "direct" if picking.move_type == "one" else "one"

    def step_plan_steps_at_once(self, _order, _fraction):
        """Have the picking and the shipping planned together, as older warehouses do."""
        rules = self.two_step_warehouse.delivery_route_id.rule_ids
        self._need(rules[1:].filtered(lambda rule: rule.action == "push"))
        rules[0].location_dest_id = rules[1].location_src_id
        rules[1:].action = "pull"

    # === LOTS === #

    def step_add_lots(self, order, fraction):
        """Sell goods of which two lots are there, not enough at times."""
        self._need(order.state != "cancel")
        if not self.goods_in_lots.stock_quant_ids:
            for name in ("TEST-L1", "TEST-L2"):
                lot = self.env["stock.lot"].create({"name": name, "product_id": self.goods_in_lots.id})
                self._count_lot(lot, 4)
        order.order_line = [Command.create(self._prepare_line((self.goods_in_lots, 10 * fraction)))]

    def step_forget_lot(self, order, _fraction):
        lines = self._get_open_pickings(order).move_line_ids
        self._need(lines.filtered("lot_id"))[0].lot_id = False

    def step_lose_lot(self, order, _fraction):
        """Count less of a lot than is reserved of it."""
        lots = self._need(self._get_open_pickings(order).move_line_ids.lot_id)
        self._count_lot(lots[0], -2)

    def step_lot_expires(self, order, fraction):
        lots = self._get_open_pickings(order).move_line_ids.lot_id
        self._need(lots and "expiration_date" in lots._fields)
        lots[0].expiration_date = fields.Datetime.now() + timedelta(days=30 if fraction == 1 else -1)

    def _count_lot(self, lot, quantity):
        quants = self.env["stock.quant"]
        location = self.warehouse.lot_stock_id
        there = sum(quants._gather(lot.product_id, location, lot, strict=True).mapped("quantity"))
        quants.with_context(inventory_mode=True).create(
            {
                "product_id": lot.product_id.id,
                "lot_id": lot.id,
                "location_id": location.id,
                "inventory_quantity": max(there + quantity, 0),
            }
        ).action_apply_inventory()
