from odoo import api, fields, models
from odoo.tools import SQL

from .oms_flow import UNFINISHED

_UNFINISHED = f"SELECT * FROM oms_flow WHERE {UNFINISHED}"
_COMPANY = f"SELECT flow.order_id FROM ({_UNFINISHED}) flow WHERE flow.company_id = wanted.id"
_CUSTOMER = f"""
    SELECT flow.order_id FROM res_partner member JOIN ({_UNFINISHED}) flow ON flow.partner_id = member.id
     WHERE member.commercial_partner_id = wanted.id"""
_SOLD = f"""
    SELECT sol.order_id FROM sale_order_line sol JOIN ({_UNFINISHED}) flow ON flow.order_id = sol.order_id
     WHERE sol.product_id = wanted.id"""
# Orders of other customers that go, or whose invoices go, to this address.
_ADDRESS = " UNION ALL ".join(
    f"""
    SELECT so.id AS order_id FROM sale_order so JOIN ({_UNFINISHED}) flow ON flow.order_id = so.id
      JOIN res_partner customer ON customer.id = so.partner_id JOIN res_partner address ON address.id = wanted.id
     WHERE so.{name} = wanted.id AND customer.commercial_partner_id != address.commercial_partner_id"""
    for name in ("partner_shipping_id", "partner_invoice_id")
)
# Orders of the customer's open invoices, where what else the customer paid or owes can matter: something is unmatched, or was;
# or it is due soon.
_PAYMENT = """
    SELECT sol.order_id FROM (
        SELECT term.move_id, term.partner_id, term.account_id, term.date_maturity, company.oms_reminder_days
          FROM account_account account
          JOIN account_move_line term ON term.account_id = account.id AND term.reconciled IS NOT TRUE
          JOIN account_move move ON move.id = term.move_id AND move.move_type = 'out_invoice'
          JOIN res_company company ON company.id = move.company_id
         WHERE account.account_type = 'asset_receivable' AND term.partner_id = wanted.id AND term.parent_state = 'posted'
           AND term.display_type = 'payment_term'
        OFFSET 0
      ) term
      JOIN account_move_line aml ON aml.move_id = term.move_id
      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
      JOIN sale_order_line sol ON sol.id = rel.order_line_id
     WHERE (
           EXISTS (
               SELECT FROM account_move_line credit
                WHERE credit.partner_id = wanted.id AND credit.account_id = term.account_id
                  AND credit.reconciled IS NOT TRUE AND credit.parent_state = 'posted' AND credit.amount_residual < 0)
           OR EXISTS (
               SELECT FROM oms_issue issue JOIN oms_issue_type type ON type.id = issue.type_id AND type.code IN ('A1', 'A3')
                WHERE issue.order_id = sol.order_id AND issue.state IN ('open', 'dismissed'))
           OR term.date_maturity BETWEEN %(today)s AND %(today)s + COALESCE(term.oms_reminder_days, 0))"""
# Each scope gets its share of what is read at once, however many there are.
_LEAST_SHARE = 5


class OmsFlow(models.Model):
    """To which orders a mark leads that names no order: they may be very many, and are read share by share."""

    _inherit = "oms.flow"

    @api.model
    def _get_scopes(self):
        """Return {scope: (SQL, filter)}.

        The SQL gives the ids of the orders of ``wanted.id``; ``filter``, or None, is a method that takes a set of them and returns
        those that have to be read again.
        """
        return {
            "address": (SQL(_ADDRESS), None),
            "company": (SQL(_COMPANY), None),
            "cost": (SQL(_SOLD), self._filter_cost),
            "credit": (SQL(_CUSTOMER), self._filter_credit),
            "customer": (SQL(_CUSTOMER), None),
            "payment": (SQL(_PAYMENT, today=fields.Date.today()), None),
            "product": (SQL(self._get_product_query()), None),
            "sold": (SQL(_SOLD), None),
        }

    @api.model
    def _get_product_query(self):
        waiting = self.env["stock.move"]._oms_get_waiting_query()
        return f"{waiting} UNION ALL {self.env['purchase.order.line']._oms_get_bought_query()}"

    @api.model
    def _filter_cost(self, order_ids):
        """Return the orders whose prices are below the floor, or were: a cost follows each receipt, and concerns few orders."""
        low = self.env["sale.order.line"]._oms_read_low_prices(order_ids)
        return low.keys() | self.env["oms.issue"]._filter_having(order_ids, "O4")

    @api.model
    def _filter_credit(self, order_ids):
        """Return the orders whose customer's credit is at its end, or was: what a customer owes changes all the time."""
        ended = self.env["oms.lane.order"]._filter_credit(order_ids)
        return ended | self.env["oms.issue"]._filter_having(order_ids, "O2")

    @api.model
    def _expand(self, scopes, limit):
        """Return the orders that these scopes lead to, about ``limit`` at most; the rest is put back on the queue.

        :param dict scopes: {(scope, id): list of (number of the mark, after_id)}
        """
        if not scopes:
            return set()
        share = max(limit // len(scopes), _LEAST_SHARE)
        found, rest = set(), []
        for scope, (query, keep) in self._get_scopes().items():
            marks = {scope_id: marks for (name, scope_id), marks in scopes.items() if name == scope}
            if marks:
                read = self._read_scope(query, marks, share + 1)
                rest += [(scope, *mark) for mark in self._get_rest(marks, read, share)]
                order_ids = {order_id for order_ids in read.values() for order_id in order_ids[:share]}
                found |= keep(order_ids) if keep and order_ids else order_ids
        self.env["oms.flow.dirty"]._put_back(rest)
        return found

    @api.model
    def _read_scope(self, query, marks, limit):
        """Return {id: the next orders of each of these ids of a scope, ascending}."""
        starts = {scope_id: max(after_id for _mark_id, after_id in same) for scope_id, same in marks.items()}
        self.env.cr.execute(
            SQL(
                """
            SELECT wanted.id, found.order_id FROM UNNEST(%(ids)s::int[], %(starts)s::int[]) wanted (id, start)
        CROSS JOIN LATERAL (
                SELECT order_id FROM (%(query)s) every WHERE order_id > wanted.start
              GROUP BY order_id ORDER BY order_id LIMIT %(limit)s
              ) found
          ORDER BY wanted.id, found.order_id
            """,
                ids=list(starts),
                starts=list(starts.values()),
                query=query,
                limit=limit,
            )
        )
        read = {}
        for scope_id, order_id in self.env.cr.fetchall():
            read.setdefault(scope_id, []).append(order_id)
        return read

    @api.model
    def _get_rest(self, marks, read, share):
        """Yield (id, after_id, number of the mark) of what is left of a scope.

        What was marked again meanwhile begins anew only when the round before it has come to its end: else the orders at the
        end would never be read.
        """
        for scope_id, same in marks.items():
            numbers, starts = zip(*sorted(same), strict=True)
            order_ids = read.get(scope_id, [])
            if len(order_ids) > share:
                yield scope_id, order_ids[share - 1], numbers[0]
            if min(starts) < max(starts):
                yield scope_id, min(starts), numbers[-1]
