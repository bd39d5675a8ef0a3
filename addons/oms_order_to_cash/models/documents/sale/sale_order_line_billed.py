from odoo import api, models
from odoo.tools import SQL

_BILLED = """
        SELECT sol.order_id, sol.id AS line_id, sol.is_downpayment IS TRUE AS is_downpayment, aml.id, aml.move_id,
               move.move_type, move.state, move.reversed_entry_id, unit.ratio,
               aml.quantity * unit.ratio * sign.sign AS quantity, aml.price_total * sign.sign AS total,
               aml.price_total * sign.sign / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) AS balance,
               aml.price_unit * (1 - COALESCE(aml.discount, 0) / 100.0) / unit.ratio AS price,
               move.currency_id = so.currency_id AS same_currency,
               (SELECT ARRAY_AGG(account_tax_id ORDER BY account_tax_id) FROM account_move_line_account_tax_rel
                 WHERE account_move_line_id = aml.id)
               IS NOT DISTINCT FROM
               (SELECT ARRAY_AGG(account_tax_id ORDER BY account_tax_id) FROM account_tax_sale_order_line_rel
                 WHERE sale_order_line_id = sol.id) AS same_taxes
          FROM sale_order so
          JOIN sale_order_line sol ON sol.order_id = so.id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
          JOIN account_move_line aml ON aml.id = rel.invoice_line_id
          JOIN account_move move ON move.id = aml.move_id
     LEFT JOIN uom_uom line_uom ON line_uom.id = sol.product_uom_id
     LEFT JOIN uom_uom invoice_uom ON invoice_uom.id = aml.product_uom_id
    CROSS JOIN LATERAL (SELECT COALESCE(invoice_uom.factor / line_uom.factor, 1) AS ratio) unit
    CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END AS sign) sign
         WHERE so.id = ANY(%s) AND aml.display_type = 'product' AND move.move_type IN ('out_invoice', 'out_refund')
           AND (move.state != 'cancel' OR move.payment_state = 'invoicing_legacy')
      ORDER BY aml.id DESC
"""


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_billed(self, order_ids):
        """Read, line by line, what invoices and credit notes, draft and posted, bill of the orders' lines, down payments too.

        ``quantity`` in the order line's unit and ``total`` (taxes included) in the document's currency, ``balance`` the same in
        the company's, all negative on credit notes; ``price`` per that unit after discount, ``ratio`` how many of it make one
        of the document's unit.

        :return: {order id: {order line id: list of dicts}}, newest first
        """
        self.env.cr.execute(SQL(_BILLED, list(order_ids)))
        billed = {}
        for row in self.env.cr.dictfetchall():
            billed.setdefault(row["order_id"], {}).setdefault(row["line_id"], []).append(row)
        return billed
