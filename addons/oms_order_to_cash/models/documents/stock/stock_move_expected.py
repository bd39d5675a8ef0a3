from odoo import api, models
from odoo.tools import SQL


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model
    def _oms_read_next_receipts(self, product_ids):
        """Read what open moves bring of these products into warehouses from outside, not bound to another document.

        :return: {(product id, warehouse id): [(planned datetime, quantity, move id)]}, soonest first, in the product's unit
        """
        receipts = {}
        if product_ids:
            self.env.cr.execute(
                SQL(
                    """
                SELECT move.product_id, dest.warehouse_id, move.date, move.product_qty, move.id
                  FROM stock_move move
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location dest ON dest.id = move.location_dest_id
                 WHERE move.product_id = ANY(%s) AND move.product_uom_qty > 0
                   AND move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
                   AND source.usage IN ('supplier', 'transit', 'production') AND dest.warehouse_id IS NOT NULL
              ORDER BY move.date, move.id
                """,
                    list(product_ids),
                )
            )
            for product_id, warehouse_id, *receipt in self.env.cr.fetchall():
                receipts.setdefault((product_id, warehouse_id), []).append(tuple(receipt))
        return receipts

    @api.model
    def _oms_read_origins(self, move_ids):
        """Read when the open moves that feed these moves are planned.

        :return: {move id: (latest planned datetime, id of that origin move)}; moves that nothing feeds left out
        """
        if not move_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT DISTINCT ON (rel.move_dest_id) rel.move_dest_id, orig.date, orig.id
              FROM stock_move_move_rel rel JOIN stock_move orig ON orig.id = rel.move_orig_id
             WHERE rel.move_dest_id = ANY(%s) AND orig.state NOT IN ('draft', 'done', 'cancel')
          ORDER BY rel.move_dest_id, orig.date DESC, orig.id DESC
            """,
                list(move_ids),
            )
        )
        return {move_id: (date, origin_id) for move_id, date, origin_id in self.env.cr.fetchall()}
