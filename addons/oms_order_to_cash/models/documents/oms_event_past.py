from odoo import api, models
from odoo.tools import SQL

_BATCH = 4000
_SCAN = "past"

# What the documents of an order tell of its past. A day without a time is kept at noon: it is that day everywhere.
_PAST = """
    SELECT old.id, old.company_id, 'placed', LEAST(old.create_date, old.date_order), 'sale.order', old.id, old.create_uid, NULL::float
      FROM old
     UNION ALL
    SELECT old.id, old.company_id, 'confirmed', old.date_order, 'sale.order', old.id, NULL, NULL FROM old WHERE old.state = 'sale'
     UNION ALL
    SELECT old.id, old.company_id, 'cancelled', old.write_date, 'sale.order', old.id, NULL, NULL FROM old WHERE old.state = 'cancel'
     UNION ALL
    SELECT DISTINCT line.order_id, line.company_id, 'purchase_ordered', COALESCE(po.date_approve, po.date_order),
           'purchase.order', po.id, NULL::int, NULL::float
      FROM line
      JOIN LATERAL (
        SELECT id FROM purchase_order_line WHERE sale_line_id = line.id
         UNION
        SELECT rel.created_purchase_line_id FROM stock_move move
          JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
         WHERE move.sale_line_id = line.id
      ) made ON TRUE
      JOIN purchase_order_line pol ON pol.id = made.id
      JOIN purchase_order po ON po.id = pol.order_id AND po.state = 'purchase'
     UNION ALL
    SELECT DISTINCT line.order_id, line.company_id,
           CASE WHEN source.usage = 'customer' THEN 'return_received' WHEN dest.usage = 'customer' THEN 'shipped' ELSE 'picked' END,
           picking.date_done, 'stock.picking', picking.id, NULL::int, NULL::float
      FROM line
      JOIN stock_move move ON move.sale_line_id = line.id AND move.state = 'done'
      JOIN stock_picking picking ON picking.id = move.picking_id AND picking.state = 'done' AND picking.date_done IS NOT NULL
      JOIN stock_location source ON source.id = picking.location_id
      JOIN stock_location dest ON dest.id = picking.location_dest_id
     UNION ALL
    SELECT invoice.order_id, invoice.company_id, CASE WHEN move.move_type = 'out_refund' THEN 'credited' ELSE 'invoiced' END,
           CASE WHEN move.create_date::date = COALESCE(move.invoice_date, move.date) THEN move.create_date
                ELSE COALESCE(move.invoice_date, move.date) + INTERVAL '12 hours' END,
           'account.move', move.id, move.create_uid, move.amount_total_signed::float
      FROM invoice JOIN account_move move ON move.id = invoice.move_id
     UNION ALL
    SELECT invoice.order_id, invoice.company_id, 'paid', COALESCE(settled.date, move.write_date),
           'account.move', move.id, NULL, move.amount_total_signed::float
      FROM invoice
      JOIN account_move move ON move.id = invoice.move_id AND move.move_type = 'out_invoice'
                            AND move.payment_state IN ('paid', 'in_payment')
 LEFT JOIN LATERAL (
        SELECT MAX(partial.create_date) AS date
          FROM account_move_line aml JOIN account_partial_reconcile partial ON partial.debit_move_id = aml.id
         WHERE aml.move_id = move.id
      ) settled ON TRUE
"""


class OmsEvent(models.Model):
    _inherit = "oms.event"

    @api.model
    def _fill_past(self, commit=None):
        """Reconstruct the past of every order that has none, oldest first, so that it can stop anywhere and go on later.

        It follows the reading of the flows, which people wait for.

        :param commit: called with (number done, remaining=) after each batch; returns whether time is left. Without it
            all is done in the running transaction.
        :return: number of orders reconstructed
        """
        self.env.flush_all()
        scan, done = self.env["oms.scan"].sudo(), 0  # whoever installs the addon
        last_id = scan._get_start(_SCAN)
        while order_ids := scan._get_next(last_id, _BATCH):
            unknown, last_id = self._get_without_past(order_ids), order_ids[-1]
            if not unknown:
                continue
            self._reconstruct(unknown)
            done += len(unknown)
            scan._set_last_id(_SCAN, last_id)
            if commit and not commit(len(unknown), remaining=1):
                return done
        scan._set_last_id(_SCAN, last_id)
        return done

    @api.model
    def _get_without_past(self, order_ids):
        self.env.cr.execute(
            SQL("SELECT order_id FROM oms_event WHERE order_id = ANY(%s) AND type = 'placed'", list(order_ids))
        )
        return sorted(set(order_ids) - {order_id for (order_id,) in self.env.cr.fetchall()})

    @api.model
    def _reconstruct(self, order_ids):
        """Read from the documents what happened to those of these orders that were there before anybody noted it.

        An order whose placing is known is left alone, and nothing is told twice, so that it can run again. What is
        reconstructed starts no automation.
        """
        self.env.cr.execute(
            SQL(
                """
            WITH old AS MATERIALIZED (
                SELECT so.id, so.company_id, so.state, so.create_date, so.write_date, so.date_order, so.create_uid
                  FROM sale_order so
                 WHERE so.id = ANY(%(order_ids)s)
                   AND NOT EXISTS (SELECT FROM oms_event WHERE order_id = so.id AND type = 'placed')
            ), line AS MATERIALIZED (
                SELECT sol.id, sol.order_id, old.company_id FROM old JOIN sale_order_line sol ON sol.order_id = old.id
            ), invoice AS MATERIALIZED (
                SELECT DISTINCT line.order_id, line.company_id, aml.move_id
                  FROM line
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                  JOIN account_move_line aml ON aml.id = rel.invoice_line_id AND aml.parent_state = 'posted'
                  JOIN account_move move ON move.id = aml.move_id AND move.move_type IN ('out_invoice', 'out_refund')
            )
            INSERT INTO oms_event (order_id, company_id, type, date, res_model, res_id, user_id, amount, is_reconstructed)
            SELECT past.*, TRUE FROM (%(past)s) past (order_id, company_id, type, date, res_model, res_id, user_id, amount)
             WHERE NOT EXISTS (
                 SELECT FROM oms_event known
                  WHERE known.order_id = past.order_id AND known.type = past.type AND known.res_model = past.res_model
                    AND known.res_id = past.res_id)
          ORDER BY past.order_id, past.date""",
                order_ids=list(order_ids),
                past=SQL(_PAST),
            )
        )
