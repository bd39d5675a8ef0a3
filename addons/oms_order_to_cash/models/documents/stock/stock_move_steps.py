from odoo import api, models
from odoo.tools import SQL


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model
    def _oms_read_feeding(self, move_ids):
        """Read which open moves bring the goods of these moves.

        :return: {move id: [ids of the moves before it]}
        """
        if not move_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT rel.move_dest_id, ARRAY_AGG(rel.move_orig_id ORDER BY rel.move_orig_id)
              FROM stock_move_move_rel rel
              JOIN stock_move move ON move.id = rel.move_orig_id AND move.state NOT IN ('draft', 'done', 'cancel')
             WHERE rel.move_dest_id = ANY(%s)
          GROUP BY rel.move_dest_id
            """,
                list(move_ids),
            )
        )
        return dict(self.env.cr.fetchall())
