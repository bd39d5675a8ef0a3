from odoo import api, models
from odoo.tools import SQL, float_round

_NO_INVOICE = {
    "counted": 0.0,
    "invoiced": 0.0,
    "invoiced_draft": 0.0,
    "credited": 0.0,
    "downpayment": 0.0,
    "advance": 0.0,
}
_INVOICED = """
    SELECT document.line_id AS id, SUM(document.counted) AS counted,
           SUM(CASE WHEN document.is_credit THEN 0 ELSE document.quantity END) AS invoiced,
           SUM(CASE WHEN document.move_type = 'out_invoice' AND document.state = 'draft' THEN document.quantity ELSE 0 END)
               AS invoiced_draft,
           SUM(CASE WHEN document.is_credit THEN -document.quantity ELSE 0 END) AS credited,
           SUM(document.downpayment) AS downpayment, SUM(document.advance) AS advance
      FROM (
        SELECT sol.id AS line_id, move.move_type, move.state, SUM(qty.qty * sign.sign) AS quantity,
               SUM(SIGN(qty.qty) * CEIL(ROUND((ABS(qty.qty) * 10 ^ %(digits)s)::numeric, 6)) / 10 ^ %(digits)s * sign.sign)
                   AS counted,
               move.move_type = 'out_refund' AND SUM(qty.qty) * (CASE WHEN sol.product_uom_qty < 0 THEN -1 ELSE 1 END) > 0
                   AS is_credit,
               SUM(CASE WHEN sol.is_downpayment IS TRUE THEN
                   aml.price_total * sign.sign * rate.rate ELSE 0 END) AS downpayment,
               SUM(CASE WHEN sol.is_downpayment IS TRUE THEN
                   aml.price_unit * (1 - COALESCE(aml.discount, 0) / 100.0) * aml.quantity * sign.sign * rate.rate
               ELSE 0 END) AS advance
          FROM sale_order so
          JOIN sale_order_line sol ON sol.order_id = so.id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
          JOIN account_move_line aml ON aml.id = rel.invoice_line_id
          JOIN account_move move ON move.id = aml.move_id
     LEFT JOIN uom_uom line_uom ON line_uom.id = sol.product_uom_id
     LEFT JOIN uom_uom invoice_uom ON invoice_uom.id = aml.product_uom_id
    CROSS JOIN LATERAL (SELECT aml.quantity * COALESCE(invoice_uom.factor / line_uom.factor, 1) AS qty) qty
    CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END AS sign) sign
    CROSS JOIN LATERAL (SELECT CASE WHEN move.currency_id = so.currency_id THEN 1 ELSE
                               COALESCE(NULLIF(so.currency_rate, 0), 1) / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                               END AS rate) rate
         WHERE so.id = ANY(%(order_ids)s) AND move.move_type IN ('out_invoice', 'out_refund')
           AND (move.state != 'cancel' OR move.payment_state = 'invoicing_legacy')
      GROUP BY sol.id, move.id
      ) document
  GROUP BY document.line_id
"""


class SaleOrderLine(models.Model):
    """What core counts as delivered and invoiced, other modules' part in it, held against the order's own documents.

    Core's figures are where other modules add what they know of (sold at the till, repaired). They are corrected only where
    core is known to be wrong: it rounds each transfer into the line's unit (twelve pieces of a dozen make 0.96), and takes a
    kit's part that stands on two lines of its bill of materials for two parts.
    """

    _inherit = "sale.order.line"

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_invoiced(self, order_ids):
        """Read what customer invoices and credit notes, draft and posted, say of the orders' lines.

        A credit note on which the line is charged (in sum a negative quantity of it) counts as invoiced. ``counted`` is the sum
        as core makes it, rounding up what it converts.

        :return: {line id: dict}; quantities in the line's unit; in the order's currency ``downpayment``, the net amount of a down
            payment, and ``advance``, the same as its price says it: without the taxes that come on top
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        self.env.cr.execute(SQL(_INVOICED, digits=digits, order_ids=list(order_ids)))
        return {row.pop("id"): row for row in self.env.cr.dictfetchall()}

    @api.model
    def _oms_add_invoiced(self, line, documents, digits):
        """Put onto a line what its invoices say, and what was billed elsewhere."""
        documents = dict(documents or _NO_INVOICE)
        elsewhere = float_round(line["invoiced"] - float(documents.pop("counted")), precision_digits=digits)
        line.update(documents, billed_elsewhere=elsewhere)
        line["invoiced"] += elsewhere

    @api.model
    def _oms_add_moved(self, line, moved, digits):
        """Put onto a line what its transfers say, and what was delivered elsewhere.

        Where core counts less than the transfers took away, the rest came back by another way; not of a kit, of which core
        counts nothing before all of a drop shipment is there.
        """
        if not line["is_goods"] or line["ordered"] < 0:
            line.update(shipped=line["delivered"], planned=0.0, returned=0.0, delivered_elsewhere=0.0)
            return
        moved = moved or {"shipped": 0.0, "planned": 0.0, "kept": 0.0, "counted": 0.0, "is_kit": False}
        elsewhere = float_round(line["delivered"] - float(moved["counted"]), precision_digits=digits)
        line["delivered"] = moved["kept"] + elsewhere
        line["delivered_elsewhere"] = elsewhere
        line["shipped"] = moved["shipped"] + max(elsewhere, 0.0)
        line["planned"] = moved["planned"]
        line["returned"] = max(moved["shipped"] - moved["kept"], 0.0)
        if not moved["is_kit"]:
            line["returned"] += max(-elsewhere, 0.0)

    @api.model
    def _oms_add_downpayments_elsewhere(self, lines):
        """Add the down payments taken elsewhere, taxes included: their order lines have the price, and no quantity."""
        elsewhere = {line["id"]: line for line in lines if line["is_downpayment"] and line["billed_elsewhere"]}
        # Who reads an order reads what was paid in advance of it.
        for line in self.sudo().browse(elsewhere):
            taxes = line.tax_ids.compute_all(
                line.price_unit, line.order_id.currency_id, elsewhere[line.id]["billed_elsewhere"]
            )
            elsewhere[line.id]["downpayment"] += taxes["total_included"]
            elsewhere[line.id]["advance"] += line.price_unit * elsewhere[line.id]["billed_elsewhere"]
