"""What the customer of an order owes and is owed, by plain loops over invoices and payments; see docs/flow.md for the words."""

from odoo.tools import float_compare


class OracleMoney:
    """Reads the money of an order; ``oracle`` tells the rest of it. Amounts in company currency."""

    def __init__(self, oracle):
        self.oracle = oracle
        self.order = oracle.order
        self.currency = self.order.company_id.currency_id
        self.is_cancelled = self.order.state == "cancel"
        self.credits = oracle.invoices.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_refund"
                and move.payment_state in ("not_paid", "partial")
                and not self.currency.is_zero(self.get_share(move) * move.amount_residual_signed)
            )
        )
        self.claims = oracle.invoices.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.payment_state in ("not_paid", "partial", "blocked")
            )
        )
        self.left = self._get_left()
        self.not_kept = self.read_not_kept()
        self.not_kept_beside_drafts = self.read_not_kept(with_drafts=True)
        self.spare = self._read_spare()

    # === IN ALL === #

    @property
    def owed(self):
        if self.order.state in ("draft", "sent"):
            return 0.0
        return max(self._get_credit() + self.not_kept - (self.left if self.is_cancelled else 0.0), 0.0)

    @property
    def open(self):
        """The value at stake."""
        if self.order.state in ("draft", "sent"):
            return self.order.amount_total / self.order.currency_rate
        amount = sum(self.get_share(invoice) * invoice.amount_residual_signed for invoice in self.oracle.invoices)
        if self.is_cancelled:
            amount -= self.not_kept_beside_drafts + sum(spare for _move, spare, _is_advance in self.spare)
        else:
            amount -= sum(spare for _move, spare, is_advance in self.spare if not is_advance)
            amount -= max(sum(spare for _move, spare, is_advance in self.spare if is_advance) - self.left, 0.0)
        return amount + self.left

    def _get_left(self):
        """Return what the order will still be invoiced."""
        if self.is_cancelled:
            of_lines = sum(line.left_of_cancelled * line.unit_total for line in self.oracle.priced)
            return max(of_lines, 0.0) / self.order.currency_rate
        if not self.oracle.is_confirmed:
            return 0.0
        still_to_invoice = sum(line.amount_left for line in self.oracle.priced) / self.order.currency_rate
        return max(still_to_invoice - sum(line.down_payment for line in self.oracle.lines), 0.0)

    def get_share(self, invoice):
        linked = self.order.order_line.invoice_lines.filtered(lambda line: line.move_id == invoice)
        return sum(linked.mapped("price_total")) / invoice.amount_total if invoice.amount_total else 0.0

    def _get_credit(self, but_kept=False):
        credit = advance = 0.0
        for move in self.credits:
            if not (but_kept and move.oms_kept_as_credit):
                credit -= self.get_share(move) * move.amount_residual_signed
        for move, amount, is_advance in self.spare:
            if not (but_kept and move.oms_kept_as_credit):
                credit += 0.0 if is_advance else amount
                advance += amount if is_advance else 0.0
        open_amount = sum(self.get_share(move) * move.amount_residual_signed for move in self.claims)
        return credit + max(advance - self.left, 0.0) - open_amount

    @property
    def is_claim_void(self):
        """Whether all that is open of the order's invoices has to be credited."""
        claim = sum(self.get_share(move) * move.amount_residual_signed for move in self.claims)
        return bool(self.not_kept) and self.currency.compare_amounts(claim, self.not_kept) <= 0

    @property
    def is_refund_next(self):
        """Whether money can be given back now."""
        due = self._get_credit(but_kept=True)
        if self.is_cancelled:
            due += self.not_kept - self.left
        documents = self.credits.filtered(lambda move: not move.oms_kept_as_credit)
        for move, _amount, _is_advance in self.spare:
            documents |= move.filtered(lambda payment: not payment.oms_kept_as_credit)
        payable = self.claims.filtered(lambda move: move.payment_state != "blocked")
        return bool(
            self.order.state in ("sale", "cancel")
            and self.currency.compare_amounts(due, 0) > 0
            and documents
            and not payable
            and not (self.is_cancelled and not self.currency.is_zero(self.left))
        )

    def _read_spare(self):
        """Return (entry, amount, whether it was paid in advance) of what is left of payments."""
        spare, seen = [], self.order.env["account.move.line"]
        for invoice in self.oracle.invoices.filtered(lambda move: move.move_type == "out_invoice"):
            for line in invoice.line_ids.matched_credit_ids.credit_move_id - seen:
                if line.reconciled or line.move_id.move_type != "entry" or line.move_id.state != "posted":
                    continue
                paid = line.matched_debit_ids.sorted("id").debit_move_id.move_id.filtered(
                    lambda move: move.move_type == "out_invoice"
                )
                last = line.matched_debit_ids.sorted("id")[-1].debit_move_id.move_id if paid else invoice
                if last == invoice:
                    seen |= line
                    spare.append((line.move_id, -line.amount_residual * self.get_share(invoice), False))
        is_invoiced = "posted" in self.oracle.invoices.mapped("state")
        for transaction in self.order.transaction_ids:
            if transaction.state != "done" or transaction.operation in ("validation", "refund"):
                continue
            entry = transaction.payment_id.move_id.filtered(lambda move: move.state == "posted")
            if entry:
                lines = entry.line_ids.filtered(
                    lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
                )
                spare += [(entry, -line.amount_residual, True) for line in lines - seen]
            elif not is_invoiced:
                spare.append((entry, transaction.amount / self.order.currency_rate, True))
        return spare

    # === WHAT IS NOT KEPT === #

    def read_not_kept(self, with_drafts=False):
        """Return what was billed of what the customer does not keep, less what was credited for it."""
        amount = gone = total = 0.0
        for line in self.oracle.priced:
            if line.line.price_unit * (1 - line.line.discount / 100) < 0 or line.ordered < 0:
                continue
            billed, taken = self._get_billed(line, with_drafts)
            quantity = sum(row[1] for row in billed)
            value = sum(row[2] for row in billed)
            total += value
            not_kept = min(quantity + max(line.elsewhere, 0.0) - self._get_kept(line), quantity)
            if billed and line.is_above_zero(not_kept) and (self.is_cancelled or line.is_above_zero(line.returned)):
                gone += value * not_kept / quantity
                amount += self._get_owed_of(line, not_kept, billed, taken)
        if amount and total:
            amount += self._get_discount(gone / total, with_drafts)
        amount += self._get_down_payments(with_drafts) + self._get_trade_ins(with_drafts)
        return amount if self.currency.compare_amounts(amount, 0) > 0 else 0.0

    def _get_kept(self, line):
        kept = line.delivered if self.is_cancelled else line.target
        if line.policy == "delivery" and not self.is_cancelled:
            kept += min(line.planned, line.replaced)
        return max(kept, 0.0)

    def _get_billed(self, line, with_drafts):
        """Return (invoice line, quantity, amount) of what was billed, the newest first, and of what was taken off again."""
        billed, taken = [], []
        for row in line.line.invoice_lines.sorted("id", reverse=True):
            move = row.move_id
            if row.display_type != "product" or move.move_type not in ("out_invoice", "out_refund"):
                continue
            if move.state == "cancel" and move.payment_state != "invoicing_legacy":
                continue
            quantity = row.quantity
            if row.product_uom_id and line.line.product_uom_id:
                quantity *= row.product_uom_id.factor / line.line.product_uom_id.factor
            amount = row.price_total / (move.invoice_currency_rate or 1)
            if move.move_type == "out_invoice" and quantity > 0:
                billed.append((row, quantity, amount))
            elif quantity and move.move_type == "out_invoice":
                taken.append((row, quantity, amount))
            elif quantity and (with_drafts or move.state != "draft"):
                taken.append((row, -quantity, -amount))
        return sorted(billed, key=lambda entry: entry[0].move_id.state == "draft"), taken

    def _get_owed_of(self, line, not_kept, billed, taken):
        left, rest, given, others = [quantity for _row, quantity, _amount in billed], not_kept, 0.0, 0
        for row, quantity, amount in taken:
            same = [index for index, entry in enumerate(billed) if self._is_alike(line, entry, row)]
            same.sort(key=lambda index: billed[index][0].move_id != row.move_id.reversed_entry_id)
            if not same or quantity > 0:
                given += amount * min(1, not_kept / abs(quantity))
                others += 1
                continue
            for index in same:
                part = min(-quantity, left[index], rest)
                left[index], rest, quantity = left[index] - part, rest - part, quantity + part
        for index, (_row, quantity, amount) in enumerate(billed):
            part = min(left[index], rest)
            if line.is_above_zero(part):
                given += part * amount / quantity
                rest -= part
        return given if given > others * self.currency.rounding else 0.0

    def _is_alike(self, line, entry, other):
        row, quantity, _amount = entry
        factors = [
            (item.product_uom_id.factor / line.line.product_uom_id.factor) if item.product_uom_id else 1
            for item in (row, other)
        ]
        prices = [
            item.price_unit * (1 - item.discount / 100) / factor
            for item, factor in zip((row, other), factors, strict=True)
        ]
        taxes = [item.tax_ids == line.line.tax_ids for item in (row, other)]
        return float_compare(*prices, precision_digits=6) == 0 and taxes[0] == taxes[1] and quantity > 0

    def _get_discount(self, share, with_drafts):
        amount = 0.0
        for line in self.oracle.priced:
            if line.line.price_unit < 0 < line.ordered and line.line.discount < 100:
                billed, taken = self._get_billed(line, with_drafts)
                granted = sum(amount for _row, quantity, amount in billed + taken if quantity > 0)
                owed = granted * share + sum(amount for _row, quantity, amount in taken if quantity < 0)
                amount += min(owed, 0.0)
        return amount

    def _get_down_payments(self, with_drafts):
        if not self.is_cancelled:
            return 0.0
        amount = 0.0
        for line in self.oracle.lines:
            if line.line.is_downpayment and not line.line.display_type:
                billed, taken = self._get_billed(line, with_drafts)
                amount += max(sum(row[2] for row in billed + taken), 0.0)
        return amount

    def _get_trade_ins(self, with_drafts):
        """Return, below zero, what invoices gave for what the customer of a cancelled order did not hand over."""
        amount = 0.0
        for line in self.oracle.priced if self.is_cancelled else ():
            if line.ordered < 0:
                _billed, taken = self._get_billed(line, with_drafts)
                given = [row for row in taken if row[0].move_id.move_type == "out_invoice"]
                quantity = sum(row[1] for row in given)
                missing = max(sum(row[1] for row in taken) - line.delivered, quantity)
                if given and line.is_above_zero(-missing):
                    amount += sum(row[2] for row in given) * missing / quantity
        return amount
