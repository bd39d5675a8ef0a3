from odoo import api, fields, models
from odoo.tools import SQL


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model
    def _oms_read_bad_lots(self, move_ids):
        """Read what is reserved for these moves and can't leave like that.

        ``problem`` is "missing" (tracked goods without a lot or serial number), "expired" or "empty" (the place holds less
        of the lot than what is reserved).

        :return: iterable of dicts, one per line of a move
        """
        if not move_ids:
            return []
        self.env.cr.execute(
            SQL(
                """
            SELECT * FROM (
                SELECT line.id, line.move_id, line.lot_id,
                       CASE WHEN line.lot_id IS NULL THEN 'missing'
                            WHEN %s THEN 'expired'
                            WHEN (SELECT COALESCE(SUM(quant.quantity), 0) FROM stock_quant quant
                                   WHERE quant.product_id = line.product_id AND quant.location_id = line.location_id
                                     AND quant.lot_id = line.lot_id) < line.quantity_product_uom - 0.000001 THEN 'empty'
                       END AS problem
                  FROM stock_move_line line
                  JOIN stock_move move ON move.id = line.move_id
                  JOIN stock_picking_type type ON type.id = move.picking_type_id
                                              AND (type.use_existing_lots OR type.use_create_lots)
                  JOIN stock_location place ON place.id = line.location_id AND place.usage = 'internal'
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                                                AND template.tracking IN ('lot', 'serial')
             LEFT JOIN stock_lot lot ON lot.id = line.lot_id
                 WHERE line.move_id = ANY(%s) AND line.quantity > 0 AND COALESCE(line.lot_name, '') = ''
            ) found WHERE problem IS NOT NULL ORDER BY id
            """,
                self._oms_get_expired_sql(),
                list(move_ids),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _oms_get_expired_sql(self):
        """Return the condition of an expired lot; only with expiration dates installed there are any."""
        if "expiration_date" not in self.env["stock.lot"]._fields:
            return SQL("FALSE")
        return SQL("lot.expiration_date < %s", fields.Datetime.now())
