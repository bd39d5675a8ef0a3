"""Steps of random histories: what any user may do to an order at any time, wise or not.

Each method whose name begins with ``step_`` takes an order and a fraction between 0 and 1. What can't be done raises
:class:`UserError`, by core or here, and leaves nothing behind; what can't be done at a glance raises :class:`Impossible`
before anything is written.
"""

from contextlib import closing, contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.sql_db import Savepoint

from .history_around import OmsHistoryAround
from .history_billing import OmsHistoryBilling
from .history_stock import OmsHistoryStock
from .history_verbs import OmsHistoryVerbs

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
    *("discount", "quotation_sent"),
    *("reserve", "unreserve", "ship", "ship", "over_deliver", "ship_without_backorder", "cancel_transfers"),
    *("receive_stock", "take_from_stock", "return_goods", "announce_return", "receive_return", "return_without_refund"),
    *("exchange", "send_again", "request_purchase", "confirm_purchase", "receive_purchase", "cancel_purchase"),
    *("postpone_receipt", "promise"),
    *("invoice", "draft_invoice", "invoice_all_orders", "post", "down_payment", "credit", "draft_credit", "settle"),
    *("invoice_late", "pay", "unpay", "cancel_invoice", "delete_draft", "block_invoice"),
    *("bank_payment", "pay_online", "take_payment_back", "unmatch", "match_by_hand"),
    *("account_hold", "change_limit", "change_email", "change_address"),
    *("change_cost", "change_list_price", "change_policy", "other_order", "cancel_other_order", "till"),
    *("remedy", "remedy", "remedy", "next", "next", "next", "undo", "undo"),
)


class Impossible(UserError):
    """There is nothing to do a step with, which is seen before anything is written."""


class OmsHistory(OmsHistoryVerbs, OmsHistoryStock, OmsHistoryBilling, OmsHistoryAround):
    """To be mixed into a test case with the verbs."""

    def _run_step(self, name, order, fraction):
        """Do a step as its user would, who gets an error message and a rollback when it can't be done.

        :return: whether it was done
        """
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            getattr(self, f"step_{name}")(order, fraction)
            self.env.flush_all()
        except Impossible:
            # Nothing was written: what is read stays read.
            Savepoint.rollback(savepoint)
            return False
        except UserError:
            savepoint.rollback()
            return False
        finally:
            savepoint.close(rollback=False)
        return True

    @contextmanager
    def _aside(self):
        """Do something that is taken back at the end."""
        with closing(self.env.cr.savepoint()):
            yield

    def _run_some_step(self, name, order_index, fraction):
        """Do this step, with this order or else another; or else the next step that can be done.

        :return: the order, None when nothing can be done
        """
        position = STEPS.index(name)
        for shift in range(len(STEPS)):
            name = STEPS[(position + shift) % len(STEPS)]
            for other in range(len(self.orders)):
                index = (order_index + other) % len(self.orders)
                # Noted before, as what fails in the middle of a step was that step.
                self.taken.append((name, index, fraction))
                if self._run_step(name, self.orders[index], fraction):
                    return self.orders[index]
                self.taken.pop()
        return None

    def _need(self, records):
        if not records:
            raise Impossible("there is nothing to do it with")
        return records

    # === ORDERS === #

    def step_confirm(self, order, _fraction):
        self._need(order.state in ("draft", "sent"))
        order.action_confirm()

    def step_quotation_sent(self, order, _fraction):
        self._need(order.state == "draft")
        order.action_quotation_sent()

    def step_hold(self, order, fraction):
        self._need(order.state != "cancel")
        reason = self.env.ref(f"oms_order_to_cash.oms_hold_reason_{'fraud' if fraction < 0.4 else 'address'}")
        job = self.env["oms.runner"]._run("hold", order, "user", {"hold_reason_id": reason.id})
        if job.state != "done":
            raise UserError(job.message)

    def step_release(self, order, _fraction):
        self._need(self.env["oms.hold"]._get_active(order))
        self.env["oms.runner"]._run("release", order, "user")

    def step_cancel(self, order, _fraction):
        self._need(order.state != "cancel")
        order.action_cancel()

    def step_reopen(self, order, fraction):
        self._need(order.state == "cancel")
        self._reopen(order, confirm=fraction > 0.5)

    def step_change_quantity(self, order, fraction):
        line = self._pick_line(order, fraction)
        line.product_uom_qty = round(line.product_uom_qty * 2 * fraction)

    def step_change_price(self, order, fraction):
        self._pick_line(order, fraction).price_unit *= 2 * fraction

    def _pick_line(self, order, fraction):
        self._need(order.state != "cancel")
        lines = self._need(order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment))
        return lines[int(fraction * 100) % len(lines)]

    def step_add_line(self, order, fraction):
        self._need(order.state != "cancel")
        quantity = -2 if fraction < 0.3 else 3
        product = self.service if fraction < 0.6 else self.delivered_goods
        order.order_line = [Command.create(self._prepare_line((product, quantity)))]

    def step_discount(self, order, fraction):
        self._need(order.state != "cancel" and order.amount_total > 0)
        self._discount(order, percent=fraction / 5)

    def step_perform(self, order, fraction):
        lines = self._need(order.order_line.filtered(lambda line: line.product_id == self.delivered_service))
        for line in lines:
            line.qty_delivered = line.product_uom_qty * fraction

    def step_promise(self, order, fraction):
        self._need(order.state == "sale")
        self._promise(order, days=-3 if fraction < 0.6 else 5)
