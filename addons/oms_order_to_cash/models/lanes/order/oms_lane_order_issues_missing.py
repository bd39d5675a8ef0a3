from odoo import api, models


class OmsLaneOrder(models.AbstractModel):
    """Data without which an order can't be delivered or invoiced, and the form that asks for just these."""

    _inherit = "oms.lane.order"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "complete": {
                "label": self.env._("Complete"),
                "groups": "sales_team.group_sale_salesman",
                "params": ("street", "city", "zip", "country_id", "email", "vat", "carrier_id", "taxes"),
                "window": "_open_complete",
                # Each order lacks something else.
                "is_single": True,
                "undo_after": ("rate_shop", "set_carrier"),
            },
        }

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        open_ids = [order_id for order_id, fact in facts.items() if self._is_data_needed(fact)]
        for order_id, missing in self.env["sale.order"]._oms_read_missing(open_ids).items():
            facts[order_id].signals["missing"] = missing
        return result

    @api.model
    def _is_data_needed(self, fact):
        """Tell whether something of an order has still to be delivered or invoiced."""
        return any(fact.lanes[lane]["state"] != "done" for lane in ("delivery", "invoice"))

    # === O1 === #

    @api.model
    def _detect_o1(self, facts):
        """Data is missing, or the carrier does not serve the address."""
        return {
            order_id: self._prepare_finding(
                fact, "sales", deadline=fact.header["date_promised"], missing=fact.signals["missing"]
            )
            for order_id, fact in facts.items()
            if fact.signals.get("missing") and not fact.header["is_cart"]  # the customer is still filling it in
        }

    @api.model
    def _explain_o1(self, issue):
        order, texts = issue.order_id, self._get_missing_texts()
        places = {
            **dict.fromkeys(("street", "city", "zip", "country_id"), order.partner_shipping_id),
            "email": order.partner_invoice_id,
            "vat": order.partner_id.commercial_partner_id,
        }
        return [
            self._link(texts[name] % {"name": places.get(name, order).display_name}, places.get(name, order), "danger")
            for name in (issue.data or {}).get("missing", ())
        ]

    @api.model
    def _get_missing_texts(self):
        return {
            "street": self.env._("%(name)s has no street."),
            "city": self.env._("%(name)s has no city."),
            "zip": self.env._("%(name)s has no ZIP code."),
            "country_id": self.env._("%(name)s has no country."),
            "email": self.env._("%(name)s has no email address to send the invoice to."),
            "vat": self.env._("%(name)s has no tax ID, and the fiscal position requires it."),
            "carrier_id": self.env._("The carrier of %(name)s does not serve the address."),
            "taxes": self.env._("A line of %(name)s has no tax although its product has."),
            "product": self.env._("A product of %(name)s is archived or no longer sold: replace it."),
        }

    # === COMPLETE === #

    @api.model
    def _open_complete(self, orders):
        """Open the form that asks for what an order lacks."""
        return self.env["oms.complete"]._open(orders[:1])

    @api.model
    def _can_complete(self, orders, **values):
        self.env.flush_all()
        missing = self.env["sale.order"]._oms_read_missing(orders.ids)
        fine = self.env._("Nothing is missing.")
        replace = self.env._("A product is archived or no longer sold: replace it on the order.")
        return {
            order.id: fine if order.id not in missing else replace if missing[order.id] == ["product"] else ""
            for order in orders
        }

    @api.model
    def _preview_complete(self, orders, **values):
        return {order.id: [self.env._("A form asks for what is missing, and for nothing else.")] for order in orders}

    @api.model
    def _before_complete(self, orders):
        return {
            order.id: {
                "ship": order.partner_shipping_id.id,
                "address": order.partner_shipping_id.read(["street", "city", "zip"], load=None)[0],
                "country_id": order.partner_shipping_id.country_id.id,
                "email": [order.partner_invoice_id.id, order.partner_invoice_id.email],
                "vat": [order.partner_id.commercial_partner_id.id, order.partner_id.commercial_partner_id.vat],
                "carrier_id": order.carrier_id.id,
                "taxes": {str(line.id): line.tax_ids.ids for line in order.order_line},
            }
            for order in orders
        }

    @api.model
    def _do_complete(self, orders, carrier_id=None, email=None, vat=None, taxes=None, **address):
        """Write what was missing where it belongs: addresses, invoice address, customer, order, lines."""
        missing = self.env["sale.order"]._oms_read_missing(orders.ids)
        nothing = self.env._("Nothing was entered.")
        results = {}
        for order in orders:
            lacks = missing.get(order.id, ())
            places = (
                (order.partner_shipping_id, {name: value for name, value in address.items() if name in lacks}),
                (order.partner_invoice_id, {"email": email} if email and "email" in lacks else {}),
                (order.partner_id.commercial_partner_id, {"vat": vat} if vat and "vat" in lacks else {}),
                (order, {"carrier_id": carrier_id} if carrier_id and "carrier_id" in lacks else {}),
            )
            changed = [record.write(vals) for record, vals in places if vals]
            if taxes and "taxes" in lacks:
                changed.append(self._restore_taxes(order))
            results[order.id] = order if changed else nothing
        self.env["oms.flow.dirty"]._mark("sale.order", orders.ids)
        return results

    @api.model
    def _restore_taxes(self, order):
        lines = order.order_line.filtered(
            lambda line: line.product_id and not line.tax_ids and not line.is_downpayment and not line.display_type
        )
        lines._compute_tax_ids()
        return True

    @api.model
    def _can_undo_complete(self, order, documents, before):
        return self._get_built_on(order) if order.state == "sale" else ""

    @api.model
    def _undo_complete(self, order, documents, before):
        partners = self.env["res.partner"]
        address = {name: before["address"][name] for name in ("street", "city", "zip")}
        partners.browse(before["ship"]).write({**address, "country_id": before["country_id"]})
        partners.browse(before["email"][0]).email = before["email"][1]
        partners.browse(before["vat"][0]).vat = before["vat"][1]
        order.carrier_id = before["carrier_id"]
        for line in order.order_line.filtered(lambda line: str(line.id) in before["taxes"]):
            line.tax_ids = line.tax_ids.browse(before["taxes"][str(line.id)])
        self.env["oms.flow.dirty"]._mark("sale.order", order.ids)
