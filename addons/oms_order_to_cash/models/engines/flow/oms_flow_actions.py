from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...documents.asked import on_one_record, on_records

# Who can do something in the document that a step of a person opens.
_OPENED_BY = {"purchase": "purchase.group_purchase_user", "receive": "stock.group_stock_user"}

# What an order that waits in a stage will do there.
_NEXT_OF_STAGE = {
    "quotation": "confirm",
    "check": "confirm",
    "supply": "reserve",
    "pick": "deliver",
    "ship": "deliver",
    "invoice": "post",
    "closed": "post",
    "cancelled": "post",
}


class OmsFlow(models.Model):
    _inherit = "oms.flow"

    # === ACTIONS === #

    @on_records
    def action_next(self):
        """Run the next action of these orders; one that a person has to do opens its document instead.

        The context key ``oms_next_action`` holds what the user saw on the button: if another step is next by now,
        nothing is run.

        :return: a client action that tells the result, or the window to go on in
        """
        if not self:
            raise UserError(self.env._("Choose an order first."))
        self.check_access("read")
        self.env["oms.flow"]._catch_up()
        expected = self.env.context.get("oms_next_action")
        if expected and any(flow.next_action != expected for flow in self):
            raise UserError(self.env._("Meanwhile another step is next: look at the order again."))
        verbs = self.env["oms.runner"]._get_verbs()
        runnable = self.filtered(lambda flow: flow.next_action in verbs)
        if not runnable:
            return self._open_next()
        asking = runnable.filtered(lambda flow: verbs[flow.next_action]._asks_first())
        jobs = self.env["oms.job"]
        for action, flows in (runnable - asking).grouped("next_action").items():
            jobs += self.env["oms.runner"]._run(action, flows.order_id, "user")
        if asking:
            return self.env["oms.bulk.run"]._open_plan([(flow.order_id, flow.next_action, "") for flow in asking])
        return jobs._get_notification()

    @on_one_record
    def action_open_order(self):
        """Open the sale order behind this flow."""
        return self._open_records(self.order_id)

    # === BUSINESS METHODS === #

    @api.model
    def _get_step_groups(self, action):
        """Return whose step it is, as :meth:`has_groups` takes it; nothing where it is anybody's."""
        verbs = self.env["oms.runner"]._get_verbs()
        return verbs[action]._groups if action in verbs else _OPENED_BY.get(action)

    def _open_next(self):
        """Open what a person has to work on next."""
        self.ensure_one()
        hint = self._get_step_hint(self.next_action)
        if hint:
            raise AccessError(hint)
        opener = getattr(self, f"_get_{self.next_action}_records", None)
        records = opener() if opener else self.order_id
        return self._open_records(records or self.order_id)

    def _open_records(self, records):
        action = {"type": "ir.actions.act_window", "res_model": records._name, "name": records._description}
        if len(records) == 1:
            return {**action, "view_mode": "form", "views": [(False, "form")], "res_id": records.id}
        return {
            **action,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
        }

    def _get_purchase_records(self):
        """Return the purchases of this order to confirm, else those of its products, else the products to buy."""
        drafts = ("state", "in", ("draft", "sent", "to approve"))
        purchases = self.order_id._get_purchase_orders().filtered_domain([drafts])
        if purchases:
            return purchases
        short = self._get_short_moves().product_id
        lines = self.env["purchase.order.line"].search([("product_id", "in", short.ids), ("order_id", "any", [drafts])])
        return lines.order_id or short

    def _get_wait_text(self):
        """Return what this order waits for, in words: why what comes next can't be run yet."""
        verb = _NEXT_OF_STAGE.get(self.stage)
        if verb == "deliver" and self.lane_delivery == "blocked":
            verb = "plan"
        return self.env["oms.runner"]._get_obstacles(verb, self.order_id).get(self.order_id.id, "") if verb else ""

    def _get_wait_records(self):
        """Return the transfers this order waits for, its own where nothing else is planned."""
        moves = self._get_short_moves()
        return (
            moves.move_orig_ids.filtered(lambda move: move.state not in ("done", "cancel")).picking_id
            or moves.picking_id
        )

    def _get_short_moves(self):
        return self.env["stock.move"].search(
            [
                ("sale_line_id.order_id", "=", self.order_id.id),
                ("state", "in", ("confirmed", "waiting", "partially_available")),
            ]
        )

    def _get_receive_records(self):
        return self.order_id.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.location_id.usage == "customer"
        )
