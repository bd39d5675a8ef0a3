from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What tells towards whom a move goes, and for which order.
_READ = ["sale_line_id", "picking_id", "location_id", "location_dest_id", "location_final_id", "move_dest_ids"]


class StockMove(models.Model):
    _inherit = "stock.move"

    # === BUSINESS METHODS === #

    def _action_assign(self, force_qty=False):
        return super(StockMove, self - self._oms_filter_held())._action_assign(force_qty)

    def _action_done(self, cancel_backorder=False):
        self._oms_filter_held().filtered(lambda move: move.picked and move.quantity > 0)._oms_refuse_held()
        return super()._action_done(cancel_backorder)

    @api.model
    def _oms_has_holds(self):
        """Tell whether any order is on hold; asked once per transaction, as most companies hold none most of the time."""
        known = self.env.cr.precommit.data
        if "oms.hold" not in known:
            self.env.cr.execute("SELECT EXISTS (SELECT FROM oms_hold WHERE state = 'active')")
            known["oms.hold"] = self.env.cr.fetchone()[0]
        return known["oms.hold"]

    def _oms_filter_held(self):
        """Return those of these moves that take goods of an order on hold towards its customer."""
        if not self._ids or not self._oms_has_holds():
            return self.browse()
        return self.browse(move_id for move_id, _order_id in self._oms_read_held())

    def _oms_read_held(self):
        """Return (move id, order id) of those of these moves whose order is on hold, receipts and returns left out."""
        self.env["stock.move"].flush_model(_READ)
        self.env["stock.picking"].flush_model(["sale_id"])
        self.env.cr.execute(
            SQL(
                """
            SELECT move.id, held.order_id
              FROM stock_move move
         LEFT JOIN sale_order_line sol ON sol.id = move.sale_line_id
         LEFT JOIN stock_picking picking ON picking.id = move.picking_id
              JOIN (SELECT DISTINCT order_id FROM oms_hold WHERE state = 'active') held
                ON held.order_id = COALESCE(sol.order_id, picking.sale_id)
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location dest ON dest.id = move.location_dest_id
         LEFT JOIN stock_location final ON final.id = move.location_final_id
             WHERE move.id = ANY(%(move_ids)s) AND source.usage != 'customer'
               AND (source.usage NOT IN ('supplier', 'production') OR dest.usage = 'customer')
               AND (
                   %(goes_there)s
                   OR EXISTS (
                       SELECT FROM stock_move_move_rel rel
                         JOIN stock_move target ON target.id = rel.move_dest_id AND target.state NOT IN ('done', 'cancel')
                         JOIN sale_order_line target_line ON target_line.id = target.sale_line_id
                        WHERE rel.move_orig_id = move.id AND target_line.order_id = sol.order_id))
          ORDER BY move.id""",
                move_ids=[move_id for move_id in self._ids if isinstance(move_id, int)],
                goes_there=self._oms_get_goes_there(),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _oms_get_hold_texts(self, order_ids):
        """Return {order id: what stops its goods}; who may not read the order is not told why."""
        orders = self.env["sale.order"].browse(order_ids)._filtered_access("read")
        return {**dict.fromkeys(order_ids, self.env._("It is on hold.")), **orders._oms_get_hold_texts()}

    def _oms_refuse_held(self):
        """Raise, if there are any of these moves, which are held, and say who lets them go."""
        if not self:
            return
        found = {(self.browse(move_id).picking_id, order_id) for move_id, order_id in self._oms_read_held()}
        texts = self._oms_get_hold_texts({order_id for _picking, order_id in found})
        lines = sorted(f"{picking.name or self[0].reference}: {texts[order_id]}" for picking, order_id in found)
        raise UserError(
            "\n".join([self.env._("Goods of an order on hold are neither reserved, picked nor shipped."), *lines])
        )
