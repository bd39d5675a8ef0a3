from odoo import api, models
from odoo.tools import SQL

_WATCHED = {
    "state",
    "product_id",
    "product_uom_qty",
    "product_uom",
    "sale_line_id",
    "picked",
    "to_refund",
    "date",
    "date_deadline",
    "priority",
    "location_id",
    "location_dest_id",
    "location_final_id",
    "origin_returned_move_id",
    "move_orig_ids",
    "move_dest_ids",
    "created_purchase_line_ids",
    "picking_type_id",
}

_OPEN = """
       SELECT move.id, sol.order_id, sol.id AS line_id, move.product_id, move.location_id, move.state,
              move.picked IS TRUE AS picked, move.product_qty AS quantity, move.picking_id, source.warehouse_id,
              (SELECT picking.state FROM stock_picking picking WHERE picking.id = move.picking_id) AS picking_state,
              COALESCE(move.quantity, 0) * move.product_qty / move.product_uom_qty AS reserved,
              COALESCE(move.date_deadline, move.date) AS deadline,
              source.usage AS source_usage, %(is_there)s AS last_step,
              source.usage != 'customer' AND (
                  %(goes_there)s
                  OR EXISTS (
                      SELECT FROM stock_move_move_rel rel
                        JOIN stock_move target ON target.id = rel.move_dest_id AND target.product_uom_qty > 0
                                              AND target.state NOT IN ('done', 'cancel')
                        JOIN sale_order_line target_line ON target_line.id = target.sale_line_id
                       WHERE rel.move_orig_id = move.id AND target_line.order_id = sol.order_id
                  )) AS outward,
              source.usage = 'customer' AND dest.usage != 'customer' AS is_return,
              COALESCE(origin.fed_inside, FALSE) AS fed_inside, COALESCE(origin.fed_outside, FALSE) AS fed_outside,
              COALESCE(origin.started, FALSE) AS started,
              COALESCE(origin.brought, FALSE) AS is_fed,
              move.procure_method = 'make_to_order' AND NOT COALESCE(origin.brought, FALSE) AS is_waiting_for_own,
              EXISTS (
                  SELECT FROM stock_move_created_purchase_line_rel rel
                    JOIN purchase_order_line pol ON pol.id = rel.created_purchase_line_id
                    JOIN purchase_order po ON po.id = pol.order_id AND po.state IN ('draft', 'sent', 'to approve')
                   WHERE rel.move_id = move.id
              ) AS drafted
         FROM sale_order_line sol
         JOIN stock_move move ON move.sale_line_id = sol.id
         JOIN stock_location source ON source.id = move.location_id
         JOIN stock_location dest ON dest.id = move.location_dest_id
    LEFT JOIN stock_location final ON final.id = move.location_final_id
    LEFT JOIN LATERAL (
           SELECT BOOL_OR(step.inside AND NOT step.done) AS fed_inside, BOOL_OR(step.inside AND step.done AND step.outward) AS started,
                  BOOL_OR(NOT step.inside AND NOT step.done) AS fed_outside, BOOL_OR(step.done) AS brought
             FROM (
               SELECT orig.state = 'done' AS done, orig_source.usage != 'customer' AS outward,
                      COALESCE(orig_line.order_id = sol.order_id, FALSE) AS inside
                 FROM stock_move_move_rel rel
                 JOIN stock_move orig ON orig.id = rel.move_orig_id AND orig.state NOT IN ('cancel', 'draft')
                 JOIN stock_location orig_source ON orig_source.id = orig.location_id
            LEFT JOIN sale_order_line orig_line ON orig_line.id = orig.sale_line_id
                WHERE rel.move_dest_id = move.id
             ) step
        ) origin ON TRUE
        WHERE sol.order_id = ANY(%(order_ids)s) AND move.state NOT IN ('done', 'cancel') AND move.product_uom_qty > 0
     ORDER BY sol.order_id, move.id
"""


class StockMove(models.Model):
    _inherit = "stock.move"

    # === COMPUTE METHODS === #

    def _compute_quantity(self):
        result = super()._compute_quantity()
        self._oms_mark()
        return result

    def _compute_picked(self):
        result = super()._compute_picked()
        self._oms_mark()
        return result

    def _compute_priority(self):
        result = super()._compute_priority()
        self._oms_mark()
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._oms_mark()
        return moves

    def write(self, vals):
        if self._oms_get_watched().isdisjoint(vals):
            return super().write(vals)
        if "sale_line_id" in vals:
            self._oms_mark_former()
        result = super().write(vals)
        self._oms_mark()
        return result

    def unlink(self):
        self._oms_mark_former()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED

    def _oms_mark(self):
        """Mark these moves: their orders, and the orders that are short of their products."""
        self.env["oms.flow.dirty"]._mark("stock.move", self._ids)

    def _oms_mark_former(self):
        """Mark what these moves lead to now, before the link is gone."""
        dirty = self.env["oms.flow.dirty"]
        dirty._mark("product.product", self.product_id._ids)
        dirty._mark("sale.order.line", self.sudo().sale_line_id._ids)  # a warehouse user may not read sales

    @api.model
    def _oms_read_shipped(self, order_ids):
        """Read what left for the customer, what came back of it, and what open moves plan to take there.

        ``shipped``: returns not taken off, deliveries of something returned before left out; ``planned``: of a chain of open
        steps only the last counts; ``kept``: what left less what came back to be refunded; ``counted``: the same as core's
        ``qty_delivered`` counts it, each move rounded into the line's unit. Of a kit (``is_kit``) all are whole kits.

        :return: {sale line id: dict}, quantities in the line's unit of measure; lines without such moves left out
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.id, SUM(step.shipped) / line_uom.factor AS shipped, SUM(step.planned) / line_uom.factor AS planned,
                   SUM(step.kept) / line_uom.factor AS kept, FALSE AS is_kit,
                   SUM(ROUND((step.kept / line_uom.factor)::numeric, %s)) AS counted
              FROM (%s) step
              JOIN sale_order_line sol ON sol.id = step.sale_line_id AND sol.product_id = step.product_id
              JOIN uom_uom line_uom ON line_uom.id = sol.product_uom_id
          GROUP BY sol.id, line_uom.factor
            """,
                self.env["decimal.precision"].precision_get("Product Unit"),
                self._oms_get_moved_query(order_ids),
            )
        )
        shipped = {row.pop("id"): row for row in self.env.cr.dictfetchall()}
        if "bom_line_id" in self._fields:
            shipped.update(self._oms_read_shipped_kits(order_ids))
        return shipped

    @api.model
    def _oms_get_moved_query(self, order_ids):
        """Return a query of the moves that take the orders' goods to the customer for the first time, or that core counts.

        ``shipped`` and ``planned``: of the first. ``kept``: what core counts in ``qty_delivered``, negative what came back. Core as
        corrected in ``sale.order.line._get_outgoing_incoming_moves``: what passes a transit, and what a vendor sent to the own dock,
        is neither delivered nor come back. All in the unit that the move's unit of measure refers to.
        """
        return SQL(
            """
            SELECT move.id, move.sale_line_id, move.product_id,
                   CASE WHEN move.is_step AND move.state = 'done' AND move.is_there THEN move.quantity ELSE 0 END AS shipped,
                   CASE WHEN move.is_step AND move.state != 'done' AND NOT EXISTS (
                            SELECT FROM stock_move_move_rel rel JOIN stock_move target ON target.id = rel.move_dest_id
                             WHERE rel.move_orig_id = move.id AND target.sale_line_id = move.sale_line_id
                               AND target.state NOT IN ('done', 'cancel') AND target.product_uom_qty > 0
                        ) THEN move.demand ELSE 0 END AS planned,
                   CASE WHEN count.is_counted IS NOT TRUE THEN 0 WHEN move.is_outward THEN move.quantity ELSE -move.quantity END AS kept
              FROM (
                SELECT every.*, every.is_there AND NOT every.is_between AS is_outward,
                       every.is_first AND every.leaves AND every.goes_there AS is_step
                  FROM (
                    SELECT move.id, move.sale_line_id, move.product_id, move.state, move.quantity * move_uom.factor AS quantity,
                           move.product_uom_qty * move_uom.factor AS demand, move.to_refund IS TRUE AS to_refund,
                           move.origin_returned_move_id IS NULL AS is_first, source.usage != 'customer' AS leaves,
                           dest.usage = 'inventory' AS is_lost,
                           (source.usage = 'customer' OR source.usage = 'transit' AND source.company_id IS NULL)
                           AND (dest.usage = 'supplier' OR dest.usage = 'transit' AND dest.company_id IS NULL) AS is_between,
                           %(is_there)s AS is_there, %(goes_there)s AS goes_there, %(was_there)s AS was_there
                      FROM sale_order_line sol
                      JOIN stock_move move ON move.sale_line_id = sol.id AND move.state != 'cancel'
                      JOIN stock_location source ON source.id = move.location_id
                      JOIN stock_location dest ON dest.id = move.location_dest_id
                 LEFT JOIN stock_location final ON final.id = move.location_final_id
                      JOIN uom_uom move_uom ON move_uom.id = move.product_uom
                     WHERE sol.order_id = ANY(%(order_ids)s)
                    OFFSET 0 -- so that the places are asked for once, else for each use of the answer
                  ) every
              ) move
        CROSS JOIN LATERAL (
                SELECT move.state = 'done' AND NOT move.is_lost AND (
                           move.is_outward AND move.is_first OR move.to_refund AND (move.is_outward OR move.was_there)
                       ) AS is_counted
              ) count
             WHERE move.is_step OR count.is_counted
            """,
            order_ids=list(order_ids),
            is_there=self._oms_get_is_there(),
            goes_there=self._oms_get_goes_there(),
            was_there=self._oms_get_is_customers(SQL("source.usage"), SQL("source.parent_path")),
        )

    @api.model
    def _oms_read_open(self, order_ids):
        """Read the open moves of these orders: what still has to leave, and the returns announced.

        ``quantity`` and ``reserved`` are in the product's unit of measure. ``fed_inside``: an open move of the same order brings the goods;
        ``fed_outside``: an open move from elsewhere (a receipt made to order) brings them; ``started``: an earlier step of
        the same order is done; ``is_fed``: something was brought for just this move; ``is_waiting_for_own``: made to order, and
        nothing was brought for it yet; ``drafted``: a purchase made for this move waits for confirmation.

        :return: iterable of dicts, one per move
        """
        self.env.cr.execute(
            SQL(
                _OPEN,
                order_ids=list(order_ids),
                is_there=self._oms_get_is_there(),
                goes_there=self._oms_get_goes_there(),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _oms_read_inbound(self, product_ids):
        """Read where open moves bring these products into a warehouse, or to its shelves.

        :return: set of (product id, warehouse id)
        """
        if not product_ids:
            return set()
        self.env.cr.execute(
            SQL(
                """
            SELECT DISTINCT move.product_id, dest.warehouse_id
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location dest ON dest.id = move.location_dest_id
             WHERE move.product_id = ANY(%s) AND move.product_uom_qty > 0
               AND move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
               AND dest.warehouse_id IS NOT NULL AND %s
            """,
                list(product_ids),
                self._oms_get_incoming(),
            )
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _oms_get_waiting_query(self):
        """Return the SQL of the ids of the orders that a change of stock or supply of the product ``wanted.id`` concerns.

        These are the orders that wait for it; where it is tracked also those that it is reserved for, by lots that may be gone.
        """
        return """
            SELECT sol.order_id FROM stock_move move JOIN sale_order_line sol ON sol.id = move.sale_line_id
             WHERE move.product_id = wanted.id AND (
                   move.state IN ('draft', 'waiting', 'confirmed', 'partially_available')
                   OR move.state = 'assigned' AND EXISTS (
                       SELECT FROM product_product product JOIN product_template template
                           ON template.id = product.product_tmpl_id AND template.tracking IN ('lot', 'serial')
                        WHERE product.id = wanted.id))"""
