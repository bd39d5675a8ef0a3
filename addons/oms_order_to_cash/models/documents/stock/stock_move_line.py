from odoo import api, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        taking = lines.filtered(lambda line: line.quantity > 0)
        taking.move_id._oms_filter_held()._oms_refuse_held()
        return lines

    def write(self, vals):
        if "quantity" in vals:
            growing = self.filtered(lambda line: line.product_uom_id.compare(vals["quantity"], line.quantity) > 0)
            growing.move_id._oms_filter_held()._oms_refuse_held()
        if vals.get("picked"):
            picking = self.filtered(lambda line: line.quantity > 0 and not line.picked)
            picking.move_id._oms_filter_held()._oms_refuse_held()
        return super().write(vals)
