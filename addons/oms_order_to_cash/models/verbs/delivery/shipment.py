from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

_CLAIM = "oms_order_to_cash.oms_claim_activity"
_WARNING = "mail.mail_activity_data_warning"


class OmsVerbShipment(models.AbstractModel):
    """What verbs on booked shipments have in common."""

    _name = "oms.verb.shipment"
    _inherit = "oms.verb"
    _description = "Shipment"

    @api.model
    def _get_shipments(self, orders, problems):
        """Return, per order, its done deliveries with one of these problems."""
        found = {order_id: [] for order_id in orders.ids}
        for shipment in self.env["stock.picking"]._oms_read_shipments(orders.ids):
            if shipment["problem"] in problems:
                found[shipment["order_id"]].append(shipment["id"])
        return {order_id: self.env["stock.picking"].browse(ids) for order_id, ids in found.items()}


class OmsVerbRetryLabel(models.AbstractModel):
    _name = "oms.verb.retry_label"
    _inherit = "oms.verb.shipment"
    _description = "Book again"

    _label = _lt("Book again")
    _lane = "delivery"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        return {
            order_id: self._get_booking_obstacle(pickings) for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _get_booking_obstacle(self, pickings):
        if not pickings:
            return self.env._("All that left is booked with its carrier.")
        unknown = pickings._oms_get_unknown_bookings()
        if unknown:
            return self.env._(
                "Nobody knows whether the carrier booked %(references)s: ask it, then decide under Requests to Others.",
                references=", ".join(unknown.mapped("reference")),
            )
        return ""

    @api.model
    def _preview(self, orders):
        return {
            order_id: [
                self.env._(
                    "%(transfer)s is booked with %(carrier)s, which may charge for it.",
                    transfer=picking.name,
                    carrier=picking.carrier_id.name,
                )
                for picking in pickings
            ]
            for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _get_documents(self, orders):
        return self._get_shipments(orders, ("label",))

    @api.model
    def _do(self, orders):
        """Book what left without a label, once: what has a tracking reference by now is left alone."""
        # The transfers are locked by now: what another booked meanwhile is not among them.
        unlabelled = self._get_documents(orders)
        every = self.env["stock.picking"].union(*unlabelled.values())
        remote = every.filtered(lambda picking: picking.carrier_id._oms_is_remote())
        remote._oms_book()
        for picking in every - remote:
            # As core does when it ships: the price of a carrier goes onto the order, where a warehouse user has no rights.
            picking.sudo().send_to_shipper()
        every.activity_feedback([_WARNING])
        nothing, later = (
            self.env._("All of it was booked meanwhile."),
            self.env._("Its carrier is asked within a minute."),
        )
        return {
            order_id: (pickings, later) if pickings & remote else pickings or nothing
            for order_id, pickings in unlabelled.items()
        }


class OmsVerbClaim(models.AbstractModel):
    _name = "oms.verb.claim"
    _inherit = "oms.verb.shipment"
    _description = "Claim and tell the customer"

    _label = _lt("Claim and tell the customer")
    _lane = "delivery"
    _groups = "stock.group_stock_user,sales_team.group_sale_salesman"

    @api.model
    def _can(self, orders):
        return {
            order_id: self._get_claim_obstacle(pickings) for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _get_claim_obstacle(self, pickings):
        if not pickings:
            return self.env._("No carrier reports trouble with it.")
        if pickings <= self._get_claimed(pickings):
            return self.env._("Somebody looks into it already: the activity on it is still open.")
        return ""

    @api.model
    def _get_claimed(self, pickings):
        """Return those of these transfers with an open activity to claim them."""
        return pickings.browse(pickings.activity_search([_CLAIM]).mapped("res_id"))

    @api.model
    def _preview(self, orders):
        previews = {}
        for order in orders:
            pickings = self._get_documents(order)[order.id]
            previews[order.id] = [
                text
                for picking in pickings - self._get_claimed(pickings)
                for text in self._get_claim_texts(order, picking)
            ]
        return previews

    @api.model
    def _get_claim_texts(self, order, picking):
        names = {
            "user": self._get_claim_user(order, picking).name,
            "transfer": picking.name,
            "customer": picking.partner_id.display_name,
        }
        texts = [self.env._("%(user)s is asked to clear up %(transfer)s with the carrier.", **names)]
        if picking.partner_id.email:
            return [*texts, self.env._("%(customer)s gets a mail that we look into it.", **names)]
        return [*texts, self.env._("%(customer)s has no e-mail address and is not told.", **names)]

    @api.model
    def _get_claim_user(self, order, picking):
        return picking.user_id or order.user_id or self.env.user

    @api.model
    def _get_documents(self, orders):
        return self._get_shipments(orders, ("stalled", "failed"))

    @api.model
    def _do(self, orders):
        """Ask somebody to clear up a shipment with the carrier, and tell the customer, once."""
        stuck = self._get_documents(orders)
        every = self.env["stock.picking"].union(*stuck.values())
        to_claim = every - self._get_claimed(every)
        for order in orders:
            for picking in stuck[order.id] & to_claim:
                picking.activity_schedule(
                    _CLAIM,
                    date_deadline=fields.Date.context_today(self),
                    summary=self.env._("Clear up %(transfer)s with the carrier", transfer=picking.name),
                    user_id=self._get_claim_user(order, picking).id,
                )
        # Who has no address gets none.
        reachable = to_claim.filtered(lambda picking: picking.partner_id.email)
        self._write_to_partners("oms_mail_template_claim", reachable)
        nothing = self.env._("Somebody looks into it already.")
        return {order_id: (pickings & to_claim) or nothing for order_id, pickings in stuck.items()}
