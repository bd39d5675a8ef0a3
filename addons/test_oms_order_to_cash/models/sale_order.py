from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    gift_wrap = fields.Selection([("wanted", "Wanted"), ("done", "Done")])

    @api.model
    def _oms_get_watched(self):
        return super()._oms_get_watched() | {"gift_wrap"}
