from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...documents.handed import Handed
from .. import param

_lt = LazyTranslate(__name__)

_SELLERS = "sales_team.group_sale_salesman"
_OFFERED = ("draft", "sent")
# Nobody is written to twice within so many days for the same reason.
_QUIET_DAYS = 3


class OmsVerbOffer(models.AbstractModel):
    """What verbs on a quotation that waits for the customer have in common."""

    _name = "oms.verb.offer"
    _inherit = "oms.verb"
    _description = "Offer"

    @api.model
    def _get_offer_obstacle(self, order):
        if order.state == "cancel":
            return self.env._("It is cancelled: set it back to quotation first.")
        return "" if order.state in _OFFERED else self.env._("It is confirmed: there is nothing to answer.")

    @api.model
    def _get_quiet_obstacle(self, order, moment):
        if moment and moment > fields.Datetime.now() - timedelta(days=_QUIET_DAYS):
            return self.env._(
                "The customer was written to on %(date)s: wait %(days)s days.",
                date=self.env["oms.lane.order"]._format_day(moment, order.company_id),
                days=_QUIET_DAYS,
            )
        return ""

    @api.model
    def _mail_payment_link(self, order, amount=None):
        """Mail the link to pay an amount in the order's currency, by default what core suggests."""
        wizard = self.env["payment.link.wizard"].with_context(active_model="sale.order", active_id=order.id)
        link = wizard.create({"amount": amount} if amount else {})
        asked = order.with_context(oms_payment_asked=Handed({"link": link.link, "amount": link.amount}))
        self._write_to_partners("oms_mail_template_payment_link", asked)
        order.oms_payment_asked_on = fields.Datetime.now()


class OmsVerbRemind(models.AbstractModel):
    _name = "oms.verb.remind"
    _inherit = "oms.verb.offer"
    _description = "Remind customer"

    _label = _lt("Remind customer")
    _lane = "order"
    _groups = _SELLERS

    @api.model
    def _can(self, orders):
        return {
            order.id: self._get_offer_obstacle(order)
            or ("" if order.state == "sent" else self.env._("It was never sent: send it first."))
            or (self.env._("The customer accepted it: confirm it.") if order.signed_on else "")
            or self._get_mail_obstacle(order)
            or self._get_quiet_obstacle(order, order.oms_reminded_on)
            for order in orders
        }

    @api.model
    def _preview(self, orders):
        return {
            order.id: [
                self.env._("%(email)s gets a mail with the link to the quotation.", email=order.partner_id.email)
            ]
            for order in orders
        }

    @api.model
    def _do(self, orders):
        """Ask customers by mail for an answer to their quotations."""
        self._write_to_partners("oms_mail_template_quotation_reminder", orders)
        orders.oms_reminded_on = fields.Datetime.now()
        return {order.id: order for order in orders}


class OmsVerbExtend(models.AbstractModel):
    _name = "oms.verb.extend"
    _inherit = "oms.verb.offer"
    _description = "Extend validity"

    _label = _lt("Extend validity")
    _lane = "order"
    _groups = _SELLERS
    _params = (param.DATE.labelled(_lt("Valid until")).required(),)
    _asks = True

    @api.model
    def _can(self, orders, date=None):
        return {order.id: self._get_offer_obstacle(order) for order in orders}

    @api.model
    def _preview(self, orders, date=None):
        lane = self.env["oms.lane.order"]

        def tell(order):
            old = lane._format_day(order.company_id._oms_get_noon(order.validity_date), order.company_id)
            if not date:
                return self.env._("Valid until %(old)s; you choose the new date.", old=old)
            new = lane._format_day(order.company_id._oms_get_noon(date), order.company_id)
            return self.env._("Valid until %(new)s instead of %(old)s.", old=old, new=new)

        return {order.id: [tell(order)] for order in orders}

    @api.model
    def _before(self, orders):
        return {order.id: {"validity_date": fields.Date.to_string(order.validity_date)} for order in orders}

    @api.model
    def _do(self, orders, date=None):
        """Let quotations be valid until a day to come."""
        day = fields.Date.to_date(date)
        if not day or day <= fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day to come: until then the quotation is valid."))
        changed = orders.filtered(lambda order: order.validity_date != day)
        changed.validity_date = day
        same = self.env._("It is valid until that day already.")
        return {order.id: order if order in changed else same for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        return "" if order.state in _OFFERED else self.env._("it is no quotation any more.")

    @api.model
    def _undo(self, order, documents, before):
        order.validity_date = before["validity_date"]


class OmsVerbSendPaymentLink(models.AbstractModel):
    _name = "oms.verb.send_payment_link"
    _inherit = "oms.verb.offer"
    _description = "Send payment link"

    _label = _lt("Send payment link")
    _lane = "order"
    _groups = _SELLERS

    @api.model
    def _can(self, orders):
        return {order.id: self._get_link_obstacle(order) for order in orders}

    @api.model
    def _get_link_obstacle(self, order):
        obstacle = self._get_offer_obstacle(order) or self._get_mail_obstacle(order)
        if obstacle:
            return obstacle
        if not order.require_payment:
            return self.env._("It needs no online payment: switch it on in the quotation first.")
        if order.is_expired:
            return self.env._("It has expired and can't be paid: extend it first.")
        if order._is_confirmation_amount_reached():
            return self.env._("It is paid.")
        return self._get_quiet_obstacle(order, order.oms_payment_asked_on)

    @api.model
    def _preview(self, orders):
        return {
            order.id: [
                self.env._(
                    "%(email)s gets a mail with the link to pay %(amount)s online.",
                    email=order.partner_id.email,
                    amount=order.currency_id.format(order._get_prepayment_required_amount()),
                )
            ]
            for order in orders
        }

    @api.model
    def _do(self, orders):
        """Ask customers by mail to pay online what confirms their quotations."""
        for order in orders:
            self._mail_payment_link(order)
        return {order.id: order for order in orders}
