from odoo import api, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _oms_read_written(self, order_ids, template_id):
        """Read when the customers of these orders were last sent a mail of this template by an action.

        :return: {order id: datetime}; orders whose customer was never sent it left out
        """
        self.env["oms.job"].flush_model(["state", "date_done", "params"])
        self.env.cr.execute(
            SQL(
                """SELECT order_id, MAX(date_done) FROM oms_job
                    WHERE order_id = ANY(%s) AND verb = 'notify_customer' AND state = 'done'
                      AND (params->>'template_id')::int = %s GROUP BY order_id""",
                list(order_ids),
                template_id,
            )
        )
        return dict(self.env.cr.fetchall())
