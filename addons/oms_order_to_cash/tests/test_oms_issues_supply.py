from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .issue_case import OmsIssueCase


class SupplyIssueCase(OmsIssueCase):
    """What the tests of shortages share."""

    def _get_codes(self, order):
        """Return the codes of the lane's open issues."""
        return sorted(code for code in self._read_issues(order).mapped("code") if code.startswith("S"))

    def assertCodes(self, order, codes):
        self.assertEqual(self._get_codes(order), codes.split())

    def _due(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def _buy_for(self, product, quantity, days, **vals):
        """Order goods from the vendor, planned so many days from now."""
        purchase = self._buy(product, quantity, confirm=False)
        purchase.order_line.date_planned = self._due(days)
        purchase.write(vals)
        purchase.button_confirm()
        return purchase


class TestOmsIssuesSupply(SupplyIssueCase):
    """Which shortage is which."""

    # === S1 === #

    def test_nothing_brings_it(self):
        order, other = self._confirmed([(self.goods, 5), (self.short, 3)]), self._confirmed()
        issue = self.assertIssue(order, "S1", turn="purchasing", severity="high", amount=140)
        line = order.order_line[1]
        self.assertEqual(
            issue.data["shortages"],
            [{"line_id": line.id, "move_id": line.move_ids.id, "product_id": self.short.id, "quantity": 3}],
        )
        self.assertCodes(order, "S1")
        self.assertCodes(other, "")
        self.assertEqual(
            self._get_chain(order, "S1"),
            [
                "line 2: 3 Units of Test Goods nobody has short",
                "Test Main has none free, and nothing is on its way",
                "Test Goods nobody has has no vendor: add one on its tab Purchase, then buy",
            ],
        )
        self._receive(self.short, 3)
        self.assertCodes(order, "")
        self.assertIssuesHold(order + other)

    def test_a_part_is_there(self):
        self._put_in_stock(self.short, 1)
        order = self._confirmed([(self.short, 3)])
        issue = self.assertIssue(order, "S1")
        self.assertEqual(issue.data["shortages"][0]["quantity"], 2)
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order)

    def test_quotations_and_services_lack_nothing(self):
        orders = self._place_order([(self.short, 3)]) + self._confirmed([(self.service, 1)])
        for order in orders:
            self.assertCodes(order, "")
        self.assertIssuesHold(orders)

    def test_vendor_of_the_chain(self):
        order = self._confirmed([(self.purchased, 2)])
        self.assertEqual(self._get_chain(order, "S1")[2], "Test Vendor sells it, 3 days")

    # === S2 === #

    def test_a_draft_purchase_would_bring_it(self):
        order = self._confirmed([(self.purchased, 2)])
        purchase = self._buy(self.purchased, 2, confirm=False)
        self.assertIssue(order, "S2", severity="medium", turn="purchasing")
        self.assertCodes(order, "S2")
        self.assertEqual(
            self._get_chain(order, "S2"),
            [
                "line 1: 2 Units of Test Goods of a vendor short",
                f"purchase {purchase.name} (RFQ)",
                "Test Vendor: no receipt in 12 months to judge by",
            ],
        )
        purchase.order_line.date_planned = self._due(-3)
        purchase.button_confirm()
        self.assertNoIssue(order, "S2")
        self.assertIssuesHold(order)

    def test_a_draft_for_another_warehouse_brings_nothing(self):
        order = self._confirmed([(self.purchased, 2)])
        self._buy(self.purchased, 2, self.other_warehouse, confirm=False)
        self.assertCodes(order, "S1")

    def test_made_to_order(self):
        order = self._confirmed([(self.to_order, 2)], commitment_date=self._due(30))
        self._put_in_stock(self.to_order, 5)
        self._put_in_stock(self.to_order, 5, self.other_warehouse)
        self.assertCodes(order, "S2")
        purchase = self.env["purchase.order.line"].search([("product_id", "=", self.to_order.id)]).order_id
        purchase.button_confirm()
        self.assertCodes(order, "")
        purchase.order_line.date_planned = self._due(35)
        self.assertCodes(order, "S3")
        self.assertIssuesHold(order)

    def test_drop_shipped(self):
        order = self._confirmed([(self.dropshipped, 2)])
        self.assertCodes(order, "S2")
        order._get_purchase_orders().button_confirm()
        self.assertNoIssue(order, "S2")
        self.assertNoIssue(order, "S1")
        self.assertIssuesHold(order)

    # === S3 === #

    def test_due_after_the_promise(self):
        order = self._confirmed([(self.purchased, 2)], commitment_date=self._due(10))
        purchase = self._buy_for(self.purchased, 2, days=10)
        self.assertCodes(order, "")
        purchase.order_line.date_planned = self._due(13)
        self.assertIssue(order, "S3", severity="high", turn="vendor", date_deadline=order.commitment_date)
        self.assertCodes(order, "S3")
        self.assertEqual(
            self._get_chain(order, "S3"),
            [
                "line 1: 2 Units of Test Goods of a vendor short",
                f"purchase {purchase.name}",
                "Test Vendor: no receipt in 12 months to judge by",
                "receipt due 3 days after the promise",
            ],
        )
        self._receive_purchase(purchase)
        self.assertCodes(order, "")
        self.assertIssuesHold(order)

    def test_should_be_here_already(self):
        order = self._confirmed([(self.purchased, 2)], commitment_date=self._due(10))
        self._buy_for(self.purchased, 2, days=-2)
        self.assertCodes(order, "S3")
        self.assertEqual(self._get_chain(order, "S3")[3], "receipt overdue by 2 days")

    def test_how_often_the_vendor_was_on_time(self):
        for days in (1, 1, -5):
            self._receive_purchase(self._buy_for(self.purchased, 1, days))
        self._put_in_stock(self.purchased, -3)
        order = self._confirmed([(self.purchased, 2)], commitment_date=self._due(10))
        self._buy_for(self.purchased, 2, days=20)
        self.assertIn("Test Vendor: 67 % on time over 12 months (3 receipts)", self._get_chain(order, "S3"))

    def test_only_the_receipts_that_feed_it_count(self):
        """By rank: the first order gets the first receipt, the second the late one."""
        first = self._confirmed([(self.purchased, 2)], commitment_date=self._due(5))
        second = self._confirmed([(self.purchased, 2)], commitment_date=self._due(6))
        self._buy_for(self.purchased, 2, days=4)
        self._buy_for(self.purchased, 2, days=8)
        self.assertCodes(first, "")
        self.assertCodes(second, "S3")
        self.assertIssuesHold(first + second)

    # === S4 === #

    def test_free_but_not_reserved(self):
        order = self._confirmed()
        self.assertCodes(order, "")
        self._unreserve(order)
        self.assertIssue(order, "S4", severity="low", turn="warehouse")
        self.assertCodes(order, "S4")
        self.assertEqual(
            self._get_chain(order, "S4"),
            ["line 1: 10 Units of Test Goods short", "10 Units of Test Goods free in TMAIN/Stock"],
        )
        self._reserve(order)
        self.assertCodes(order, "")
        self.assertIssuesHold(order)

    def test_two_steps(self):
        order = self._confirmed(warehouse_id=self.two_step_warehouse.id)
        self.assertCodes(order, "")
        self._unreserve(order)
        self.assertCodes(order, "S4")
        self._reserve(order)
        self._ship(order)
        self.assertCodes(order, "")
        self.assertIssuesHold(order)

    # === S5 === #

    def _take(self, product=None, quantity=4, **vals):
        """Have an order of later rank take what there is."""
        product = product or self.short
        self._put_in_stock(product, quantity)
        return self._confirmed([(product, quantity)], commitment_date=self._due(20), **vals)

    def test_an_order_of_later_deadline_holds_it(self):
        loser = self._take()
        order = self._confirmed([(self.short, 3)], commitment_date=self._due(5))
        self.assertIssue(order, "S5", severity="high", turn="warehouse")
        self.assertCodes(order, "S1 S5")
        self.assertCodes(loser, "")
        self.assertEqual(
            self._get_chain(order, "S5"),
            [
                "line 1: 3 Units of Test Goods nobody has short",
                f"{loser.name} (Test Customer), of lower priority, holds 3 Units of Test Goods nobody has",
            ],
        )
        self._cancel(loser)
        self.assertNoIssue(order, "S5")
        self.assertIssuesHold(order + loser)

    def test_priority_comes_before_the_deadline(self):
        holder = self._take()
        order = self._confirmed([(self.short, 3)], commitment_date=self._due(30))
        self.assertCodes(order, "S1")
        order.picking_ids.priority = "1"
        self.assertCodes(order, "S1 S5")
        holder.picking_ids.priority = "1"
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order + holder)

    def test_picked_goods_are_not_taken(self):
        loser = self._take()
        order = self._confirmed([(self.short, 3)], commitment_date=self._due(5))
        self.assertCodes(order, "S1 S5")
        loser.picking_ids.move_ids.picked = True
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order + loser)

    def test_goods_on_their_way_in_time_take_nothing_away(self):
        self._take(self.purchased)
        order = self._confirmed([(self.purchased, 3)], commitment_date=self._due(5))
        self.assertCodes(order, "S1 S5")
        purchase = self._buy_for(self.purchased, 3, days=4)
        self.assertCodes(order, "")
        purchase.order_line.date_planned = self._due(9)
        self.assertCodes(order, "S3 S5")

    # === S6 === #

    def test_another_warehouse_has_it(self):
        order = self._confirmed([(self.short, 3)])
        self._put_in_stock(self.short, 5, self.other_warehouse)
        self.assertIssue(order, "S6", severity="medium", turn="warehouse")
        self.assertCodes(order, "S1 S6")
        self.assertEqual(
            self._get_chain(order, "S6"),
            [
                "line 1: 3 Units of Test Goods nobody has short",
                "Test Other has 5 Units of Test Goods nobody has free",
            ],
        )
        other = self._confirmed([(self.short, 5)], warehouse_id=self.other_warehouse.id)
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order + other)

    def test_what_the_other_warehouse_needs_itself_stays(self):
        other = self._confirmed([(self.short, 5)], warehouse_id=self.other_warehouse.id)
        self.env["stock.quant"]._update_available_quantity(self.short, self.other_warehouse.lot_stock_id, 5)
        order = self._confirmed([(self.short, 3)])
        self.assertCodes(order, "S1")
        self.assertCodes(other, "S4")

    def test_the_stock_of_another_company_is_not_ours(self):
        order = self._confirmed([(self.short, 3)])
        self._put_in_stock(self.short.sudo(), 50, self.other_company_warehouse)
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order)

    def test_a_purchase_in_time_needs_no_other_warehouse(self):
        order = self._confirmed([(self.purchased, 3)], commitment_date=self._due(10))
        self._put_in_stock(self.purchased, 5, self.other_warehouse)
        self.assertCodes(order, "S1 S6")
        purchase = self._buy_for(self.purchased, 3, days=4)
        self.assertCodes(order, "")
        purchase.order_line.date_planned = self._due(12)
        self.assertCodes(order, "S3 S6")

    # === S7 === #

    def test_more_is_sold_than_there_will_be(self):
        first = self._confirmed([(self.purchased, 6)], commitment_date=self._due(10))
        second = self._confirmed([(self.purchased, 6)], commitment_date=self._due(11))
        self._buy_for(self.purchased, 8, days=4)
        self.assertCodes(first, "")
        self.assertIssue(second, "S7", severity="high", turn="sales")
        self.assertCodes(second, "S7")
        self.assertEqual(
            self._get_chain(second, "S7"),
            [
                "line 1: 6 Units of Test Goods of a vendor short",
                "it and orders of earlier rank lack 12 Units of Test Goods of a vendor in Test Main: 0 are free, 8 on the way",
                "4 Units of Test Goods of a vendor too many are sold",
            ],
        )
        self._buy_for(self.purchased, 4, days=4)
        self.assertCodes(second, "")
        self.assertIssuesHold(first + second)

    def test_nothing_at_all_is_said_once(self):
        order = self._confirmed([(self.short, 3)])
        self.assertCodes(order, "S1")
        self.env["stock.quant"]._update_available_quantity(self.short, self.warehouse.lot_stock_id, 1)
        self.assertCodes(order, "S4 S7")
        self.assertIssuesHold(order)

    def test_what_was_bought_for_one_order_is_nobody_elses(self):
        made = self._confirmed([(self.to_order, 2)])
        self.env["purchase.order.line"].search([("product_id", "=", self.to_order.id)]).order_id.button_confirm()
        taker = self._confirmed(
            [
                {
                    "product_id": self.to_order.id,
                    "product_uom_qty": 2,
                    "route_ids": [Command.set(self.warehouse.delivery_route_id.ids)],
                }
            ]
        )
        self.assertNoIssue(made, "S7")
        if taker.order_line.move_ids.procure_method == "make_to_stock":
            self.assertCodes(taker, "S7")

    def test_parts_of_a_kit(self):
        order = self._confirmed([(self.kit, 60)])
        self.assertCodes(order, "S1")
        self.assertIn("20 Units of Test Goods short", self._get_chain(order, "S1")[0])
        self.assertIssuesHold(order)
