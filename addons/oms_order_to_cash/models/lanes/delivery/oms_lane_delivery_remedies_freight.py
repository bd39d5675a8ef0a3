from odoo import api, models

# What a freight carrier asks for.
_FIELDS = ("weight", "volume", "oms_freight_class")


class OmsLaneDelivery(models.AbstractModel):
    """The remedy for products that lack what a freight carrier asks for: a form of just these."""

    _inherit = "oms.lane.delivery"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "complete_freight": {
                "label": self.env._("Complete freight data"),
                "groups": "product.group_product_manager",
                "params": ("products",),
                "window": "_open_complete_freight",
            },
        }

    @api.model
    def _open_complete_freight(self, orders):
        """Open the form that asks for what the products of these orders lack."""
        return self.env["oms.freight.data"]._open(orders)

    @api.model
    def _get_incomplete(self, orders):
        """Return, per order that goes with a freight carrier, its products that lack something."""
        # Who keeps products need not be one who sells them; carriers are for those.
        freight = orders.sudo().filtered("carrier_id.oms_is_freight")
        gaps = self.env["product.template"]._oms_read_freight_gaps(freight.ids)
        return {order.id: self.env["product.product"].browse(gaps.get(order.id, [])) for order in orders}

    @api.model
    def _can_complete_freight(self, orders, products=None):
        nothing = self.env._("Nothing is missing for a freight carrier.")
        return {order_id: "" if found else nothing for order_id, found in self._get_incomplete(orders).items()}

    @api.model
    def _preview_complete_freight(self, orders, products=None):
        return {
            order_id: [
                self.env._(
                    "%(product)s gets its %(missing)s.",
                    product=product.display_name,
                    missing=", ".join(self._get_freight_gaps(product)),
                )
                for product in found
            ]
            for order_id, found in self._get_incomplete(orders).items()
        }

    @api.model
    def _before_complete_freight(self, orders):
        """Keep what was missing alone: undoing it leaves what the products had."""
        return {
            order_id: {
                str(product.id): {name: product[name] for name in _FIELDS if not product[name]} for product in found
            }
            for order_id, found in self._get_incomplete(orders).items()
        }

    @api.model
    def _do_complete_freight(self, orders, products=None):
        """Write what products lack.

        :param dict products: {product id as text: {"weight": kg, "volume": m3, "oms_freight_class": NMFC class}}
        """
        nothing = self.env._("Open it and enter what its products lack.")
        results = {}
        for order_id, found in self._get_incomplete(orders).items():
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
    def _undo_complete_freight(self, order, documents, before):
        for product in self._get_open_documents(documents, "product.product"):
            product.write(before.get(str(product.id), {}))
        self.env["oms.flow.dirty"]._mark("sale.order", order.ids)
