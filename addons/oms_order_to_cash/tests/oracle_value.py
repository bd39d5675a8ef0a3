"""What the customer of an order is to pay for what he keeps, by plain loops over its documents."""


class OracleValue:
    """Amounts are in company currency, taxes included."""

    def __init__(self, oracle):
        self.order, self.lines, self.priced = oracle.order, oracle.lines, oracle.priced
        self.invoices = self.order.order_line.invoice_lines.move_id.filtered(lambda move: move.state != "cancel")

    def get_value(self):
        """Return the value, at the order's prices, of what the customer will have in the end."""
        return sum(self._get_kept(line) * self._get_unit_total(line) for line in self.priced) / self.order.currency_rate

    def _get_kept(self, line):
        if line.policy == "delivery" and line.ordered >= 0:
            return line.delivered + max(line.ordered - line.shipped, line.planned, 0.0)
        if line.policy == "delivery":
            return line.ordered
        return line.target

    def _get_unit_total(self, line):
        if line.ordered:
            return line.line.price_total / line.ordered
        return line.line.price_unit * (1 - line.line.discount / 100)

    def get_paid(self):
        """Return what came in for the order's invoices, what went out for its credit notes taken off.

        An invoice that is a draft again keeps the payment it is matched with.
        """
        return sum(
            self._get_share(move) * (move.amount_total_signed - move.amount_residual_signed) for move in self.invoices
        )

    def get_open(self):
        """Return what is invoiced, drafts too, and not paid; negative where the customer gets money."""
        return sum(self._get_share(move) * move.amount_residual_signed for move in self.invoices)

    def _get_share(self, move):
        own = self.order.order_line.invoice_lines.filtered(lambda line: line.move_id == move)
        return sum(own.mapped("price_total")) / move.amount_total if move.amount_total else 0.0

    def is_plain(self):
        """Tell whether all that is billed has the order's prices, is not above what is kept, and is credited for returns only.

        What a user billed or credited by hand otherwise has no value that the order knows of; issues tell of it.
        """
        return (
            self.order.state == "sale"
            # A draft of it gives nothing back yet, and is in what is open already.
            and not any(move.state == "draft" and move.move_type == "out_refund" for move in self.invoices)
            and all(self._is_line_plain(line) for line in self.lines if line.is_real)
            and all(self._is_all_of_the_order(move) for move in self.invoices)
            and self._are_down_payments_covered()
        )

    def _are_down_payments_covered(self):
        """Tell whether what is left to invoice is worth the down payments that are not deducted yet."""
        down_payments = sum(line.down_payment for line in self.lines)
        left = sum(line.amount_left for line in self.priced) / self.order.currency_rate
        return self.order.currency_id.compare_amounts(down_payments, left) <= 0

    def _is_all_of_the_order(self, move):
        """Tell whether each line of an invoice belongs to a sale order; a price difference by hand does not."""
        return all(line.sale_line_ids for line in move.invoice_line_ids if line.display_type == "product")

    def _is_line_plain(self, line):
        if line.is_above_zero(line.credited - line.returned):
            return False
        billed = line.invoiced - line.credited
        total = sum(
            found.price_total * (1 if found.move_id.move_type == "out_invoice" else -1)
            for found in line.line.invoice_lines
            if found.move_id in self.invoices
        )
        # Each document rounds its lines.
        if abs(total - billed * self._get_unit_total(line)) > 0.01 * (1 + len(self.invoices)):
            return False
        return not line.is_above_zero((billed - self._get_kept(line) - line.returned) * (-1 if line.ordered < 0 else 1))
