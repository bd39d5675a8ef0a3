from odoo import models

from ...documents.handed import get_handed, keep_handed

# Carriers whose price is reckoned here: there is nobody to ask.
_LOCAL = ("fixed", "base_on_rule")


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    def send_shipping(self, pickings):
        """Return the answer that the outbox kept, where it is entered."""
        kept = get_handed(self.env, "oms_shipment")
        if kept:
            return [kept]
        # A reference of somebody else's booking would have the carrier answer with that one.
        carrier = keep_handed(self, "oms_client_reference")
        return super(DeliveryCarrier, carrier).send_shipping(keep_handed(pickings, "oms_client_reference"))

    def _oms_is_remote(self):
        """Tell whether booking asks another system."""
        self.ensure_one()
        return self.integration_level == "rate_and_ship" and self.delivery_type not in _LOCAL

    def _oms_find_shipping(self, picking, reference):
        """Return what was booked under a reference, as ``send_shipping`` does, ``{}`` where nothing was, None where unknown.

        The addon of a carrier that can tell has a method ``<delivery_type>_oms_find_shipping(picking, reference)``, and passes
        ``oms_client_reference`` of the context on when it books.
        """
        find = getattr(self, f"{self.delivery_type}_oms_find_shipping", None)
        return find(picking, reference) if find else None
