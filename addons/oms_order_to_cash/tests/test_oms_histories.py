from odoo.tests import tagged

from .history import STARTS
from .history_case import OmsHistoryCase

_NEW, _SHIPPED, _HALF_PAID, _PAID, _DOWN_PAYMENT = STARTS


@tagged("oms_property")
class TestOmsHistories(OmsHistoryCase):
    """Random histories that failed once, made as short as they still failed: what holds of all holds of them."""

    def test_account_hold_set_and_taken_off(self):
        self._replay(_NEW, ("account_hold", 0, 1.0), ("account_hold", 0, 1.0))

    def test_customer_loses_email_and_street(self):
        self._replay(_SHIPPED, ("change_email", 2, 1.0), ("change_address", 0, 1.0), ("change_email", 2, 1.0))

    def test_cost_raised(self):
        self._replay(_HALF_PAID, ("change_cost", 0, 1.0), ("change_cost", 1, 1.0))

    def test_money_that_names_no_order(self):
        self._replay(_HALF_PAID, ("unpay", 0, 1.0), ("bank_payment", 0, 0.5), ("take_payment_back", 0, 1.0))

    def test_invoice_of_another_order_unmatched(self):
        self._replay(_HALF_PAID, ("down_payment", 0, 1.0), ("unpay", 2, 0.25))

    def test_confirmation_of_goods_made_to_order_taken_back(self):
        self._replay(_NEW, ("next", 2, 1.0))

    def test_cents_are_rounded_before_the_tax(self):
        self._replay(_HALF_PAID, ("ship_without_backorder", 0, 0.25), ("next", 0, 1.0))

    def test_down_payment_beyond_what_is_left(self):
        self._replay(_HALF_PAID, ("down_payment", 0, 1.0))

    def test_invoice_without_deducting_the_down_payment(self):
        self._replay(_DOWN_PAYMENT, ("invoice", 1, 0.25))

    def test_price_lowered_after_payment(self):
        self._replay(_PAID, ("change_price", 0, 0.25))

    def test_credit_note_of_what_is_paid(self):
        self._replay(_PAID, ("credit", 2, 0.25), ("next", 2, 1.0))

    def test_paid_invoice_is_a_draft_again(self):
        self._replay(_PAID, ("cancel_invoice", 2, 0.25))

    def test_purchase_of_a_cancelled_order_cancelled(self):
        self._replay(_NEW, ("confirm", 2, 1.0), ("cancel", 2, 1.0), ("cancel_purchase", 2, 1.0))

    def test_held_order_cancelled_while_its_money_is_owed(self):
        self._replay(_HALF_PAID, ("hold", 1, 0.25), ("cancel", 1, 0.5))

    def test_more_comes_back_than_left(self):
        self._replay(_SHIPPED, ("return_goods", 2, 1.0))

    def test_a_part_comes_back_before_the_rest_is_shipped(self):
        self._replay(_HALF_PAID, ("return_goods", 2, 0.5))

    def test_down_payment_credited_by_hand(self):
        self._replay(_DOWN_PAYMENT, ("draft_credit", 1, 0.25))

    def test_draft_that_only_deducts_the_down_payment(self):
        self._replay(_DOWN_PAYMENT, ("add_line", 1, 0.25), ("draft_invoice", 1, 0.5))

    def test_draft_credit_note_of_a_trade_in(self):
        self._replay(_HALF_PAID, ("add_line", 0, 0.25), ("draft_invoice", 0, 1.0))

    def test_more_announced_than_came_back(self):
        self._replay(_SHIPPED, ("return_goods", 2, 0.5), ("invoice_all_orders", 1, 0.25), ("announce_return", 2, 0.25))

    def test_credit_drafted_of_what_is_exchanged(self):
        self._replay(_PAID, ("exchange", 2, 1.0), ("draft_invoice", 2, 1.0))

    def test_down_payment_credited_and_taken_off(self):
        steps = [("draft_invoice", 2, 1.0), ("credit", 2, 0.5), ("post", 2, 0.25), ("cancel", 2, 0.5)]
        self._replay(_DOWN_PAYMENT, *steps)

    def test_limit_and_a_credit_that_opens_no_invoicing(self):
        self._replay(_HALF_PAID, ("change_limit", 0, 0.5), ("draft_credit", 0, 1.0), ("unmatch", 2, 0.5))

    def test_discount_granted_on_a_credit_note(self):
        steps = [("discount", 0, 0.25), ("return_goods", 0, 0.5), ("invoice_all_orders", 2, 0.25)]
        self._replay(_PAID, *steps)

    def test_exchange_of_a_cancelled_order(self):
        self._replay(("confirm", "ship"), ("invoice_late", 2, 0.25), ("cancel", 2, 0.25), ("exchange", 2, 0.25))

    def test_part_of_a_dozen_billed_of_a_cancelled_order(self):
        self._replay(_DOWN_PAYMENT, ("cancel", 1, 1.0), ("return_goods", 1, 0.25), ("remedy", 1, 0.5))

    def test_trade_in_on_a_credit_note_of_a_cancelled_order(self):
        self._replay(_HALF_PAID, ("add_line", 2, 0.25), ("invoice_all_orders", 0, 0.5), ("cancel", 2, 0.5))

    def test_undo_of_a_credited_down_payment(self):
        self._replay(_PAID, ("down_payment", 2, 0.5), ("draft_invoice", 2, 0.25), ("next", 2, 1.0))

    def test_blocked_invoice_paid(self):
        self._replay(_SHIPPED, ("invoice_late", 0, 0.5), ("block_invoice", 0, 1.0), ("pay", 0, 1.0))

    def test_part_of_a_piece_bought_too_much(self):
        self._replay(_PAID, ("exchange", 2, 0.25), ("ship", 2, 0.25))
