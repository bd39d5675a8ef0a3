from odoo import api, models
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)

# What a freight carrier asks for.
_FIELDS = ("weight", "volume", "oms_freight_class")


class OmsVerbCompleteFreight(models.AbstractModel):
    _name = "oms.verb.complete_freight"
    _inherit = "oms.verb.shipping"
    _description = "Complete freight data"

    _label = _lt("Complete freight data")
    _lane = "delivery"
    _groups = "product.group_product_manager"
    _params = (param.mapping("products", _lt("Freight Data")),)

    @api.model
    def _open_window(self, orders):
        """Open the form that asks for what the products of these orders lack."""
        return self.env["oms.freight.data"]._open(orders)

    @api.model
    def _can(self, orders, products=None):
        nothing = self.env._("Nothing is missing for a freight carrier.")
        return {
            order_id: "" if found else nothing
            for order_id, found in self.env["oms.lane.delivery"]._get_incomplete(orders).items()
        }

    @api.model
    def _preview(self, orders, products=None):
        lane = self.env["oms.lane.delivery"]
        return {
            order_id: [
                self.env._(
                    "%(product)s gets its %(missing)s.",
                    product=product.display_name,
                    missing=", ".join(lane._get_freight_gaps(product)),
                )
                for product in found
            ]
            for order_id, found in lane._get_incomplete(orders).items()
        }

    @api.model
    def _before(self, orders):
        """Keep what was missing alone: undoing it leaves what the products had."""
        return {
            order_id: {
                str(product.id): {name: product[name] for name in _FIELDS if not product[name]} for product in found
            }
            for order_id, found in self.env["oms.lane.delivery"]._get_incomplete(orders).items()
        }

    @api.model
    def _do(self, orders, products=None):
        """Write what products lack.

        :param dict products: {product id as text: {"weight": kg, "volume": m3, "oms_freight_class": NMFC class}}
        """
        nothing = self.env._("Open it and enter what its products lack.")
        results = {}
        for order_id, found in self.env["oms.lane.delivery"]._get_incomplete(orders).items():
            changed = found.filtered(
                lambda product: self._complete_product(product, (products or {}).get(str(product.id)))
            )
            results[order_id] = changed or nothing
        # Marking every order of a product would be many; these are looked at now, the others by the clock.
        self.env["oms.flow.dirty"]._mark("sale.order", orders.ids)
        return results

    @api.model
    def _complete_product(self, product, entered):
        """Write what a freight carrier asks for, and nothing else; return whether there was any."""
        vals = {name: entered[name] for name in _FIELDS if entered.get(name)} if entered else {}
        product.write(vals)
        return bool(vals)

    @api.model
    def _undo(self, order, documents, before):
        for product in self._get_open_documents(documents, "product.product"):
            product.write(before.get(str(product.id), {}))
        self.env["oms.flow.dirty"]._mark("sale.order", order.ids)
