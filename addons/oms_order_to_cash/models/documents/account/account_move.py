from odoo import api, fields, models
from odoo.tools import SQL

_WATCHED = {
    "state",
    "payment_state",
    "invoice_date",
    "invoice_date_due",
    "move_type",
    "amount_total",
    "auto_post",
    "partner_id",
    "is_move_sent",
    "sending_data",
    "oms_dunned_on",
    "oms_dunning_level",
    "oms_dispute_reason",
    "oms_payment_promise_date",
    "oms_kept_as_credit",
    "oms_reminded_on",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    # === COMPUTE METHODS === #

    def _compute_payment_state(self):
        # Every payment, reconciliation and its undoing ends here, whoever starts it.
        result = super()._compute_payment_state()
        self.env["oms.flow.dirty"]._mark("account.move", self._ids)
        return result

    def _compute_invoice_date_due(self):
        result = super()._compute_invoice_date_due()
        self.env["oms.flow.dirty"]._mark("account.move", self._ids)
        return result

    # === CRUD METHODS === #

    def write(self, vals):
        if "partner_id" in vals:
            self._oms_mark_former()
        result = super().write(vals)
        if not self._oms_get_watched().isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("account.move", self._ids)
        return result

    def unlink(self):
        self._oms_mark_former()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED

    def _oms_mark_former(self):
        """Mark the customers whose debt these entries change now, before the link is gone."""
        partner_ids = self.line_ids.partner_id.commercial_partner_id._ids
        self.env["oms.flow.dirty"]._mark("credit", partner_ids)
        self.env["oms.flow.dirty"]._mark("payment", partner_ids)

    @api.model
    def _oms_read_invoices(self, order_ids):
        """Read the customer invoices and credit notes linked to these orders, cancelled ones left out.

        Amounts in company currency, credit notes negative. ``share`` is the part of the document that belongs to the order
        (1 when it covers no other order), by the total of its lines; ``is_due``: it may be posted now, the date somebody gave it is
        respected.

        :return: iterable of dicts, one per order and document
        """
        today = fields.Date.context_today(self)
        self.env.cr.execute(
            SQL(
                """
            SELECT line.order_id, move.id, move.state, move.move_type, move.payment_state, move.invoice_date_due,
                   move.amount_total_signed AS amount_total, move.amount_residual_signed AS residual,
                   move.oms_kept_as_credit IS TRUE AS is_kept,
                   COALESCE(line.total / NULLIF(move.amount_total, 0), 1) AS share,
                   move.auto_post = 'no' AND COALESCE(move.invoice_date, %s) <= %s AS is_due
              FROM (
                SELECT linked.order_id, linked.move_id, SUM(linked.price_total) AS total
                  FROM (
                    SELECT DISTINCT sol.order_id, aml.move_id, aml.id, aml.price_total
                      FROM sale_order_line sol
                      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
                      JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                     WHERE sol.order_id = ANY(%s)
                  ) linked
              GROUP BY linked.order_id, linked.move_id
              ) line
              JOIN account_move move ON move.id = line.move_id
             WHERE move.move_type IN ('out_invoice', 'out_refund')
               AND (move.state != 'cancel' OR move.payment_state = 'invoicing_legacy')
          ORDER BY line.order_id, move.id
            """,
                today,
                today,
                list(order_ids),
            )
        )
        return self.env.cr.dictfetchall()
