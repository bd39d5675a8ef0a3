from odoo import api, models

from odoo.addons.oms_order_to_cash.models.documents.handed import Handed


class OmsVerbPay(models.AbstractModel):
    _inherit = "oms.verb.pay"

    @api.model
    def _get_register(self, documents, model_name):
        """Have the payments of all documents made and reconciled together."""
        return super()._get_register(documents, model_name).with_context(oms_at_once=Handed())
