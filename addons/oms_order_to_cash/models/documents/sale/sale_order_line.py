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
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("move_ids.to_refund")
    def _compute_qty_delivered(self):
        # What was done as a return counts or not by this mark, which core reads and does not watch.
        result = super()._compute_qty_delivered()
        self._oms_mark()
        return result

    @api.depends("invoice_lines.product_uom_id", "invoice_lines.move_id.move_type")
    def _compute_qty_invoiced(self):
        # Runs whenever an invoice line of the order appears, changes, is posted, cancelled or deleted; core reads the unit and
        # the kind of document, and does not watch them.
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
        if not self._oms_get_watched().isdisjoint(vals):
            self._oms_mark()
        return result

    def unlink(self):
        self.env["oms.flow.dirty"]._mark("sale.order", self.order_id._ids)
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED

    def _oms_mark(self):
        self.env["oms.flow.dirty"]._mark("sale.order.line", self._ids)

    @api.model
    def _oms_read_lines(self, order_ids):
        """Read ordered, shipped, delivered, returned, planned, invoiced and credited quantities of the orders' lines.

        Sections, notes and combo headings are left out, down payments are in. Quantities in the line's unit of measure;
        ``unit_price`` and ``amount_total`` in the order's currency. What core counts as delivered or invoiced, and no transfer
        or invoice of the order explains, was delivered or billed elsewhere (at the till): ``delivered_elsewhere`` and
        ``billed_elsewhere``, which are part of ``delivered``, ``shipped`` and of ``invoiced``.

        :return: iterable of dicts, one per line
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.id, sol.order_id, sol.is_downpayment IS TRUE AS is_downpayment,
                   template.invoice_policy AS policy,
                   CASE WHEN sol.is_expense THEN COALESCE(sol.qty_delivered, 0) ELSE sol.product_uom_qty END AS ordered,
                   COALESCE(sol.qty_delivered, 0) AS delivered, COALESCE(sol.qty_invoiced, 0) AS invoiced,
                   COALESCE(template.type = 'consu' AND sol.qty_delivered_method = 'stock_move', FALSE)
                       AND sol.is_expense IS NOT TRUE AS is_goods,
                   sol.price_unit * (1 - COALESCE(sol.discount, 0) / 100.0) AS net_price,
                   CASE WHEN sol.is_expense THEN sol.price_total * sol.qty_delivered / NULLIF(sol.product_uom_qty, 0)
                        ELSE sol.price_total END AS amount_total
              FROM sale_order_line sol
         LEFT JOIN product_product product ON product.id = sol.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE sol.order_id = ANY(%s) AND sol.display_type IS NULL AND template.type IS DISTINCT FROM 'combo'
          ORDER BY sol.order_id, sol.id
            """,
                list(order_ids),
            )
        )
        lines = self.env.cr.dictfetchall()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        invoiced = self._oms_read_invoiced(order_ids)
        moved = self.env["stock.move"]._oms_read_shipped(order_ids)
        till = self._oms_read_till(order_ids)
        for line in lines:
            sold = till.get(line["id"])
            if sold:  # counted for itself, see _oms_add_till
                line["invoiced"] -= sold["invoiced"]
                line["delivered"] -= sold["delivered"] if line["is_goods"] else 0.0
            self._oms_add_invoiced(line, invoiced.get(line["id"]), digits)
            # Goods that the customer hands in (a negative quantity) are no return of something shipped.
            is_moved = line["is_goods"] and line["ordered"] >= 0
            self._oms_add_moved(line, moved.get(line["id"]) if is_moved else None, digits)
            if sold:
                self._oms_add_till(line, sold)
        self._oms_add_downpayments_elsewhere(lines)
        return lines
