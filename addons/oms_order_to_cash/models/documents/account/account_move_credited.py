from odoo import api, models
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _oms_read_credited(self, order_ids):
        """Read when these orders were last credited.

        :return: {order id: datetime}; orders without a credit note left out
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.order_id, MAX(move.create_date)
              FROM sale_order_line sol
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
              JOIN account_move_line aml ON aml.id = rel.invoice_line_id
              JOIN account_move move ON move.id = aml.move_id AND move.move_type = 'out_refund' AND move.state != 'cancel'
             WHERE sol.order_id = ANY(%s)
          GROUP BY sol.order_id
            """,
                list(order_ids),
            )
        )
        return dict(self.env.cr.fetchall())
