"""What is wrong with an order's invoices and payments, by plain loops; see docs/issues.md."""

from datetime import date, timedelta

from odoo.tools import float_compare

from .oracle_line import is_open, is_return

_OPEN = ("not_paid", "partial", "blocked")


class OracleMoneyIssues:
    def __init__(self, oracle, shared):
        self.oracle, self.order, self.env, self.shared = oracle, oracle.order, oracle.env, shared
        self.lines, self.moves = oracle.lines, oracle.moves
        self.posted = oracle.invoices.filtered(lambda move: move.state == "posted")
        # Of which something is to be paid.
        self.collected = self.posted.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.payment_state in _OPEN
                and not move.company_currency_id.is_zero(move.amount_residual_signed)
            )
        )
        self.today = date.today()

    def _is_announced(self, move):
        return is_return(move) and is_open(move)

    # === INVOICES === #

    def _has_i1(self):
        """The customer has a part of what is left to invoice, and no down payment covers it while more will come."""
        if self.order.state == "cancel":
            return any(line.is_priced and line.is_above_zero(line.left_of_cancelled) for line in self.lines)
        if not self.oracle.is_confirmed:
            return False
        has_part = [
            line
            for line in self.lines
            if line.is_priced
            and line.ordered >= 0
            and line.is_above_zero(line.left)
            and line.is_above_zero(line.delivered - line.invoiced + min(line.credited, line.returned))
        ]
        return bool(has_part) and not self._is_covered_by_down_payment()

    def _is_covered_by_down_payment(self):
        is_more_to_come = any(
            line.policy == "delivery" and line.is_priced and line.is_above_zero(line.ordered - line.shipped)
            for line in self.lines
        )
        left = sum(
            (line.left if line.ordered >= 0 else -line.left) * self._get_unit_total(line)
            for line in self.lines
            if line.is_priced and line.is_above_zero(line.left)
        )
        down_payments = sum(self._get_down_payment(line) for line in self.lines)
        return is_more_to_come and self.order.currency_id.compare_amounts(left, down_payments) <= 0

    def _get_unit_total(self, line):
        if line.ordered:
            return line.line.price_total / line.ordered
        return line.line.price_unit * (1 - line.line.discount / 100)

    def _get_down_payment(self, line):
        """Return what is invoiced of a down payment and not deducted yet, in the order's currency."""
        if not line.line.is_downpayment:
            return 0.0
        return sum(
            invoice_line.price_total * (1 if invoice_line.move_id.move_type == "out_invoice" else -1)
            for invoice_line in line.line.invoice_lines
            if invoice_line.move_id in self.oracle.invoices
        )

    def _has_i2(self):
        drafts = self.oracle.invoices.filtered(lambda move: move.state == "draft" and move.auto_post == "no")
        return any(
            move.create_date <= self.env.cr.now() - timedelta(hours=24)
            and (move.invoice_date or self.today) <= self.today
            for move in drafts
        )

    def _has_i3(self):
        """Not where all that is open of the order's invoices has to be credited: nobody asks for it."""
        return not self.oracle.money.is_claim_void and any(
            move.move_type == "out_invoice"
            and not self.env.company.currency_id.is_zero(move.amount_residual_signed)
            and not move.is_move_sent
            and not move.sending_data
            and self._get_method(move) != "manual"
            for move in self.posted
        )

    def _get_method(self, move):
        return move.commercial_partner_id.with_company(move.company_id).invoice_sending_method or "email"

    def _has_i4(self):
        if not self.oracle.is_confirmed:
            return False
        if self._is_down_payment_forgotten():
            return True
        return any(
            self._is_billed_otherwise(line) or (line.policy == "order" and self._is_above(line, line.ordered))
            for line in self.lines
            if line.is_real and line.ordered >= 0 and self._is_billed(line)
        )

    def _is_down_payment_forgotten(self):
        """Whether all is invoiced, and a down payment is deducted nowhere."""
        is_more_to_come = any(
            line.policy == "delivery" and line.is_priced and line.is_above_zero(line.ordered - line.shipped)
            for line in self.lines
        )
        is_left = any(line.is_priced and line.is_above_zero(line.left) for line in self.lines)
        is_draft = "draft" in self.oracle.invoices.mapped("state")
        if is_more_to_come or is_left or is_draft:
            return False
        currency = self.order.company_id.currency_id
        return any(
            line.line.is_downpayment and self._is_billed(line) and currency.compare_amounts(line.down_payment, 0) > 0
            for line in self.lines
        )

    def _has_i5(self):
        if not self.oracle.is_confirmed:
            return False
        return any(
            self._is_above(line, line.shipped - min(self._get_credited(line), line.returned))
            for line in self.lines
            if line.is_real and line.ordered >= 0 and line.policy == "delivery" and self._is_billed(line)
        )

    def _is_billed(self, line):
        return any(move.move_type == "out_invoice" and move in self.posted for move in line.line.invoice_lines.move_id)

    def _is_above(self, line, quantity):
        return line.is_priced and line.is_above_zero(sum(self._get_billed(line).values()) - quantity)

    def _is_billed_otherwise(self, line):
        """Whether a quantity is billed at another price, or with other taxes, than the order line has."""
        own_price = line.line.price_unit * (1 - line.line.discount / 100)
        return any(
            line.is_above_zero(quantity)
            and (taxes != line.line.tax_ids or not self._is_same_amount(price * quantity, own_price * quantity))
            for (price, taxes), quantity in self._get_billed(line).items()
        )

    def _is_same_amount(self, one, other):
        return float_compare(one, other, precision_rounding=self.order.company_id.currency_id.rounding) == 0

    def _get_billed(self, line):
        """Return {(price per unit of the order line, taxes): net quantity}; a draft credit note counts."""
        billed = {}
        for invoice_line in self._get_billed_lines(line):
            ratio = self._get_ratio(invoice_line, line)
            price = round(invoice_line.price_unit * (1 - (invoice_line.discount or 0) / 100) / ratio, 6)
            sign = 1 if invoice_line.move_id.move_type == "out_invoice" else -1
            key = (price, invoice_line.tax_ids)
            billed[key] = billed.get(key, 0.0) + sign * invoice_line.quantity * ratio
        return billed

    def _get_credited(self, line):
        return sum(
            invoice_line.quantity * self._get_ratio(invoice_line, line)
            for invoice_line in self._get_billed_lines(line)
            if invoice_line.move_id.move_type == "out_refund"
        )

    def _get_billed_lines(self, line):
        return line.line.invoice_lines.filtered(
            lambda found: (
                found.display_type == "product"
                and found.move_id.move_type in ("out_invoice", "out_refund")
                and (
                    found.move_id.state == "posted"
                    or (found.move_id.move_type == "out_refund" and found.move_id.state == "draft")
                )
            )
        )

    def _get_ratio(self, invoice_line, line):
        """Return how many units of the order line make one of the invoice line."""
        if not invoice_line.product_uom_id:
            return 1.0
        return invoice_line.product_uom_id._compute_quantity(1.0, line.line.product_uom_id, round=False)

    # === PAYMENTS === #

    def _has_a1(self):
        """Something falls due soon, of a customer who pays late."""
        days = self.order.company_id.oms_reminder_days
        if not days:
            return False
        return any(
            not move.oms_reminded_on
            and not move.oms_payment_promise_date
            and not self._is_disputed(move)
            and self.today <= self._get_first_day(move) <= self.today + timedelta(days=days)
            and self._pays_late(move.commercial_partner_id)
            for move in self.collected
        )

    def _get_first_day(self, move):
        return min(self._get_instalments(move).filtered("date_maturity").mapped("date_maturity"), default=date.min)

    def _pays_late(self, customer):
        instalments = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.order.company_id.id),
                ("move_id.commercial_partner_id", "=", customer.id),
                ("move_id.move_type", "=", "out_invoice"),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "payment_term"),
                ("date_maturity", "<", self.today),
            ]
        )
        if any(not line.reconciled and line.amount_residual > 0 for line in instalments):
            return True
        delays = [
            max((max(line.matched_credit_ids.mapped("max_date")) - line.date_maturity).days, 0)
            for line in instalments
            if line.matched_credit_ids and line.date_maturity >= self.today - timedelta(days=365)
        ]
        return bool(delays) and sum(delays) / len(delays) > 7

    def _has_a2(self):
        """Something is overdue, and more of it than what has to be credited."""
        overdue = sum(
            self._get_share(move) * sum(self._get_overdue(move).mapped("amount_residual"))
            for move in self.collected
            if not self._is_disputed(move)
            and not (move.oms_payment_promise_date and move.oms_payment_promise_date >= self.today)
        )
        currency = self.order.company_id.currency_id
        return currency.compare_amounts(overdue - self.oracle.money.not_kept, 0) > 0

    def _get_share(self, move):
        own = self.order.order_line.invoice_lines.filtered(lambda line: line.move_id == move)
        return sum(own.mapped("price_total")) / move.amount_total if move.amount_total else 0.0

    def _get_overdue(self, move):
        return self._get_instalments(move).filtered(
            lambda line: line.date_maturity and line.date_maturity < self.today and line.amount_residual > 0
        )

    def _get_instalments(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == "payment_term" and not line.reconciled)

    def _has_a3(self):
        return any(
            self._get_unmatched(move) or self._is_short(move) for move in self.collected if not self._is_disputed(move)
        )

    def _get_unmatched(self, move):
        """Return what the customer paid, or is credited, in the account of this invoice, and matches nothing."""
        return self.env["account.move.line"].search(
            [
                ("account_id", "in", self._get_instalments(move).account_id.ids),
                ("partner_id", "=", move.commercial_partner_id.id),
                ("company_id", "=", move.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
            ]
        )

    def _is_short(self, move):
        """Whether money came for an instalment, and not all of it."""
        return any(
            partial.credit_move_id.move_id.move_type == "entry"
            for line in self._get_instalments(move)
            for partial in line.matched_credit_ids
        )

    def _is_disputed(self, move):
        return move.payment_state == "blocked" or bool(move.oms_dispute_reason)

    def _has_a4(self):
        return any(self._is_disputed(move) for move in self.collected)

    def _has_a5(self):
        return any(
            move.oms_payment_promise_date and move.oms_payment_promise_date < self.today and not self._is_disputed(move)
            for move in self.collected
        )

    # === WHAT THE CUSTOMER GETS BACK === #

    def _has_r2(self):
        return self.oracle.money.not_kept > 0

    def _has_r3(self):
        """More is to the customer's credit than what is open of the order's invoices; what is kept as credit aside."""
        if self.order.state not in ("sale", "cancel"):
            return False
        money = self.oracle.money
        due = money._get_credit(but_kept=True)
        if self.order.state == "cancel":
            due += money.not_kept - money.left
        return self.order.company_id.currency_id.compare_amounts(due, 0) > 0
