from contextlib import suppress

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_MARKS = "oms.flow.dirty"


class OmsFlowDirty(models.Model):
    """What changed since the flows were last refreshed: insert-only, so that marking never waits for anybody.

    A row names an order; or a product whose stock or supply changed: then every order that waits for it is read again; or
    what else orders have in common (``scope``): a customer, a company. Of these the engine knows which orders they lead to.
    """

    _name = "oms.flow.dirty"
    _description = "Order Flow To Refresh"
    _log_access = False

    # Plain integers: a foreign key would lock the order's row each time a document is saved.
    order_id = fields.Integer()
    product_id = fields.Integer()
    scope = fields.Char(help="What the orders have in common, by the name that the flow knows it by.")
    scope_id = fields.Integer(string="Which One")
    after_id = fields.Integer(help="Of many orders, those up to this one are read already.")

    # === BUSINESS METHODS === #

    @api.model
    def _mark(self, model_name, ids):
        """Remember, until the transaction is flushed, that these documents changed.

        :param str model_name: a key of :meth:`_get_mark_queries` or :meth:`_get_scope_queries`, or a scope
        :param ids: ids of that model; ids of unsaved records are left out
        """
        ids = [record_id for record_id in ids if isinstance(record_id, int) and record_id]
        if not ids:
            return
        precommit = self.env.cr.precommit
        marks = precommit.data.get(_MARKS)
        if marks is None:
            marks = precommit.data[_MARKS] = {}
            precommit.add(self.browse()._flush_marks)
        marks.setdefault(model_name, set()).update(ids)

    @api.model
    def _flush_marks(self):
        """Write the transaction's marks, one statement for all of them, and wake the refresh up."""
        marks = self.env.cr.precommit.data.pop(_MARKS, None)
        if not marks:
            return
        selects = [*self._get_selects(marks)]
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("oms_order_to_cash.oms_flow_refresh_cron")
        # What ir.cron._trigger() does, without reading the scheduled action and through no record: this stands in the way
        # of whoever saves a document. A trigger is added even if one waits: that one may be of a job that runs already.
        self.env.cr.execute(
            SQL(
                """
            WITH marked AS (INSERT INTO oms_flow_dirty (order_id, product_id, scope, scope_id) %s RETURNING id)
            INSERT INTO ir_cron_trigger (cron_id, call_at)
            SELECT id, DATE_TRUNC('second', NOW() AT TIME ZONE 'UTC') FROM ir_cron
             WHERE id = %s AND active AND EXISTS (SELECT FROM marked)
            """,
                SQL(" UNION ").join(selects),
                cron_id or None,
            )
        )
        if self.env.cr.rowcount:
            self._wake_crons()

    @api.model
    def _get_selects(self, marks):
        """Yield the SQL of the rows that these marks lead to.

        :param dict marks: {model name: ids}
        """
        queries, scopes = self._get_mark_queries(), self._get_scope_queries()
        for model_name, ids in sorted(marks.items()):
            if model_name in queries:
                query = SQL(queries[model_name], list(ids))
                yield SQL("SELECT marked.*, NULL::varchar, NULL::int FROM (%s) marked (order_id, product_id)", query)
            if model_name in scopes:
                query = SQL(scopes[model_name], ids=list(ids))
                yield SQL("SELECT NULL::int, NULL::int, marked.* FROM (%s) marked (scope, scope_id)", query)
            if model_name not in queries and model_name not in scopes:
                yield SQL("SELECT NULL::int, NULL::int, %s::varchar, UNNEST(%s)", model_name, list(ids))

    @api.model
    def _wake_crons(self):
        """Have the cron workers look for work once the transaction is over, once however many times it is flushed."""
        postcommit = self.env.cr.postcommit
        if _MARKS not in postcommit.data:
            postcommit.data[_MARKS] = True
            postcommit.add(self._notify_crons)

    @api.model
    def _notify_crons(self):
        """Tell the cron workers that there is work; what was committed is not undone by a server that goes down right then."""
        with suppress(psycopg2.OperationalError):
            self.env["ir.cron"]._notifydb()

    @api.model
    def _get_mark_queries(self):
        """Return, per marked model, the SQL that leads from its ids (``%s``) to rows (order_id, product_id).

        A glue addon that marks a document of its own adds its query here.
        """
        return {
            # Of a payment's entry also the orders that it pays: what is left of it is owed to their customer. The lines are joined once
            # for both: of a table with so many indexes that alone costs, and each invoice pays it.
            "account.move": """
                SELECT found.order_id, NULL::int FROM UNNEST(%s) moved (id)
            CROSS JOIN LATERAL (
                    SELECT moved.id
                 UNION ALL
                    SELECT term.move_id FROM account_move_line paid
                      JOIN account_partial_reconcile used ON used.credit_move_id = paid.id
                      JOIN account_move_line term ON term.id = used.debit_move_id
                     WHERE paid.move_id = moved.id
                    OFFSET 0
                ) concerned (id)
            CROSS JOIN LATERAL (
                    SELECT sol.order_id FROM account_move_line aml
                      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                      JOIN sale_order_line sol ON sol.id = rel.order_line_id
                     WHERE aml.move_id = concerned.id
                 UNION
                    SELECT rel.sale_order_id FROM account_payment payment
                      JOIN sale_order_transaction_rel rel ON rel.transaction_id = payment.payment_transaction_id
                     WHERE payment.move_id = concerned.id
                ) found""",
            "mail.notification": """
                SELECT sol.order_id, NULL::int FROM mail_notification notification
                  JOIN mail_message message ON message.id = notification.mail_message_id AND message.model = 'account.move'
                  JOIN account_move_line aml ON aml.move_id = message.res_id
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                  JOIN sale_order_line sol ON sol.id = rel.order_line_id
                 WHERE notification.id = ANY(%s)""",
            "product.product": "SELECT NULL::int, UNNEST(%s)",
            "product.template": """
                SELECT sol.order_id, NULL::int FROM sale_order_line sol
                  JOIN product_product product ON product.id = sol.product_id
                 WHERE product.product_tmpl_id = ANY(%s)""",
            "sale.order": "SELECT id, NULL::int FROM sale_order WHERE id = ANY(%s)",
            "sale.order.line": "SELECT order_id, NULL::int FROM sale_order_line WHERE id = ANY(%s)",
            "stock.move": """
                SELECT sol.order_id, stock_move.product_id FROM stock_move
             LEFT JOIN sale_order_line sol ON sol.id = stock_move.sale_line_id
                 WHERE stock_move.id = ANY(%s)""",
            "stock.picking": """
                SELECT sol.order_id, NULL::int FROM stock_move
                  JOIN sale_order_line sol ON sol.id = stock_move.sale_line_id
                 WHERE stock_move.picking_id = ANY(%s)""",
        }

    @api.model
    def _get_scope_queries(self):
        """Return, per marked model, the SQL that leads from its ids (``%(ids)s``) to rows (scope, scope_id).

        They stand beside those of :meth:`_get_mark_queries`. How a scope leads to orders, ``oms.flow._get_scopes()`` tells.
        """
        return {
            # What is owed or paid concerns the customer's other orders: by what is matched, and where credit is limited.
            "account.move": """
                SELECT scope.name, partner.commercial_partner_id FROM account_move_line aml
                  JOIN account_account account ON account.id = aml.account_id AND account.account_type = 'asset_receivable'
                  JOIN res_company company ON company.id = aml.company_id
                  JOIN res_partner partner ON partner.id = aml.partner_id
                  JOIN res_partner commercial ON commercial.id = partner.commercial_partner_id
                  JOIN (VALUES ('payment'), ('credit')) scope (name)
                    ON scope.name = 'payment' OR company.account_use_credit_limit OR company.oms_credit_overdue_days > 0
                       OR commercial.oms_account_hold
                 WHERE aml.move_id = ANY(%(ids)s)""",
            "res.partner": """
                SELECT 'customer', commercial_partner_id FROM res_partner WHERE id = ANY(%(ids)s)
                 UNION SELECT 'address', id FROM res_partner WHERE id = ANY(%(ids)s)""",
            "sale.order": """
                SELECT 'credit', commercial.id FROM sale_order so
                  JOIN res_company company ON company.id = so.company_id
                  JOIN res_partner partner ON partner.id = so.partner_id
                  JOIN res_partner commercial ON commercial.id = partner.commercial_partner_id
                 WHERE so.id = ANY(%(ids)s) AND so.state IN ('sale', 'cancel')
                   AND (company.account_use_credit_limit OR company.oms_credit_overdue_days > 0 OR commercial.oms_account_hold)""",
        }

    @api.model
    def _mark_companies(self, companies=None):
        """Mark all unfinished orders of these companies, of all companies without them: a setting changed that they read."""
        self._mark("company", (companies or self.env["res.company"].sudo().search(Domain.TRUE))._ids)

    @api.model
    def _take(self, limit, newest=False):
        """Take up to ``limit`` marks off the queue, those another worker holds left alone.

        :param newest: begin with what was marked last, not with what waits longest
        :return: (set of order ids, {(scope, id): list of (number of the mark, after_id)}, number of marks taken)
        """
        self.env.cr.execute(
            SQL(
                # As an array they are chosen once; a plan that chose them again for each row would take more.
                """DELETE FROM oms_flow_dirty WHERE id = ANY(ARRAY(
                   SELECT id FROM oms_flow_dirty ORDER BY id %s LIMIT %s FOR UPDATE SKIP LOCKED
               )) RETURNING id, order_id, product_id, scope, scope_id, COALESCE(after_id, 0)""",
                SQL("DESC" if newest else ""),
                limit,
            )
        )
        order_ids, scopes, rows = set(), {}, self.env.cr.fetchall()
        for mark_id, order_id, product_id, scope, scope_id, after_id in rows:
            if order_id:
                order_ids.add(order_id)
            if product_id:
                scopes.setdefault(("product", product_id), []).append((mark_id, after_id))
            if scope:
                scopes.setdefault((scope, scope_id), []).append((mark_id, after_id))
        return order_ids, scopes, len(rows)

    @api.model
    def _put_back(self, marks):
        """Leave the rest of scopes that lead to very many orders for the next refresh, in their place of the queue.

        :param marks: list of (scope, id, after_id, number of the mark it was taken as)
        """
        if marks:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO oms_flow_dirty (scope, scope_id, after_id, id) VALUES %s",
                    SQL(", ").join(SQL("%s", mark) for mark in marks),
                )
            )

    @api.model
    def _put_off(self, order_ids):
        """Leave orders that change with another one for the next refresh; they are followed no further themselves."""
        if order_ids:
            query = "INSERT INTO oms_flow_dirty (scope, scope_id) SELECT 'order', UNNEST(%s)"
            self.env.cr.execute(SQL(query, list(order_ids)))
