"""Steps of random histories around an order: its customer, its products, the customer's other orders."""


class OmsHistoryAround:
    # === THE CUSTOMER === #

    def step_account_hold(self, order, _fraction):
        customer = order.partner_id.commercial_partner_id
        customer.oms_account_hold = not customer.oms_account_hold

    def step_change_limit(self, order, fraction):
        order.company_id.account_use_credit_limit = True
        customer = order.partner_id.commercial_partner_id
        customer.use_partner_credit_limit = True
        customer.credit_limit = {1.0: 1_000_000, 0.5: 100}.get(fraction, 0)

    def step_change_email(self, order, _fraction):
        order.partner_id.email = False if order.partner_id.email else "customer@example.com"

    def step_change_address(self, order, _fraction):
        order.partner_shipping_id.street = False if order.partner_shipping_id.street else "1 Long Street"

    # === PRODUCTS === #

    def step_change_cost(self, order, fraction):
        self._pick_line(order, fraction).product_id.standard_price *= 3 * fraction

    def step_change_list_price(self, order, fraction):
        self._pick_line(order, fraction).product_id.list_price *= 2 * fraction

    def step_change_policy(self, order, fraction):
        product = self._pick_line(order, fraction).product_id
        product.invoice_policy = "order" if product.invoice_policy == "delivery" else "delivery"

    # === OTHER ORDERS OF THE CUSTOMER === #

    def step_other_order(self, order, fraction):
        other = self._place_order([(self.goods, 20 * fraction)], partner_id=order.partner_id.id)
        if fraction >= 0.5:
            self._confirm(other)
        if fraction == 1:
            self._invoice(other)

    def step_cancel_other_order(self, order, _fraction):
        others = self.env["sale.order"].search(
            [
                ("partner_id", "=", order.partner_id.id),
                ("id", "not in", self.orders.ids),
                ("state", "!=", "cancel"),
            ],
            limit=1,
        )
        self._need(others).action_cancel()

    # === THE TILL === #

    def step_till(self, order, fraction):
        """Have the customer pay at the till for a part of what is not invoiced."""
        self._need(self._has_till() and order.state == "sale" and order.currency_id == self.currency)
        lines = self._need(
            order.order_line.filtered(
                lambda line: line.product_id.type == "consu" and line.product_uom_qty > line.qty_invoiced
            )
        )
        line = lines[int(fraction * 100) % len(lines)]
        self._settle_at_till(line, max(round((line.product_uom_qty - line.qty_invoiced) * fraction), 1))
