from odoo import api, models


class OmsDetectorO1(models.AbstractModel):
    _name = "oms.detector.o1"
    _inherit = "oms.detector"
    _description = "Missing or invalid data"

    @api.model
    def _read_signals(self, facts):
        open_ids = [order_id for order_id, fact in facts.items() if self._is_data_needed(fact)]
        for order_id, missing in self.env["sale.order"]._oms_read_missing(open_ids).items():
            facts[order_id].signals["missing"] = missing

    @api.model
    def _find(self, facts):
        """Data is missing, or the carrier does not serve the address."""
        return {
            order_id: self._prepare_finding(
                fact, "sales", deadline=fact.header["date_promised"], missing=fact.signals["missing"]
            )
            for order_id, fact in facts.items()
            if fact.signals.get("missing") and not fact.header["is_cart"]  # the customer is still filling it in
        }

    @api.model
    def _explain(self, issue):
        order, texts = issue.order_id, self.env["oms.lane.order"]._get_missing_texts()
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
    def _is_data_needed(self, fact):
        """Tell whether something of an order has still to be delivered or invoiced."""
        return any(fact.lanes[lane]["state"] != "done" for lane in ("delivery", "invoice"))
