from odoo import api, models
from odoo.exceptions import UserError

from ...documents.handed import Handed


class OmsLaneDelivery(models.AbstractModel):
    _inherit = "oms.lane.delivery"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "plan": {
                "label": self.env._("Plan delivery"),
                "groups": "sales_team.group_sale_salesman",
                "shares": "stock",
            },
            "deliver": {
                "label": self.env._("Deliver"),
                "groups": "stock.group_stock_user",
                "documents": "_get_ready_transfers",
                "shares": "stock",
            },
        }

    # === PLAN === #

    @api.model
    def _can_plan(self, orders):
        facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        for order in orders.browse(facts):
            if order.locked:
                obstacles[order.id] = self.env._("It is locked: unlock it to plan its delivery.")
            elif not self._get_unplanned(facts[order.id]):
                obstacles[order.id] = self.env._("All of it is planned or delivered.")
        return obstacles

    @api.model
    def _get_unplanned(self, fact):
        """Return what was ordered and neither left nor is planned to, per line; core would plan what came back, too.

        A purchase made for a line plans it while it is a draft; what it brings to the own dock once confirmed has to be planned.
        """
        left = {line["id"]: line["ordered"] - line["shipped"] - line["planned"] for line in fact.goods_lines}
        return {
            line_id: quantity
            for line_id, quantity in left.items()
            if fact.is_positive(quantity) and not fact.made_for.get(line_id)
        }

    @api.model
    def _do_plan(self, orders):
        """Plan again what was ordered and no transfer brings."""
        facts = self._read_facts(orders.ids)
        unplanned = {order_id: self._get_unplanned(fact) for order_id, fact in facts.items()}
        # What the vendor was to send to the customer is not bought again: it leaves from the warehouse.
        from_stock = frozenset(line_id for fact in facts.values() for line_id in fact.made_for)
        quantities = {line_id: quantity for lines in unplanned.values() for line_id, quantity in lines.items()}
        before = orders.picking_ids
        lines = self.env["sale.order.line"].browse(quantities)
        handed = {"oms_plan_quantities": Handed(quantities), "oms_plan_from_stock": Handed(from_stock)}
        lines.with_context(**handed)._action_launch_stock_rule()
        self.env.flush_all()
        facts = self._read_facts(orders.ids)
        nothing = self.env._("Nothing could be planned: check the routes of its products.")
        return {
            order.id: nothing
            if self._get_unplanned(facts[order.id]) == unplanned[order.id]
            else order.picking_ids - before
            for order in orders
        }

    @api.model
    def _preview_plan(self, orders):
        facts = self._read_facts(orders.ids)
        return {
            order.id: [self._get_plan_text(order, *item) for item in self._get_unplanned(facts[order.id]).items()]
            for order in orders
        }

    @api.model
    def _get_plan_text(self, order, line_id, quantity):
        line = self.env["sale.order.line"].browse(line_id)
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s are planned from %(warehouse)s.",
            quantity=quantity,
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
            warehouse=order.warehouse_id.name,
        )

    @api.model
    def _can_undo_plan(self, order, documents, before):
        pickings = self.env["stock.picking"].browse(documents.get("stock.picking", [])).exists()
        done = pickings.filtered(lambda picking: "done" in picking.move_ids.mapped("state"))
        if done:
            return self.env._("%(transfers)s is done: take a return.", transfers=", ".join(done.mapped("name")))
        return "" if pickings.filtered(lambda picking: picking.state != "cancel") else self.env._("it is cancelled.")

    @api.model
    def _undo_plan(self, order, documents, before):
        self.env["stock.picking"].browse(documents.get("stock.picking", [])).exists().action_cancel()

    # === DELIVER === #

    @api.model
    def _preview_deliver(self, orders):
        gone = self.env._("What left comes back by a return.")
        return {
            order_id: [
                *(
                    self.env._(
                        "%(transfer)s is done: %(goods)s.", transfer=picking.name, goods=self._get_ready_goods(picking)
                    )
                    for picking in pickings
                ),
                *([gone] if pickings else []),
            ]
            for order_id, pickings in self._get_ready_transfers(orders).items()
        }

    @api.model
    def _can_deliver(self, orders):
        facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        ready = self._get_transfers(facts)
        for order_id, fact in facts.items():
            if not fact.outward_moves:
                obstacles[order_id] = self.env._("Nothing is left to deliver.")
            elif fact.header["held"]:
                obstacles[order_id] = self.env._("It is on hold: release it first.")
            else:
                obstacles[order_id] = (
                    "" if ready[order_id] else self.env._("No transfer is ready: reserve its goods first.")
                )
        return obstacles

    @api.model
    def _is_done_deliver(self, fact):
        return fact.lanes["delivery"]["state"] in ("none", "done")

    @api.model
    def _get_ready_transfers(self, orders):
        return self._get_transfers(self._read_facts(orders.ids))

    @api.model
    def _get_transfers(self, facts):
        """Return the transfers ready now; of those with several steps, the next gets ready when one is done."""
        transfers = {
            order_id: self.env["stock.picking"].browse(
                {move["picking_id"] for move in fact.outward_moves if self._is_ready(move) and move["picking_id"]}
            )
            for order_id, fact in facts.items()
        }
        return {
            order_id: pickings.filtered(lambda picking: picking.state == "assigned")
            for order_id, pickings in transfers.items()
        }

    @api.model
    def _do_deliver(self, orders):
        """Validate the transfers that are ready now; what is missing goes into a backorder."""
        transfers = self._get_ready_transfers(orders)
        pickings = self.env["stock.picking"].union(*transfers.values())
        # This transaction may be undone or started again: carriers are booked once it is over.
        context = {"skip_backorder": True, "skip_sms": True, "oms_book_later": Handed()}
        action = pickings.with_context(**context).button_validate()
        # It returns windows before and after the work: only the transfers tell whether it was done.
        waiting = pickings.filtered(lambda picking: picking.state != "done")
        if waiting:
            raise UserError(
                self.env._(
                    "%(transfers)s asks for a decision (%(window)s): open it and validate it there.",
                    transfers=", ".join(waiting.mapped("name")),
                    window=isinstance(action, dict) and action.get("name") or self.env._("unknown"),
                )
            )
        return transfers
