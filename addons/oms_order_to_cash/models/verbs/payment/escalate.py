from odoo import api, models
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbEscalate(models.AbstractModel):
    _name = "oms.verb.escalate"
    _inherit = "oms.verb.receivable"
    _description = "Escalate"

    _label = _lt("Escalate")
    _lane = "payment"
    _groups = "account.group_account_invoice,sales_team.group_sale_salesman"
    _params = (param.NOTE,)

    @api.model
    def _can(self, orders, note=None):
        facts = self._read_receivable_facts(orders)
        escalated = {activity.res_id: activity.user_id for activity in self._get_escalations(orders)}
        obstacles = {}
        for order_id, fact in facts.items():
            obstacles[order_id] = ""
            if order_id in escalated:
                user = escalated[order_id].name
                obstacles[order_id] = self.env._("It is escalated already: %(user)s has to decide.", user=user)
            elif not fact.signals["receivables"]:
                obstacles[order_id] = self.env._("Nothing of it is to be paid.")
        return obstacles

    @api.model
    def _get_escalations(self, orders):
        """Return the open activities by which these orders were escalated."""
        # An escalated order is no secret to who may escalate it.
        return orders.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("oms_order_to_cash.oms_escalation_activity")
        )

    @api.model
    def _preview(self, orders, note=None):
        return {
            order.id: [
                self.env._("Gives %(user)s an activity for today.", user=self._get_escalation_user(order).name),
            ]
            for order in orders
        }

    @api.model
    def _get_escalation_user(self, order):
        # Who leads a team is read by anybody who works for it.
        return order.sudo().team_id.user_id or order.sudo().user_id or self.env.user

    @api.model
    def _do(self, orders, note=None):
        """Have the leader of the sales team, else the salesperson, take over."""
        for order in orders:
            order.activity_schedule(
                "oms_order_to_cash.oms_escalation_activity",
                user_id=self._get_escalation_user(order).id,
                note=note,
            )
        return {order.id: order for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        return "" if self._get_escalations(order) else self.env._("it was dealt with already.")

    @api.model
    def _undo(self, order, documents, before):
        self._get_escalations(order).unlink()
