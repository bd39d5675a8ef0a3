from odoo import api, models, tools
from odoo.tools import SQL

# What follows from other documents, which are read themselves; who changed it last; which mails were sent.
_DERIVED_OF_ORDER = (
    *("write_date", "write_uid", "access_token", "invoice_status", "delivery_status", "effective_date"),
    *("pending_email_template_id", "shipping_weight", "delivery_message", "recompute_delivery_price"),
    *("oms_payment_asked_on", "oms_reminded_on", "amount_unpaid"),
)
_DERIVED_OF_LINE = (
    *(
        "id",
        "order_id",
        "create_date",
        "create_uid",
        "write_date",
        "write_uid",
        "state",
        "invoice_status",
        "qty_delivered",
        "qty_invoiced",
        "qty_to_invoice",
    ),
    *("untaxed_amount_invoiced", "untaxed_amount_to_invoice", "virtual_id", "linked_virtual_id"),
)
# Read by queries of their own.
_KNOWN = ("sale.order", "sale.order.line", "stock.move", "stock.picking", "purchase.order.line")
_FIGURES = ("float", "integer", "monetary")

# Each query yields the order, the kind of document, which of them, and what it says. What is cancelled counts as not there, so
# that a document made anew is the same as the one that it replaces; names and numbers are left out for that reason.
_QUERIES = {
    "order": """
        SELECT id AS order_id, 'order' AS kind, '' AS owner, to_jsonb(sale_order) - %(of_order)s::text[] AS content
          FROM sale_order WHERE id = ANY(%(order_ids)s)""",
    "line": """
        SELECT line.order_id, 'line', COALESCE(line.product_id::text, ''),
               jsonb_agg(to_jsonb(line) - %(of_line)s::text[] || jsonb_build_object('taxes', taxes.ids) ORDER BY line.sequence, line.id)
          FROM sale_order_line line
          LEFT JOIN LATERAL (
            SELECT jsonb_agg(rel.account_tax_id ORDER BY rel.account_tax_id) AS ids
              FROM account_tax_sale_order_line_rel rel WHERE rel.sale_order_line_id = line.id
          ) taxes ON TRUE
         WHERE line.order_id = ANY(%(order_ids)s) AND (line.product_uom_qty != 0 OR line.display_type IS NOT NULL)
      GROUP BY line.order_id, line.product_id""",
    "transfer": """
        SELECT line.order_id, 'transfer', line.id::text, jsonb_agg(jsonb_build_array(
               move.product_uom_qty, move.product_id, move.product_uom, move.location_id, move.location_dest_id, move.state = 'done',
               move.date_deadline) ORDER BY move.location_id, move.location_dest_id, move.product_uom_qty, move.date_deadline)
          FROM stock_move move JOIN sale_order_line line ON line.id = move.sale_line_id
         WHERE line.order_id = ANY(%(order_ids)s) AND move.state != 'cancel'
      GROUP BY line.order_id, line.id""",
    # What another warehouse sends for the order.
    "resupply": """
        SELECT rel.sale_id, 'resupply', move.product_id::text, jsonb_agg(jsonb_build_array(
               move.product_uom_qty, move.location_id, move.location_dest_id, move.state = 'done')
               ORDER BY move.location_id, move.location_dest_id, move.product_uom_qty)
          FROM stock_reference_sale_rel rel
          JOIN stock_reference_move_rel of_move USING (reference_id)
          JOIN stock_move move ON move.id = of_move.move_id AND move.sale_line_id IS NULL AND move.purchase_line_id IS NULL
         WHERE rel.sale_id = ANY(%(order_ids)s) AND move.state != 'cancel'
      GROUP BY rel.sale_id, move.product_id""",
    "reservation": """
        SELECT line.order_id, 'reservation', line.id::text, jsonb_agg(jsonb_build_array(
               reserved.quantity, reserved.location_id, reserved.lot_id) ORDER BY reserved.location_id, reserved.lot_id)
          FROM sale_order_line line
          JOIN LATERAL (
            SELECT SUM(taken.quantity_product_uom) AS quantity, taken.location_id, taken.lot_id
              FROM stock_move move JOIN stock_move_line taken ON taken.move_id = move.id
             WHERE move.sale_line_id = line.id AND move.state NOT IN ('done', 'cancel') AND taken.quantity_product_uom != 0
          GROUP BY taken.location_id, taken.lot_id
          ) reserved ON TRUE
         WHERE line.order_id = ANY(%(order_ids)s)
      GROUP BY line.order_id, line.id""",
    "purchase": """
        SELECT bought.order_id, 'purchase', bought.product_id::text, jsonb_agg(jsonb_build_array(
               bought.product_qty, bought.product_uom_id, bought.price_unit, bought.partner_id, bought.state, bought.date_planned)
               ORDER BY bought.partner_id, bought.product_qty, bought.state, bought.date_planned)
          FROM (
            SELECT DISTINCT made.order_id, pol.id, pol.product_id, pol.product_qty, pol.product_uom_id, pol.price_unit, pol.partner_id,
                   po.state, pol.date_planned
              FROM (
                SELECT line.order_id, pol.id
                  FROM sale_order_line line JOIN purchase_order_line pol ON pol.sale_line_id = line.id
                 WHERE line.order_id = ANY(%(order_ids)s)
                 UNION
                SELECT line.order_id, rel.created_purchase_line_id
                  FROM sale_order_line line JOIN stock_move move ON move.sale_line_id = line.id
                  JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
                 WHERE line.order_id = ANY(%(order_ids)s)
                 UNION
                SELECT rel.sale_id, pol.id
                  FROM stock_reference_sale_rel rel
                  JOIN stock_reference_purchase_rel of_purchase USING (reference_id)
                  JOIN purchase_order_line pol ON pol.order_id = of_purchase.purchase_id
                 WHERE rel.sale_id = ANY(%(order_ids)s)
              ) made (order_id, line_id)
              JOIN purchase_order_line pol ON pol.id = made.line_id AND pol.product_qty != 0
              JOIN purchase_order po ON po.id = pol.order_id AND po.state != 'cancel'
          ) bought
      GROUP BY bought.order_id, bought.product_id""",
    "billed": """
        SELECT line.order_id, 'billed', line.id::text, jsonb_agg(jsonb_build_array(
               bill.quantity, bill.price_unit, bill.discount, bill.price_total, bill.parent_state, move.move_type)
               ORDER BY move.move_type, bill.id)
          FROM sale_order_line line
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
          JOIN account_move_line bill ON bill.id = rel.invoice_line_id AND bill.parent_state != 'cancel'
          JOIN account_move move ON move.id = bill.move_id
         WHERE line.order_id = ANY(%(order_ids)s)
      GROUP BY line.order_id, line.id""",
    "invoice": """
        SELECT DISTINCT line.order_id, 'invoice', move.id::text, jsonb_build_array(
               move.amount_total, move.amount_tax, move.currency_id, move.state, move.invoice_date, move.is_move_sent,
               move.oms_dunning_level, move.oms_dunned_on, move.oms_payment_promise_date, move.oms_dispute_reason)
          FROM sale_order_line line
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
          JOIN account_move_line bill ON bill.id = rel.invoice_line_id
          JOIN account_move move ON move.id = bill.move_id AND move.state != 'cancel'
         WHERE line.order_id = ANY(%(order_ids)s)""",
    # Open and settled: what a payment, or a credit note, took off.
    "payment": """
        SELECT DISTINCT line.order_id, 'payment', move.id::text, jsonb_build_array(
               move.amount_residual, move.payment_state NOT IN ('in_payment', 'paid'), move.payment_state = 'blocked')
          FROM sale_order_line line
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
          JOIN account_move_line bill ON bill.id = rel.invoice_line_id
          JOIN account_move move ON move.id = bill.move_id AND move.state = 'posted'
         WHERE line.order_id = ANY(%(order_ids)s)""",
    "hold": """
        SELECT order_id, 'hold', reason_id::text, jsonb_build_array(date_until)
          FROM oms_hold WHERE order_id = ANY(%(order_ids)s) AND state = 'active'""",
}


class SaleOrder(models.Model):
    """What the documents of an order say, to tell whether it is again as it was."""

    _inherit = "sale.order"

    @api.model
    def _oms_read_snapshot(self, order_ids):
        """Read what an undo has to bring back: orders, lines, transfers, reservations, purchases, invoices, payments, holds, and
        what other addons hang on them; in one query.

        :return: {order id: {(kind, which): JSON text}}
        """
        self.env.flush_all()
        of_line = [name for name, field in self.env["sale.order.line"]._fields.items() if field.related and field.store]
        values = {
            "order_ids": list(order_ids),
            "of_order": list(_DERIVED_OF_ORDER),
            "of_line": [*_DERIVED_OF_LINE, *of_line],  # what the line has from its order is compared there
        }
        parts = [SQL(query, **values) for query in (*_QUERIES.values(), *self._oms_get_hanging_queries())]
        query = SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts)
        self.env.cr.execute(SQL("SELECT order_id, kind, owner, content::text FROM (%s) document", query))
        snapshots = {order_id: {} for order_id in order_ids}
        for order_id, kind, owner, content in self.env.cr.fetchall():
            snapshots[order_id][kind, owner] = content
        return snapshots

    def _oms_read_hanging_states(self):
        """Return {order id: [[model, state, ids]]} of what other addons hang on these orders and their lines."""
        states = {order.id: [] for order in self}
        for name, field, of_line in self._oms_get_hanging_links():
            if "state" not in self.env[name]._fields or not self.env[name]._fields["state"].store:
                continue
            owner = f"{field}.order_id" if of_line else field
            # Who works on an order may not see all that hangs on it, but it comes back with the order.
            hanging = self.env[name].sudo().search([(owner, "in", self.ids)])
            for (order, state), records in hanging.grouped(lambda record, path=owner: _get_place(record, path)).items():
                if state and state != "cancel":
                    states[order.id].append([name, state, records.ids])
        return states

    @api.model
    @tools.ormcache()
    def _oms_get_hanging_queries(self):
        """Return the queries of what other addons hang on orders and their lines: registrations, tasks, points."""
        queries = [
            self._oms_get_hanging_query(self.env[name], field, of_line)
            for name, field, of_line in self._oms_get_hanging_links()
        ]
        if "coupon_id" in self.env["sale.order.line"]._fields:
            queries.append(
                """SELECT DISTINCT line.order_id, 'loyalty.card', card.id::text, jsonb_build_array(card.points)
                     FROM sale_order_line line JOIN loyalty_card card ON card.id = line.coupon_id
                    WHERE line.order_id = ANY(%(order_ids)s)"""
            )
        return tuple(queries)

    @api.model
    @tools.ormcache()
    def _oms_get_hanging_links(self):
        """Return the fields by which documents of other addons hang on orders: [(model, field, whether on a line)]."""
        return [
            (name, field.name, field.comodel_name == "sale.order.line")
            for name, model in sorted(self.env.registry.items())
            if model._auto and not (model._abstract or model._transient or name in _KNOWN or name.startswith("oms."))
            for field in model._fields.values()
            if field.type == "many2one" and field.store and field.column_type
            if field.comodel_name in ("sale.order", "sale.order.line")
        ]

    @api.model
    def _oms_get_hanging_query(self, model, link, of_line):
        """Return the query of the records of a model that hang on orders by a field: how many, where they stand, their figures."""
        is_read = {field.name for field in model._fields.values() if field.store and field.column_type}
        figures = [
            name
            for name in sorted(is_read)
            if model._fields[name].type in _FIGURES and name not in ("id", "sequence", "color")
        ]
        columns = [f"hanging.{name}" for name in (*figures, *(["state"] if "state" in is_read else []))]
        alive = [
            *(["hanging.state != 'cancel'"] if "state" in is_read else []),
            *(["hanging.active"] if "active" in is_read else []),
        ]
        owner = "line.order_id" if of_line else f"hanging.{link}"
        join = f"JOIN sale_order_line line ON line.id = hanging.{link}" if of_line else ""
        return f"""
        SELECT {owner}, '{model._name}', '{link}',
               jsonb_agg(jsonb_build_array({", ".join(("1", *columns))}) ORDER BY {", ".join((*columns, "hanging.id"))})
          FROM {model._table} hanging {join}
         WHERE {" AND ".join((f"{owner} = ANY(%(order_ids)s)", *alive))}
      GROUP BY 1"""


def _get_place(record, path):
    """Return the order on which a document hangs, and its state."""
    order = record.mapped(path)
    return order, record.state
