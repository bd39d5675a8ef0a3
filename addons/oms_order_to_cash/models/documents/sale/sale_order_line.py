from odoo import api, fields, models
from odoo.tools import SQL

_WATCHED = {
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "product_id",
    "qty_delivered",
    "is_downpayment",
    "display_type",
    "order_id",
    "is_expense",
    "customer_lead",
    "invoice_lines",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_date_promised = fields.Datetime(
        string="Promised Date",
        readonly=True,
        copy=False,
        help="When the customer was promised this line, as it stood at confirmation.",
    )

    # === COMPUTE METHODS === #

    def _compute_qty_delivered(self):
        result = super()._compute_qty_delivered()
        self._oms_mark()
        return result

    def _compute_qty_invoiced(self):
        # Runs whenever an invoice line of the order appears, changes, is posted, cancelled or deleted.
        result = super()._compute_qty_invoiced()
        self._oms_mark()
        return result

    def _compute_amount_invoiced(self):
        result = super()._compute_amount_invoiced()
        self._oms_mark()
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._oms_mark()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not _WATCHED.isdisjoint(vals):
            self._oms_mark()
        return result

    def unlink(self):
        self.env["oms.flow.dirty"]._mark("sale.order", self.order_id._ids)
        return super().unlink()

    # === BUSINESS METHODS === #

    def _oms_mark(self):
        self.env["oms.flow.dirty"]._mark("sale.order.line", self._ids)

    @api.model
    def _oms_read_lines(self, order_ids):
        """Read ordered, shipped, delivered, returned, planned, invoiced and credited quantities of the orders' lines.

        Sections, notes and combo headings are left out, down payments are in. Quantities in the line's unit of measure;
        ``unit_price`` and ``amount_total`` in the order's currency.

        :return: iterable of dicts, one per line
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.id, sol.order_id, sol.is_downpayment IS TRUE AS is_downpayment,
                   template.invoice_policy AS policy,
                   sol.product_uom_qty AS ordered, COALESCE(sol.qty_delivered, 0) AS delivered,
                   COALESCE(template.type = 'consu' AND sol.qty_delivered_method = 'stock_move', FALSE)
                       AND sol.is_expense IS NOT TRUE AS is_goods,
                   sol.price_unit * (1 - COALESCE(sol.discount, 0) / 100.0) AS net_price, sol.price_total AS amount_total
              FROM sale_order_line sol
         LEFT JOIN product_product product ON product.id = sol.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE sol.order_id = ANY(%s) AND sol.display_type IS NULL AND template.type IS DISTINCT FROM 'combo'
          ORDER BY sol.order_id, sol.id
            """,
                list(order_ids),
            )
        )
        lines = {row["id"]: row for row in self.env.cr.dictfetchall()}
        blank = {"invoiced": 0.0, "invoiced_draft": 0.0, "credited": 0.0, "credited_draft": 0.0, "downpayment": 0.0}
        invoiced = self._oms_read_invoiced(order_ids)
        moved = self.env["stock.move"]._oms_read_shipped(order_ids)
        for line_id, line in lines.items():
            unmoved = (line["delivered"], line["delivered"], 0.0)
            # Goods that the customer hands in (a negative quantity) are no return of something shipped.
            is_moved = line["is_goods"] and line["ordered"] >= 0
            line["shipped"], rounded, line["planned"] = moved.get(line_id, unmoved) if is_moved else unmoved
            line["returned"] = max(rounded - line["delivered"], 0.0)
            line.update(invoiced.get(line_id, blank))
        return lines.values()

    @api.model
    def _oms_read_invoiced(self, order_ids):
        """Read what customer invoices and credit notes, draft and posted, say of the orders' lines.

        :return: {line id: dict}; quantities in the line's unit, ``downpayment`` the net amount in the order's currency
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.id,
                   SUM(CASE WHEN move.move_type = 'out_invoice' THEN qty.qty ELSE 0 END) AS invoiced,
                   SUM(CASE WHEN move.move_type = 'out_invoice' AND move.state = 'draft' THEN qty.qty ELSE 0 END) AS invoiced_draft,
                   SUM(CASE WHEN move.move_type = 'out_refund' THEN qty.qty ELSE 0 END) AS credited,
                   SUM(CASE WHEN move.move_type = 'out_refund' AND move.state = 'draft' THEN qty.qty ELSE 0 END) AS credited_draft,
                   SUM(CASE WHEN sol.is_downpayment IS TRUE THEN
                       aml.price_total * (CASE move.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END)
                       / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) * COALESCE(NULLIF(so.currency_rate, 0), 1)
                   ELSE 0 END) AS downpayment
              FROM sale_order so
              JOIN sale_order_line sol ON sol.order_id = so.id
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
              JOIN account_move_line aml ON aml.id = rel.invoice_line_id
              JOIN account_move move ON move.id = aml.move_id
         LEFT JOIN uom_uom line_uom ON line_uom.id = sol.product_uom_id
         LEFT JOIN uom_uom invoice_uom ON invoice_uom.id = aml.product_uom_id
        CROSS JOIN LATERAL (SELECT aml.quantity * COALESCE(invoice_uom.factor / line_uom.factor, 1) AS qty) qty
             WHERE so.id = ANY(%s) AND move.move_type IN ('out_invoice', 'out_refund')
               AND (move.state != 'cancel' OR move.payment_state = 'invoicing_legacy')
          GROUP BY sol.id
            """,
                list(order_ids),
            )
        )
        return {row.pop("id"): row for row in self.env.cr.dictfetchall()}
