"""What is wrong with an order itself: its data, its customer's credit, its prices; see docs/issues.md."""

from datetime import UTC, datetime, timedelta

from odoo.tools import float_compare

from .oracle import Oracle

_QUOTATION = ("draft", "sent")


class OracleOrderIssues:
    # === QUOTATIONS === #

    def _has_q1(self):
        """Nobody answered a quotation in time."""
        order = self.order
        if order.state not in _QUOTATION or order.signed_on or self.oracle._is_paid_online() or self._is_cart(order):
            return False
        return self._is_expired() or self._is_unanswered()

    def _is_cart(self, order):
        """A basket in a web shop that nobody placed yet."""
        if "website_id" not in order._fields or not order.website_id or order.state != "draft":
            return False
        return not {"done", "authorized"} & set(order.transaction_ids.mapped("state"))

    def _is_expired(self):
        return bool(self.order.validity_date) and self.order.validity_date < self._get_today()

    def _get_today(self):
        return datetime.now(UTC).date()

    def _is_unanswered(self):
        order, days = self.order, self.order.company_id.oms_quotation_reminder_days
        last = max(filter(None, (order.oms_sent_on or order.date_order, order.oms_reminded_on)))
        return order.state == "sent" and days > 0 and last + timedelta(days=days) <= datetime.now()

    def _has_q2(self):
        order = self.order
        paid = order.transaction_ids.filtered(lambda payment: payment.state in ("done", "authorized"))
        is_offered = order.state == "sent" or (order.state == "draft" and order.signed_on)
        if not is_offered or not order.require_payment or self._is_expired() or "done" in paid.mapped("state"):
            return False
        missing = order.amount_total * order.prepayment_percent - sum(paid.mapped("amount"))
        return order.currency_id.compare_amounts(missing, 0) > 0

    # === WHAT IT NEEDS === #

    def _has_o1(self):
        """Data that the rest of the order needs: an address for goods that are still to leave, one for invoices by mail."""
        order, lanes = self.order, self.oracle.lanes
        if order.state == "cancel" or (lanes["delivery"] == "done" and lanes["invoice"] == "done"):
            return False
        address = order.partner_shipping_id
        if self._is_any_good_left() and not (address.street and address.city and address.country_id):
            return True
        if self._is_any_good_left() and order.carrier_id and not self._is_served():
            return True
        customer = order.partner_id.commercial_partner_id.with_company(order.company_id)
        return (customer.invoice_sending_method or "email") == "email" and not order.partner_invoice_id.email

    def _is_any_good_left(self):
        return any(line.line.product_id.type == "consu" and line.ordered > line.delivered for line in self.lines)

    def _has_o3(self):
        return self.order.state != "cancel" and any(not hold.reason_id.is_credit for hold in self._get_holds())

    def _has_o6(self):
        paid = {"done", "authorized"} & set(self.order.transaction_ids.mapped("state"))
        return self.order.state in _QUOTATION and bool(paid)

    def _get_holds(self):
        return self.env["oms.hold"].search([("order_id", "=", self.order.id), ("state", "=", "active")])

    # === CREDIT === #

    def _has_o2(self):
        order = self.order
        if order.state not in _QUOTATION and not (self.oracle.is_confirmed and self.oracle.outward):
            return False
        if any(hold.reason_id.is_credit for hold in self._get_holds()):
            return True
        customer = order.partner_id.commercial_partner_id.with_company(order.company_id)
        limit = customer.credit_limit if order.company_id.account_use_credit_limit else 0
        is_in_doubt = (
            customer.oms_account_hold
            or self._is_overdue(customer)
            or (limit > 0 and self._compare(self._get_exposure(customer), limit) > 0)
        )
        # Half a cent more is what an order and its invoice are rounded apart.
        more = self._get_exposure(customer) - order.oms_credit_accepted
        return is_in_doubt and not (
            order.oms_credit_accepted_on and more < 0.75 * order.company_id.currency_id.rounding
        )

    def _compare(self, amount, other):
        return self.order.company_id.currency_id.compare_amounts(amount, other)

    def _get_exposure(self, customer):
        """Return what the customer owes and will owe by what is agreed; a quotation would come on top."""
        key = ("exposure", customer.id, self.order.company_id.id)
        if key not in self.shared:
            self.shared[key] = self._read_exposure(customer)
        own = self.order.amount_total / self.order.currency_rate if self.order.state in _QUOTATION else 0.0
        return self.shared[key] + own

    def _read_exposure(self, customer):
        company = self.order.company_id
        mine = [("company_id", "=", company.id), ("commercial_partner_id", "=", customer.id)]
        owed = self._get_receivables(customer)
        drafts = self.env["account.move"].search(
            [*mine, ("state", "=", "draft"), ("move_type", "in", ("out_invoice", "out_refund"))]
        )
        exposure = sum(owed.mapped("amount_residual")) + sum(drafts.mapped("amount_total_signed"))
        confirmed = self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("state", "=", "sale"),
            ]
        )
        return exposure + sum(Oracle(order).money.left for order in confirmed)

    def _get_receivables(self, customer):
        return self.env["account.move.line"].search(
            [
                ("company_id", "=", self.order.company_id.id),
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )

    def _is_overdue(self, customer):
        days = self.order.company_id.oms_credit_overdue_days
        return days > 0 and any(
            line.amount_residual > 0
            and line.date_maturity
            and line.date_maturity < self._get_today() - timedelta(days=days)
            for line in self._get_receivables(customer)
            if line.move_id.move_type == "out_invoice"
        )

    # === PRICES === #

    def _has_o4(self):
        if self.order.state == "cancel" or self.oracle.lanes["invoice"] == "done":
            return False
        approved = set((self.order.oms_price_approved or "").split())
        return any(
            self._is_under_the_floor(line) and self._tell_price(line) not in approved for line in self._get_judged()
        )

    def _get_judged(self):
        for line in self.lines:
            order_line = line.line
            is_part = order_line.combo_item_id or order_line.is_delivery or order_line.is_expense
            if (
                line.is_real
                and order_line.product_id
                and line.ordered > 0
                and order_line.price_unit >= 0
                and not is_part
            ):
                yield order_line

    def _is_under_the_floor(self, order_line):
        company = self.order.company_id
        cost = order_line.product_id.with_company(company).standard_price
        cost = order_line.product_id.uom_id._compute_price(cost, order_line.product_uom_id)
        is_cheap = (
            float_compare(self._get_price(order_line), cost * (1 + company.oms_min_margin / 100), precision_digits=4)
            < 0
        )
        return is_cheap or 0 < company.oms_max_discount < order_line.discount

    def _get_price(self, order_line):
        """Return what a unit of a line is sold at, its part of the order's discount lines taken off."""
        lines = self.order.order_line.filtered(lambda line: line.product_uom_qty > 0 and not line.is_downpayment)
        given = lines.filtered(lambda line: line.price_unit < 0)
        sold = sum((lines - given).mapped("price_subtotal"))
        share = sum(given.mapped("price_subtotal")) / sold if sold else 0.0
        return order_line.price_subtotal / order_line.product_uom_qty / self.order.currency_rate * (1 + share)

    def _tell_price(self, order_line):
        """Return a price as an approval keeps it."""
        return f"{order_line.id}:{self._get_price(order_line):.4f}:{order_line.discount:.2f}"

    # === THE SAME AGAIN === #

    def _has_o5(self):
        order = self.order
        if order.state == "cancel" or self._is_cart(order) or any(line.shipped > 0 for line in self.lines):
            return False
        goods = self._get_goods(order)
        others = self.env["sale.order"].search(
            [
                ("company_id", "=", order.company_id.id),
                ("partner_id.commercial_partner_id", "=", order.partner_id.commercial_partner_id.id),
                ("state", "!=", "cancel"),
                ("date_order", ">=", order.date_order - timedelta(hours=48)),
                ("date_order", "<=", order.date_order),
            ]
        )
        return bool(goods) and any(
            (other.date_order, other.id) < (order.date_order, order.id)
            and not self._is_cart(other)
            and not (
                other.client_order_ref and order.client_order_ref and other.client_order_ref != order.client_order_ref
            )
            and self._get_goods(other) == goods
            for other in others
        )

    def _get_goods(self, order):
        """Return what an order asks for: {product: quantity}."""
        goods = {}
        for line in order.order_line:
            if line.display_type or line.is_downpayment or line.is_delivery or not line.product_id:
                continue
            quantity = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id, round=False)
            goods[line.product_id] = round(goods.get(line.product_id, 0.0) + quantity, 4)
        return {product: quantity for product, quantity in goods.items() if quantity}

    # === AUTOMATION === #

    def _has_x1(self):
        failed = self.env["oms.job"].search(
            [("order_id", "=", self.order.id), ("state", "=", "failed"), ("origin", "in", ("automation", "cron"))]
        )
        flow = self.env["oms.flow"].search([("order_id", "=", self.order.id)])
        return bool(failed or flow.read_error)
