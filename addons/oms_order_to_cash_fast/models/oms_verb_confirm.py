from odoo import api, models

from odoo.addons.oms_order_to_cash.models.documents.handed import Handed

from .stock_move import Confirmation


class OmsVerbConfirm(models.AbstractModel):
    _inherit = "oms.verb.confirm"

    @api.model
    def _confirm(self, orders):
        """Confirm orders; what several of them look for is looked for once."""
        if len(orders) == 1:
            return super()._confirm(orders)
        confirmation = Confirmation()
        super()._confirm(orders.with_context(oms_confirmation=Handed(confirmation)))
        self.env["stock.move"].browse(sorted(confirmation.move_ids)).exists()._oms_trigger_scheduler()
        return None
