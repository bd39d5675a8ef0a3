from odoo import api, models
from odoo.tools import SQL

# Who is served first: urgent ones, then those that have to leave first, then the older order.
_RANK = "priority DESC, deadline, order_id"


class StockMove(models.Model):
    _inherit = "stock.move"

    # === WHO WANTS THE SAME GOODS === #

    @api.model
    def _oms_get_demand_query(self, join):
        """Return a query of the open moves that want goods of a warehouse for a sale order, each piece once.

        What another move brings or brought, or what is made to order, has a supply of its own and takes part in no queue; nor do
        goods that are not counted. ``shelf_id``: the stock of the warehouse, or a place outside of it.

        :param SQL join: restricts ``move`` and ``source``, its source location
        """
        return SQL(
            """
            SELECT move.id, move.product_id, move.location_id, source.warehouse_id, sol.order_id,
                   CASE WHEN source.parent_path LIKE shelves.parent_path || '%%' THEN shelves.id ELSE source.id END AS shelf_id,
                   COALESCE(move.priority, '0') AS priority, COALESCE(move.date_deadline, move.date) AS deadline,
                   move.product_qty AS quantity, moved.reserved, move.product_qty - moved.reserved AS short,
                   CASE WHEN move.picked IS TRUE THEN 0 ELSE moved.reserved END AS releasable
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'internal'
              %(join)s
              JOIN stock_location dest ON dest.id = move.location_dest_id
         LEFT JOIN stock_location final ON final.id = move.location_final_id
         LEFT JOIN stock_warehouse warehouse ON warehouse.id = source.warehouse_id
         LEFT JOIN stock_location shelves ON shelves.id = warehouse.lot_stock_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
              JOIN sale_order_line sol ON sol.id = move.sale_line_id
        CROSS JOIN LATERAL (SELECT COALESCE(move.quantity, 0) * move.product_qty / move.product_uom_qty AS reserved) moved
             WHERE move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned') AND move.product_uom_qty > 0
               AND move.procure_method != 'make_to_order'
               AND (%(goes_there)s
                    OR EXISTS (
                        SELECT FROM stock_move_move_rel rel JOIN stock_move target ON target.id = rel.move_dest_id
                          JOIN sale_order_line target_line ON target_line.id = target.sale_line_id
                         WHERE rel.move_orig_id = move.id AND target_line.order_id = sol.order_id))
               AND NOT EXISTS (SELECT FROM stock_move_move_rel rel WHERE rel.move_dest_id = move.id)
            """,
            join=join,
            goes_there=self._oms_get_goes_there(),
        )

    @api.model
    def _oms_read_queue(self, move_ids):
        """Read how short moves stand among all that want the same product.

        Rank: priority, then deadline, then the older order.

        :return: {move id: (ahead, behind, wanted, shelf_id)} in the product's unit of measure, moves with a supply of their own left out.
            ``ahead``: what moves of earlier rank on the same shelves and the move itself lack; ``behind``: what moves of later
            rank of other orders hold in the same place, and have not picked; ``wanted``: what all moves on the shelves lack;
            ``shelf_id``: these shelves
        """
        if not move_ids:
            return {}
        join = SQL(
            """JOIN (SELECT DISTINCT wanted.product_id, place.warehouse_id FROM stock_move wanted
                       JOIN stock_location place ON place.id = wanted.location_id WHERE wanted.id = ANY(%s)
               ) place ON place.product_id = move.product_id AND place.warehouse_id = source.warehouse_id""",
            list(move_ids),
        )
        self.env.cr.execute(
            SQL(
                """
              WITH demand AS MATERIALIZED (%(demand)s),
                   lack AS (
                SELECT id, shelf_id, SUM(short) OVER (PARTITION BY product_id, shelf_id ORDER BY %(rank)s, id
                                                      ROWS UNBOUNDED PRECEDING) AS ahead,
                       SUM(short) OVER (PARTITION BY product_id, shelf_id) AS wanted
                  FROM demand
              ), held AS ( -- of very many that wait, few hold anything
                SELECT id, SUM(releasable) OVER (PARTITION BY product_id, location_id ORDER BY %(rank)s
                                             GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS behind,
                       SUM(releasable) OVER (PARTITION BY product_id, location_id, order_id ORDER BY %(rank)s
                                             GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS own_behind
                  FROM demand WHERE releasable != 0 OR id = ANY(%(move_ids)s)
              )
            SELECT lack.id, lack.ahead, COALESCE(held.behind, 0) - COALESCE(held.own_behind, 0), lack.wanted, lack.shelf_id
              FROM lack JOIN held ON held.id = lack.id WHERE lack.id = ANY(%(move_ids)s) AND held.id = ANY(%(move_ids)s)
            """,
                rank=SQL(_RANK),
                demand=self._oms_get_demand_query(join),
                move_ids=list(move_ids),
            )
        )
        return {move_id: position for move_id, *position in self.env.cr.fetchall()}

    @api.model
    def _oms_read_rivals(self, move_ids):
        """Read all moves that want what these short moves want from the same place, these among them, first rank first.

        :return: list of dicts ``id``, ``product_id``, ``location_id``, ``order_id``, ``short``, ``releasable``
        """
        if not move_ids:
            return []
        join = SQL(
            """JOIN (SELECT DISTINCT product_id, location_id FROM stock_move WHERE id = ANY(%s)
               ) place ON place.product_id = move.product_id AND place.location_id = move.location_id""",
            list(move_ids),
        )
        self.env.cr.execute(SQL("%s ORDER BY %s, id", self._oms_get_demand_query(join), SQL(_RANK)))
        return self.env.cr.dictfetchall()

    @api.model
    def _oms_read_wanted(self, pairs):
        """Read what orders still lack in warehouses.

        :param pairs: set of (product id, warehouse id)
        :return: {(product id, warehouse id): quantity in the product's unit of measure}, pairs that lack nothing left out
        """
        if not pairs:
            return {}
        products, warehouses = zip(*sorted(pairs), strict=True)
        join = SQL(
            """JOIN UNNEST(%s, %s) AS pair (product_id, warehouse_id)
                 ON pair.product_id = move.product_id AND pair.warehouse_id = source.warehouse_id""",
            list(products),
            list(warehouses),
        )
        self.env.cr.execute(
            SQL(
                "SELECT product_id, warehouse_id, SUM(short) FROM (%s) demand GROUP BY product_id, warehouse_id",
                self._oms_get_demand_query(join),
            )
        )
        return {(product_id, warehouse_id): short for product_id, warehouse_id, short in self.env.cr.fetchall()}

    # === WHAT WAS BROUGHT FOR A MOVE === #

    @api.model
    def _oms_read_brought(self, move_ids):
        """Read what is left, for moves that others feed, of what these brought: nothing else is reserved for them.

        As :meth:`_get_available_move_lines`: lot by lot, package by package, less what moves fed alike took, as far as it is
        still there.

        :return: {move id: quantity in the product's unit of measure}, moves with nothing left out
        """
        if not move_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
              WITH taker AS (
                SELECT DISTINCT own.move_dest_id AS id, rel.move_dest_id AS sibling_id
                  FROM stock_move_move_rel own JOIN stock_move_move_rel rel ON rel.move_orig_id = own.move_orig_id
                 WHERE own.move_dest_id = ANY(%s)
              ), brought AS (
                SELECT feeder.id, line.product_id, line.location_dest_id AS location_id, line.lot_id,
                       line.result_package_id AS package_id, line.owner_id, SUM(line.quantity_product_uom) AS quantity
                  FROM (SELECT DISTINCT taker.id, rel.move_orig_id FROM taker
                          JOIN stock_move_move_rel rel ON rel.move_dest_id = taker.sibling_id) feeder
                  JOIN stock_move move ON move.id = feeder.move_orig_id AND move.state = 'done'
                  JOIN stock_move_line line ON line.move_id = move.id
              GROUP BY 1, 2, 3, 4, 5, 6
              ), taken AS (
                SELECT taker.id, line.location_id, line.lot_id, line.package_id, line.owner_id,
                       SUM(line.quantity_product_uom) AS quantity
                  FROM taker
                  JOIN stock_move move ON move.id = taker.sibling_id
                                      AND move.state IN ('partially_available', 'assigned', 'done')
                  JOIN stock_move_line line ON line.move_id = move.id
              GROUP BY 1, 2, 3, 4, 5
              )
            SELECT brought.id, SUM(GREATEST(LEAST(brought.quantity - COALESCE(taken.quantity, 0), stock.free), 0))
              FROM brought
         LEFT JOIN taken ON taken.id = brought.id AND taken.location_id = brought.location_id
                        AND taken.lot_id IS NOT DISTINCT FROM brought.lot_id
                        AND taken.package_id IS NOT DISTINCT FROM brought.package_id
                        AND taken.owner_id IS NOT DISTINCT FROM brought.owner_id
        CROSS JOIN LATERAL (
                SELECT SUM(quant.quantity - quant.reserved_quantity) AS free FROM stock_quant quant
                 WHERE quant.product_id = brought.product_id AND quant.location_id = brought.location_id
                   AND (quant.lot_id IS NULL OR quant.lot_id = brought.lot_id)
                   AND quant.package_id IS NOT DISTINCT FROM brought.package_id
                   AND quant.owner_id IS NOT DISTINCT FROM brought.owner_id
              ) stock
             WHERE stock.free > 0
          GROUP BY brought.id
                """,
                list(move_ids),
            )
        )
        return {move_id: left for move_id, left in self.env.cr.fetchall() if left}

    # === WHAT IS ON ITS WAY === #

    @api.model
    def _oms_get_arrival_sql(self, move):
        """Return the SQL of when a receipt is due: its purchase line ``pol`` says so, or the transfer if it was put off there.

        Core leaves the transfer's date as it was when the vendor is expected on another day, so that it tells something only
        where it is not the day first expected.

        :param str move: alias of the receipt
        """
        return SQL(
            """CASE WHEN pol.id IS NULL THEN %(date)s
                    WHEN pol.oms_date_confirmed IS NULL OR %(date)s = pol.oms_date_confirmed THEN pol.date_planned
                    ELSE GREATEST(pol.date_planned, %(date)s) END""",
            date=SQL.identifier(move, "date"),
        )

    @api.model
    def _oms_get_incoming(self):
        """Return, as SQL, whether ``move`` brings goods from ``source`` to the warehouse of ``dest``, each piece once.

        They come from outside, or stand elsewhere in the company or in the warehouse and are to be put away.
        """
        return SQL(
            """(source.usage IN ('supplier', 'transit', 'production')
                OR source.usage = 'internal' AND (
                    source.warehouse_id IS DISTINCT FROM dest.warehouse_id
                    OR EXISTS (
                        SELECT FROM stock_warehouse warehouse
                          JOIN stock_location shelves ON shelves.id = warehouse.lot_stock_id
                         WHERE warehouse.id = dest.warehouse_id AND dest.parent_path LIKE shelves.parent_path || '%%'
                           AND source.parent_path NOT LIKE shelves.parent_path || '%%')
                ) AND NOT EXISTS (
                    SELECT FROM stock_move_move_rel rel JOIN stock_move feeder ON feeder.id = rel.move_orig_id
                     WHERE rel.move_dest_id = move.id AND feeder.state NOT IN ('draft', 'done', 'cancel')))"""
        )

    @api.model
    def _oms_read_receipts(self, product_ids):
        """Read the open moves that bring these products into a warehouse for anybody; those made for one order are left out.

        :return: {(product id, warehouse id): list of dicts ``move_id``, ``purchase_line_id``, ``date``, ``quantity`` (product's
            unit of measure), earliest first}
        """
        if not product_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT move.product_id, dest.warehouse_id, move.id AS move_id, move.purchase_line_id,
                   %s AS date, move.product_qty AS quantity
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location dest ON dest.id = move.location_dest_id
         LEFT JOIN purchase_order_line pol ON pol.id = move.purchase_line_id
             WHERE move.product_id = ANY(%s) AND move.product_uom_qty > 0
               AND move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
               AND dest.warehouse_id IS NOT NULL AND %s
               AND NOT EXISTS (
                   SELECT FROM stock_move_move_rel rel JOIN stock_move target ON target.id = rel.move_dest_id
                    WHERE rel.move_orig_id = move.id AND target.sale_line_id IS NOT NULL
                      AND target.state NOT IN ('done', 'cancel'))
          ORDER BY 5, move.id
            """,
                self._oms_get_arrival_sql("move"),
                list(product_ids),
                self._oms_get_incoming(),
            )
        )
        receipts = {}
        for row in self.env.cr.dictfetchall():
            receipts.setdefault((row.pop("product_id"), row.pop("warehouse_id")), []).append(row)
        return receipts

    @api.model
    def _oms_read_own_receipts(self, move_ids):
        """Read the open moves that bring goods for just these moves.

        :return: {move id: list of dicts as :meth:`_oms_read_receipts` gives}
        """
        if not move_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT rel.move_dest_id, orig.id AS move_id, orig.purchase_line_id,
                   %s AS date, orig.product_qty AS quantity
              FROM stock_move_move_rel rel
              JOIN stock_move orig ON orig.id = rel.move_orig_id AND orig.state NOT IN ('draft', 'done', 'cancel')
         LEFT JOIN purchase_order_line pol ON pol.id = orig.purchase_line_id
             WHERE rel.move_dest_id = ANY(%s)
          ORDER BY 4, orig.id
            """,
                self._oms_get_arrival_sql("orig"),
                list(move_ids),
            )
        )
        receipts = {}
        for row in self.env.cr.dictfetchall():
            receipts.setdefault(row.pop("move_dest_id"), []).append(row)
        return receipts
