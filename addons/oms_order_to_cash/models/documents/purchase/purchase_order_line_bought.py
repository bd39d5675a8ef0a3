from odoo import api, fields, models
from odoo.tools import SQL


class PurchaseOrderLine(models.Model):
    """What was bought for which orders, and what of it is to be kept although they no longer need it."""

    _inherit = "purchase.order.line"

    oms_bought_for = fields.Json(
        string="Bought for",
        readonly=True,
        copy=False,
        help="What orders lacked when it was bought for them from the common stock: {order id: quantity in the product's unit}.",
        groups="base.group_user",
    )
    oms_kept = fields.Json(
        string="Kept for Stock",
        readonly=True,
        copy=False,
        help="What is kept although the order needs it no longer: {order id: quantity in the product's unit}.",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    def _compute_qty_received(self):
        result = super()._compute_qty_received()
        self._oms_mark()
        return result

    # === BUSINESS METHODS === #

    def _oms_get_order_ids(self):
        """Return the ids of the orders that these lines were bought for."""
        lines = self.sudo()  # a buyer may not read sales
        made_for = (lines.sale_line_id + lines.move_dest_ids.sale_line_id).order_id
        return {*made_for.ids, *(int(order_id) for line in lines for order_id in line.oms_bought_for or {})}

    def _oms_add(self, name, order, quantity):
        """Add to what the first of these lines has in ``oms_bought_for`` or ``oms_kept`` for an order; negative: take off."""
        left, key = quantity, str(order.id)
        for line in self:
            known = dict(line[name] or {})
            added = max(left, -known.get(key, 0.0))
            known[key] = known.get(key, 0.0) + added
            line[name] = {order_id: number for order_id, number in known.items() if number > 0}
            left -= added
            if not left:
                break

    @api.model
    def _oms_read_bought(self, order_ids):
        """Read the purchases made for these orders of which something is still to come.

        ``kind``: bought for a ``line`` (drop shipping, services), for a ``move`` (made to order), or for the ``pool`` that the order
        takes from. ``open``: still to come; ``bought``: what of it was bought for this order; ``needed``: what the line's or the
        moves' own demand still takes of it; ``spare``: what the vendor's minimum or unit brought beside, for this order alone;
        ``is_shared``: other orders' moves wait for it; ``is_bound``: some move waits for it; ``unit``: of the line, in the
        product's. All in the product's unit of measure, ``price`` per unit in company currency.

        :return: list of dicts ``order_id``, ``line_id``, ``purchase_id``, ``product_id``, ``warehouse_id``, ``state`` and these
        """
        self.env.cr.execute(
            SQL(
                """
              WITH bought AS (
                SELECT sol.order_id, pol.id AS line_id, 'line' AS kind
                  FROM sale_order_line sol
                  JOIN purchase_order_line pol ON pol.sale_line_id = sol.id AND pol.product_id = sol.product_id
                 WHERE sol.order_id = ANY(%(order_ids)s)
                 UNION
                SELECT sol.order_id, rel.created_purchase_line_id, 'move'
                  FROM sale_order_line sol
                  JOIN stock_move move ON move.sale_line_id = sol.id
                  JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = move.id
                 WHERE sol.order_id = ANY(%(order_ids)s)
                 UNION
                SELECT sale.sale_id, pol.id, 'pool'
                  FROM stock_reference_sale_rel sale
                  JOIN stock_reference_purchase_rel purchase ON purchase.reference_id = sale.reference_id
                  JOIN purchase_order_line pol ON pol.order_id = purchase.purchase_id
                                              AND jsonb_exists(pol.oms_bought_for, sale.sale_id::text)
                 WHERE sale.sale_id = ANY(%(order_ids)s)
              )
            SELECT bought.order_id, bought.line_id, bought.kind, pol.order_id AS purchase_id, pol.product_id, po.state,
                   picking_type.warehouse_id, line_uom.factor / uom.factor AS unit, coming.quantity AS open,
                   LEAST(COALESCE((pol.oms_bought_for ->> bought.order_id::text)::float, coming.quantity), coming.quantity)
                       - COALESCE((pol.oms_kept ->> bought.order_id::text)::float, 0) AS bought,
                   CASE bought.kind WHEN 'line' THEN COALESCE(own.needed, 0) WHEN 'move' THEN COALESCE(fed.needed, 0) ELSE 0
                    END AS needed,
                   COALESCE(fed.is_shared, FALSE) AS is_shared, fed.needed IS NOT NULL AS is_bound, pol.sale_line_id,
                   CASE WHEN bought.kind = 'pool' AND (SELECT COUNT(*) FROM jsonb_object_keys(pol.oms_bought_for)) = 1
                        THEN GREATEST(coming.quantity - (pol.oms_bought_for ->> bought.order_id::text)::float, 0) ELSE 0
                    END AS spare,
                   COALESCE(pol.price_subtotal / NULLIF(pol.product_qty, 0) * uom.factor / line_uom.factor
                            / COALESCE(NULLIF(po.currency_rate, 0), 1), 0) AS price
              FROM bought
              JOIN purchase_order_line pol ON pol.id = bought.line_id
              JOIN purchase_order po ON po.id = pol.order_id AND po.state != 'cancel'
         LEFT JOIN stock_picking_type picking_type ON picking_type.id = po.picking_type_id
              JOIN uom_uom line_uom ON line_uom.id = pol.product_uom_id
              JOIN LATERAL (
                SELECT uom.factor FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom uom ON uom.id = template.uom_id
                 WHERE product.id = pol.product_id
                OFFSET 0 -- planned apart: together, in all orders of so many joins, takes many times as long as to run it
              ) uom ON TRUE
        CROSS JOIN LATERAL (
                SELECT (pol.product_qty - COALESCE(pol.qty_received, 0)) * line_uom.factor / uom.factor AS quantity
              ) coming
         LEFT JOIN LATERAL (
                SELECT (sol.product_uom_qty - COALESCE(sol.qty_delivered, 0)) * sale_uom.factor / uom.factor AS needed
                  FROM sale_order_line sol
                  JOIN sale_order so ON so.id = sol.order_id AND so.state = 'sale'
                  JOIN uom_uom sale_uom ON sale_uom.id = sol.product_uom_id
                 WHERE sol.id = pol.sale_line_id
                OFFSET 0
              ) own ON TRUE
         LEFT JOIN LATERAL (
                SELECT SUM(move.product_qty - COALESCE(move.quantity, 0) * move.product_qty / move.product_uom_qty) AS needed,
                       BOOL_OR(sol.order_id = bought.order_id)
                       AND BOOL_OR(sol.order_id IS DISTINCT FROM bought.order_id) AS is_shared
                  FROM stock_move_created_purchase_line_rel rel
                  JOIN stock_move move ON move.id = rel.move_id AND move.state NOT IN ('done', 'cancel')
                                      AND move.product_uom_qty > 0
             LEFT JOIN sale_order_line sol ON sol.id = move.sale_line_id
                 WHERE rel.created_purchase_line_id = pol.id
              ) fed ON TRUE
             WHERE coming.quantity > 0.000001
          ORDER BY bought.order_id, bought.line_id DESC
                """,
                order_ids=list(order_ids),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _oms_get_bought_query(self):
        """Return the SQL of the ids of the orders for which the product ``wanted.id`` was bought and is still to come."""
        return """
            SELECT made.order_id FROM purchase_order_line pol
              JOIN purchase_order po ON po.id = pol.order_id AND po.state != 'cancel'
        CROSS JOIN LATERAL (
                SELECT sol.order_id FROM sale_order_line sol WHERE sol.id = pol.sale_line_id
                 UNION
                SELECT sol.order_id FROM stock_move_created_purchase_line_rel rel
                  JOIN stock_move move ON move.id = rel.move_id JOIN sale_order_line sol ON sol.id = move.sale_line_id
                 WHERE rel.created_purchase_line_id = pol.id
                 UNION
                SELECT jsonb_object_keys(pol.oms_bought_for)::int
              ) made
             WHERE pol.product_id = wanted.id AND pol.product_qty > COALESCE(pol.qty_received, 0)"""
