from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)

# The same mail is not sent again by a second click, or by two who had the same idea.
_QUIET_HOURS = 1
_ACTIVITY = "mail.mail_activity_data_todo"


class OmsVerbNotifyCustomer(models.AbstractModel):
    _name = "oms.verb.notify_customer"
    _inherit = "oms.verb"
    _description = "Write to the customer"

    _label = _lt("Write to the customer")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"
    _params = (param.record("template_id", _lt("Mail")).required(),)
    _asks = True

    @api.model
    def _can(self, orders, template_id=None):
        moments = self.env["sale.order"]._oms_read_written(orders.ids, template_id) if template_id else {}
        return {
            order.id: self._get_mail_obstacle(order) or self._get_written_obstacle(order, moments.get(order.id))
            for order in orders
        }

    @api.model
    def _get_written_obstacle(self, order, moment):
        if moment and moment > fields.Datetime.now() - timedelta(hours=_QUIET_HOURS):
            return self.env._("The customer was sent this mail less than an hour ago.")
        return ""

    @api.model
    def _preview(self, orders, template_id=None):
        return {order.id: [self.env._("%(email)s gets a mail.", email=order.partner_id.email)] for order in orders}

    @api.model
    def _do(self, orders, template_id=None):
        """Put a mail made of a template into the mail queue, for the customer of each order."""
        # Who works on orders may not read templates.
        template = self.env["mail.template"].sudo().browse(template_id).exists()
        if template.model != "sale.order":
            raise UserError(self.env._("Choose the mail to send: a template for sales orders."))
        self._post_template(template, orders)
        return {order.id: order for order in orders}


class OmsVerbNotifyUser(models.AbstractModel):
    _name = "oms.verb.notify_user"
    _inherit = "oms.verb"
    _description = "Tell a colleague"

    _label = _lt("Tell a colleague")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman,stock.group_stock_user,account.group_account_invoice"
    _params = (
        param.USER,
        param.NOTE,
    )
    _asks = True

    @api.model
    def _can(self, orders, user_id=None, note=None):
        nobody = self.env._("It has no salesperson: choose who is to be told.")
        return {order.id: "" if user_id or order.user_id else nobody for order in orders}

    @api.model
    def _preview(self, orders, user_id=None, note=None):
        chosen = self.env["res.users"].browse(user_id or [])
        return {
            order.id: [self.env._("%(user)s gets an activity.", user=(chosen or order.user_id).sudo().name)]
            for order in orders
        }

    @api.model
    def _do(self, orders, user_id=None, note=None):
        """Give somebody, by default the salesperson, an activity for each order; one that is open already is not given again."""
        chosen = self.env["res.users"].browse(user_id or [])
        summary = note or self.env._("Look at this order")
        return {order.id: self._give_activity(order, chosen or order.user_id, summary) for order in orders}

    @api.model
    def _give_activity(self, order, user, summary):
        open_already = order.activity_ids.filtered(
            lambda activity: activity.user_id == user and activity.summary == summary
        )
        if open_already:
            return self.env._("%(user)s has been told already.", user=user.sudo().name)
        return order.activity_schedule(_ACTIVITY, summary=summary, user_id=user.id)

    @api.model
    def _can_undo(self, order, documents, before):
        is_open = self._get_activities(order, documents)
        return "" if is_open else self.env._("it is done already.")

    @api.model
    def _get_activities(self, order, documents):
        # Whoever may run the step may take its activity back, also from somebody else.
        activities = order.sudo().activity_ids
        return activities.filtered(lambda activity: activity.id in documents.get("mail.activity", []))

    @api.model
    def _undo(self, order, documents, before):
        self._get_activities(order, documents).unlink()
