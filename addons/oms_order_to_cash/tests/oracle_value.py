"""What the customer of an order is to pay for what he keeps, by plain loops over its documents."""


class OracleValue:
    """Amounts are in company currency, taxes included."""

    def __init__(self, oracle):
        self.order, self.lines, self.priced = oracle.order, oracle.lines, oracle.priced
        money = oracle.money
        self.spare, self.left = money.spare, money.left
        self.not_kept, self.not_kept_beside_drafts = money.not_kept, money.not_kept_beside_drafts
        self.is_cancelled = self.order.state == "cancel"
        self.invoices = self.order.order_line.invoice_lines.move_id.filtered(lambda move: move.state != "cancel")

    def get_value(self):
        """Return the value, at the order's prices, of what the customer will have in the end."""
        return sum(self._get_kept(line) * self._get_unit_total(line) for line in self.priced) / self.order.currency_rate

    def _get_kept(self, line):
        if line.ordered < 0:
            if self.is_cancelled:
                return line.delivered
            return line.ordered if line.policy == "delivery" else line.target
        if self.is_cancelled:
            kept = line.delivered
        elif line.policy == "delivery":
            kept = line.delivered + max(line.ordered - line.shipped, line.planned, 0.0)
        else:
            kept = line.target
        # Who sends back more than he got is owed nothing for it.
        return max(kept, 0.0)

    def _get_unit_total(self, line):
        if line.ordered:
            return line.line.price_total / line.ordered
        return line.line.price_unit * (1 - line.line.discount / 100)

    def get_unit_rounding(self):
        """Return what half a step of rounding is worth of quantities in another unit than the product's."""
        others = [line for line in self.priced if line.line.product_uom_id != line.line.product_id.uom_id]
        return (
            sum(0.5 * 10**-line.digits * abs(self._get_unit_total(line)) for line in others) / self.order.currency_rate
        )

    def get_paid(self):
        """Return what came in for the order's invoices, what went out for its credit notes taken off.

        An invoice that is a draft again keeps the payment it is matched with.
        """
        return sum(
            self._get_share(move) * (move.amount_total_signed - move.amount_residual_signed) for move in self.invoices
        )

    def get_spare(self):
        """Return what he paid and no invoice used up; what was paid in advance lies there for what is still to be invoiced."""
        advance = sum(amount for _entry, amount, is_advance in self.spare if is_advance)
        other = sum(amount for _entry, amount, is_advance in self.spare if not is_advance)
        return other + (advance if self.is_cancelled else max(advance - self.left, 0.0))

    def get_drafted(self):
        """Return what of the amount owed drafts of credit notes will give back, which is open already."""
        return self.not_kept - self.not_kept_beside_drafts

    def _get_share(self, move):
        own = self.order.order_line.invoice_lines.filtered(lambda line: line.move_id == move)
        return sum(own.mapped("price_total")) / move.amount_total if move.amount_total else 0.0

    def is_plain(self):
        """Tell whether all that is billed has the order's prices, is not above what is kept, and is credited for returns only.

        What a user billed or credited by hand otherwise has no value that the order knows of; issues tell of it. A quotation
        owes nothing: its value at stake is its total, which the other oracles check.
        """
        return (
            self.order.state in ("sale", "cancel")
            and not self._is_discount_shared()
            and not self._is_other_credit_drafted()
            and all(self._is_line_plain(line) for line in self.lines if line.is_real)
            and all(self._is_all_of_the_order(move) for move in self.invoices)
            and self._are_down_payments_covered()
        )

    def _is_discount_shared(self):
        """Tell whether a part of a discount goes with goods that are not kept: which, follows from what was billed with it."""
        is_discounted = any(line.line.price_unit < 0 < line.ordered for line in self.priced)
        return is_discounted and (self.is_cancelled or any(line.is_above_zero(line.returned) for line in self.lines))

    def _is_other_credit_drafted(self):
        """Tell whether a draft credit note is for anything but goods that came back: a down payment, a trade-in."""
        drafts = self.invoices.filtered(lambda move: move.state == "draft" and move.move_type == "out_refund")
        returned = [line.line for line in self.lines if line.is_real and line.is_above_zero(line.returned)]
        return any(line not in returned for line in drafts.invoice_line_ids.sale_line_ids)

    def _are_down_payments_covered(self):
        """Tell whether what is left to invoice is worth the down payments that are not deducted yet, and none is twice."""
        down_payments = sum(line.down_payment for line in self.lines)
        if self.is_cancelled:
            return self.order.currency_id.compare_amounts(down_payments, 0) >= 0
        left = sum(line.amount_left for line in self.priced) / self.order.currency_rate
        return self.order.currency_id.compare_amounts(down_payments, left) <= 0

    def _is_all_of_the_order(self, move):
        """Tell whether each line of an invoice belongs to a sale order; a price difference by hand does not."""
        return all(line.sale_line_ids for line in move.invoice_line_ids if line.display_type == "product")

    def _is_line_plain(self, line):
        billed = line.invoiced - line.credited
        # Of a cancelled order all is credited that he does not have.
        not_kept = line.invoiced - line.delivered if self.is_cancelled else line.returned
        if line.is_above_zero(line.credited - max(not_kept, 0.0)):
            return False
        # What a credit note gave for goods that a cancelled order never brought in stands until somebody takes it back.
        if self.is_cancelled and line.ordered < 0 and line.is_above_zero(line.delivered - line.invoiced):
            return False
        total = sum(
            found.price_total * (1 if found.move_id.move_type == "out_invoice" else -1)
            for found in line.line.invoice_lines
            if found.move_id in self.invoices
        )
        # Each document rounds its lines.
        if abs(total - billed * self._get_unit_total(line)) > 0.01 * (1 + len(self.invoices)):
            return False
        if self.is_cancelled:
            return True
        return not line.is_above_zero((billed - self._get_kept(line) - line.returned) * (-1 if line.ordered < 0 else 1))
