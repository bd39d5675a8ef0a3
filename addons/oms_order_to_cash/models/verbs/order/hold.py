from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)

# Whoever works on orders may stop one, and the reason says who lets it go on.
_GROUPS = "sales_team.group_sale_salesman,stock.group_stock_user,account.group_account_invoice"
_TO_RESERVE = ("confirmed", "waiting", "partially_available")


class OmsVerbHolding(models.AbstractModel):
    """What holding an order and releasing it have in common."""

    _name = "oms.verb.holding"
    _inherit = "oms.verb"
    _description = "Holding"

    @api.model
    def _get_holds(self, documents):
        # Who may see the order may know what stopped it.
        return self.env["oms.hold"].sudo().browse(documents.get("oms.hold", [])).exists()

    @api.model
    def _get_release_obstacle(self, holds):
        """Return who has to release these holds when the user may release none of them, in words."""
        if not holds or self._filter_releasable(holds):
            return ""
        return self._get_stay_text(holds)

    @api.model
    def _filter_releasable(self, holds):
        return holds.with_env(self.env)._filter_releasable().sudo()

    @api.model
    def _get_stay_text(self, holds):
        return " ".join(
            self.env._(
                "%(reason)s: only %(group)s may release it.",
                reason=reason.name,
                group=reason._get_group().sudo().full_name,
            )
            for reason in holds.with_env(self.env).sudo().reason_id
        )

    @api.model
    def _get_outward_moves(self, orders):
        # A salesperson may stop an order, and let it go on, without the right to change transfers.
        moves = self.env["stock.move"].sudo()
        return moves.browse(move["id"] for move in moves._oms_read_open(orders.ids) if move["outward"])

    @api.model
    def _free_stock(self, orders):
        """Give back what is reserved for orders; what is picked already stays."""
        self._get_outward_moves(orders).filtered(lambda move: move.quantity and not move.picked)._do_unreserve()

    @api.model
    def _reserve_again(self, orders):
        """Reserve what core would have reserved by now, had there been no hold."""
        moves = self._get_outward_moves(orders).filtered(
            lambda move: move.state in _TO_RESERVE and not move.picked and move._should_assign_at_confirm()
        )
        moves._action_assign()


class OmsVerbHold(models.AbstractModel):
    _name = "oms.verb.hold"
    _inherit = "oms.verb.holding"
    _description = "Hold"

    _label = _lt("Hold")
    _lane = "order"
    _groups = _GROUPS
    _milestones = ("held",)
    _params = (
        param.record("hold_reason_id", _lt("Reason")).required(),
        param.NOTE,
        param.DATE.labelled(_lt("Release on")),
    )
    _asks = True

    @api.model
    def _can(self, orders, hold_reason_id=None, note=None, date=None):
        active = self.env["oms.hold"]._get_active(orders)
        same = active.filtered(lambda hold: hold.reason_id.id == hold_reason_id).order_id
        facts = self._read_facts(orders)
        return {
            order.id: self.env._("It is on hold for this reason already.")
            if order.id in same.ids
            else self._get_hold_obstacle(facts[order.id])
            for order in orders
        }

    @api.model
    def _get_hold_obstacle(self, fact):
        if fact.header["state"] == "cancel":
            return self.env._("It is cancelled: there is nothing to stop.")
        if self.env["oms.lane.delivery"]._get_state(fact)["state"] == "done":
            return self.env._("All of it has left: there is nothing to stop.")
        return ""

    @api.model
    def _preview(self, orders, hold_reason_id=None, note=None, date=None):
        stopped = self.env._("It is neither reserved nor shipped until the hold is released.")
        return {order.id: [stopped] for order in orders}

    @api.model
    def _do(self, orders, hold_reason_id=None, note=None, date=None):
        """Stop orders for a reason: they are neither reserved nor shipped until it is released.

        :param date: day on which it is released by itself
        """
        reason = self.env["oms.hold.reason"].browse(hold_reason_id).exists()
        if not reason:
            raise UserError(self.env._("Choose a reason: it says who may release the order."))
        if date and fields.Date.to_date(date) <= fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day to come: on that day the hold is released by itself."))
        holds = self.env["oms.hold"]._place(orders, reason, note, date)
        if reason.frees_stock:
            self._free_stock(holds.order_id)
        placed = holds.with_env(self.env).grouped("order_id")
        nothing = self.env._("It is on hold for this reason already.")
        return {order.id: placed.get(order, nothing) for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        holds = self._get_holds(documents).filtered(lambda hold: hold.state == "active")
        if not holds:
            return self.env._("it is released already.")
        mine = holds.filtered(lambda hold: hold.placed_by_id == self.env.user)
        return self._get_release_obstacle(holds - mine)

    @api.model
    def _undo(self, order, documents, before):
        self._get_holds(documents)._release(self.env._("Undone"))
        self._reserve_again(order)


class OmsVerbRelease(models.AbstractModel):
    _name = "oms.verb.release"
    _inherit = "oms.verb.holding"
    _description = "Release hold"

    _label = _lt("Release hold")
    _lane = "order"
    _groups = _GROUPS
    _milestones = ("released",)
    _params = (
        param.NOTE,
        param.records("hold_ids", _lt("Holds")),
    )

    @api.model
    def _can(self, orders, note=None, hold_ids=None):
        holds = self._get_holds_to_release(orders, hold_ids).grouped("order_id")
        free = self.env._("It is not on hold.")
        return {order.id: self._get_release_obstacle(holds[order]) if order in holds else free for order in orders}

    @api.model
    def _get_holds_to_release(self, orders, hold_ids):
        holds = self.env["oms.hold"]._get_active(orders)
        return holds.filtered(lambda hold: hold.id in hold_ids) if hold_ids else holds

    @api.model
    def _preview(self, orders, note=None, hold_ids=None):
        holds = self._get_holds_to_release(orders, hold_ids)
        mine = self._filter_releasable(holds)
        return {
            order.id: [
                self.env._("%(reason)s is released.", reason=hold.reason_id.name)
                if hold in mine
                else self._get_stay_text(hold)
                for hold in holds.filtered(lambda hold, order=order: hold.order_id.id == order.id)
            ]
            for order in orders
        }

    @api.model
    def _before(self, orders):
        # Who releases a credit hold accepts the credit.
        return self.env["oms.verb.accept_credit"]._before(orders)

    @api.model
    def _do(self, orders, note=None, hold_ids=None):
        """Let orders go on, as far as the user may; what else stops them is told."""
        holds = self._get_holds_to_release(orders, hold_ids)
        mine = self._filter_releasable(holds)
        mine._release(note)
        self._reserve_again(orders)
        released, staying = mine.grouped("order_id"), (holds - mine).grouped("order_id")
        results = {}
        for order in orders:
            text = self._get_stay_text(staying[order]) if order in staying else ""
            results[order.id] = (
                (released[order], text) if order in released else text or self.env._("It is not on hold.")
            )
        accepted = mine.filtered(lambda hold: hold.reason_id.is_credit and hold.state == "released").order_id
        self.env["oms.verb.accept_credit"]._remember_exposure(orders.filtered(lambda order: order.id in accepted.ids))
        return results

    @api.model
    def _can_undo(self, order, documents, before):
        holds = self._get_holds(documents)
        if self.env["oms.hold"]._get_active(order).reason_id & holds.reason_id:
            return self.env._("it is on hold again.")
        since = min(holds.mapped("date_released"), default=False)
        moved = order.sudo().picking_ids.filtered(lambda picking: picking.date_done and picking.date_done >= since)
        if moved:
            return self.env._("%(transfers)s left since.", transfers=", ".join(moved.mapped("name")))
        return ""

    @api.model
    def _undo(self, order, documents, before):
        holds = self._get_holds(documents)
        if before and any(hold.reason_id.is_credit for hold in holds):
            self.env["oms.verb.accept_credit"]._undo(order, documents, before)
        for hold in holds:
            until = hold.date_until if hold.date_until and hold.date_until > fields.Date.today() else False
            self.env["oms.hold"]._place(order, hold.reason_id, hold.note, until)
            if hold.reason_id.frees_stock:
                self._free_stock(order)
