from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...documents.handed import Handed

_lt = LazyTranslate(__name__)


class OmsVerbDeliver(models.AbstractModel):
    _name = "oms.verb.deliver"
    _inherit = "oms.verb.shipping"
    _description = "Deliver"

    _label = _lt("Deliver")
    _lane = "delivery"
    _groups = "stock.group_stock_user"
    _milestones = ("shipped", "picked")
    _shares = "stock"

    @api.model
    def _can(self, orders):
        facts, obstacles = self._read_confirmed(orders)
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
    def _is_done(self, fact):
        return fact.lanes["delivery"]["state"] in ("none", "done")

    @api.model
    def _preview(self, orders):
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
    def _get_documents(self, orders):
        return self._get_ready_transfers(orders)

    @api.model
    def _do(self, orders):
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
