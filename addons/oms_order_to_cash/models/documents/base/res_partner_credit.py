from odoo import api, fields, models
from odoo.tools import SQL

# What is invoiced of a down payment ``sol`` of the order ``so``: it is taken off what the order has still to invoice, so at
# the order's rate, whatever the rate was on the day it was invoiced.
_ADVANCE = """
    SELECT SUM(aml.price_total * (CASE move.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END)
               / (CASE WHEN move.currency_id = so.currency_id THEN COALESCE(NULLIF(so.currency_rate, 0), 1)
                  ELSE COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) END))
      FROM sale_order_line_invoice_rel rel
      JOIN account_move_line aml ON aml.id = rel.invoice_line_id
      JOIN account_move move ON move.id = aml.move_id
     WHERE rel.order_line_id = sol.id
       AND move.move_type IN ('out_invoice', 'out_refund') AND move.state != 'cancel'"""

# Whether more than its own quantities says what is left to invoice of a line: it was credited or came back, is given in or
# an expense, or more of it was delivered than ordered.
_IS_ODD = """
    NOT COALESCE(sol.is_downpayment, FALSE) AND (
        sol.product_uom_qty < 0 OR sol.is_expense IS TRUE OR sol.qty_delivered > sol.product_uom_qty
        OR EXISTS (SELECT FROM sale_order_line_invoice_rel rel
                     JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                     JOIN account_move move ON move.id = aml.move_id
                    WHERE rel.order_line_id = sol.id AND move.move_type = 'out_refund' AND move.state != 'cancel')
        OR EXISTS (SELECT FROM stock_move back WHERE back.sale_line_id = sol.id AND back.origin_returned_move_id IS NOT NULL))"""

_EXPOSURES = """
         WITH account AS (
             SELECT * FROM UNNEST(%(partner_ids)s::int[], %(company_ids)s::int[]) account (partner_id, company_id)
         ), member AS (
             SELECT account.*, partner.id AS member_id
               FROM account JOIN res_partner partner ON partner.commercial_partner_id = account.partner_id
         ), owed AS (
             SELECT member.partner_id, member.company_id, SUM(aml.amount_residual) AS amount,
                    MIN(aml.date_maturity) FILTER (WHERE aml.amount_residual > 0) AS due
               FROM member
               JOIN account_move_line aml ON aml.partner_id = member.member_id AND aml.company_id = member.company_id
               JOIN account_account account ON account.id = aml.account_id AND account.account_type = 'asset_receivable'
              WHERE aml.parent_state = 'posted' AND aml.reconciled IS NOT TRUE
           GROUP BY member.partner_id, member.company_id
         ), drafted AS (
             SELECT account.partner_id, account.company_id, SUM(move.amount_total_signed) AS amount
               FROM account JOIN account_move move ON move.commercial_partner_id = account.partner_id
                                                  AND move.company_id = account.company_id
              WHERE move.state = 'draft' AND move.move_type IN ('out_invoice', 'out_refund')
           GROUP BY account.partner_id, account.company_id
         ), ordered AS (
             SELECT partner_id, company_id, SUM(GREATEST(amount, 0)) FILTER (WHERE NOT is_odd) AS amount,
                    ARRAY_AGG(order_id) FILTER (WHERE is_odd) AS odd_ids
               FROM (
                 SELECT member.partner_id, member.company_id, so.id AS order_id, BOOL_OR(%(is_odd)s) AS is_odd, SUM(
                            CASE WHEN sol.is_downpayment IS TRUE THEN -COALESCE((%(advance)s), 0)
                            WHEN sol.product_uom_qty > 0
                            THEN GREATEST(sol.product_uom_qty - COALESCE(sol.qty_invoiced, 0), 0) * sol.price_total
                                 / sol.product_uom_qty / COALESCE(NULLIF(so.currency_rate, 0), 1) END) AS amount
                   FROM member
                   JOIN sale_order so ON so.partner_id = member.member_id AND so.company_id = member.company_id
                   JOIN sale_order_line sol ON sol.order_id = so.id
                  WHERE so.state = 'sale' AND so.invoice_status IN ('no', 'to invoice') AND sol.display_type IS NULL
               GROUP BY member.partner_id, member.company_id, so.id
             ) left_to_invoice
           GROUP BY partner_id, company_id
         )
       SELECT account.partner_id, account.company_id, owed.due, COALESCE(ordered.odd_ids, '{}') AS odd_ids,
              COALESCE(owed.amount, 0) + COALESCE(drafted.amount, 0) + COALESCE(ordered.amount, 0) AS exposure
         FROM account
    LEFT JOIN owed USING (partner_id, company_id)
    LEFT JOIN drafted USING (partner_id, company_id)
    LEFT JOIN ordered USING (partner_id, company_id)
"""


class ResPartner(models.Model):
    """What a customer owes and will owe: core's own figure leaves out orders that are not delivered yet."""

    _inherit = "res.partner"

    oms_account_hold = fields.Boolean(
        string="Account on Hold",
        tracking=True,
        help="All orders of this customer raise a credit hold until it is taken off.",
        groups="base.group_user",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "oms_account_hold"]

    @api.model
    def _oms_read_credit(self, order_ids):
        """Read the credit of these orders' customers, where anything limits it, in the currency of the orders' company.

        ``exposure``: open receivables less payments not applied, draft invoices, and what confirmed orders have still to
        invoice, less the down payments invoiced; ``credit_limit`` 0 for none; ``due``: due date of the oldest
        open invoice; ``accepted``: the exposure at which somebody let the order go on; ``odd_ids``: the orders whose own
        part is not in the exposure, as it takes all their documents to tell it.

        :return: {order id: dict}
        """
        accounts = self._oms_read_accounts(order_ids)
        pairs = sorted({(account["partner_id"], account["company_id"]) for account in accounts.values()})
        if not pairs:
            return {}
        exposures = self._oms_read_exposures(pairs)
        return {
            order_id: {**account, **exposures.get((account["partner_id"], account["company_id"]), {})}
            for order_id, account in accounts.items()
        }

    @api.model
    def _oms_read_accounts(self, order_ids):
        self.env.cr.execute(
            SQL(
                """
            SELECT so.id, commercial.id AS partner_id, so.company_id, commercial.oms_account_hold IS TRUE AS account_hold,
                   so.oms_credit_accepted_on AS accepted_on, COALESCE(so.oms_credit_accepted, 0) AS accepted,
                   so.amount_total / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount,
                   COALESCE(company.oms_credit_overdue_days, 0) AS overdue_days,
                   CASE WHEN company.account_use_credit_limit THEN COALESCE(
                       (commercial.credit_limit ->> so.company_id::text)::float, %(fallback)s) ELSE 0 END AS credit_limit,
                   0.0 AS exposure, NULL::date AS due, '{}'::int[] AS odd_ids
              FROM sale_order so
              JOIN res_company company ON company.id = so.company_id
              JOIN res_partner partner ON partner.id = so.partner_id
              JOIN res_partner commercial ON commercial.id = partner.commercial_partner_id
             WHERE so.id = ANY(%(order_ids)s) AND so.state IN ('draft', 'sent', 'sale')
               AND (company.account_use_credit_limit OR company.oms_credit_overdue_days > 0 OR commercial.oms_account_hold)
            """,
                order_ids=list(order_ids),
                fallback=self._fields["credit_limit"].get_company_dependent_fallback(self) or 0.0,
            )
        )
        return {row.pop("id"): row for row in self.env.cr.dictfetchall()}

    @api.model
    def _oms_read_exposures(self, pairs):
        """Return {(commercial partner id, company id): dict} of what is owed and will be, see :meth:`_oms_read_credit`."""
        self.env.cr.execute(
            SQL(
                _EXPOSURES,
                partner_ids=[partner_id for partner_id, _company_id in pairs],
                company_ids=[company_id for _partner_id, company_id in pairs],
                advance=SQL(_ADVANCE),
                is_odd=SQL(_IS_ODD),
            )
        )
        return {(row.pop("partner_id"), row.pop("company_id")): row for row in self.env.cr.dictfetchall()}
