from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

_CHASE = "oms_order_to_cash.oms_chase_activity"


class OmsVerbChase(models.AbstractModel):
    _name = "oms.verb.chase"
    _inherit = "oms.verb.shipping"
    _description = "Chase the earlier step"

    _label = _lt("Chase the earlier step")
    _lane = "delivery"
    _groups = "stock.group_stock_user,sales_team.group_sale_salesman"

    @api.model
    def _can(self, orders):
        facts, obstacles = self._read_confirmed(orders)
        for order_id, pickings in self._get_blocking(facts).items():
            if not pickings:
                obstacles[order_id] = self.env._("None of its transfers waits for an earlier step.")
            elif pickings <= self._get_chased(pickings):
                obstacles[order_id] = self.env._("Somebody is asked already: the activity on it is still open.")
            else:
                obstacles[order_id] = ""
        return obstacles

    @api.model
    def _get_blocking(self, facts):
        """Return, per order, the earlier steps that others of it wait for; the first ones of a chain."""
        waiting = [
            move["id"]
            for fact in facts.values()
            for move in fact.outward_moves
            if move["state"] == "waiting" and move["fed_inside"]
        ]
        feeding = self.env["stock.move"]._oms_read_feeding(waiting)
        feeders = {move_id for move_ids in feeding.values() for move_id in move_ids}
        return {
            order_id: self.env["stock.picking"].browse(
                sorted(
                    {
                        move["picking_id"]
                        for move in fact.outward_moves
                        if move["id"] in feeders and not move["fed_inside"] and move["picking_id"]
                    }
                )
            )
            for order_id, fact in facts.items()
        }

    @api.model
    def _get_chased(self, pickings):
        """Return those of these transfers with an open activity to hurry them up."""
        return pickings.browse(pickings.activity_search([_CHASE]).mapped("res_id"))

    @api.model
    def _preview(self, orders):
        facts, _obstacles = self._read_confirmed(orders)
        return {
            order_id: [
                self.env._(
                    "%(user)s is asked to process %(transfer)s today.",
                    user=self._get_chased_user(picking).name,
                    transfer=picking.name,
                )
                for picking in pickings - self._get_chased(pickings)
            ]
            for order_id, pickings in self._get_blocking(facts).items()
        }

    @api.model
    def _get_chased_user(self, picking):
        return picking.user_id or picking.batch_id.user_id or self.env.user

    @api.model
    def _do(self, orders):
        """Ask the one responsible for an earlier step to process it, once."""
        blocking = self._get_blocking(self._read_facts(orders))
        every = self.env["stock.picking"].union(*blocking.values())
        to_chase = every - self._get_chased(every)
        names = {order.id: order.name for order in orders}
        waiting = defaultdict(list)
        for order_id, pickings in blocking.items():
            for picking in pickings & to_chase:
                waiting[picking].append(names[order_id])
        for picking, order_names in waiting.items():
            picking.activity_schedule(
                _CHASE,
                date_deadline=fields.Date.context_today(self),
                summary=self.env._("%(orders)s waits for this transfer", orders=", ".join(order_names)),
                user_id=self._get_chased_user(picking).id,
            )
        nothing = self.env._("Somebody is asked already: the activity on it is still open.")
        return {order_id: (pickings & to_chase) or nothing for order_id, pickings in blocking.items()}

    @api.model
    def _can_undo(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        if not pickings.activity_search([_CHASE]):
            return self.env._("the activity is done already.")
        return ""

    @api.model
    def _undo(self, order, documents, before):
        self._get_open_documents(documents, "stock.picking").activity_unlink([_CHASE])
