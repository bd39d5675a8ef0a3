from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbRepromise(models.AbstractModel):
    _name = "oms.verb.repromise"
    _inherit = "oms.verb"
    _description = "Promise another date"

    _label = _lt("Promise another date")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"
    _params = (
        param.DATE.labelled(_lt("Promise for")),
        param.NOTE,
        param.flag("notify", _lt("Tell the Customer by Mail")),
    )
    _asks = True

    @api.model
    def _can(self, orders, date=None, note=None, notify=None):
        facts, obstacles = self._read_confirmed(orders)
        gone = self.env._("All of it has left: there is nothing to promise.")
        return {**obstacles, **{order_id: "" if self._get_owed(fact) else gone for order_id, fact in facts.items()}}

    @api.model
    def _get_owed(self, fact):
        """Return the ids of the lines of which something has still to leave or to be performed."""
        moving = {move["line_id"] for move in fact.outward_moves}
        return [
            line["id"]
            for line in fact.goods_lines + fact.service_lines
            if line["id"] in moving or fact.is_positive(line["ordered"] - line["shipped"])
        ]

    @api.model
    def _preview(self, orders, date=None, note=None, notify=None):
        promises = self._get_new_promises(self._read_facts(orders), date)
        return {order.id: [self._get_promise_text(order, promises.get(order.id))] for order in orders}

    @api.model
    def _get_new_promises(self, facts, date):
        """Return {order id: datetime to promise}: the day asked for, else what supply says; None where it says nothing."""
        if date:
            return {
                order_id: self.env["res.company"].browse(fact.header["company_id"])._oms_get_noon(date)
                for order_id, fact in facts.items()
            }
        self.env["oms.lane.supply"]._add_signals(facts)
        expected = {order_id: self.env["oms.lane.order"]._get_expected(fact) for order_id, fact in facts.items()}
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        # What should be here already tells nothing about when it comes.
        return {order_id: found[0] if found and found[0] >= today else None for order_id, found in expected.items()}

    @api.model
    def _get_promise_text(self, order, promise):
        lane = self.env["oms.lane.order"]
        if not promise:
            return self.env._("You choose the new date; the transfers get it as their deadline.")
        return self.env._(
            "Promised for %(old)s until now, for %(new)s from now on; the transfers get it as their deadline.",
            old=lane._format_day(order.oms_date_promised or order.commitment_date, order.company_id),
            new=lane._format_day(promise, order.company_id),
        )

    @api.model
    def _before(self, orders):
        return {
            order.id: {
                "commitment_date": fields.Datetime.to_string(order.commitment_date),
                "promise": fields.Datetime.to_string(order.oms_date_promised),
                "lines": {str(line.id): fields.Datetime.to_string(line.oms_date_promised) for line in order.order_line},
            }
            for order in orders
        }

    @api.model
    def _do(self, orders, date=None, note=None, notify=None):
        """Promise another date for what has still to leave.

        :param date: the day; by default when supply says that the goods are there
        :param notify: tell the customer by mail
        """
        facts = self._read_facts(orders)
        promises = self._get_new_promises(facts, date)
        unknown = orders.filtered(lambda order: not promises[order.id])
        if unknown:
            raise UserError(
                self.env._(
                    "Choose a date for %(orders)s: nothing on the way tells when the goods come.",
                    orders=", ".join(unknown.mapped("name")),
                )
            )
        kept = self.env._("It is promised for that day already.")
        return {
            order.id: order if self._promise(order, facts[order.id], promises[order.id], note, notify) else kept
            for order in orders
        }

    @api.model
    def _promise(self, order, fact, promise, note, notify):
        """Write one order's promise; return False when it holds already."""
        lane = self.env["oms.lane.order"]
        if order.oms_date_promised == promise and order.commitment_date == promise:
            return False
        old = order.oms_date_promised or order.commitment_date
        order.write({"commitment_date": promise, "oms_date_promised": promise})
        order.order_line.browse(self._get_owed(fact)).oms_date_promised = promise
        body = self.env._(
            "Promise moved from %(old)s to %(new)s.",
            old=lane._format_day(old, order.company_id),
            new=lane._format_day(promise, order.company_id),
        )
        order._message_log(body=f"{body} {note}" if note else body)
        if notify:
            self._write_to_partners("oms_mail_template_promise", order)
        return True

    @api.model
    def _can_undo(self, order, documents, before):
        if order.state != "sale":
            return self.env._("it is not confirmed any more.")
        if order.commitment_date != order.oms_date_promised:
            return self.env._("its delivery date was changed since.")
        return ""

    @api.model
    def _undo(self, order, documents, before):
        order.write({"commitment_date": before["commitment_date"], "oms_date_promised": before["promise"]})
        for line in order.order_line.filtered(lambda line: str(line.id) in before["lines"]):
            line.oms_date_promised = before["lines"][str(line.id)]
        order._message_log(body=self.env._("The promise is as it was before."))
