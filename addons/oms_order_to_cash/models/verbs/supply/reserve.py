from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbReservation(models.AbstractModel):
    """What verbs that reserve goods have in common."""

    _name = "oms.verb.reservation"
    _inherit = "oms.verb"
    _description = "Reservation"

    @api.model
    def _assign_in_rank(self, moves):
        """Reserve for moves in the order of their rank, whatever order they come in."""
        self.env.flush_all()
        rivals = self.env["stock.move"]._oms_read_rivals(moves.ids)
        moves.browse(rival["id"] for rival in rivals if rival["id"] in moves._ids)._action_assign()

    @api.model
    def _get_moved_on_obstacle(self, move_ids):
        """Return why reservations of these moves can't be taken back: one was picked, shipped or cancelled since."""
        for move in self.env["stock.move"].browse(move_ids).exists():
            if move.picked or move.state in ("done", "cancel"):
                return self.env._("%(transfer)s was picked, shipped or cancelled since.", transfer=move.picking_id.name)
        return ""

    @api.model
    def _get_held(self, moves):
        """Return {move id: what it holds, in the product's unit of measure}."""
        return {
            move.id: move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id, round=False)
            for move in moves
        }

    @api.model
    def _tell_reserved(self, wanted, before):
        """Return the transfers of moves that got something, or why none did; with a remark where one got less than it was to get.

        :param wanted: {move id: quantity}
        :param before: what they held before, see :meth:`_get_held`
        """
        lane = self.env["oms.lane.supply"]
        moves = self.env["stock.move"].browse(wanted)
        got = {move_id: held - before[move_id] for move_id, held in self._get_held(moves).items()}
        gained = moves.filtered(lambda move: move.product_id.uom_id.compare(got[move.id], 0.0) > 0)
        less = moves.filtered(lambda move: move.product_id.uom_id.compare(got[move.id], wanted[move.id]) < 0)
        if not gained:
            return self.env._("Nothing was free for it any more.")
        if not less:
            return gained.picking_id
        remarks = [
            self.env._(
                "Only %(got)s of %(wanted)s could be reserved for %(transfer)s.",
                got=lane._format_number(move.product_id, got[move.id]),
                wanted=lane._format_quantity(move.product_id, wanted[move.id]),
                transfer=move.picking_id.name,
            )
            for move in less
        ]
        return gained.picking_id, " ".join(remarks)


class OmsVerbReserve(models.AbstractModel):
    _name = "oms.verb.reserve"
    _inherit = "oms.verb.reservation"
    _description = "Reserve stock"

    _label = _lt("Reserve stock")
    _lane = "supply"
    _groups = "stock.group_stock_user"
    _shares = "stock"

    @api.model
    def _can(self, orders):
        facts, obstacles = self._read_confirmed(orders)
        return {**obstacles, **{order_id: self._get_reserve_obstacle(fact) for order_id, fact in facts.items()}}

    @api.model
    def _get_reserve_obstacle(self, fact):
        lane = self.env["oms.lane.supply"]
        short = lane._get_short(fact)
        if not fact.outward_moves:
            return self.env._("It has nothing to reserve.")
        if not short:
            return self.env._("All it needs is reserved.")
        if fact.header["held"]:
            return self.env._("It is on hold: release it first.")
        if not any(lane._get_answer(fact, move) == "reserve" for move in short):
            return self.env._("No stock is free for it: buy, or wait for what is on the way.")
        return ""

    @api.model
    def _is_done(self, fact):
        return fact.lanes["supply"]["state"] in ("none", "done")

    @api.model
    def _preview(self, orders):
        facts = self.env["oms.lane.supply"]._read_short_facts(orders)
        return {
            order.id: [
                self._get_reserve_text(shortage, min(shortage.quantity, shortage.free))
                for shortage in facts[order.id].signals["shortages"]
                if shortage.answer == "reserve"
            ]
            for order in orders
        }

    @api.model
    def _get_reserve_text(self, shortage, quantity):
        location = self.env["stock.location"].sudo().browse(shortage.move["location_id"])  # named to salespersons too
        return self.env._(
            "Reserves %(quantity)s from %(place)s.",
            quantity=self.env["oms.lane.supply"]._format(shortage, quantity),
            place=location.display_name,
        )

    @api.model
    def _before(self, orders):
        facts = self._read_facts(orders)
        return {
            order.id: {
                "reserved": [
                    [move["id"], move["reserved"]] for move in self.env["oms.lane.supply"]._get_short(facts[order.id])
                ]
            }
            for order in orders
        }

    @api.model
    def _do(self, orders):
        """Reserve free stock for what still has to leave; of many orders the first in rank is served first."""
        lane = self.env["oms.lane.supply"]
        facts = self._read_facts(orders)
        wanted = {
            order_id: {
                move["id"]: min(lane._get_free(fact, move), move["quantity"] - move["reserved"])
                if lane._get_answer(fact, move) == "reserve"
                else 0.0
                for move in lane._get_short(fact)
            }
            for order_id, fact in facts.items()
        }
        moves = self.env["stock.move"].browse(move_id for shares in wanted.values() for move_id in shares)
        before = self._get_held(moves)
        self._sort_by_rank(moves)._action_assign()
        return {order_id: self._tell_reserved(shares, before) for order_id, shares in wanted.items()}

    @api.model
    def _sort_by_rank(self, moves):
        return moves.sorted(
            lambda move: (
                -int(move.priority or 0),
                move.date_deadline or move.date,
                move.sudo().sale_line_id.order_id.id,  # a warehouse user may not read sales
                move.id,
            )
        )

    @api.model
    def _can_undo(self, order, documents, before):
        return self._get_moved_on_obstacle([move_id for move_id, _quantity in before["reserved"]])

    @api.model
    def _undo(self, order, documents, before):
        """Free what was reserved; what the moves held before stays theirs."""
        for move_id, reserved in before["reserved"]:
            move = self.env["stock.move"].browse(move_id).exists()
            if reserved:
                move.quantity = move.product_id.uom_id._compute_quantity(reserved, move.product_uom)
            else:
                move._do_unreserve()
