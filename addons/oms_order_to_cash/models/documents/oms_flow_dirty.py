from odoo import api, fields, models
from odoo.tools import SQL

from .cron_bell import CronBell

_MARKS = "oms.flow.dirty"
_BELL = CronBell()


class OmsFlowDirty(models.Model):
    """What changed since the flows were last refreshed: insert-only, so that marking never waits for anybody.

    A row names an order, or a product whose stock or supply changed: then every order that is short of it is read again.
    """

    _name = "oms.flow.dirty"
    _description = "Order Flow To Refresh"
    _log_access = False

    # Plain integers: a foreign key would lock the order's row each time a document is saved.
    order_id = fields.Integer()
    product_id = fields.Integer()

    # === BUSINESS METHODS === #

    @api.model
    def _mark(self, model_name, ids):
        """Remember, until the transaction is flushed, that these documents changed.

        :param str model_name: a key of :meth:`_get_mark_queries`
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
        queries = self._get_mark_queries()
        selects = [SQL(queries[model_name], list(ids)) for model_name, ids in sorted(marks.items())]
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("oms_order_to_cash.oms_flow_refresh_cron")
        # What ir.cron._trigger() does, without reading the scheduled action and through no record: this stands in the way
        # of whoever saves a document. A trigger is added even if one waits: that one may be of a job that runs already.
        self.env.cr.execute(
            SQL(
                """
            WITH marked AS (INSERT INTO oms_flow_dirty (order_id, product_id) %s RETURNING id)
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
    def _wake_crons(self):
        """Have the cron workers look for work once the transaction is over, once however many times it is flushed."""
        postcommit = self.env.cr.postcommit
        if _MARKS not in postcommit.data:
            postcommit.data[_MARKS] = True
            postcommit.add(lambda: _BELL.ring(self.env["ir.cron"]))

    @api.model
    def _get_mark_queries(self):
        """Return, per marked model, the SQL that leads from its ids (``%s``) to rows (order_id, product_id).

        A glue addon that marks a document of its own adds its query here.
        """
        return {
            # Of a payment's entry: what is left of it is owed to the customer of the orders it was for.
            "account.move": """
                SELECT concerned.order_id, NULL::int FROM UNNEST(%s) moved (id) CROSS JOIN LATERAL (
                    SELECT sol.order_id FROM account_move_line aml
                      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                      JOIN sale_order_line sol ON sol.id = rel.order_line_id
                     WHERE aml.move_id = moved.id
                 UNION
                    SELECT sol.order_id FROM account_move_line paid
                      JOIN account_partial_reconcile used ON used.credit_move_id = paid.id
                      JOIN account_move_line term ON term.id = used.debit_move_id
                      JOIN account_move_line aml ON aml.move_id = term.move_id
                      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                      JOIN sale_order_line sol ON sol.id = rel.order_line_id
                     WHERE paid.move_id = moved.id
                 UNION
                    SELECT rel.sale_order_id FROM account_payment payment
                      JOIN sale_order_transaction_rel rel ON rel.transaction_id = payment.payment_transaction_id
                     WHERE payment.move_id = moved.id
                ) concerned""",
            "product.product": "SELECT NULL::int, UNNEST(%s)",
            "product.template": """
                SELECT sol.order_id, NULL::int FROM sale_order_line sol
                  JOIN product_product product ON product.id = sol.product_id
                 WHERE product.product_tmpl_id = ANY(%s)""",
            "res.partner": """
                SELECT id, NULL::int FROM sale_order
                 WHERE partner_shipping_id = ANY(%s) AND carrier_id IS NOT NULL""",
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
    def _take(self, limit):
        """Take up to ``limit`` marks off the queue, those another worker holds left alone.

        :return: (set of order ids, set of product ids, number of marks taken)
        """
        self.env.cr.execute(
            SQL(
                # As an array they are chosen once; a plan that chose them again for each row would take more.
                """DELETE FROM oms_flow_dirty WHERE id = ANY(ARRAY(
                   SELECT id FROM oms_flow_dirty ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
               )) RETURNING order_id, product_id""",
                limit,
            )
        )
        rows = self.env.cr.fetchall()
        order_ids = {order_id for order_id, _product_id in rows if order_id}
        return order_ids, {product_id for _order_id, product_id in rows if product_id}, len(rows)
