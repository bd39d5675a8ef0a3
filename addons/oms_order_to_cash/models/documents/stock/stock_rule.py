from odoo import models


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _update_purchase_order_line(self, product_id, product_qty, product_uom, company_id, values, line):
        """Leave a draft's line its day when goods for an order are added; with the quantity core computes it anew."""
        vals = super()._update_purchase_order_line(product_id, product_qty, product_uom, company_id, values, line)
        # Where the line brings goods for one move, writing its day would move that one's deadline.
        if values.get("oms_needed") and not line.move_dest_ids:
            vals["date_planned"] = line.date_planned
        return vals
