from collections import defaultdict

from odoo import api, models
from odoo.tools import format_date


class OmsLaneDelivery(models.AbstractModel):
    """Troubles with carriers, before and after the goods left."""

    _inherit = "oms.lane.delivery"

    @api.model
    def _read_carrier_signals(self, facts):
        leaving = [order_id for order_id, fact in facts.items() if self._get_last_steps(fact)]
        carriers = self.env["delivery.carrier"]._oms_read_carriers(leaving)
        freight = [order_id for order_id, carrier in carriers.items() if carrier["is_freight"]]
        gaps = self.env["product.template"]._oms_read_freight_gaps(freight)
        shipments = defaultdict(list)
        for shipment in self.env["stock.picking"]._oms_read_shipments(list(facts)):
            shipments[shipment["order_id"]].append(shipment)
        for order_id, fact in facts.items():
            fact.signals["carrier"] = carriers.get(order_id)
            fact.signals["freight_gaps"] = gaps.get(order_id, [])
            fact.signals["shipments"] = shipments.get(order_id, [])

    # === D1: NO CARRIER OR NO RATE === #

    @api.model
    def _detect_d1(self, facts):
        """Find orders with goods to ship and no carrier, or one that doesn't go there or has no price for it."""
        findings = {}
        for order_id, fact in facts.items():
            problem = self._get_carrier_problem(fact)
            if problem:
                findings[order_id] = self._prepare_finding(
                    fact,
                    "sales",
                    deadline=fact.lanes["delivery"].get("deadline"),
                    since=fact.header["date_order"],
                    problem=problem,
                )
        return findings

    @api.model
    def _get_carrier_problem(self, fact):
        carrier = fact.signals["carrier"]
        if not carrier or not carrier["is_required"] or not self._get_last_steps(fact):
            return ""
        if not carrier["carrier_id"]:
            transfers = fact.signals["transfers"]
            chosen = all(transfers[picking_id]["carrier_id"] for picking_id in self._get_last_steps(fact))
            return "" if chosen else "carrier"
        if not carrier["is_served"]:
            return "address"
        return "" if carrier["is_priced"] else "rate"

    @api.model
    def _get_last_steps(self, fact):
        """Return the ids of the open transfers that take the order's goods to the customer from a place of ours."""
        return {
            move["picking_id"]
            for move in fact.outward_moves
            if move["last_step"] and move["source_usage"] != "supplier" and move["picking_id"]
        }

    @api.model
    def _explain_d1(self, issue):
        order, problem = issue.order_id, (issue.data or {}).get("problem")
        address = order.partner_shipping_id
        destination = self.env._("Goods go to %(address)s", address=address._display_address(without_company=True))
        names = {"carrier": order.carrier_id.name, "country": address.country_id.name}
        reason = {
            "address": self.env._("%(carrier)s does not deliver there", **names),
            "rate": self.env._("%(carrier)s has no price rule that fits this order", **names),
        }.get(problem, self.env._("No carrier is chosen"))
        return [
            self._link(", ".join(filter(str.strip, destination.split("\n"))), address),
            self._link(reason, order.carrier_id or order, "danger"),
        ]

    # === D2: LABEL OR BOOKING ERROR === #

    @api.model
    def _detect_d2(self, facts):
        """Find deliveries that left without a label or a booking of their carrier."""
        return self._find_shipments(facts, ("label",), "warehouse")

    @api.model
    def _find_shipments(self, facts, problems, turn):
        findings = {}
        for order_id, fact in facts.items():
            shipments = [shipment for shipment in fact.signals["shipments"] if shipment["problem"] in problems]
            if shipments:
                since = min(shipment["date_done"] for shipment in shipments)
                findings[order_id] = self._prepare_finding(
                    fact,
                    turn,
                    deadline=fact.header["date_promised"] or since,
                    since=since,
                    pickings=[shipment["id"] for shipment in shipments],
                )
        return findings

    @api.model
    def _explain_d2(self, issue):
        chain = []
        for picking in self._get_pickings(issue):
            text = self.env._(
                "%(transfer)s left on %(date)s with %(carrier)s and has no tracking reference",
                transfer=picking.name,
                date=format_date(self.env, picking.date_done),
                carrier=picking.carrier_id.name,
            )
            chain.append(self._link(text, picking, "danger"))
            warning = picking.activity_search(["mail.mail_activity_data_warning"])[:1]
            if warning.note:
                # The note is core's own frame around the carrier's words, in HTML.
                chain.append(self._link(" ".join(warning.note.striptags().split()), None, "warning"))
        return chain

    # === D3: FREIGHT DATA MISSING === #

    @api.model
    def _detect_d3(self, facts):
        """Find orders that go with a freight carrier and whose products lack what it asks for."""
        return {
            order_id: self._prepare_finding(
                fact,
                "warehouse",
                deadline=fact.lanes["delivery"].get("deadline"),
                since=fact.header["date_order"],
                products=fact.signals["freight_gaps"],
            )
            for order_id, fact in facts.items()
            if fact.signals["freight_gaps"] and self._get_last_steps(fact)
        }

    @api.model
    def _explain_d3(self, issue):
        products = self.env["product.product"].browse((issue.data or {}).get("products", [])).exists()
        order = issue.order_id
        chain = [self._link(self.env._("It goes with %(carrier)s", carrier=order.carrier_id.name), order.carrier_id)]
        for product in products:
            missing = ", ".join(self._get_freight_gaps(product))
            if missing:
                text = self.env._("%(product)s: %(missing)s missing", product=product.display_name, missing=missing)
                chain.append(self._link(text, product, "danger"))
        return chain

    @api.model
    def _get_freight_gaps(self, product):
        """Return in words what a freight carrier asks for and a product has not."""
        wanted = [
            (product.weight, self.env._("weight")),
            (product.volume, self.env._("volume")),
            (product.oms_freight_class, self.env._("freight class")),
        ]
        return [name for value, name in wanted if not value]

    # === D4: SHIPPED: NO SCAN, STALLED, FAILED === #

    @api.model
    def _detect_d4(self, facts):
        """Find deliveries that the carrier reports as stalled or failed."""
        return self._find_shipments(facts, ("stalled", "failed"), "carrier")

    @api.model
    def _explain_d4(self, issue):
        pickings = self._get_pickings(issue)
        labels = dict(pickings._fields["oms_delivery_state"]._description_selection(self.env))
        return [
            self._link(
                self.env._(
                    "%(transfer)s, shipped on %(date)s with %(carrier)s %(reference)s: %(state)s",
                    transfer=picking.name,
                    date=format_date(self.env, picking.date_done),
                    carrier=picking.carrier_id.name or self.env._("no carrier"),
                    reference=picking.carrier_tracking_ref or "",
                    state=labels.get(picking.oms_delivery_state, ""),
                ),
                picking,
                "danger",
            )
            for picking in pickings
        ]
