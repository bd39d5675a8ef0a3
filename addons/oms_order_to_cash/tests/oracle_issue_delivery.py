"""What is wrong with the transfers of an order, out and back, and with who carries them; see docs/issues.md."""

from datetime import datetime, timedelta

from odoo.exceptions import UserError

from .oracle_line import is_customer_side, is_open

_TROUBLE = ("stalled", "failed")
_PRICED_ONLY = ("fixed", "base_on_rule")


class OracleDeliveryIssues:
    # === TRANSFERS === #

    def _has_p1(self):
        """Ready since a day gone by, and nothing stops it."""
        return not self._get_holds() and any(
            picking.state == "assigned"
            and picking.location_id.usage != "supplier"
            and picking.scheduled_date.date() < self._get_today()
            and any(move.quantity > 0 for move in self.oracle.outward & picking.move_ids)
            for picking in self.oracle.outward.picking_id
        )

    def _has_p2(self):
        """A step waits for one that is planned and late."""
        since = datetime.now() - timedelta(hours=self.order.company_id.oms_chase_hours)
        return any(
            first.picking_id.scheduled_date < since
            for move in self.oracle.outward
            if move.state == "waiting" and self._get_steps_before(move)
            for first in self._get_first_steps(move)
        )

    def _get_steps_before(self, move):
        return move.move_orig_ids.filtered(lambda step: is_open(step) and step.sale_line_id.order_id == self.order)

    def _get_first_steps(self, move):
        steps = self._get_steps_before(move)
        if not steps:
            return move
        return steps.browse().union(*(self._get_first_steps(step) for step in steps))

    def _has_p3(self):
        """All at once, and only a part of it is there."""
        return any(
            picking.move_type == "one"
            and picking.state not in ("assigned", "done", "cancel")
            and any(move.quantity > 0 for move in picking.move_ids.filtered(is_open))
            and any(move.state != "assigned" for move in picking.move_ids.filtered(is_open))
            for picking in self.oracle.outward.picking_id
        )

    def _has_p4(self):
        return any(
            line.product_id.tracking != "none" and line.quantity > 0 and not self._can_leave(line)
            for line in self.oracle.outward.move_line_ids
        )

    def _can_leave(self, line):
        """Tell whether the lot that is reserved is known, fresh, and there."""
        lot = line.lot_id
        if not lot:
            return False
        if "expiration_date" in lot._fields and lot.expiration_date and lot.expiration_date <= datetime.now():
            return False
        there = self.env["stock.quant"]._gather(
            line.product_id, line.location_id, lot, line.package_id, line.owner_id, strict=True
        )
        there = there.filtered(lambda quant: quant.lot_id == lot)
        reserved = self.env["stock.move.line"].search(
            [
                ("lot_id", "=", lot.id),
                ("location_id", "=", line.location_id.id),
                ("package_id", "=", line.package_id.id),
                ("owner_id", "=", line.owner_id.id),
                ("state", "not in", ("done", "cancel", "draft")),
            ]
        )
        return sum(there.mapped("quantity")) >= sum(reserved.mapped("quantity_product_uom")) - 0.005

    # === CARRIERS === #

    def _get_leaving(self):
        """Return the open transfers that bring goods to the customer's door."""
        return self.oracle.outward.filtered(lambda move: is_customer_side(move.location_dest_id, self.order)).picking_id

    def _has_d1(self):
        leaving = self._get_leaving()
        if not self.order.company_id.oms_carrier_required or not leaving:
            return False
        if not self.order.carrier_id:
            return not all(picking.carrier_id for picking in leaving)
        return not self._is_served() or not self._is_priced()

    def _is_served(self):
        carrier, address = self.order.carrier_id, self.order.partner_shipping_id
        if carrier.country_ids and address.country_id not in carrier.country_ids:
            return False
        return not carrier.state_ids or address.state_id in carrier.state_ids

    def _is_priced(self):
        if self.order.carrier_id.delivery_type != "base_on_rule":
            return True
        try:
            self.order.carrier_id._get_price_available(self.order)
        except UserError:
            return False
        return True

    def _get_shipments(self):
        return self.moves.picking_id.filtered(
            lambda picking: picking.state == "done" and picking.picking_type_code == "outgoing"
        )

    def _has_d2(self):
        return any(
            picking.carrier_id.integration_level == "rate_and_ship"
            and not picking.carrier_tracking_ref
            and not picking.oms_delivery_state
            and (picking.carrier_id.delivery_type not in _PRICED_ONLY or self._is_warned(picking))
            for picking in self._get_shipments()
        )

    def _is_warned(self, picking):
        return self.env.ref("mail.mail_activity_data_warning") in picking.activity_ids.activity_type_id

    def _has_d3(self):
        """A freight carrier wants to know weight, volume and class of all that goes with it."""
        if not self.order.carrier_id.oms_is_freight or not self._get_leaving():
            return False
        goods = self.order.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0 and not line.is_delivery
        ).product_id
        return any(not (product.weight > 0 and product.volume > 0 and product.oms_freight_class) for product in goods)

    def _has_d4(self):
        return any(picking.oms_delivery_state in _TROUBLE for picking in self._get_shipments())

    def _has_d5(self):
        promised = self.oracle._read_date_promised()
        if not self.oracle.is_confirmed or not promised:
            return False
        is_owed = any(line.is_above_zero(line.unshipped) for line in self.lines if line.is_goods)
        return is_owed and promised.date() < self._get_today()

    # === RETURNS === #

    def _has_r1(self):
        days = self.order.company_id.oms_return_reminder_days
        announced = [move.date_deadline or move.date for move in self.moves if self._is_announced(move)]
        return any((datetime.now() - moment).days >= days for moment in announced)
