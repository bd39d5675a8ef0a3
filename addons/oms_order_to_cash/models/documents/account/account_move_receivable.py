from odoo import api, fields, models
from odoo.tools import SQL

# What a customer has open in an account is added up once, however many of its invoices are asked for.
_RECEIVABLES = """
      WITH invoice AS MATERIALIZED (
          SELECT move.id, term.*
            FROM account_move move
       LEFT JOIN LATERAL (
              SELECT MIN(line.account_id) AS account_id, MIN(line.date_maturity) AS due,
                     SUM(line.amount_residual) FILTER (WHERE line.date_maturity < %(today)s) AS overdue,
                     SUM(line.amount_residual) FILTER (WHERE line.amount_residual != line.balance AND EXISTS (
                         SELECT FROM account_partial_reconcile partial
                           JOIN account_move_line paid ON paid.id = partial.credit_move_id
                           JOIN account_move payment ON payment.id = paid.move_id AND payment.move_type = 'entry'
                          WHERE partial.debit_move_id = line.id
                     )) AS short
                FROM account_move_line line
               WHERE line.move_id = move.id AND line.display_type = 'payment_term' AND line.reconciled IS NOT TRUE
            ) term ON TRUE
           WHERE move.id = ANY(%(move_ids)s)
      ), customer AS MATERIALIZED (
          SELECT DISTINCT invoice.account_id, move.commercial_partner_id AS partner_id, move.company_id
            FROM invoice JOIN account_move move ON move.id = invoice.id
      ), credit AS MATERIALIZED (
          SELECT customer.*, -SUM(line.amount_residual) FILTER (WHERE line.amount_residual < 0) AS amount
            FROM customer
            JOIN account_move_line line ON line.account_id = customer.account_id AND line.partner_id = customer.partner_id
                                       AND line.company_id = customer.company_id
           WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
        GROUP BY customer.account_id, customer.partner_id, customer.company_id
      )
    SELECT move.id, move.company_id, move.commercial_partner_id AS partner_id, move.oms_reminded_on AS reminded_on,
           COALESCE(move.oms_dunning_level, 0) AS level, move.oms_dunned_on AS dunned_on,
           move.oms_payment_promise_date AS promised_on, COALESCE(move.oms_dispute_reason, '') AS dispute,
           COALESCE(invoice.due, move.invoice_date_due) AS due, COALESCE(invoice.overdue, 0) AS overdue,
           COALESCE(invoice.short, 0) AS short, COALESCE(credit.amount, 0) AS unmatched
      FROM invoice
      JOIN account_move move ON move.id = invoice.id
 LEFT JOIN credit ON credit.account_id = invoice.account_id AND credit.partner_id = move.commercial_partner_id
                 AND credit.company_id = move.company_id
"""


class AccountMove(models.Model):
    """How far the collecting of an invoice has come."""

    _inherit = "account.move"

    oms_reminded_on = fields.Date(
        string="Reminded On",
        readonly=True,
        copy=False,
        help="When the customer was reminded before the due date.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_dunning_level = fields.Integer(
        string="Dunning Level",
        readonly=True,
        copy=False,
        help="The last dunning letter sent: 1 to 3.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_dunned_on = fields.Date(string="Dunned On", readonly=True, copy=False, prefetch="oms", groups="base.group_user")
    oms_payment_promise_date = fields.Date(
        string="Payment Promised For",
        copy=False,
        help="The day by which the customer promised to pay; until then nobody is dunned.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_dispute_reason = fields.Char(
        string="Disputed",
        copy=False,
        help="Why the customer does not pay.",
        prefetch="oms",
        groups="base.group_user",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_receivables(self, move_ids):
        """Read what is due of open invoices, instalment by instalment, and how far their collecting has come.

        Amounts in company currency: ``overdue`` was due before today; ``short`` is what is left of instalments paid in part;
        ``unmatched`` the customer's open payments and credit notes in the same account. ``due`` is the first open instalment's.

        :return: {move id: dict}
        """
        self.env.cr.execute(SQL(_RECEIVABLES, move_ids=list(move_ids), today=fields.Date.today()))
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _oms_read_overdue(self, partner_ids):
        """Return the customers, as {(company id, commercial partner id)}, who owe something that was due before today."""
        if not partner_ids:
            return set()
        self.env.cr.execute(
            SQL(
                """
            SELECT DISTINCT line.company_id, line.partner_id
              FROM account_account account
              JOIN account_move_line line ON line.account_id = account.id AND line.reconciled IS NOT TRUE
              JOIN account_move move ON move.id = line.move_id AND move.move_type = 'out_invoice'
             WHERE account.account_type = 'asset_receivable' AND line.partner_id = ANY(%s)
               AND line.display_type = 'payment_term' AND line.parent_state = 'posted'
               AND line.amount_residual > 0 AND line.date_maturity < %s
            """,
                list(partner_ids),
                fields.Date.today(),
            )
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _oms_read_payment_history(self, partner_ids):
        """Read how late customers paid what was due in the last twelve months, instalment by instalment.

        :return: {(company id, commercial partner id): dict} ``days`` late on average (early counts as in time), ``paid``: how
            many; customers who paid nothing of that left out
        """
        if not partner_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT line.company_id, line.partner_id, COUNT(*) AS paid,
                   AVG(GREATEST(paid.date - line.date_maturity, 0))::float AS days
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id AND move.move_type = 'out_invoice'
        CROSS JOIN LATERAL (
                SELECT MAX(partial.max_date) AS date FROM account_partial_reconcile partial
                 WHERE partial.debit_move_id = line.id
              ) paid
             WHERE line.partner_id = ANY(%(partner_ids)s) AND line.display_type = 'payment_term' AND line.reconciled
               AND line.parent_state = 'posted' AND line.date_maturity >= %(since)s AND paid.date IS NOT NULL
          GROUP BY line.company_id, line.partner_id
            """,
                partner_ids=list(partner_ids),
                since=fields.Date.subtract(fields.Date.today(), years=1),
            )
        )
        return {(row["company_id"], row["partner_id"]): row for row in self.env.cr.dictfetchall()}
