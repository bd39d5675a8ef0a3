import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)

# Their price is read from the database; any other carrier is asked for it.
_PRICED_HERE = ("fixed", "base_on_rule")
_logger = logging.getLogger(__name__)


class OmsVerbCarrierChoice(models.AbstractModel):
    """What choosing a carrier has in common."""

    _name = "oms.verb.carrier_choice"
    _inherit = "oms.verb"
    _description = "CarrierChoice"

    @api.model
    def _get_documents(self, orders, carrier_id=None):
        """Return, per order, the transfers a carrier can still be chosen for: open, or gone without a label."""
        return {
            order.id: order.picking_ids.filtered(
                lambda picking: (
                    picking.picking_type_code != "incoming"
                    and picking.state != "cancel"
                    and not picking.carrier_tracking_ref
                    and (picking.state != "done" or picking.carrier_id)
                    and not any(move.origin_returned_move_id for move in picking.move_ids)
                )
            )
            for order in orders
        }

    @api.model
    def _get_carrier_obstacle(self, order, pickings):
        if not pickings:
            return self.env._("It has no transfer that a carrier can be chosen for.")
        if not order.partner_shipping_id.country_id:
            return self.env._("Its delivery address has no country: complete it first.")
        return ""

    @api.model
    def _preview_carrier(self, order, carrier, price):
        names = {"carrier": carrier.name, "price": order.currency_id.format(price)}
        if self._is_freight_fixed(order):
            return [
                self.env._("%(carrier)s (%(price)s) takes it; the order's price stays as it is.", **names),
            ]
        return [self.env._("%(carrier)s takes it; %(price)s of freight stands on the order.", **names)]

    @api.model
    def _is_freight_fixed(self, order):
        """Tell whether the freight on an order can't be changed any more: it is locked, or its freight is invoiced."""
        return order.locked or any(line.qty_invoiced for line in order.order_line if line.is_delivery)

    @api.model
    def _set_carrier(self, order, carrier, price, pickings):
        if self._is_freight_fixed(order):
            order.carrier_id = carrier
        else:
            order.set_delivery_line(carrier, price)
        pickings.carrier_id = carrier


class OmsVerbRateShop(models.AbstractModel):
    _name = "oms.verb.rate_shop"
    _inherit = ("oms.verb.carrier_choice", "oms.verb.shipping")
    _description = "Take the cheapest carrier"

    _label = _lt("Take the cheapest carrier")
    _lane = "delivery"
    _groups = "sales_team.group_sale_salesman"
    _undo_after = ("set_carrier",)

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        carried = self._get_documents(orders)
        for order in orders:
            obstacles[order.id] = (
                obstacles.get(order.id)
                or self._get_carrier_obstacle(order, carried[order.id])
                or self._get_rate_obstacle(order)
            )
        return obstacles

    @api.model
    def _get_rate_obstacle(self, order):
        if self._get_asked(order):
            return ""  # what they want is known when they are asked
        return self._get_no_choice(order, self._get_rates(order, self._get_takers(order)))

    @api.model
    def _get_takers(self, order):
        """Return the carriers that go to an order's address and take its goods."""
        carriers = self.env["delivery.carrier"].search(
            self.env["delivery.carrier"]._check_company_domain(order.company_id)
        )
        return carriers.available_carriers(order.partner_shipping_id, order)

    @api.model
    def _get_asked(self, order):
        """Return the carriers that are asked for their rate when the verb is run, and not for who only looks at a card."""
        return self._get_takers(order).filtered(lambda carrier: carrier.delivery_type not in _PRICED_HERE)

    @api.model
    def _get_rates(self, order, carriers):
        """Return [(price in the order's currency, carrier)] of these carriers, cheapest first."""
        rates = []
        for carrier in carriers:
            answer = self._ask_rate(carrier, order)
            if answer.get("success"):
                rates.append((answer["price"], carrier.sequence, carrier.id))
        return [(price, carriers.browse(carrier_id)) for price, _sequence, carrier_id in sorted(rates)]

    @api.model
    def _ask_rate(self, carrier, order):
        """Return what a carrier answers, nothing where its addon fails: the others are asked all the same."""
        try:
            return carrier.rate_shipment(order)
        except psycopg2.Error:
            raise  # the transaction's, not the carrier's
        except Exception:
            _logger.exception("%s has no rate for order %s", carrier.name, order.name)
            return {}

    @api.model
    def _get_no_choice(self, order, rates):
        """Return why there is nothing to choose among rates; empty where there is."""
        if not rates:
            return self.env._("No carrier has a rate for it: check its address and the carriers' price rules.")
        _price, cheapest = rates[0]
        if order.carrier_id == cheapest:
            return self.env._("%(carrier)s is the cheapest already.", carrier=cheapest.name)
        return ""

    @api.model
    def _preview(self, orders):
        return {order.id: self._preview_rates(order) for order in orders}

    @api.model
    def _preview_rates(self, order):
        takers, asked = self._get_takers(order), self._get_asked(order)
        rates = self._get_rates(order, takers - asked)[:3]
        if asked:
            names = ", ".join(asked.mapped("name"))
            texts = [self.env._("Asks %(carriers)s for a rate; the cheapest carrier takes it.", carriers=names)]
        else:
            texts = self._preview_carrier(order, rates[0][1], rates[0][0]) if rates else []
            rates = rates[1:]
        return texts + [
            self.env._("%(carrier)s would cost %(price)s.", carrier=carrier.name, price=order.currency_id.format(price))
            for price, carrier in rates
        ]

    @api.model
    def _before(self, orders):
        carried = self._get_documents(orders)
        return {
            order.id: {
                "carrier": order.carrier_id.id,
                "price": sum(order.order_line.filtered("is_delivery").mapped("price_unit")),
                "promised": fields.Datetime.to_string(order.order_line.filtered("is_delivery")[:1].oms_date_promised),
                "has_line": order.delivery_set,
                "pickings": {str(picking.id): picking.carrier_id.id for picking in carried[order.id]},
            }
            for order in orders
        }

    @api.model
    def _do(self, orders):
        """Ask the carriers for rates and take the cheapest."""
        carried, results = self._get_documents(orders), {}
        for order in orders:
            rates = self._get_rates(order, self._get_takers(order))
            nothing = self._get_no_choice(order, rates)
            if not nothing:
                self._set_carrier(order, rates[0][1], rates[0][0], carried[order.id])
            results[order.id] = nothing or carried[order.id]
        return results

    @api.model
    def _can_undo(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        gone = pickings.filtered(
            lambda picking: (
                picking.carrier_tracking_ref or picking.state in ("done", "cancel") and picking.carrier_price
            )
        )
        if gone:
            names = ", ".join(gone.mapped("name"))
            return self.env._("%(transfers)s is booked with the carrier: cancel the shipment first.", transfers=names)
        if order.delivery_set and self._is_freight_fixed(order):
            return self.env._("the order is locked or its freight is invoiced.")
        return ""

    @api.model
    def _undo(self, order, documents, before):
        former = self.env["delivery.carrier"].browse(before.get("carrier")).exists()
        if not self._is_freight_fixed(order):
            order._remove_delivery_line()
        if former and before.get("has_line"):
            order.set_delivery_line(former, before["price"])
            order.order_line.filtered("is_delivery").oms_date_promised = before["promised"]
        order.carrier_id = former
        carriers = before.get("pickings", {})
        for picking in self._get_open_documents(documents, "stock.picking"):
            picking.carrier_id = carriers.get(str(picking.id))


class OmsVerbSetCarrier(models.AbstractModel):
    _name = "oms.verb.set_carrier"
    _inherit = "oms.verb.carrier_choice"
    _description = "Choose a carrier"

    _label = _lt("Choose a carrier")
    _lane = "delivery"
    _groups = "sales_team.group_sale_salesman"
    _params = (param.CARRIER.required(),)
    _asks = True
    _undo_after = ("rate_shop",)

    @api.model
    def _can(self, orders, carrier_id=None):
        _facts, obstacles = self._read_confirmed(orders)
        carried = self._get_documents(orders)
        for order in orders:
            obstacles[order.id] = (
                obstacles.get(order.id)
                or self._get_carrier_obstacle(order, carried[order.id])
                or self._get_choice_obstacle(order, self._get_chosen(carrier_id))
            )
        return obstacles

    @api.model
    def _get_chosen(self, carrier_id):
        return self.env["delivery.carrier"].browse(carrier_id or []).exists()

    @api.model
    def _get_choice_obstacle(self, order, carrier):
        if not carrier:  # it is asked for next
            return ""
        if order.carrier_id == carrier:
            return self.env._("It goes with %(carrier)s already.", carrier=carrier.name)
        if carrier.company_id and carrier.company_id != order.company_id:
            return self.env._("%(carrier)s works for another company.", carrier=carrier.name)
        if not carrier.available_carriers(order.partner_shipping_id, order):
            return self.env._("%(carrier)s does not take it: check its address, weight and tags.", carrier=carrier.name)
        answer = carrier.rate_shipment(order)
        return "" if answer["success"] else answer["error_message"]

    @api.model
    def _preview(self, orders, carrier_id=None):
        carrier = self._get_chosen(carrier_id)
        if not carrier:
            ask = self.env._("The carrier you choose takes it, and its price stands on the order.")
            return {order.id: [ask] for order in orders}
        return {
            order.id: self._preview_carrier(order, carrier, carrier.rate_shipment(order)["price"]) for order in orders
        }

    @api.model
    def _before(self, orders):
        return self.env["oms.verb.rate_shop"]._before(orders)

    @api.model
    def _do(self, orders, carrier_id=None):
        """Give orders to a carrier, at its price."""
        carrier, carried = self._get_chosen(carrier_id), self._get_documents(orders)
        if not carrier:
            ask = self.env._("Choose a carrier first.")
            return dict.fromkeys(orders.ids, ask)
        for order in orders:
            self._set_carrier(order, carrier, carrier.rate_shipment(order)["price"], carried[order.id])
        return carried

    @api.model
    def _can_undo(self, order, documents, before):
        return self.env["oms.verb.rate_shop"]._can_undo(order, documents, before)

    @api.model
    def _undo(self, order, documents, before):
        self.env["oms.verb.rate_shop"]._undo(order, documents, before)
