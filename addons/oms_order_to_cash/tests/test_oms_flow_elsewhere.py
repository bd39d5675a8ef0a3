"""What other modules count as sold, delivered or billed: the flow takes their word for it."""

import uuid
from collections import defaultdict
from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields

from .flow_case import FlowCase


class ElsewhereCase(FlowCase):
    def _run(self, verb, order):
        self.env.flush_all()
        job = self.env["oms.runner"]._run(verb, order, "user")
        self.assertEqual(job.state, "done", job.message)
        return self.env["account.move"].browse((job.documents or {}).get("account.move"))

    def assertRefused(self, verb, order, reason):
        self.assertEqual(self.env["oms.runner"]._get_obstacles(verb, order)[order.id], reason)

    def _get_codes(self, order):
        issues = self.env["oms.issue"].search([("order_id", "=", order.id), ("state", "=", "open")])
        return [code for code in issues.mapped("code") if code[0] != "O"]


class TestOmsFlowElsewhere(ElsewhereCase):
    """A module that adds to core's counts, whatever it is."""

    @contextmanager
    def _counting(self, order, delivered=0, invoiced=0):
        """Have core count so much more of the goods of an order, as if another module said so."""
        model = self.env.registry["sale.order.line"]

        def adding(name, quantity):
            real = getattr(model, name)

            def prepare(lines):
                counts = defaultdict(float, real(lines))
                for line in lines & order.order_line:
                    counts[line] += quantity
                return counts

            return patch.object(model, name, prepare)

        with adding("_prepare_qty_delivered", delivered), adding("_prepare_qty_invoiced", invoiced):
            order.order_line._compute_qty_delivered()
            order.order_line._compute_qty_invoiced()
            yield

    def test_all_of_it(self):
        for product in (self.goods, self.delivered_goods):
            order = self._confirmed([(product, 10)])
            self._cancel_transfers(order)
            with self._counting(order, delivered=10, invoiced=10):
                self.assertFlow(order, "closed", "done done done done none none", False, amount_open=0)
                self.assertEqual(self._get_codes(order), [])

    def test_a_part(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        with self._counting(order, delivered=4, invoiced=4):
            self._ship(order, 6, backorder=False)
            self.assertFlow(order, "invoice", "done done done doing todo none", "invoice", amount_open=120)
            self.assertRefused("plan", order, "All of it is planned or delivered.")
            invoice = self._run("invoice", order)
            self.assertEqual((invoice.amount_total, invoice.invoice_line_ids.quantity), (120, 6))
            self.assertFlow(order, "invoice", "done done done doing todo none", "post", amount_open=120)
            self._pay(self._post(invoice))
            self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)
            self.assertRefused("invoice", order, "All of it is invoiced.")

    def test_only_what_neither_brought_is_planned(self):
        order = self._confirmed()
        with self._counting(order, delivered=4, invoiced=4):
            self._ship(order, 5, backorder=False)
            self.assertFlow(order, "pick", "done done blocked doing todo none", "plan", amount_open=60)
            self._run("plan", order)
            self.assertEqual(self._get_open_pickings(order).move_ids.product_uom_qty, 1)

    def test_delivered_elsewhere_and_billed_here(self):
        order = self._confirmed([(self.delivered_goods, 10)])
        self._cancel_transfers(order)
        with self._counting(order, delivered=10):
            self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=200)
            self.assertEqual(self._run("invoice", order).amount_total, 200)

    def test_a_return_beside(self):
        order = self._confirmed()
        with self._counting(order, delivered=4, invoiced=4):
            self._ship(order, 6, backorder=False)
            self._pay(self._post(self._run("invoice", order)))
            self._return(order, 2)
            self.assertFlow(order, "closed", "done done done done done doing", "credit")
            self._run("credit", order)
            self.assertEqual(order.invoice_ids.sorted("id")[-1:].amount_total, 20)


class TestOmsFlowExpense(ElsewhereCase):
    """Expenses are billed by what was spent: core orders three of a company-paid taxi, and delivers one at three times the price."""

    def test_what_was_spent_counts(self):
        for policy in ("order", "delivery"):
            self.service.invoice_policy = policy
            order = self._confirmed(
                [(self.consumable, 1, 0), {**self._prepare_line((self.service, 3)), "is_expense": True}]
            )
            self._ship(order)
            order.order_line[1].qty_delivered = 1
            self.assertFlow(order, "invoice", "done done done todo todo none", "invoice", amount_open=50)
            invoice = self._run("invoice", order)
            self.assertEqual(invoice.amount_total, 50)
            self._pay(self._post(invoice))
            self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)


class TestOmsFlowTill(ElsewhereCase):
    """Orders settled at the till, with the point of sale installed."""

    def setUp(self):
        super().setUp()
        if "pos_order_line_ids" not in self.env["sale.order.line"]._fields:
            self.skipTest("the point of sale is not installed")
        journal = self.env["account.journal"].create({"name": "Test Till", "type": "cash", "code": "TTILL"})
        self.method = self.env["pos.payment.method"].create({"name": "Test Cash", "journal_id": journal.id})
        self.till = self.env["pos.config"].create(
            {
                "name": "Test Till",
                "payment_method_ids": [(6, 0, self.method.ids)],
                "picking_type_id": self.warehouse.pos_type_id.id,
                "warehouse_id": self.warehouse.id,
                "down_payment_product_id": self.service.id,
            }
        )
        self.till.open_ui()
        self.till.current_session_id.set_opening_control(0, None)

    def _sell(self, line, quantity, price=None, shipping_date=False, **vals):
        """Take money at the till for a part of an order line (or, of a negative quantity, give it back)."""
        price = line.price_unit if price is None else price
        amount = price * quantity
        values = {
            "product_id": line.product_id.id,
            "price_unit": price,
            "qty": quantity,
            "price_subtotal": amount,
            "price_subtotal_incl": amount,
            "discount": 0,
            "tax_ids": [],
            "pack_lot_ids": [],
            "sale_order_line_id": line.id,
            "sale_order_origin_id": line.order_id.id,
            **vals,
        }
        sold = {
            "amount_paid": amount,
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": amount,
            "shipping_date": shipping_date,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "fiscal_position_id": False,
            "to_invoice": False,
            "partner_id": line.order_id.partner_id.id,
            "pricelist_id": False,
            "lines": [[0, 0, values]],
            "name": f"Order {uuid.uuid4()}",
            "session_id": self.till.current_session_id.id,
            "payment_ids": [
                [0, 0, {"amount": amount, "name": fields.Datetime.now(), "payment_method_id": self.method.id}]
            ],
            "user_id": self.env.uid,
            "uuid": str(uuid.uuid4()),
        }
        found = self.env["pos.order"].sync_from_ui([sold])["pos.order"]
        return self.env["pos.order"].browse(found[0]["id"])

    def test_settled(self):
        for product in (self.goods, self.delivered_goods):
            order = self._confirmed([(product, 10)])
            self._sell(order.order_line, 10)
            self.assertFlow(order, "closed", "done done done done none none", False, amount_open=0)
            self.assertEqual(self._get_codes(order), [])

    def test_settled_in_part(self):
        order = self._confirmed([(self.goods, 10)])
        self._sell(order.order_line, 4)
        self.assertFlow(order, "pick", "done done doing doing todo none", "deliver", amount_open=60)
        self._ship(order)
        self.assertRefused("plan", order, "All of it is planned or delivered.")
        self.assertEqual(self._run("invoice", order).amount_total, 60)
        self.assertFlow(order, "invoice", "done done done doing todo none", "post", amount_open=60)

    def test_taken_back_at_the_till(self):
        for product in (self.goods, self.delivered_goods):
            order = self._confirmed([(product, 10)])
            sold = self._sell(order.order_line, 4)
            self._ship(order)
            back = {"sale_order_line_id": False, "sale_order_origin_id": False, "refunded_orderline_id": sold.lines.id}
            self._sell(order.order_line, -3, **back)
            self.assertEqual((order.order_line.qty_delivered, order.order_line.qty_invoiced), (7, 4))
            self.assertRefused("plan", order, "All of it is planned or delivered.")
            self._pay(self._post(self._run("invoice", order)))
            self.assertEqual(order.invoice_ids.invoice_line_ids.quantity, 6)
            self.assertFlow(order, "closed", "done done done done done none", False, amount_open=0)
            self.assertEqual(self._get_codes(order), [])

    def test_taken_back_in_the_back_office(self):
        order = self._confirmed()
        sold = self._sell(order.order_line, 10)
        refund = sold._refund()
        payment = self.env["pos.make.payment"].with_context(active_ids=refund.ids, active_id=refund.id)
        payment.create({"amount": refund.amount_total, "payment_method_id": self.method.id}).check()
        self.assertEqual((order.order_line.qty_delivered, order.order_line.qty_invoiced), (-10, 0))
        self.assertFlow(order, "closed", "done done done done none none", False, amount_open=0)

    def test_shipped_later(self):
        self.till.ship_later = True
        order = self._confirmed()
        sold = self._sell(order.order_line, 10, shipping_date=fields.Date.to_string(fields.Date.today()))
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertFlow(order, "pick", "done done todo done none none", "wait", amount_open=0)
        self.assertRefused("plan", order, "All of it is planned or delivered.")
        for move in sold.picking_ids.move_ids:
            move.write({"quantity": 10, "picked": True})
        sold.picking_ids.button_validate()
        self.assertFlow(order, "closed", "done done done done none none", False, amount_open=0)

    def test_dozens(self):
        order = self._confirmed([{**self._prepare_line((self.goods, 2)), "product_uom_id": self.uom_dozen.id}])
        self._sell(order.order_line, 18, price=10)
        self.assertEqual(order.order_line.qty_invoiced, 1.5)
        self._ship(order)
        self.assertEqual(self._run("invoice", order).invoice_line_ids.quantity, 0.5)

    def test_down_payment_given_back(self):
        order = self._confirmed()
        line = order.order_line
        sold = self._sell(line, 1, price=30, product_id=self.service.id, sale_order_line_id=False)
        back = {"product_id": self.service.id, "sale_order_line_id": False, "refunded_orderline_id": sold.lines.id}
        self._sell(line, -1, price=30, **back)
        self._ship(order)
        self.assertEqual(self._run("invoice", order).amount_total, 100)

    def test_down_payment(self):
        order = self._confirmed([(self.goods, 10)])
        self._sell(order.order_line, 1, price=30, product_id=self.service.id, sale_order_line_id=False)
        self.assertEqual(order.order_line.filtered("is_downpayment").mapped("qty_invoiced"), [0, 1])
        self._ship(order)
        self.assertFlow(order, "invoice", "done done done doing todo none", "invoice", amount_open=70)
        self.assertEqual(self._run("invoice", order).amount_total, 70)
