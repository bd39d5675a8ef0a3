from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_date

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbPromiseToPay(models.AbstractModel):
    _name = "oms.verb.promise_to_pay"
    _inherit = "oms.verb"
    _description = "Record promise to pay"

    _label = _lt("Record promise to pay")
    _lane = "payment"
    _groups = "account.group_account_invoice"
    _params = (
        param.DATE.labelled(_lt("Will pay by")).required(),
        param.NOTE,
    )
    _asks = True

    @api.model
    def _can(self, orders, date=None, note=None):
        nothing = self.env._("It has no open invoice.")
        return {
            order_id: "" if moves else nothing
            for order_id, moves in self.env["oms.lane.payment"]._get_payable(orders).items()
        }

    @api.model
    def _preview(self, orders, date=None, note=None):
        return {
            order_id: [
                self.env._("Nobody is dunned for %(invoice)s until the day promised.", invoice=move.name)
                for move in moves
            ]
            for order_id, moves in self.env["oms.lane.payment"]._get_payable(orders).items()
        }

    @api.model
    def _get_documents(self, orders, **_choices):
        return self.env["oms.lane.payment"]._get_payable(orders, **_choices)

    @api.model
    def _before(self, orders):
        return {
            order_id: {str(move.id): fields.Date.to_string(move.oms_payment_promise_date) for move in moves}
            for order_id, moves in self.env["oms.lane.payment"]._get_payable(orders).items()
        }

    @api.model
    def _do(self, orders, date=None, note=None):
        """Keep the day by which customers promised to pay the open invoices of orders.

        :param date: ISO date, today or later
        """
        day = fields.Date.to_date(date)
        if not day or day < fields.Date.today():
            raise UserError(self.env._("Choose the day the customer promised to pay by, today or later."))
        payable = self.env["oms.lane.payment"]._get_payable(orders)
        changed = {
            order_id: moves.filtered(lambda move: move.oms_payment_promise_date != day)
            for order_id, moves in payable.items()
        }
        for move in self.env["account.move"].union(*changed.values()):
            move.oms_payment_promise_date = day
            move.message_post(body=self._get_promise_text(day, note))
        already = self.env._("This day is recorded already.")
        return {order_id: moves or already for order_id, moves in changed.items()}

    @api.model
    def _get_promise_text(self, day, note):
        text = self.env._("The customer promised to pay by %(date)s.", date=format_date(self.env, day))
        return f"{text} {note}" if note else text

    @api.model
    def _can_undo(self, order, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        if not moves.filtered("oms_payment_promise_date"):
            return self.env._("the promise is withdrawn already.")
        return ""

    @api.model
    def _undo(self, order, documents, before):
        for move in self.env["account.move"].browse(documents.get("account.move", [])).exists():
            move.oms_payment_promise_date = before.get(str(move.id)) or False
            move.message_post(body=self.env._("The promise to pay was recorded by mistake."))
