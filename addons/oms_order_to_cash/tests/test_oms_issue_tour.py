from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import OmsHttpCommon


@tagged("post_install", "-at_install")
class TestIssueTours(OmsHttpCommon):
    """An issue of each lane is found, proved and ended in the cockpit, by a browser."""

    def _place_named(self, lines, **vals):
        customer = self._make_customer("Tour Customer")
        return self._place_order(lines, name="TOUR-1", partner_id=customer.id, **vals)

    def _solve(self, order, lane, code, verb):
        """Run the tour of a lane; check that the issue it solves is closed, and by what."""
        self._drain()
        issue = self.env["oms.issue"].search([("order_id", "=", order.id), ("code", "=", code)])
        self.assertEqual(issue.state, "open", self._get_flow(order).open_issue_ids.mapped("code"))
        self.start_tour("/odoo/order-to-cash", f"oms_issue_{lane}_tour", login="admin", timeout=120)
        self.env.invalidate_all()
        self._drain()
        self.assertEqual((issue.state, issue.close_code), ("closed", "cleared"))
        job = self.env["oms.job"].search([("order_id", "=", order.id), ("verb", "=", verb)])
        self.assertEqual((job.state, job.origin), ("done", "user"))
        self.assertEqual(self.env["oms.issue"]._audit([("id", "=", order.id)]), [])

    def test_order_release_a_hold(self):
        order = self._confirm(self._place_named([(self.goods, 10)]))
        reason = self.env.ref("oms_order_to_cash.oms_hold_reason_address")
        hold = self.env["oms.hold"]._place(order, reason)
        self._solve(order, "order", "O3", "release")
        self.assertEqual((hold.state, hold.released_by_id), ("released", self.env.ref("base.user_admin")))
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_supply_reserve_what_is_free(self):
        order = self._confirm(self._place_named([(self.goods, 10)]))
        self._unreserve(order)
        self._solve(order, "supply", "S4", "reserve")
        self.assertEqual((order.picking_ids.state, order.picking_ids.move_ids.quantity), ("assigned", 10))

    def test_delivery_split_what_is_ready(self):
        order = self._place_named([(self.goods, 10), (self.short, 4)], picking_policy="one")
        self._put_in_stock(self.short, 1)
        self._confirm(order)
        self._reserve(order)
        picking = order.picking_ids
        self._solve(order, "delivery", "P3", "split")
        rest = order.picking_ids - picking
        self.assertEqual((picking.state, rest.backorder_id), ("assigned", picking))
        self.assertEqual(rest.move_ids.mapped("product_uom_qty"), [3])

    def test_invoice_post_a_forgotten_draft(self):
        order = self._confirm(self._place_named([(self.goods, 10)]))
        invoice = self._invoice(order, post=False)
        self.env.flush_all()
        yesterday = fields.Datetime.now() - timedelta(hours=25)
        self.env.cr.execute("UPDATE account_move SET create_date = %s WHERE id = %s", [yesterday, invoice.id])
        self._solve(order, "invoice", "I2", "post")
        self.assertEqual(invoice.state, "posted")

    def test_payment_match_what_came_in(self):
        order = self._confirm(self._place_named([(self.goods, 10)]))
        invoice = self._invoice(order)
        line = self._receive_money(100, order.partner_id)
        self._solve(order, "payment", "A3", "match")
        self.assertEqual((invoice.amount_residual, line.reconciled), (0, True))

    def test_return_credit_what_came_back(self):
        order = self._confirm(self._place_named([(self.goods, 10)]))
        self._finish(order)
        self._return(order, 2)
        self._solve(order, "return", "R2", "credit")
        credit = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit.state, credit.amount_total), ("posted", 20))
