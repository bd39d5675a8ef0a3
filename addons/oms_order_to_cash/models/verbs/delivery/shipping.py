from odoo import api, models


class OmsVerbShipping(models.AbstractModel):
    """What verbs on the transfers of an order have in common."""

    _name = "oms.verb.shipping"
    _inherit = "oms.verb"
    _description = "Shipping"

    @api.model
    def _get_ready_transfers(self, orders):
        return self._get_transfers(self._read_facts(orders))

    @api.model
    def _get_transfers(self, facts):
        """Return the transfers ready now; of those with several steps, the next gets ready when one is done."""
        transfers = {
            order_id: self.env["stock.picking"].browse(
                {
                    move["picking_id"]
                    for move in fact.outward_moves
                    if self.env["oms.lane.delivery"]._is_ready(move) and move["picking_id"]
                }
            )
            for order_id, fact in facts.items()
        }
        return {
            order_id: pickings.filtered(lambda picking: picking.state == "assigned")
            for order_id, pickings in transfers.items()
        }

    @api.model
    def _get_open_documents(self, documents, model):
        """Return what a job made or changed and still exists."""
        return self.env[model].browse(documents.get(model, [])).exists()

    @api.model
    def _get_ready_goods(self, picking):
        return ", ".join(
            self.env._(
                "%(quantity)g %(unit)s of %(product)s",
                quantity=move.quantity,
                unit=move.product_uom.name,
                product=move.product_id.display_name,
            )
            for move in picking.move_ids
            if move.quantity and move.state not in ("done", "cancel")
        )
