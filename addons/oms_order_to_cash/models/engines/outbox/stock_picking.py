from datetime import date

from odoo import models

from ...documents.handed import Handed, HandedText, get_handed

_WARNING = "mail.mail_activity_data_warning"


class StockPicking(models.Model):
    """Booking with a carrier, through the outbox."""

    _inherit = "stock.picking"

    def send_to_shipper(self):
        """Book through the outbox where a verb ships: its transaction may be started again, and would book twice."""
        if get_handed(self.env, "oms_book_later") and self.carrier_id._oms_is_remote():
            self._oms_book()
            return None
        return super().send_to_shipper()

    def _oms_book(self):
        """Have these transfers booked with their carriers once this transaction is committed; return the requests."""
        outbox = self.env["oms.outbox"].sudo()  # nobody writes requests but the outbox
        payloads = {picking.id: {"carrier_id": picking.carrier_id.id} for picking in self}
        return outbox._queue("booking", self, self._oms_get_booking_references(), payloads)

    def _oms_get_booking_references(self):
        """Return {transfer id: reference}: the same until it is booked or given up, another one after that."""
        finished = dict(
            self.env["oms.outbox"]
            .sudo()  # a count of them
            ._read_group(
                [("kind", "=", "booking"), ("res_id", "in", self.ids), ("state", "in", ("done", "cancelled"))],
                ["res_id"],
                ["__count"],
            )
        )
        return {picking.id: f"OMS-{picking.id}-{finished.get(picking.id, 0) + 1}" for picking in self}

    def _oms_get_unknown_bookings(self):
        """Return the requests of which nobody knows whether the carrier did what they ask."""
        domain = [("kind", "=", "booking"), ("res_id", "in", self.ids), ("state", "=", "unsure")]
        return self.env["oms.outbox"].sudo().search(domain)  # their references only

    # === CALLED BY THE OUTBOX === #

    def _send_booking(self, reference, payload):
        """Book with the carrier, unless somebody did it by hand meanwhile."""
        self.ensure_one()
        if self.carrier_tracking_ref or self.state == "cancel":
            return {}
        picking = self.with_context(oms_client_reference=HandedText(reference))
        return picking.carrier_id.send_shipping(picking)[0]

    def _find_booking(self, reference, payload):
        self.ensure_one()
        if self.carrier_tracking_ref:
            return {}
        carrier = self.env["delivery.carrier"].browse(payload["carrier_id"]).exists()
        return carrier._oms_find_shipping(self, reference) if carrier else None

    def _receive_booking(self, answer):
        """Enter price and tracking reference, as core does when it books."""
        self.ensure_one()
        if answer and not self.carrier_tracking_ref:
            self.with_context(oms_shipment=Handed(answer)).send_to_shipper()
        self.activity_feedback([_WARNING])

    def _miss_booking(self, message):
        """Warn as core does when a booking fails."""
        self.ensure_one()
        self.activity_schedule(
            _WARNING,
            date.today(),
            note=self._carrier_exception_note(message),
            user_id=self.user_id.id or self.sale_id.user_id.id or self.env.uid,
        )
