from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .issue_case import OmsIssueCase


class TestOmsIssuesReturn(OmsIssueCase):
    """Returns that do not come, and goods that came back and are not made good."""

    def _get_closed(self, lines=None, **vals):
        order = self._confirmed(lines, **vals)
        self._ship(order)
        self._pay(self._invoice(order))
        return order

    def _get_returned(self, quantity=2, lines=None, **vals):
        order = self._get_closed(lines, **vals)
        self._return(order, quantity)
        return order

    def _get_announced(self, days):
        order = self._get_closed()
        picking = self._announce_return(order, 2)
        picking.move_ids.date = fields.Datetime.now() - timedelta(days=days)
        picking.move_ids.date_deadline = False
        return order, picking

    # === R1 === #

    def test_r1_announced_and_not_received(self):
        order, picking = self._get_announced(8)
        near, _picking = self._get_announced(6)
        self.assertIssue(order, "R1", severity="low", turn="customer", amount=0)
        self.assertNoIssue(near, "R1")
        chain = self._get_chain(order, "R1")
        self.assertEqual(len(chain), 1)
        self.assertIn(f"{picking.name}: 2 Units Test Goods announced for", chain[0])
        self.company.oms_return_reminder_days = 5
        self._look(near)
        self.assertIssue(near, "R1")
        self._receive_return(picking)
        self.assertNoIssue(order, "R1")
        self.assertIssuesHold(order + near)

    def test_reminded_once_in_three_days(self):
        order, picking = self._get_announced(8)
        none = self._get_closed()
        jobs = self._run("remind_return", order + none)
        self.assertJobs(jobs, "done", ("skipped", "No return is announced for it."))
        mails = self.env["mail.mail"].search([("model", "=", "stock.picking"), ("res_id", "=", picking.id)])
        self.assertEqual((len(mails), mails.recipient_ids, mails.state), (1, order.partner_id, "outgoing"))
        self.assertRegex(mails.body_html, r"\b2\s+Units")
        self.assertIn("The customer was reminded on", self._get_chain(order, "R1")[1])
        skipped = ("skipped", "The customer was reminded less than three days ago.")
        self.assertJobs(self._run("remind_return", order), skipped)
        picking.oms_return_reminded_on = fields.Datetime.now() - timedelta(days=4)
        self.assertJobs(self._run("remind_return", order), "done")

    def test_reminded_without_address(self):
        order, picking = self._get_announced(8)
        picking.partner_id.email = False
        message = "Test Customer has no e-mail address: add one."
        self.assertJobs(self._run("remind_return", order), ("skipped", message))

    def test_return_called_off(self):
        order, picking = self._get_announced(8)
        self.assertIn(f"{picking.name} is cancelled.", self.runner._get_preview("cancel_return", order)[order.id])
        self.assertJobs(self._run("cancel_return", order), "done")
        self.assertEqual(picking.state, "cancel")
        self.assertNoIssue(order, "R1")
        self.assertJobs(self._run("cancel_return", order), ("skipped", "No return is announced for it."))
        self.assertFalse(self.runner._is_reversible("remind_return"), "the mail is sent")
        self.assertIssuesHold(order)

    def test_return_called_off_by_mistake(self):
        order, picking = self._get_announced(8)
        job = self._run("cancel_return", order)
        shipped = picking.move_ids.origin_returned_move_id
        job.action_undo()
        self.assertEqual(picking.state, "cancel")
        again = order.picking_ids.filtered(lambda transfer: transfer.state == "assigned")
        self.assertEqual((again.return_id, again.partner_id), (picking.return_id, order.partner_shipping_id))
        move = again.move_ids
        self.assertEqual((move.origin_returned_move_id, move.move_orig_ids), (shipped, shipped))
        self.assertEqual((move.product_uom_qty, move.to_refund, move.sale_line_id), (2, True, order.order_line))
        self.assertIssue(order, "R1")
        with self.assertRaisesRegex(UserError, "undone already"):
            job.action_undo()
        self._receive_return(again)
        self.assertNoIssue(order, "R1")
        self.assertEqual(order.order_line.qty_delivered, 8)
        self.assertIssuesHold(order)

    def test_return_called_off_and_announced_anew(self):
        order, picking = self._get_announced(8)
        job = self._run("cancel_return", order)
        anew = self._announce_return(order, 9)
        with self.assertRaisesRegex(UserError, f"can't be undone: {anew.name} brings it back instead"):
            job.action_undo()
        self.assertFalse(job.date_undone)
        anew.action_cancel()
        (picking + anew).move_ids.sudo().origin_returned_move_id = False
        picking.move_ids.sudo().unlink()
        with self.assertRaisesRegex(UserError, "the transfer was deleted"):
            job.action_undo()

    # === R2 === #

    def test_r2_returned_and_not_credited(self):
        order = self._get_returned()
        self.assertIssue(order, "R2", severity="high", amount=20, turn="accounting")
        chain = self._get_chain(order, "R2")
        self.assertEqual(chain[1], "2 Units of Test Goods neither credited nor replaced")
        self.assertEqual(chain[2], f"Invoiced on {order.invoice_ids.name}")
        self._credit(order.invoice_ids, 2)
        self.assertNoIssue(order, "R2")
        self.assertIssuesHold(order)

    def test_r2_while_more_is_announced(self):
        order = self._get_returned()
        announced = self._announce_return(order, 1)
        self.assertIssue(order, "R2", amount=20)
        self.assertEqual(self._get_flow(order).lane_return, "todo")
        self.assertJobs(self._run("credit", order), "done")
        self.assertNoIssue(order, "R2")
        self._receive_return(announced)
        self.assertIssue(order, "R2", amount=10)
        self.assertIssuesHold(order)

    def test_credit_of_exactly_what_is_owed(self):
        order = self._get_returned(lines=[(self.goods, 10), (self.delivered_goods, 5), (self.service, 1)])
        kept = self._get_closed()
        self.assertEqual(
            self.runner._get_preview("credit", order)[order.id],
            [
                f"2 Units of Test Goods on {order.invoice_ids.name} are credited: $\xa020.00.",
                f"2 Units of Test Goods invoiced on delivery on {order.invoice_ids.name} are credited: $\xa040.00.",
            ],
        )
        jobs = self._run("credit", order + kept)
        nothing = ("skipped", "Nothing of it came back that is neither credited nor replaced.")
        self.assertJobs(jobs, "done", nothing)
        credit = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.state, credit.amount_total), ("posted", 60))
        self.assertEqual(credit.invoice_line_ids.mapped("quantity"), [2, 2])
        self.assertEqual(credit.reversed_entry_id.move_type, "out_invoice")
        self.assertNoIssue(order, "R2")
        self.assertJobs(self._run("credit", order), nothing)
        self.assertEqual(len(order.invoice_ids), 2)
        self.assertIssuesHold(order + kept)

    def test_credit_of_pieces_sold_in_dozens(self):
        line = {
            "product_id": self.goods.id,
            "product_uom_qty": 2,
            "product_uom_id": self.uom_dozen.id,
            "price_unit": 601,
        }
        order = self._confirmed([line])
        self._ship(order)
        self._pay(self._invoice(order))
        self._return(order, 2)
        self.assertEqual(
            self.runner._get_preview("credit", order)[order.id],
            [f"2 Units of Test Goods on {order.invoice_ids.name} are credited: $\xa0100.17."],
        )
        self._run("credit", order)
        credit = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.amount_total, credit.invoice_line_ids.quantity), (100.17, 2))
        self.assertEqual(credit.invoice_line_ids.product_uom_id, self.goods.uom_id)
        self.assertNoIssue(order, "R2")
        self.assertEqual(self._get_flow(order).amount_owed, 100.17)
        self.assertIssuesHold(order)

    def test_credit_with_a_third_of_the_discount(self):
        order = self._place_order([(self.goods, 3, 100)])
        self._discount(order, percent=0.1)
        self._confirm(order)
        self._ship(order)
        self._pay(self._invoice(order))
        self._return(order, 1)
        preview = self.runner._get_preview("credit", order)[order.id]
        self.assertTrue(preview[1].endswith("are credited: $\xa0-\ufeff10.00."), preview)
        self._run("credit", order)
        credit = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(credit.amount_total, 90)
        self.assertNoIssue(order, "R2")
        self.assertIssuesHold(order)

    def test_credit_the_rest(self):
        order = self._get_returned()
        self._credit(order.invoice_ids, 0.5)
        self.assertIssue(order, "R2", amount=15)
        self._run("credit", order)
        credits = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(sorted(credits.mapped("amount_total")), [5, 15])
        self.assertNoIssue(order, "R2")

    def test_credit_over_two_invoices(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        for quantity in (6, 4):
            self._ship(order, quantity)
            self._pay(self._invoice(order))
        for picking in order.picking_ids.sorted("id"):
            self._receive_return(self._announce_return_of(picking, picking.move_ids.quantity - 1))
        self._run("credit", order)
        credits = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(sorted(credits.invoice_line_ids.mapped("quantity")), [4, 4])
        self.assertEqual(sum(credits.mapped("amount_total")), 160)
        self.assertNoIssue(order, "R2")

    def test_credit_at_the_invoiced_price_in_its_currency(self):
        order = self._get_closed(
            [{"product_id": self.goods.id, "product_uom_qty": 10, "price_unit": 30, "tax_ids": self.tax.ids}],
            pricelist_id=self.foreign_pricelist.id,
        )
        self._return(order, 2)
        self.assertIssue(order, "R2", amount=36)
        order.order_line.price_unit = 50
        self._run("credit", order)
        credit = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.currency_id, credit.amount_total), (self.foreign_currency, 72))

    def test_credit_of_an_invoice_that_was_rounded_to_coins(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Coins",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                **{f"{kind}_account_id": self._get_account(kind) for kind in ("profit", "loss")},
            }
        )
        order = self._confirmed([(self.goods, 3, 3.33)])
        self._ship(order)
        invoice = self._invoice(order, post=False)
        invoice.invoice_cash_rounding_id = rounding
        self._pay(self._post(invoice))
        self.assertEqual(invoice.amount_total, 10)
        self._return(order, 1)
        self.assertIn("$\xa03.33", self.runner._get_preview("credit", order)[order.id][0])
        self._run("credit", order)
        self.assertEqual((order.invoice_ids - invoice).amount_total, 3.33)

    def _get_account(self, kind):
        return (
            self.env["account.account"]
            .create(
                {
                    "name": kind,
                    "code": f"ROUND{kind[0].upper()}",
                    "account_type": "income" if kind == "profit" else "expense",
                }
            )
            .id
        )

    def test_credit_of_an_invoice_whose_taxes_expect_early_payment(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within 7 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 7,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        line = {**self._prepare_line((self.goods, 10, 20)), "tax_ids": self.tax.ids}
        order = self._get_closed([line], payment_term_id=term.id)
        invoice = order.invoice_ids
        self.assertEqual(invoice.amount_total, 239.2)
        self._return(order, 2)
        self.assertIn("$\xa048.00", self.runner._get_preview("credit", order)[order.id][0])
        self._run("credit", order)
        self.assertEqual((order.invoice_ids - invoice).amount_total, 48)

    def test_credit_of_a_trade_in_that_was_not_handed_over(self):
        order = self._confirmed([(self.goods, 5, 20), (self.service, -1, 30)])
        invoice = self._invoice(order)
        self._pay(invoice)
        self.assertEqual(invoice.amount_total, 70)
        self._cancel(order)
        self.assertEqual(self._read_flow(order).amount_owed, 70)
        self.assertEqual(
            self.runner._get_preview("credit", order)[order.id],
            [
                f"5 Units of Test Goods on {invoice.name} are credited: $\xa0100.00.",
                f"1 Units of Test Service on {invoice.name} are charged again: $\xa030.00.",
            ],
        )
        self._run("credit", order)
        self.assertEqual((order.invoice_ids - invoice).amount_total, 70)
        self.assertNoIssue(order, "R2")
        self.assertIssue(order, "R3", amount=70)
        self.assertIssuesHold(order)

    def test_credit_of_what_was_paid_for_a_trade_in_that_was_handed_over(self):
        order = self._confirmed([(self.goods, 5, 20), (self.delivered_goods, -1, 30)])
        for picking in order.picking_ids.filtered(lambda picking: picking.location_id.usage == "customer"):
            self._receive_return(picking)
        self._pay(self._invoice(order))
        self._cancel(order)
        self.assertIssue(order, "R2", amount=100)

    def test_credit_of_a_down_payment_undone(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._pay(self._down_payment(order, percent=50))
        self._cancel(order)
        advance = order.order_line.filtered(lambda line: line.is_downpayment and not line.display_type)
        text = self.runner._get_preview("credit", order)[order.id]
        self.assertEqual(text, [f"Down payment of 50.00% on {order.invoice_ids.name} is credited: $\xa0100.00."])
        job = self._run("credit", order)
        self.assertEqual(advance.price_unit, 0)
        job.action_undo()
        self.assertEqual(advance.price_unit, 100)
        self.assertIssue(order, "R2", amount=100)
        self.assertIssuesHold(order)

    def test_a_draft_credit_is_not_made_twice(self):
        order = self._get_returned()
        self._credit(order.invoice_ids, 2, post=False)
        self.assertJobs(self._run("credit", order), ("skipped", "Its credit note is made already: post it."))
        self.assertIssue(order, "R2")
        self._run("post", order)
        self.assertNoIssue(order, "R2")

    def test_a_salesperson_makes_a_draft(self):
        order = self._get_returned()
        seller = self._make_user("oms_seller_credit", "sales_team.group_sale_salesman")
        order.user_id = seller
        runner = self.runner.with_user(seller)
        preview = runner._get_preview("credit", order.with_user(seller))[order.id]
        self.assertEqual(preview[1], "The credit note stays a draft: accounting posts it.")
        self.assertJobs(runner._run("credit", order.with_user(seller), "user").sudo(), "done")
        credit = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.state, credit.amount_total), ("draft", 20))

    def test_credit_needs_rights(self):
        order = self._get_returned()
        user = self._make_user("oms_stock_credit", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.runner.with_user(user)._run("credit", order.with_user(user), "user")

    def test_one_credit_that_fails_stops_no_other(self):
        order, broken = self._get_returned(), self._get_returned()
        with self._break("credit", on=broken):
            jobs = self._run("credit", order + broken)
        self.assertJobs(jobs, "done", ("failed", "The printer is on fire."))
        self.assertNoIssue(order, "R2")
        self.assertIssue(broken, "R2")

    def test_credit_undone(self):
        order = self._confirmed()
        self._ship(order)
        invoice = self._invoice(order)
        self._return(order, 2)
        job = self._run("credit", order)
        credit = order.invoice_ids - invoice
        self.assertEqual(invoice.amount_residual, 80)
        job.action_undo()
        self.assertEqual((credit.state, invoice.amount_residual), ("cancel", 100))
        self.assertIssue(order, "R2")
        job = self._run("credit", order)
        (order.invoice_ids - invoice - credit).is_move_sent = True
        with self.assertRaisesRegex(UserError, "was sent to the customer"):
            job.action_undo()
        self.assertIssuesHold(order)

    def test_credit_not_undone_once_paid_out(self):
        order = self._get_returned()
        invoice = order.invoice_ids
        job = self._run("credit", order)
        self._pay(order.invoice_ids - invoice)
        with self.assertRaisesRegex(UserError, "is paid out: take the payment back first"):
            job.action_undo()

    def test_replaced(self):
        orders = self._get_returned() + self._get_returned(lines=[(self.delivered_goods, 10)])
        kept = self._get_closed()
        self.assertEqual(
            self.runner._get_preview("replace", orders[:1])[orders[0].id],
            ["2 Units of Test Goods are planned for the customer; no credit is owed any more."],
        )
        jobs = self._run("replace", orders + kept)
        nothing = ("skipped", "Nothing of it came back that is neither credited nor replaced.")
        self.assertJobs(jobs, "done", "done", nothing)
        for order in orders:
            self.assertEqual(self._get_open_pickings(order).move_ids.product_uom_qty, 2)
            self.assertNoIssue(order, "R2")
        self.assertJobs(self._run("replace", orders), nothing, nothing)
        jobs.sorted(lambda job: job.order_id.id)[0].action_undo()
        self.assertIssue(orders[0], "R2")
        self._ship(orders[1])
        with self.assertRaisesRegex(UserError, "is done: take a return"):
            jobs.sorted(lambda job: job.order_id.id)[1].action_undo()
        self.assertIssuesHold(orders + kept)
