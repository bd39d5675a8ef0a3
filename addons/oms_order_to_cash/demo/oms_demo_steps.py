from odoo import api, models
from odoo.exceptions import UserError


def _join(plays):
    """Return the documents of some plays as one recordset."""
    documents = plays[0][0].browse()
    return documents.concat(*(document for document, _step in plays))


class OmsDemo(models.AbstractModel):
    """What people do to orders, purchases and transfers; each takes [(document, step)]."""

    _inherit = "oms.demo"

    # === ORDERS === #

    @api.model
    def _order_sent(self, plays):
        _join(plays).action_quotation_sent()

    @api.model
    def _order_signed(self, plays):
        for order, step in plays:
            order.write({"signed_by": order.partner_id.name, "signed_on": step.date})

    @api.model
    def _order_confirm(self, plays):
        _join(plays).action_confirm()
        for order, step in plays:
            order.date_order = step.date
            order._oms_snapshot_promise()

    @api.model
    def _order_cancel(self, plays):
        _join(plays).action_cancel()

    @api.model
    def _order_perform(self, plays):
        for order, step in plays:
            for line in order.order_line.filtered(lambda line: line.qty_delivered_method == "manual"):
                line.qty_delivered = line.product_uom_qty * step.share

    # === TRANSFERS === #

    @api.model
    def _get_open_transfers(self, order, is_return=False):
        return order.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel") and (picking.location_id.usage == "customer") == is_return
            )
        )

    @api.model
    def _order_unplan(self, plays):
        for order, _step in plays:
            self._get_open_transfers(order).action_cancel()

    @api.model
    def _order_ship(self, plays):
        """Validate what is ready; in a warehouse with two steps the second one stays open."""
        self._validate([(self._get_open_transfers(order), step) for order, step in plays])

    @api.model
    def _order_announce(self, plays):
        for order, step in plays:
            shipped = order.picking_ids.filtered(
                lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
            )[:1]
            context = {"active_model": "stock.picking", "active_id": shipped.id, "active_ids": shipped.ids}
            wizard = self.env["stock.return.picking"].with_context(**context).create({})
            for line in wizard.product_return_moves:
                line.quantity = int(line.move_id.quantity * step.share)
            wizard.action_create_returns()
            self._get_open_transfers(order, is_return=True).scheduled_date = step.date

    @api.model
    def _order_receive(self, plays):
        self._validate([(self._get_open_transfers(order, is_return=True), step) for order, step in plays])

    @api.model
    def _validate(self, transfers):
        """Validate transfers in one batch, and date them.

        :param transfers: [(pickings, step)]
        """
        pickings = self.env["stock.picking"].concat(*(pickings for pickings, _step in transfers))
        dropped = pickings.browse().concat(*(pickings for pickings, step in transfers if step.is_final))
        for chosen, step in transfers:
            self._take_share(chosen.move_ids, step.share)
        pickings.with_context(skip_backorder=True, picking_ids_not_to_backorder=dropped.ids).button_validate()
        for chosen, step in transfers:
            if not chosen or set(chosen.mapped("state")) != {"done"}:
                raise UserError(
                    self.env._(
                        "The transfer of %(document)s is not done: %(states)s.",
                        document=step.document.display_name,
                        states=chosen.mapped("state"),
                    )
                )
            self._date_transfer(chosen, step.date)

    @api.model
    def _take_share(self, moves, share):
        if share < 1:
            for move in moves:
                move.quantity = int(move.product_uom_qty * share)
                move.picked = move.quantity > 0

    @api.model
    def _date_transfer(self, pickings, date):
        pickings.date_done = date
        pickings.move_line_ids.date = date
        for picking in pickings:
            if picking.carrier_id and picking.picking_type_code == "outgoing":
                picking.carrier_tracking_ref = f"{picking.carrier_id.name[:2].upper()}{picking.id:07d}"

    # === PURCHASES === #

    @api.model
    def _order_buy(self, plays):
        """Confirm the purchases that were made for these orders."""
        purchases = [(purchase, step) for order, step in plays for purchase in order._get_purchase_orders()]
        self._purchase_confirm(purchases)

    @api.model
    def _purchase_confirm(self, plays):
        _join(plays).button_confirm()
        for purchase, step in plays:
            purchase.date_approve = step.date

    @api.model
    def _purchase_receive(self, plays):
        self._validate([(purchase.picking_ids, step) for purchase, step in plays])
