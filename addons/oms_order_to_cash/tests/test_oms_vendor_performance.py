from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command

from .test_oms_issues_supply import SupplyIssueCase


class TestOmsVendorPerformance(SupplyIssueCase):
    """How vendors delivered: one observation per purchase line."""

    def _purchase(self, approved=-60, planned=-50, price=15, vendor=None, line=None, **vals):
        """Confirm a purchase of ten some days ago; ``planned``: days from now; ``line``: other values of its line."""
        goods = {"product_id": self.purchased.id, "product_qty": 10, "price_unit": price, **(line or {})}
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": (vendor or self.vendor).id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [Command.create(goods)],
                **vals,
            }
        )
        purchase.order_line.date_planned = self._due(planned)
        purchase.button_confirm()
        purchase.date_approve = self._due(approved)
        return purchase

    def _take(self, purchase, quantity, days):
        """Receive a part on a day, counted from the confirmation; what is left waits."""
        picking = purchase.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking.move_ids.quantity, picking.move_ids.picked = quantity, True
        self._validate(picking)
        picking.move_ids.date = purchase.date_approve + timedelta(days=days)
        return picking

    def _read(self, vendor=None, product=None):
        self.env.invalidate_all()
        return self.env["oms.vendor.performance"].search(
            [
                ("partner_id", "=", (vendor or self.vendor).id),
                ("product_id", "=", (product or self.purchased).id),
                ("company_id", "=", self.company.id),
            ]
        )

    def assertFigures(self, **expected):
        row = self._read()
        self.assertEqual(len(row), 1)
        self.assertEqual({name: round(row[name], 2) for name in expected}, expected)

    # === WHAT COUNTS === #

    def test_one_receipt(self):
        self._take(self._purchase(), 10, days=8)
        self.assertFigures(
            receipt_count=1, lead_time=8, lead_time_late=8, on_time_rate=100, in_full_rate=100, days_late=0
        )

    def test_percentiles(self):
        for days in (4, 6, 8, 10, 22):
            self._take(self._purchase(planned=-50), 10, days=days)
        self.assertFigures(receipt_count=5, lead_time=8, lead_time_late=17.2, on_time_rate=80, days_late=12)

    def test_parts_are_one_observation(self):
        purchase = self._purchase()
        self._take(purchase, 4, days=5)
        self._take(purchase, 6, days=15)  # (4 x 5 + 6 x 15) / 10
        self.assertFigures(
            receipt_count=1, lead_time=11, on_time_rate=0, in_full_rate=0, days_late=5, on_time_count=0, late_count=1
        )

    def test_parts_in_time_are_not_in_full(self):
        purchase = self._purchase()
        self._take(purchase, 4, days=5)
        self._take(purchase, 6, days=9)
        self.assertFigures(receipt_count=1, on_time_rate=100, in_full_rate=0)

    def test_what_is_left_was_cancelled(self):
        purchase = self._purchase()
        self._take(purchase, 4, days=5)
        purchase.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertFigures(receipt_count=1, lead_time=5, on_time_rate=0, in_full_rate=0)

    def test_not_before_its_day(self):
        self._purchase(approved=-5, planned=3)
        self.assertFigures(receipt_count=0)
        purchase = self._purchase(approved=-5, planned=3)
        self._take(purchase, 4, days=2)
        self.assertFigures(receipt_count=0)

    def test_overdue_counts_with_its_age(self):
        self._take(self._purchase(), 10, days=8)
        self._purchase(approved=-20, planned=-10)
        self.assertFigures(receipt_count=2, lead_time=14, on_time_rate=50, days_late=10)
        self._purchase(approved=-4, planned=-1)  # younger than the mean: says nothing about the lead time yet
        self.assertFigures(receipt_count=3, lead_time=14, on_time_rate=33.33, days_late=5.5)

    def test_the_day_and_the_quantity_of_the_confirmation_count(self):
        purchase = self._purchase()
        # The vendor asked for ten days more, and sends less; the form saves both at once.
        purchase.order_line.write({"product_qty": 8, "date_planned": self._due(-40)})
        self._take(purchase, 8, days=15)
        self.assertFigures(receipt_count=1, on_time_rate=0, in_full_rate=0, days_late=5)

    def test_before_the_addon_the_planned_day_counts(self):
        purchase = self._purchase()
        purchase.order_line.write({"oms_date_confirmed": False, "oms_quantity_confirmed": 0})
        self._take(purchase, 10, days=8)
        self.assertFigures(receipt_count=1, on_time_rate=100, in_full_rate=100)

    def test_confirmed_anew(self):
        purchase = self._purchase()
        purchase.button_cancel()
        purchase.button_draft()
        purchase.order_line.write({"product_qty": 6, "date_planned": self._due(-45)})
        purchase.button_confirm()
        self.assertEqual(purchase.order_line.oms_quantity_confirmed, 6)
        self.assertEqual(purchase.order_line.oms_date_confirmed, purchase.order_line.date_planned)

    def test_in_dozens(self):
        purchase = self._purchase(line={"product_qty": 2, "product_uom_id": self.uom_dozen.id})
        self.assertEqual(purchase.order_line.oms_quantity_confirmed, 24)
        self._take(purchase, purchase.picking_ids.move_ids.product_uom_qty, 8)
        self.assertFigures(receipt_count=1, in_full_rate=100)

    # === WHAT DOES NOT === #

    def test_returns_are_left_out(self):
        receipt = self._take(self._purchase(), 10, days=8)
        back = self._announce_return_of(receipt, 3)
        self._receive_return(back)
        self.assertFigures(receipt_count=1, lead_time=8, in_full_rate=100)

    def test_drop_shipments_are_left_out(self):
        order = self._confirmed([(self.dropshipped, 2)])
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        self._receive_purchase(purchase)
        self.assertFalse(self._read(product=self.dropshipped))

    def test_drafts_cancelled_and_old_ones_are_left_out(self):
        self._buy(self.purchased, 1, confirm=False)
        self._purchase().button_cancel()
        self._take(self._purchase(approved=-400, planned=-390), 10, days=8)
        self.assertFalse(self._read())

    # === PRICES === #

    def test_price_change(self):
        for approved, price in ((-90, 10), (-60, 14), (-30, 12)):
            self._take(self._purchase(approved=approved, planned=approved + 9, price=price), 10, days=8)
        self.assertFigures(price_last=12, price_change=20)

    def test_price_change_in_company_currency_and_per_unit(self):
        self._take(self._purchase(approved=-90, price=10), 10, days=8)
        purchase = self._purchase(approved=-30, planned=-20, price=24, currency_id=self.foreign_currency.id)
        self.assertEqual(purchase.currency_rate, 2)
        self._take(purchase, 10, days=8)
        self.assertFigures(price_last=12, price_change=20)

    # === WHOSE === #

    def test_an_address_of_the_vendor_counts_for_the_vendor(self):
        address = self.env["res.partner"].create({"name": "Depot", "parent_id": self.vendor.id})
        self._take(self._purchase(vendor=address), 10, days=8)
        self.assertFigures(receipt_count=1)

    def test_companies_are_apart(self):
        self._take(self._purchase(), 10, days=8)
        self.purchased.seller_ids.company_id = False
        other = (
            self._in_company(self.other_company)
            .env["purchase.order"]
            .create(
                {
                    "partner_id": self.vendor.id,
                    "company_id": self.other_company.id,
                    "picking_type_id": self.other_company_warehouse.in_type_id.id,
                    "order_line": [
                        Command.create({"product_id": self.purchased.id, "product_qty": 1, "price_unit": 15})
                    ],
                }
            )
        )
        other.button_confirm()
        self._receive_purchase(other)
        self.assertFigures(receipt_count=1)
        buyer = self._make_user("oms_buyer", "purchase.group_purchase_user")
        visible = self.env["oms.vendor.performance"].with_user(buyer).search([("partner_id", "=", self.vendor.id)])
        self.assertEqual(visible.company_id, self.company)

    def test_rights(self):
        self._take(self._purchase(), 10, days=8)
        stocker = self._make_user("oms_stocker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self._read().with_user(stocker).read(["on_time_rate"])
        buyer = self._make_user("oms_buyer", "purchase.group_purchase_user")
        vendor = self.vendor.with_user(buyer)
        self.assertEqual((vendor.oms_receipt_count, vendor.oms_on_time_rate), (1, 100))
        action = vendor.action_open_oms_score_card()
        self.assertEqual(action["domain"], [("partner_id", "in", self.vendor.ids)])

    # === TOGETHER === #

    def test_groups_weigh_by_receipts(self):
        self._take(self._purchase(), 10, days=8)
        self._take(self._purchase(), 10, days=8)
        other = self._make_product("Other of a vendor", 40)
        purchase = self._purchase(line={"product_id": other.id})
        self._take(purchase, 10, days=20)
        [(receipts, on_time, lead)] = self.env["oms.vendor.performance"]._read_group(
            [("partner_id", "=", self.vendor.id)], [], ["receipt_count:sum", "on_time_rate:avg", "lead_time:avg"]
        )
        self.assertEqual((receipts, round(on_time, 2), lead), (3, 66.67, 12))

    def test_one_query_for_all_vendors(self):
        self._take(self._purchase(), 10, days=8)
        self.env.flush_all()
        performance = self.env["oms.vendor.performance"]
        with self.assertQueryCount(1):
            figures = performance._oms_read_vendors(self.purchased.ids, self.company.id)
        self.assertEqual(figures[self.vendor.id, self.purchased.id]["receipt_count"], 1)
        with self.assertQueryCount(1):
            self.assertEqual(performance._oms_read_punctuality(self.vendor.id, self.company.id), (1, 1))

    def test_a_product_s_figures_are_read_by_index(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT * FROM (%s) figures WHERE product_id = %s"
            % (self.env.cr.mogrify(self.env["oms.vendor.performance"]._table_query).decode(), self.purchased.id)
        )
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn(f"product_id = {self.purchased.id}", plan)
        self.assertIn("purchase_order_line__product_id_index", plan)
