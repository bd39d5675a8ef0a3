from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbReplaceLot(models.AbstractModel):
    _name = "oms.verb.replace_lot"
    _inherit = "oms.verb"
    _description = "Reserve another lot"

    _label = _lt("Reserve another lot")
    _lane = "delivery"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        bad = self._get_bad_lot_lines(orders)
        return {order.id: obstacles.get(order.id) or self._get_lot_obstacle(bad[order.id]) for order in orders}

    @api.model
    def _get_bad_lot_lines(self, orders):
        """Return, per order, the reserved lines whose lot is missing, expired or not there."""
        facts = self._read_facts(orders)
        move_ids = {
            order_id: [move["id"] for move in fact.outward_moves if self.env["oms.lane.delivery"]._is_ready(move)]
            for order_id, fact in facts.items()
        }
        every_id = [move_id for ids in move_ids.values() for move_id in ids]
        bad = self.env["stock.move.line"]._oms_read_bad_lots(every_id)
        return {
            order_id: self.env["stock.move.line"].browse(line["id"] for line in bad if line["move_id"] in set(ids))
            for order_id, ids in move_ids.items()
        }

    @api.model
    def _get_lot_obstacle(self, lines):
        if not lines:
            return self.env._("All lots reserved for it can leave.")
        if any(line.picked for line in lines):
            names = ", ".join(lines.filtered("picked").picking_id.mapped("name"))
            return self.env._("%(transfers)s is picked already: correct the lot there.", transfers=names)
        for move, of_move in lines.grouped("move_id").items():
            if self._get_other_quants(move, of_move.lot_id):
                return ""
        return self.env._(
            "No other valid lot of %(products)s is free in %(places)s: receive some, or free what others reserved.",
            products=", ".join(lines.product_id.mapped("display_name")),
            places=", ".join(lines.move_id.location_id.mapped("display_name")),
        )

    @api.model
    def _get_other_quants(self, move, bad_lots):
        """Return where other lots of a move's product are free, the first to leave first (its removal strategy)."""
        quants = self.env["stock.quant"]._oms_gather_for(move)
        return quants.filtered(
            lambda quant: (
                quant.lot_id
                and quant.lot_id not in bad_lots
                and not self._is_expired(quant.lot_id)
                and quant.product_id.uom_id.compare(quant.quantity, quant.reserved_quantity) > 0
            )
        )

    @api.model
    def _is_expired(self, lot):
        # Without expiration dates installed no lot expires.
        return (
            "expiration_date" in lot._fields
            and bool(lot.expiration_date)
            and lot.expiration_date < fields.Datetime.now()
        )

    @api.model
    def _preview(self, orders):
        return {
            order_id: [self._get_replacement_text(move, of_move) for move, of_move in lines.grouped("move_id").items()]
            for order_id, lines in self._get_bad_lot_lines(orders).items()
        }

    @api.model
    def _get_replacement_text(self, move, lines):
        lots = self._get_other_quants(move, lines.lot_id).lot_id
        names = {
            "transfer": move.picking_id.name,
            "product": move.product_id.display_name,
            "quantity": sum(lines.mapped("quantity_product_uom")),
            "old": ", ".join(lines.lot_id.mapped("name")) or self.env._("no lot"),
            "new": ", ".join(lots[:3].mapped("name")),
        }
        if not lots:
            return self.env._("%(transfer)s: no other lot of %(product)s is free.", **names)
        return self.env._("%(transfer)s: %(quantity)g of %(product)s from %(new)s instead of %(old)s.", **names)

    @api.model
    def _get_documents(self, orders):
        return {order_id: lines.move_id for order_id, lines in self._get_bad_lot_lines(orders).items()}

    @api.model
    def _do(self, orders):
        """Give bad lots back and reserve others, in the order of the removal strategy (FIFO or FEFO)."""
        bad = self._get_bad_lot_lines(orders)
        nothing = self.env._("No other valid lot was free any more.")
        results = {}
        for order_id, lines in bad.items():
            replaced = self.env["stock.move"]
            for move, of_move in lines.grouped("move_id").items():
                if self._replace_lots(move, of_move):
                    replaced |= move
            results[order_id] = replaced.picking_id or nothing
        return results

    @api.model
    def _replace_lots(self, move, lines):
        """Reserve other lots for a move in place of these lines; return the quantity, in the product's unit."""
        quants = self._get_other_quants(move, lines.lot_id)
        if not quants:
            return 0.0
        missing, taken = sum(lines.mapped("quantity_product_uom")), 0.0
        lines.unlink()
        for quant in quants:
            if move.product_id.uom_id.compare(missing, taken) <= 0:
                break
            taken += move._update_reserved_quantity(
                missing - taken,
                quant.location_id,
                lot_id=quant.lot_id,
                package_id=quant.package_id,
                owner_id=quant.owner_id,
            )
        move._recompute_state()
        return taken
