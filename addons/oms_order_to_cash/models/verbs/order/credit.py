from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)

_OFFERED = ("draft", "sent")


class OmsVerbAcceptCredit(models.AbstractModel):
    _name = "oms.verb.accept_credit"
    _inherit = "oms.verb"
    _description = "Accept the credit risk"

    _label = _lt("Accept the credit risk")
    _lane = "order"
    _groups = "account.group_account_manager"
    _params = (param.NOTE,)

    @api.model
    def _can(self, orders, note=None):
        found = self._get_credit_breaches(orders)
        fine = self.env._("The customer's credit does not stop it.")
        return {order.id: "" if order.id in found else fine for order in orders}

    @api.model
    def _get_credit_breaches(self, orders):
        """Return {order id: its finding} of the orders whose credit stops them now."""
        facts = self._read_facts(orders)
        self.env["oms.lane.order"]._read_credit_signals(facts)
        return self.env["oms.detector.o2"]._find(facts)

    @api.model
    def _preview(self, orders, note=None):
        text = self.env._("It goes on until the customer owes or orders more; its credit hold is released.")
        return {order.id: [text] for order in orders}

    @api.model
    def _before(self, orders):
        return {
            order.id: {
                "accepted": order.oms_credit_accepted,
                "accepted_on": fields.Datetime.to_string(order.oms_credit_accepted_on),
            }
            for order in orders
        }

    @api.model
    def _do(self, orders, note=None):
        """Let orders go on in spite of the customer's credit, and release their credit holds."""
        self._remember_exposure(orders)
        active = self.env["oms.hold"]._get_active(orders)
        credit = active.filtered(lambda hold: hold.reason_id.is_credit)
        if credit:
            self.env["oms.verb.release"]._do(credit.order_id.with_env(orders.env), note=note, hold_ids=credit.ids)
        body = self.env._("The credit risk is accepted.")
        orders._message_log_batch(bodies=dict.fromkeys(orders.ids, f"{body} {note}" if note else body))
        return {order.id: order for order in orders}

    @api.model
    def _remember_exposure(self, orders):
        """Keep what the customers owe and will owe now: more than that stops the orders again."""
        credits = self.env["oms.lane.order"]._read_credit(orders.ids)
        for order in orders:
            credit = credits.get(order.id, {"exposure": 0.0, "amount": 0.0})
            exposure = credit["exposure"] + (credit["amount"] if order.state in _OFFERED else 0.0)
            # An accountant may not write orders, but decides on the customer's credit.
            order.sudo().write({"oms_credit_accepted": exposure, "oms_credit_accepted_on": fields.Datetime.now()})

    @api.model
    def _can_undo(self, order, documents, before):
        left = order.sudo().picking_ids.filtered(  # to know that goods left is no right to open transfers
            lambda picking: picking.state == "done" and picking.date_done >= order.oms_credit_accepted_on
        )
        return self.env._("%(transfers)s left since.", transfers=", ".join(left.mapped("name"))) if left else ""

    @api.model
    def _undo(self, order, documents, before):
        order.sudo().write(  # as in _remember_exposure
            {"oms_credit_accepted": before["accepted"], "oms_credit_accepted_on": before["accepted_on"]}
        )


class OmsVerbAskDeposit(models.AbstractModel):
    _name = "oms.verb.ask_deposit"
    _inherit = "oms.verb.offer"
    _description = "Ask for a deposit"

    _label = _lt("Ask for a deposit")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"
    _params = (param.number("percent", _lt("Percent of the Total")).required(),)
    _asks = True

    @api.model
    def _can(self, orders, percent=None):
        return {order.id: self._get_deposit_obstacle(order) for order in orders}

    @api.model
    def _get_deposit_obstacle(self, order):
        if order.state == "cancel":
            return self.env._("It is cancelled: set it back to quotation first.")
        if order.is_expired:
            return self.env._("It has expired and can't be paid: extend it first.")
        if order.currency_id.compare_amounts(order.amount_paid, order.amount_total) >= 0:
            return self.env._("It is paid.")
        return self._get_mail_obstacle(order) or self._get_quiet_obstacle(order, order.oms_payment_asked_on)

    @api.model
    def _preview(self, orders, percent=None):
        text = self.env._("The customer gets a mail with the link to pay the share you choose online.")
        return {order.id: [text] for order in orders}

    @api.model
    def _before(self, orders):
        return {
            order.id: {"require_payment": order.require_payment, "prepayment_percent": order.prepayment_percent}
            for order in orders
        }

    @api.model
    def _do(self, orders, percent=None):
        """Ask customers by mail to pay a share of their orders online; a quotation is confirmed by that payment.

        :param percent: of the order's total, above 0 and up to 100
        """
        if not percent or not 0 < percent <= 100:
            raise UserError(self.env._("Choose a share above 0 and up to 100 percent."))
        for order in orders:
            if order.state in _OFFERED:
                order.write({"require_payment": True, "prepayment_percent": percent / 100})
            self._mail_payment_link(order, order.currency_id.round(order.amount_total * percent / 100))
        return {order.id: order for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        if order.state not in _OFFERED:
            return self.env._("it is no quotation any more.")
        return self.env._("the customer has paid.") if order.amount_paid else ""

    @api.model
    def _undo(self, order, documents, before):
        order.write(before)
