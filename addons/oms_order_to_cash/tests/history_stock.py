"""Steps of random histories in the warehouse: deliveries, returns, purchases."""

from datetime import timedelta


class OmsHistoryStock:
    # === STOCK === #

    def step_reserve(self, order, _fraction):
        self._need(self._get_open_pickings(order)).action_assign()

    def step_unreserve(self, order, _fraction):
        self._need(self._get_open_pickings(order)).do_unreserve()

    def step_ship(self, order, fraction):
        self._need(self._get_open_pickings(order))
        self._ship(order, fraction=fraction)

    def step_ship_a_half(self, order, _fraction):
        self._need(self._get_open_pickings(order))
        self._ship(order, fraction=0.5)

    def step_over_deliver(self, order, fraction):
        self._need(self._get_open_pickings(order))
        self._ship(order, fraction=1 + fraction)

    def step_ship_without_backorder(self, order, fraction):
        self._need(self._get_open_pickings(order))
        self._ship(order, fraction=fraction, backorder=False)

    def step_cancel_transfers(self, order, _fraction):
        self._need(self._get_open_pickings(order)).action_cancel()

    def step_receive_stock(self, order, fraction):
        self._receive(self._pick_goods(order, fraction), 6, order.warehouse_id)

    def step_take_from_stock(self, order, fraction):
        product = self._pick_goods(order, fraction)
        self._put_in_stock(product, -3, order.warehouse_id)

    def _pick_goods(self, order, fraction):
        goods = self._need(order.order_line.product_id.filtered("is_storable"))
        return goods[int(fraction * 100) % len(goods)]

    def step_announce_return(self, order, fraction):
        self._need(self._get_shipped_pickings(order))
        self._announce_return(order, {product: 4 * fraction for product in order.picking_ids.move_ids.product_id})

    def step_receive_return(self, order, _fraction):
        self._receive_return(self._need(self._get_open_pickings(order, returns=True))[:1])

    def step_return_goods(self, order, fraction):
        self.step_announce_return(order, fraction)
        self._receive_return(self._get_open_pickings(order, returns=True)[-1:])

    def _get_shipped_pickings(self, order):
        return order.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
        )

    def step_return_without_refund(self, order, _fraction):
        self._need(self._get_shipped_pickings(order))
        self._return(order, to_refund=False)

    def step_exchange(self, order, _fraction):
        self._need(self._get_shipped_pickings(order))
        self._return(order, exchange=True)

    def step_send_again(self, order, _fraction):
        back = order.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_id.usage == "customer"
        )
        self._announce_return_of(self._need(back)[:1])

    # === PURCHASES === #

    def step_request_purchase(self, order, _fraction):
        self._buy(self.purchased, 5, order.warehouse_id, confirm=False)

    def step_confirm_purchase(self, order, _fraction):
        self._find_purchase(order, ("draft", "sent")).button_confirm()

    def step_receive_purchase(self, order, fraction):
        pickings = self._find_purchase(order, ("purchase",)).picking_ids
        pickings = self._need(pickings.filtered(lambda picking: picking.state == "assigned"))[:1]
        for move in pickings.move_ids:
            move.quantity = move.product_uom.round(move.product_uom_qty * fraction)
            move.picked = True
        self._validate(pickings)

    def step_postpone_receipt(self, order, fraction):
        receipts = self._find_purchase(order, ("purchase",)).picking_ids
        receipt = self._need(receipts.filtered(lambda picking: picking.state not in ("done", "cancel")))[:1]
        receipt.scheduled_date += timedelta(days=30 * fraction)

    def step_cancel_purchase(self, order, _fraction):
        self._find_purchase(order, ("draft", "purchase")).button_cancel()

    def _find_purchase(self, _order, states):
        return self._need(
            self.env["purchase.order"].search(
                [("partner_id", "=", self.vendor.id), ("state", "in", states)],
                limit=1,
            )
        )
