from odoo import api, models
from odoo.tools import format_date


class OmsDetectorD1(models.AbstractModel):
    _name = "oms.detector.d1"
    _inherit = "oms.detector"
    _description = "No carrier or no rate"

    @api.model
    def _find(self, facts):
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
        lane = self.env["oms.lane.delivery"]
        carrier = fact.signals["carrier"]
        if not carrier or not carrier["is_required"] or not lane._get_last_steps(fact):
            return ""
        if not carrier["carrier_id"]:
            transfers = fact.signals["transfers"]
            chosen = all(transfers[picking_id]["carrier_id"] for picking_id in lane._get_last_steps(fact))
            return "" if chosen else "carrier"
        if not carrier["is_served"]:
            return "address"
        return "" if carrier["is_priced"] else "rate"

    @api.model
    def _explain(self, issue):
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


class OmsDetectorD2(models.AbstractModel):
    _name = "oms.detector.d2"
    _inherit = "oms.detector.transfer"
    _description = "Label or booking failed"

    @api.model
    def _find(self, facts):
        """Find deliveries that left without a label or a booking of their carrier."""
        return self._find_shipments(facts, ("label",), "warehouse")

    @api.model
    def _explain(self, issue):
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


class OmsDetectorD3(models.AbstractModel):
    _name = "oms.detector.d3"
    _inherit = "oms.detector"
    _description = "Freight data missing"

    @api.model
    def _find(self, facts):
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
            if fact.signals["freight_gaps"] and self.env["oms.lane.delivery"]._get_last_steps(fact)
        }

    @api.model
    def _explain(self, issue):
        products = self.env["product.product"].browse((issue.data or {}).get("products", [])).exists()
        order = issue.order_id
        chain = [self._link(self.env._("It goes with %(carrier)s", carrier=order.carrier_id.name), order.carrier_id)]
        for product in products:
            missing = ", ".join(self.env["oms.lane.delivery"]._get_freight_gaps(product))
            if missing:
                text = self.env._("%(product)s: %(missing)s missing", product=product.display_name, missing=missing)
                chain.append(self._link(text, product, "danger"))
        return chain


class OmsDetectorD4(models.AbstractModel):
    _name = "oms.detector.d4"
    _inherit = "oms.detector.transfer"
    _description = "Shipment stalled or failed"

    @api.model
    def _find(self, facts):
        """Find deliveries that the carrier reports as stalled or failed."""
        return self._find_shipments(facts, ("stalled", "failed"), "carrier")

    @api.model
    def _explain(self, issue):
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
