from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbBatch(models.AbstractModel):
    _name = "oms.verb.batch"
    _inherit = "oms.verb.shipping"
    _description = "Put in a batch"

    _label = _lt("Put in a batch")
    _lane = "delivery"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        _facts, obstacles = self._read_confirmed(orders)
        free, ready = self._get_documents(orders), self._get_ready_transfers(orders)
        return {
            order.id: obstacles.get(order.id) or self._get_batch_obstacle(free[order.id], ready[order.id])
            for order in orders
        }

    @api.model
    def _get_batch_obstacle(self, free, ready):
        if free:
            return ""
        if ready:
            batches = ", ".join(ready.batch_id.mapped("name"))
            return self.env._("It is in %(batches)s already: validate it there.", batches=batches)
        return self.env._("No transfer is ready: reserve its goods first.")

    @api.model
    def _preview(self, orders):
        free = self._get_documents(orders)
        existing = self._get_draft_batches(self.env["stock.picking"].union(*free.values()))
        return {
            order_id: [
                self._get_batch_text(picking, existing.get(self._get_batch_key(picking))) for picking in pickings
            ]
            for order_id, pickings in free.items()
        }

    @api.model
    def _get_batch_key(self, picking):
        return picking.picking_type_id, picking.company_id, picking.carrier_id

    @api.model
    def _get_draft_batches(self, pickings):
        """Return the user's own draft batches these transfers may join, as {kind: batch}."""
        batches = self.env["stock.picking.batch"].search(
            [
                ("state", "=", "draft"),
                ("is_wave", "=", False),
                ("user_id", "=", self.env.uid),
                ("picking_type_id", "in", pickings.picking_type_id.ids),
                ("company_id", "in", pickings.company_id.ids),
            ],
            order="id desc",
        )
        # One of mixed carriers is not of any kind; the oldest is filled first.
        return {
            (batch.picking_type_id, batch.company_id, batch.picking_ids.carrier_id): batch
            for batch in batches
            if batch.picking_ids and len({picking.carrier_id for picking in batch.picking_ids}) == 1
        }

    @api.model
    def _get_batch_text(self, picking, batch):
        if batch:
            return self.env._("%(transfer)s joins %(batch)s.", transfer=picking.name, batch=batch.name)
        kind = " / ".join(filter(None, (picking.picking_type_id.display_name, picking.carrier_id.name)))
        return self.env._("%(transfer)s goes into a new batch: %(kind)s.", transfer=picking.name, kind=kind)

    @api.model
    def _get_documents(self, orders):
        """Return, per order, the ready transfers that nobody has in a batch; Odoo makes batches by itself, too."""
        return {
            order_id: pickings.filtered(lambda picking: not picking.batch_id.user_id)
            for order_id, pickings in self._get_ready_transfers(orders).items()
        }

    @api.model
    def _before(self, orders):
        return {
            order_id: {
                "users": {str(picking.id): picking.user_id.id for picking in pickings},
                "batches": {str(picking.id): picking.batch_id.id for picking in pickings},
            }
            for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _do(self, orders):
        """Put the ready transfers into a batch of the user per kind of transfer, company and carrier."""
        free = self._get_documents(orders)
        pickings = self.env["stock.picking"].union(*free.values())
        batches = self._get_draft_batches(pickings)
        for key, of_kind in pickings.grouped(self._get_batch_key).items():
            picking_type, company, _carrier = key
            batch = batches.get(key) or self.env["stock.picking.batch"].create(
                {"picking_type_id": picking_type.id, "company_id": company.id, "user_id": self.env.uid}
            )
            of_kind.batch_id = batch
        return free

    @api.model
    def _can_undo(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        gone = pickings.filtered(lambda picking: picking.state in ("done", "cancel"))
        if gone:
            return self.env._("%(transfers)s has left meanwhile.", transfers=", ".join(gone.mapped("name")))
        started = pickings.batch_id.filtered(lambda batch: batch.state == "in_progress")
        if started:
            return self.env._("%(batches)s is started: take it out there.", batches=", ".join(started.mapped("name")))
        return "" if pickings.batch_id else self.env._("it is in no batch any more.")

    @api.model
    def _undo(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        batches = pickings.batch_id
        for picking in pickings:
            former = batches.browse(before["batches"].get(str(picking.id))).exists()
            # The batch it came from is cancelled if nothing was left in it.
            picking.batch_id = former if former.state in ("draft", "in_progress") else False
            picking.user_id = before["users"].get(str(picking.id))
        batches.filtered(lambda batch: batch.state == "draft" and not batch.picking_ids).unlink()
