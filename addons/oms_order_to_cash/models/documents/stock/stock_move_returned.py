from odoo import api, models
from odoo.tools import SQL


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model
    def _oms_read_returned(self, order_ids):
        """Read when goods of these orders were last announced to come back.

        :return: {order id: datetime}; orders without a return left out
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.order_id, MAX(move.create_date)
              FROM sale_order_line sol
              JOIN stock_move move ON move.sale_line_id = sol.id AND move.state != 'cancel'
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'customer'
              JOIN stock_location dest ON dest.id = move.location_dest_id AND dest.usage != 'customer'
             WHERE sol.order_id = ANY(%s)
          GROUP BY sol.order_id
            """,
                list(order_ids),
            )
        )
        return dict(self.env.cr.fetchall())
