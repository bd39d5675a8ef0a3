from odoo import api, models


class OmsOutbox(models.Model):
    _inherit = "oms.outbox"

    @api.model
    def _get_kinds(self):
        booking = {"label": self.env._("Carrier booking"), "groups": "stock.group_stock_user"}
        return {**super()._get_kinds(), "booking": booking}
