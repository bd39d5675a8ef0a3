from odoo import api, fields, models
from odoo.tools import SQL

# A payment belongs to the invoice it paid last; one made online, and on no invoice yet, to the order it was made for.
_UNSPENT = """
      WITH invoice AS (
          SELECT DISTINCT sol.order_id, aml.move_id
            FROM sale_order_line sol
            JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
            JOIN account_move_line aml ON aml.id = rel.invoice_line_id
           WHERE sol.order_id = ANY(%(order_ids)s)
      ), paid AS (
          SELECT DISTINCT partial.credit_move_id AS line_id
            FROM invoice
            JOIN account_move_line term ON term.move_id = invoice.move_id
            JOIN account_partial_reconcile partial ON partial.debit_move_id = term.id
      )
    SELECT invoice.order_id, last.move_id AS invoice_id, credit.id AS line_id, move.id AS move_id, NULL::int AS transaction_id,
           -credit.amount_residual AS amount, move.oms_kept_as_credit IS TRUE AS is_kept
      FROM paid
      JOIN account_move_line credit ON credit.id = paid.line_id AND credit.reconciled IS NOT TRUE AND credit.amount_residual < 0
      JOIN account_move move ON move.id = credit.move_id AND move.state = 'posted' AND move.move_type = 'entry'
      JOIN account_account account ON account.id = credit.account_id AND account.account_type = 'asset_receivable'
CROSS JOIN LATERAL (
          SELECT term.move_id FROM account_partial_reconcile partial
            JOIN account_move_line term ON term.id = partial.debit_move_id
            JOIN account_move paid ON paid.id = term.move_id AND paid.move_type = 'out_invoice'
           WHERE partial.credit_move_id = credit.id ORDER BY partial.id DESC LIMIT 1
      ) last
      JOIN invoice ON invoice.move_id = last.move_id
 UNION ALL
    SELECT so.id, NULL, credit.id, move.id, tx.id,
           CASE WHEN move.id IS NOT NULL THEN -credit.amount_residual ELSE
               (tx.amount - COALESCE(refunded.amount, 0)) / COALESCE(NULLIF(so.currency_rate, 0), 1) END,
           move.oms_kept_as_credit IS TRUE
      FROM payment_transaction tx
      JOIN sale_order so ON so.id = (SELECT MIN(sale_order_id) FROM sale_order_transaction_rel WHERE transaction_id = tx.id)
 LEFT JOIN account_payment payment ON payment.id = tx.payment_id
 LEFT JOIN account_move move ON move.id = payment.move_id AND move.state = 'posted'
 LEFT JOIN account_move_line credit ON credit.move_id = move.id AND credit.account_id IN (
               SELECT id FROM account_account WHERE account_type = 'asset_receivable')
CROSS JOIN LATERAL (
          SELECT SUM(ABS(child.amount)) AS amount FROM payment_transaction child
           WHERE child.source_transaction_id = tx.id AND child.operation = 'refund' AND child.state = 'done'
      ) refunded
     WHERE tx.id IN (SELECT transaction_id FROM sale_order_transaction_rel WHERE sale_order_id = ANY(%(order_ids)s))
       AND so.id = ANY(%(order_ids)s) AND tx.state = 'done' AND tx.operation NOT IN ('validation', 'refund')
       AND (move.id IS NULL OR credit.reconciled IS NOT TRUE AND credit.amount_residual < 0
            AND NOT EXISTS (SELECT FROM paid WHERE paid.line_id = credit.id))
  ORDER BY 1, 3
"""


class AccountMove(models.Model):
    """Money of the customer that no invoice has used up."""

    _inherit = "account.move"

    oms_kept_as_credit = fields.Boolean(
        string="Kept as Credit",
        copy=False,
        help="The customer agreed that what is left of this credit note or payment is taken off a later invoice.",
        prefetch="oms",
        groups="base.group_user",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_unspent(self, order_ids):
        """Read what customers paid for these orders and no invoice has used up, in company currency.

        :return: list of dicts: what is left of payments of their invoices (``invoice_id``), each with the invoice it paid last; and
            of online payments (``transaction_id``); ``line_id`` and ``move_id`` of the entry, None where core booked none
        """
        self.env.cr.execute(SQL(_UNSPENT, order_ids=list(order_ids)))
        return self.env.cr.dictfetchall()
