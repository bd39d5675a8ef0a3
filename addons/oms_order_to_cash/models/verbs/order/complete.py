from odoo import api, models
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbComplete(models.AbstractModel):
    _name = "oms.verb.complete"
    _inherit = "oms.verb.reopening"
    _description = "Complete"

    _label = _lt("Complete")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"
    _params = (
        param.text("street", _lt("Street")),
        param.text("city", _lt("City")),
        param.text("zip", _lt("ZIP")),
        param.record("country_id", _lt("Country")),
        param.text("email", _lt("Email")),
        param.text("vat", _lt("Tax ID")),
        param.CARRIER,
        param.flag("taxes", _lt("Set Taxes")),
    )
    _is_single = True
    _undo_after = ("rate_shop", "set_carrier")

    @api.model
    def _open_window(self, orders):
        """Open the form that asks for what an order lacks."""
        return self.env["oms.complete"]._open(orders[:1])

    @api.model
    def _can(self, orders, **values):
        self.env.flush_all()
        missing = self.env["sale.order"]._oms_read_missing(orders.ids)
        fine = self.env._("Nothing is missing.")
        replace = self.env._("A product is archived or no longer sold: replace it on the order.")
        return {
            order.id: fine if order.id not in missing else replace if missing[order.id] == ["product"] else ""
            for order in orders
        }

    @api.model
    def _preview(self, orders, **values):
        return {order.id: [self.env._("A form asks for what is missing, and for nothing else.")] for order in orders}

    @api.model
    def _before(self, orders):
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
    def _do(self, orders, carrier_id=None, email=None, vat=None, taxes=None, **address):
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
    def _can_undo(self, order, documents, before):
        return self._get_built_on(order) if order.state == "sale" else ""

    @api.model
    def _undo(self, order, documents, before):
        partners = self.env["res.partner"]
        address = {name: before["address"][name] for name in ("street", "city", "zip")}
        partners.browse(before["ship"]).write({**address, "country_id": before["country_id"]})
        partners.browse(before["email"][0]).email = before["email"][1]
        partners.browse(before["vat"][0]).vat = before["vat"][1]
        order.carrier_id = before["carrier_id"]
        for line in order.order_line.filtered(lambda line: str(line.id) in before["taxes"]):
            line.tax_ids = line.tax_ids.browse(before["taxes"][str(line.id)])
        self.env["oms.flow.dirty"]._mark("sale.order", order.ids)
