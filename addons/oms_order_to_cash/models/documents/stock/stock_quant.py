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

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_free(self, pairs):
        """Read what is on hand and not reserved below a location.

        :param pairs: set of (product id, location id)
        :return: {(product id, location id): quantity in the product's unit of measure}, pairs without quants left out
        """
        if not pairs:
            return {}
        products, locations = zip(*sorted(pairs), strict=True)
        self.env.cr.execute(
            SQL(
                """
            SELECT pair.product_id, pair.location_id, SUM(quant.quantity - quant.reserved_quantity)
              FROM UNNEST(%s, %s) AS pair(product_id, location_id)
              JOIN stock_location root ON root.id = pair.location_id
              JOIN stock_quant quant ON quant.product_id = pair.product_id
              JOIN stock_location location ON location.id = quant.location_id AND location.parent_path LIKE root.parent_path || '%%'
          GROUP BY pair.product_id, pair.location_id
            """,
                list(products),
                list(locations),
            )
        )
        return {(product_id, location_id): free for product_id, location_id, free in self.env.cr.fetchall()}

    @api.model
    def _oms_read_free_by_warehouse(self, product_ids):
        """Read what is on hand and not reserved in each warehouse of any company.

        :return: {(product id, warehouse id): (company id, free in the whole warehouse, free on its shelves)}, quantities in the
            product's unit of measure; goods being received or shipped are not on the shelves
        """
        if not product_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT quant.product_id, warehouse.id, warehouse.company_id, SUM(quant.quantity - quant.reserved_quantity),
                   SUM(CASE WHEN location.parent_path LIKE shelves.parent_path || '%%'
                            THEN quant.quantity - quant.reserved_quantity ELSE 0 END)
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
              JOIN stock_warehouse warehouse ON warehouse.id = location.warehouse_id
              JOIN stock_location shelves ON shelves.id = warehouse.lot_stock_id
             WHERE quant.product_id = ANY(%s)
          GROUP BY quant.product_id, warehouse.id
            """,
                list(product_ids),
            )
        )
        return {
            (product_id, warehouse_id): (company_id, free, on_shelves)
            for product_id, warehouse_id, company_id, free, on_shelves in self.env.cr.fetchall()
        }
