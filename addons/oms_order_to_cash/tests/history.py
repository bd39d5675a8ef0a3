"""Steps of random histories: what any user may do to an order at any time, wise or not.

Each method whose name begins with ``step_`` takes an order and a fraction between 0 and 1. What can't be done raises
:class:`UserError`, by core or here, and leaves nothing behind.
"""

from odoo.exceptions import UserError

# Where a history starts: these are done to every order, so that returns and credits are not left to chance.
STARTS = (
    (),
    ("confirm", "ship"),
    ("confirm", "ship_a_half", "invoice", "pay"),
    ("confirm", "confirm_purchase", "receive_purchase", "ship", "ship", "invoice", "pay"),
    ("confirm", "down_payment", "pay", "ship", "ship"),
)

STEPS = (
    *("hold", "release", "confirm", "cancel", "reopen", "change_quantity", "change_price", "add_line", "perform"),
    *("reserve", "unreserve", "ship", "ship", "over_deliver", "ship_without_backorder", "cancel_transfers"),
    *("receive_stock", "take_from_stock", "return_goods", "announce_return", "receive_return", "return_without_refund"),
    *("exchange", "send_again", "request_purchase", "confirm_purchase", "receive_purchase", "cancel_purchase"),
    *("invoice", "draft_invoice", "invoice_all_orders", "post", "down_payment", "credit", "draft_credit", "settle"),
    *("pay", "unpay", "cancel_invoice", "delete_draft", "block_invoice"),
    *("remedy", "remedy", "undo"),
)


class OmsHistory:
    """To be mixed into a test case with the verbs."""

    def _run_step(self, name, order, fraction):
        """Do a step as its user would, who gets an error message and a rollback when it can't be done.

        :return: whether it was done
        """
        try:
            with self.env.cr.savepoint():
                getattr(self, f"step_{name}")(order, fraction)
                self.env.flush_all()
        except UserError:
            return False
        return True

    def _run_some_step(self, position, order_index, fraction):
        """Do the step at this position, with this order or else another; or else the next step that can be done.

        :return: ``(name, order index)`` of what was done, None when nothing can be
        """
        for shift in range(len(STEPS)):
            name = STEPS[(position + shift) % len(STEPS)]
            for other in range(len(self.orders)):
                index = (order_index + other) % len(self.orders)
                if self._run_step(name, self.orders[index], fraction):
                    return name, index
        return None

    def _need(self, records):
        if not records:
            raise UserError("there is nothing to do it with")
        return records

    # === ORDERS === #

    def step_confirm(self, order, _fraction):
        order.action_confirm()

    def step_hold(self, order, fraction):
        reason = self.env.ref(f"oms_order_to_cash.oms_hold_reason_{'fraud' if fraction < 0.4 else 'address'}")
        self._need(self.env["oms.runner"]._run("hold", order, "user", {"hold_reason_id": reason.id}))
        self._need(order.oms_is_held)

    def step_release(self, order, _fraction):
        self._need(order.oms_is_held)
        self.env["oms.runner"]._run("release", order, "user")

    def step_cancel(self, order, _fraction):
        order.action_cancel()

    def step_reopen(self, order, fraction):
        if order.state != "cancel":
            raise UserError("it is not cancelled")
        self._reopen(order, confirm=fraction > 0.5)

    def step_change_quantity(self, order, fraction):
        line = self._pick_line(order, fraction)
        line.product_uom_qty = round(line.product_uom_qty * 2 * fraction)

    def step_change_price(self, order, fraction):
        self._pick_line(order, fraction).price_unit *= 2 * fraction

    def _pick_line(self, order, fraction):
        lines = self._need(order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment))
        return lines[int(fraction * 100) % len(lines)]

    def step_add_line(self, order, fraction):
        quantity = -2 if fraction < 0.3 else 3
        product = self.service if fraction < 0.6 else self.delivered_goods
        order.order_line = [(0, 0, self._prepare_line((product, quantity)))]

    def step_perform(self, order, fraction):
        lines = self._need(order.order_line.filtered(lambda line: line.product_id == self.delivered_service))
        for line in lines:
            line.qty_delivered = line.product_uom_qty * fraction

    # === REMEDIES === #

    def step_remedy(self, order, fraction):
        """Run one of the remedies that an open issue of the order offers and that asks nothing."""
        self._drain()
        issues = self.env["oms.issue"].search([("order_id", "=", order.id), ("state", "=", "open")], order="id")
        verbs = self.env["oms.runner"]._get_verbs()
        offered = [
            verb
            for issue in issues
            for verb in (issue.type_id.verb, *issue.type_id.remedy_ids.mapped("verb"))
            if verb and not verbs[verb].get("ask") and not verbs[verb].get("window")
        ]
        verb = self._need(offered)[int(fraction * 100) % len(offered)]
        jobs = self.env["oms.runner"]._run(verb, order, "user")
        if jobs.state != "done":
            raise UserError(jobs.message)

    def step_undo(self, order, _fraction):
        """Undo what was done last by a click, if it can be undone."""
        jobs = self.env["oms.job"].search([("order_id", "=", order.id), ("state", "=", "done")])
        self._need(jobs.filtered("can_undo"))[:1].action_undo()

    # === STOCK === #

    def step_reserve(self, order, _fraction):
        self._need(self._get_open_pickings(order)).action_assign()

    def step_unreserve(self, order, _fraction):
        self._need(self._get_open_pickings(order)).do_unreserve()

    def step_ship(self, order, fraction):
        self._ship(order, fraction=fraction)

    def step_ship_a_half(self, order, _fraction):
        self._ship(order, fraction=0.5)

    def step_over_deliver(self, order, fraction):
        self._ship(order, fraction=1 + fraction)

    def step_ship_without_backorder(self, order, fraction):
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
        self._announce_return(order, {product: 4 * fraction for product in order.picking_ids.move_ids.product_id})

    def step_receive_return(self, order, _fraction):
        self._receive_return(self._need(self._get_open_pickings(order, returns=True))[:1])

    def step_return_goods(self, order, fraction):
        self.step_announce_return(order, fraction)
        self.step_receive_return(order, fraction)

    def step_return_without_refund(self, order, _fraction):
        self._return(order, to_refund=False)

    def step_exchange(self, order, _fraction):
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

    def step_cancel_purchase(self, order, _fraction):
        self._find_purchase(order, ("draft", "purchase")).button_cancel()

    def _find_purchase(self, _order, states):
        return self._need(
            self.env["purchase.order"].search(
                [("partner_id", "=", self.vendor.id), ("state", "in", states)],
                limit=1,
            )
        )

    # === INVOICES === #

    def step_invoice(self, order, fraction):
        self._invoice(order, final=fraction >= 0.5)

    def step_draft_invoice(self, order, fraction):
        invoices = self._invoice(order, post=False)
        lines = invoices.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line.is_downpayment
        )
        for line in lines:
            line.quantity *= fraction

    def step_invoice_all_orders(self, order, _fraction):
        self._invoice(
            self.orders.filtered(lambda other: other.state == "sale" and other.company_id == order.company_id)
        )

    def step_post(self, order, _fraction):
        self._post(self._need(self._get_invoices(order, "draft")))

    def step_down_payment(self, order, fraction):
        self._down_payment(order, percent=50 * fraction)

    def step_credit(self, order, fraction):
        self._credit(self._get_posted_invoice(order), None if fraction == 1 else 1)

    def step_draft_credit(self, order, fraction):
        self._credit(self._get_posted_invoice(order), None if fraction == 1 else 1, post=False)

    def step_settle(self, order, _fraction):
        invoices = self._get_invoices(order, "posted")
        credits = invoices.filtered(lambda move: move.move_type == "out_refund" and move.amount_residual)
        self._settle(self._need(invoices - credits), self._need(credits))

    def step_cancel_invoice(self, order, fraction):
        invoice = self._need(self._get_invoices(order, "posted"))[:1]
        invoice.button_draft()
        if fraction > 0.5:
            invoice.button_cancel()

    def step_delete_draft(self, order, _fraction):
        self._need(self._get_invoices(order, "draft")).unlink()

    def step_block_invoice(self, order, _fraction):
        self._get_posted_invoice(order).action_toggle_block_payment()

    def step_pay(self, order, fraction):
        invoices = self._get_invoices(order, "posted").filtered("amount_residual")
        invoice = self._need(invoices)[:1]
        self._pay(invoice, invoice.currency_id.round(invoice.amount_residual * fraction))

    def step_unpay(self, order, _fraction):
        self._need(self._get_invoices(order, "posted")).line_ids.remove_move_reconcile()

    def _get_invoices(self, order, state):
        return order.invoice_ids.filtered(lambda move: move.state == state).sorted("id")

    def _get_posted_invoice(self, order):
        return self._need(self._get_invoices(order, "posted").filtered(lambda move: move.move_type == "out_invoice"))[
            :1
        ]
