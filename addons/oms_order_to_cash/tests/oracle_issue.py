"""A second, slow and obvious search for what is wrong with an order, to hold the detectors against.

Written from docs/issues.md alone: it walks records one by one and shares no code with the lanes. Types that it does not
know are left out (``CODES``).
"""

from datetime import UTC, datetime

from .oracle_issue_money import OracleMoneyIssues

# Of the money, of the goods, of the order.
CODES = (
    *("I1", "I2", "I3", "I4", "I5", "A1", "A2", "A3", "A4", "A5", "R1", "R2", "R3"),
    *("S1", "S2", "S4", "D5"),
    *("O1", "O3", "O6"),
)


def read_issues(oracle):
    """Return the codes, among :data:`CODES`, of what is wrong with the order of an :class:`Oracle` whose flow is read."""
    issues = OracleIssues(oracle)
    return {code for code in CODES if getattr(issues, f"_has_{code.lower()}")()}


class OracleIssues(OracleMoneyIssues):
    """One method per type of issue, that tells whether the order has it."""

    # === THE ORDER === #

    def _has_o1(self):
        """Data that the rest of the order needs: an address for goods that are still to leave, one for invoices by mail."""
        order, lanes = self.order, self.oracle.lanes
        if order.state == "cancel" or (lanes["delivery"] == "done" and lanes["invoice"] == "done"):
            return False
        address = order.partner_shipping_id
        if self._is_any_good_left() and not (address.street and address.city and address.country_id):
            return True
        customer = order.partner_id.commercial_partner_id.with_company(order.company_id)
        return (customer.invoice_sending_method or "email") == "email" and not order.partner_invoice_id.email

    def _is_any_good_left(self):
        return any(line.line.product_id.type == "consu" and line.ordered > line.delivered for line in self.lines)

    def _has_o3(self):
        return self.order.state != "cancel" and any(not hold.reason_id.is_credit for hold in self._get_holds())

    def _has_o6(self):
        paid = {"done", "authorized"} & set(self.order.transaction_ids.mapped("state"))
        return self.order.state in ("draft", "sent") and bool(paid)

    def _get_holds(self):
        return self.env["oms.hold"].search([("order_id", "=", self.order.id), ("state", "=", "active")])

    # === GOODS === #

    def _get_answers(self):
        return self.oracle.short_answers if self.oracle.is_confirmed else set()

    def _has_s1(self):
        return "nothing" in self._get_answers()

    def _has_s2(self):
        if not self.oracle.is_confirmed:
            return False
        return "purchase" in self._get_answers() or bool(self.oracle._get_draft_purchase_lines())

    def _has_s4(self):
        return "reserve" in self._get_answers() and not self._get_holds()

    def _has_d5(self):
        promised = self.oracle._read_date_promised()
        if not self.oracle.is_confirmed or not promised:
            return False
        is_owed = any(line.is_above_zero(line.unshipped) for line in self.lines if line.is_goods)
        return is_owed and promised.date() < datetime.now(UTC).date()

    # === RETURNS === #

    def _has_r1(self):
        days = self.order.company_id.oms_return_reminder_days
        announced = [move.date_deadline or move.date for move in self.moves if self._is_announced(move)]
        return any((datetime.now() - moment).days >= days for moment in announced)

    def _has_r2(self):
        return self.oracle.lanes["return"] == "doing"

    def _has_r3(self):
        """More is to the customer's credit than what is open of the order's invoices; what is kept as credit aside."""
        if self.order.state not in ("sale", "cancel"):
            return False
        money = self.oracle.money
        due = money._get_credit(but_kept=True)
        if self.order.state == "cancel":
            due += money.not_kept - money.left
        return self.order.company_id.currency_id.compare_amounts(due, 0) > 0
