from odoo import api, models
from odoo.tools import SQL


class StockQuant(models.Model):
    _inherit = "stock.quant"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env["oms.flow.dirty"]._mark("product.product", quants.product_id._ids)
        return quants

    def write(self, vals):
        result = super().write(vals)
        if not {"quantity", "reserved_quantity", "location_id"}.isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("product.product", self.product_id._ids)
        return result

    # === WHAT IS FREE === #

    @api.model
    def _oms_get_free_query(self, places):
        """Return a query of what core would let a move reserve in places: the one meaning of *free*.

        That is :meth:`_get_available_quantity` of a move: all owners and packages below the location; what is short in one place
        takes from another, but not one lot from another; no lot that has to be removed before the goods are needed.

        :param SQL places: a query of distinct ``product_id``, ``location_id``, ``tracking``, ``fresh_at`` (NULL: never expires)
        """
        is_fresh = SQL("(place.fresh_at IS NULL OR quant.removal_date IS NULL OR quant.removal_date >= place.fresh_at)")
        return SQL(
            """
            SELECT product_id, location_id, fresh_at, SUM(GREATEST(free, 0)) AS free
              FROM (
                SELECT place.product_id, place.location_id, place.fresh_at, SUM(quant.quantity - quant.reserved_quantity) AS free
                  FROM (%s) place
                  JOIN stock_location root ON root.id = place.location_id
                  JOIN stock_quant quant ON quant.product_id = place.product_id
                  JOIN stock_location location ON location.id = quant.location_id
                                              AND location.parent_path LIKE root.parent_path || '%%'
                 WHERE %s
              GROUP BY place.product_id, place.location_id, place.fresh_at,
                       CASE WHEN place.tracking != 'none' THEN COALESCE(quant.lot_id, 0) END
              ) lot
          GROUP BY product_id, location_id, fresh_at
            """,
            places,
            is_fresh if self._oms_knows_expiry() else SQL("TRUE"),
        )

    @api.model
    def _oms_knows_expiry(self):
        """Tell whether lots expire, which is an app of its own."""
        return "removal_date" in self._fields

    @api.model
    def _oms_get_fresh_at(self, moment):
        """Return, as SQL, until when goods of ``template`` have to keep that are needed at a moment; NULL for what keeps."""
        if not self._oms_knows_expiry():
            return SQL("NULL::timestamp")
        return SQL("CASE WHEN template.use_expiration_date THEN %s END", moment)

    @api.model
    def _oms_gather_for(self, move):
        """Return the quants that core takes from for a move, the first to leave first (its removal strategy)."""
        quants = self
        if self._oms_knows_expiry() and move.product_id.use_expiration_date:
            quants = quants.with_context(with_expiration=move.date)
        return quants._gather(move.product_id, move.location_id)

    @api.model
    def _oms_read_reservable(self, move_ids):
        """Read what core would reserve now for open moves, if it were asked to: the quantity free for each, or its own part.

        A move that others feed takes only what they brought for it (:meth:`stock.move._oms_read_brought`); goods that are not
        counted are always there.

        :return: {move id: (for the move, for one that leaves now)} in the product's unit of measure, moves with neither left out;
            the two differ where lots expire, some of them before the move's day
        """
        if not move_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
              WITH want AS MATERIALIZED (%(want)s),
                   stock AS (%(stock)s)
            SELECT want.id, want.is_fed,
                   CASE WHEN want.is_uncounted THEN want.missing
                        WHEN want.step > 0 THEN FLOOR(COALESCE(stock.free, 0) / want.step + 0.000001) * want.step
                        ELSE COALESCE(stock.free, 0) END,
                   CASE WHEN want.is_uncounted THEN want.missing
                        WHEN want.step > 0 THEN FLOOR(COALESCE(fresh.free, 0) / want.step + 0.000001) * want.step
                        ELSE COALESCE(fresh.free, 0) END
              FROM want
         LEFT JOIN stock ON stock.product_id = want.product_id AND stock.location_id = want.location_id
                        AND stock.fresh_at IS NOT DISTINCT FROM want.fresh_at
         LEFT JOIN stock fresh ON fresh.product_id = want.product_id AND fresh.location_id = want.location_id
                        AND fresh.fresh_at IS NOT DISTINCT FROM want.fresh_now
             WHERE want.is_fed OR want.is_uncounted OR stock.free > 0 OR fresh.free > 0
                """,
                want=self._oms_get_want_query(move_ids),
                stock=self._oms_get_free_query(
                    SQL(
                        """SELECT DISTINCT product_id, location_id, tracking, moment AS fresh_at
                             FROM want CROSS JOIN LATERAL (VALUES (fresh_at), (fresh_now)) AS needed (moment)
                            WHERE NOT is_fed AND NOT is_uncounted AND NOT is_made_to_order"""
                    )
                ),
            )
        )
        rows = self.env.cr.fetchall()
        brought = self.env["stock.move"]._oms_read_brought([move_id for move_id, is_fed, *_free in rows if is_fed])
        return {
            **{move_id: (own, max(own, fresh)) for move_id, is_fed, own, fresh in rows if not is_fed},
            **{move_id: (left, left) for move_id, left in brought.items()},
        }

    @api.model
    def _oms_get_want_query(self, move_ids):
        """Return a query of what moves ask for; ``step``: they are served in multiples of it (whole packages, their unit)."""
        step = 10 ** -self.env["decimal.precision"].precision_get("Product Unit")
        return SQL(
            """
            SELECT move.id, move.product_id, move.location_id, template.tracking, %(fresh_at)s AS fresh_at,
                   %(fresh_now)s AS fresh_now,
                   move.product_qty - COALESCE(move.quantity, 0) * move.product_qty / move.product_uom_qty AS missing,
                   template.is_storable IS NOT TRUE
                       OR source.usage IN ('supplier', 'customer', 'inventory', 'production') AS is_uncounted,
                   move.procure_method = 'make_to_order' AS is_made_to_order,
                   EXISTS (SELECT FROM stock_move_move_rel rel WHERE rel.move_dest_id = move.id)
                       AND template.is_storable IS TRUE AS is_fed,
                   GREATEST(CASE WHEN move.product_uom != template.uom_id THEN %(step)s * move_uom.factor / uom.factor END,
                            CASE WHEN category.packaging_reserve_method = 'full' AND packaging.id != template.uom_id
                                 THEN packaging.factor / uom.factor END) AS step
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category category ON category.id = template.categ_id
              JOIN uom_uom uom ON uom.id = template.uom_id
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
         LEFT JOIN uom_uom packaging ON packaging.id = move.packaging_uom_id
             WHERE move.id = ANY(%(move_ids)s) AND move.product_uom_qty > 0
            """,
            fresh_at=self._oms_get_fresh_at(SQL("move.date")),
            fresh_now=self._oms_get_fresh_at(SQL("NOW() AT TIME ZONE 'UTC'")),
            step=step,
            move_ids=list(move_ids),
        )

    @api.model
    def _oms_read_free_elsewhere(self, move_ids):
        """Read what moves could get from the shelves of the other warehouses of their order's company, sent off today.

        :return: {move id: [(warehouse id, free in the product's unit of measure)]}, moves that could get nothing left out
        """
        if not move_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
              WITH want AS MATERIALIZED (
                SELECT move.id, move.product_id, warehouse.id AS warehouse_id, warehouse.lot_stock_id AS location_id,
                       template.tracking, %(fresh_at)s AS fresh_at
                  FROM stock_move move
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN sale_order_line sol ON sol.id = move.sale_line_id
                  JOIN stock_warehouse warehouse ON warehouse.company_id = sol.company_id
                                                AND warehouse.id IS DISTINCT FROM source.warehouse_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE move.id = ANY(%(move_ids)s)
              ), stock AS (%(stock)s)
            SELECT want.id, want.warehouse_id, stock.free
              FROM want
              JOIN stock ON stock.product_id = want.product_id AND stock.location_id = want.location_id
                        AND stock.fresh_at IS NOT DISTINCT FROM want.fresh_at
             WHERE stock.free > 0
          ORDER BY want.id, want.warehouse_id
                """,
                fresh_at=self._oms_get_fresh_at(SQL("GREATEST(move.date, NOW() AT TIME ZONE 'UTC')")),
                stock=self._oms_get_free_query(
                    SQL("SELECT DISTINCT product_id, location_id, tracking, fresh_at FROM want")
                ),
                move_ids=list(move_ids),
            )
        )
        elsewhere = {}
        for move_id, warehouse_id, free in self.env.cr.fetchall():
            elsewhere.setdefault(move_id, []).append((warehouse_id, free))
        return elsewhere

    @api.model
    def _oms_read_free_on_shelves(self, pairs):
        """Read what a move that leaves now could get from warehouses' stock.

        :param pairs: set of (product id, warehouse id)
        :return: {(product id, warehouse id): (free, what reordering rules keep there at most)} in the product's unit of measure
        """
        if not pairs:
            return {}
        products, warehouses = zip(*sorted(pairs), strict=True)
        self.env.cr.execute(
            SQL(
                """
              WITH want AS MATERIALIZED (
                SELECT pair.product_id, pair.warehouse_id, warehouse.lot_stock_id AS location_id, template.tracking,
                       %(fresh_at)s AS fresh_at
                  FROM UNNEST(%(products)s, %(warehouses)s) AS pair (product_id, warehouse_id)
                  JOIN stock_warehouse warehouse ON warehouse.id = pair.warehouse_id
                  JOIN product_product product ON product.id = pair.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
              ), stock AS (%(stock)s)
            SELECT want.product_id, want.warehouse_id, COALESCE(stock.free, 0), COALESCE(rule.kept, 0)
              FROM want
         LEFT JOIN stock ON stock.product_id = want.product_id AND stock.location_id = want.location_id
         LEFT JOIN LATERAL (
                SELECT SUM(point.product_max_qty) AS kept FROM stock_warehouse_orderpoint point
                 WHERE point.product_id = want.product_id AND point.warehouse_id = want.warehouse_id AND point.active
              ) rule ON TRUE
                """,
                fresh_at=self._oms_get_fresh_at(SQL("NOW() AT TIME ZONE 'UTC'")),
                products=list(products),
                warehouses=list(warehouses),
                stock=self._oms_get_free_query(
                    SQL("SELECT DISTINCT product_id, location_id, tracking, fresh_at FROM want")
                ),
            )
        )
        return {
            (product_id, warehouse_id): (free, kept) for product_id, warehouse_id, free, kept in self.env.cr.fetchall()
        }

    @api.model
    def _oms_read_out_of_reach(self, move_id):
        """Read what is not reserved in the warehouse of a move, but where the move does not take from, or too old for it.

        :return: list of (location id, quantity in the product's unit of measure)
        """
        is_old = SQL("quant.removal_date < %s", self._oms_get_fresh_at(SQL("move.date")))
        self.env.cr.execute(
            SQL(
                """
            SELECT location.id, SUM(quant.quantity - quant.reserved_quantity)
              FROM stock_move move
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_quant quant ON quant.product_id = move.product_id
              JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
                                          AND location.warehouse_id = source.warehouse_id
             WHERE move.id = %s AND (location.parent_path NOT LIKE source.parent_path || '%%' OR %s)
          GROUP BY location.id HAVING SUM(quant.quantity - quant.reserved_quantity) > 0
          ORDER BY location.id
                """,
                move_id,
                is_old if self._oms_knows_expiry() else SQL("FALSE"),
            )
        )
        return self.env.cr.fetchall()
