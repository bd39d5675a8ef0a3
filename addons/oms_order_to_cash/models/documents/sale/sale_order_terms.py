from odoo import api, fields, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """What was agreed with the customer, and when we last spoke of it."""

    _inherit = "sale.order"

    oms_sent_on = fields.Datetime(string="Sent On", readonly=True, copy=False)
    oms_reminded_on = fields.Datetime(string="Reminded On", readonly=True, copy=False)
    oms_payment_asked_on = fields.Datetime(string="Payment Link Sent On", readonly=True, copy=False)

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.get("state") == "sent":
            vals = {**vals, "oms_sent_on": fields.Datetime.now()}
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_terms(self, order_ids):
        """Read of these orders what was offered, promised, asked for and paid online.

        :return: {order id: dict}; ``amount_paid`` and ``prepayment`` (what has to be paid to confirm) in the order's currency
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT so.id, so.oms_date_promised IS NULL AND so.commitment_date IS NULL AS is_unpromised,
                   COALESCE(so.oms_sent_on, so.date_order) AS sent_on, so.oms_reminded_on AS reminded_on,
                   so.require_payment, so.amount_total * COALESCE(so.prepayment_percent, 0) AS prepayment,
                   COALESCE(company.oms_quotation_reminder_days, 0) AS reminder_days,
                   COALESCE((
                       SELECT SUM(tx.amount) FROM sale_order_transaction_rel rel JOIN payment_transaction tx ON tx.id = rel.transaction_id
                        WHERE rel.sale_order_id = so.id AND tx.state IN ('done', 'authorized')), 0) AS amount_paid
              FROM sale_order so JOIN res_company company ON company.id = so.company_id
             WHERE so.id = ANY(%s)
            """,
                list(order_ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}
