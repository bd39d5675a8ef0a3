from datetime import timedelta

from odoo.fields import Command
from odoo.tools import format_date

from .test_oms_buying import BuyingCase


class TestOmsVendorChoice(BuyingCase):
    """The cheapest of those that deliver in time, else the first to deliver; in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheap = cls.env["res.partner"].create({"name": "Cheap Vendor"})
        cls.fast = cls.env["res.partner"].create({"name": "Fast Vendor"})
        cls.widget = cls._make_product(
            "Widget",
            40,
            seller_ids=[
                Command.create({"partner_id": cls.fast.id, "price": 20, "delay": 2, "sequence": 1}),
                Command.create({"partner_id": cls.cheap.id, "price": 12, "delay": 10, "sequence": 2}),
            ],
        )

    def _order(self, quantity=5, days=20):
        return self._confirmed([(self.widget, quantity)], commitment_date=self._due(days))

    def _buy_one(self, quantity=5, days=20):
        """Buy what a new order lacks; return its purchase."""
        order = self._order(quantity, days)
        self.assertJobs(self._run("buy", order), "done")
        return self.env["purchase.order"].browse(order.oms_job_ids[0].documents["purchase.order"])

    def _past(self, vendor, days, count=3, product=None):
        """Have a vendor deliver after so many days, some weeks ago."""
        for _number in range(count):
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": vendor.id,
                    "picking_type_id": self.warehouse.in_type_id.id,
                    "order_line": [
                        Command.create({"product_id": (product or self.widget).id, "product_qty": 1, "price_unit": 12})
                    ],
                }
            )
            purchase.order_line.date_planned = self._due(-80 + 10)
            purchase.button_confirm()
            purchase.date_approve = self._due(-80)
            self._receive_purchase(purchase)
            purchase.picking_ids.move_ids.date = purchase.date_approve + timedelta(days=days)
        self._put_in_stock(product or self.widget, -count)

    def _day(self, days):
        return format_date(self.env, self._due(days))

    # === THE RULE === #

    def test_the_cheapest_of_those_in_time(self):
        purchase = self._buy_one()
        self.assertEqual((purchase.partner_id, purchase.order_line.price_unit), (self.cheap, 12))
        self.assertEqual(
            purchase.order_line.oms_vendor_reason,
            f"Cheap Vendor at $\xa012.00 by {self._day(10)}: the cheapest of 2 in time for {self._day(20)}. "
            f"Instead of Fast Vendor at $\xa020.00 by {self._day(2)}",
        )
        self.assertEqual(
            purchase.oms_vendor_reasons, f"{self.widget.display_name}: {purchase.order_line.oms_vendor_reason}"
        )

    def test_the_only_one_in_time(self):
        purchase = self._buy_one(days=5)
        self.assertEqual((purchase.partner_id, purchase.order_line.price_unit), (self.fast, 20))
        self.assertIn(f"the only one of 2 in time for {self._day(5)}", purchase.order_line.oms_vendor_reason)

    def test_the_earliest_where_none_is_in_time(self):
        purchase = self._buy_one(days=1)
        self.assertEqual(purchase.partner_id, self.fast)
        self.assertIn(f"the earliest, none of 2 in time for {self._day(1)}", purchase.order_line.oms_vendor_reason)

    def test_what_was_measured_counts_more_than_what_was_agreed(self):
        self._past(self.cheap, days=25, count=2)
        self.assertEqual(self._buy_one().partner_id, self.cheap, "two receipts prove nothing")
        self._past(self.cheap, days=25, count=1)
        purchase = self._buy_one()
        self.assertEqual(purchase.partner_id, self.fast)
        self.assertIn(
            f"Cheap Vendor at $\xa012.00 by {self._day(25)} (P90 25 days of 3 receipts, 0 % on time)",
            purchase.order_line.oms_vendor_reason,
        )
        self.assertEqual(purchase.order_line.date_planned.date(), self._due(20).date())

    def test_at_the_same_price_the_more_reliable_one(self):
        self.widget.seller_ids.price = 12
        self._past(self.fast, days=12)
        self._past(self.cheap, days=2)
        self.assertEqual(self._buy_one().partner_id, self.cheap)

    # === PRICES === #

    def test_a_minimum_is_paid_for(self):
        cheap = self.widget.seller_ids.filtered(lambda seller: seller.partner_id == self.cheap)
        cheap.min_qty = 10  # 120 for five pieces, against 100
        self.assertEqual(self._buy_one().partner_id, self.fast)
        purchase = self._buy_one(quantity=7)  # 120 against 140
        self.assertEqual((purchase.partner_id, purchase.order_line.product_qty), (self.cheap, 10))
        self.assertEqual(purchase.order_line.price_unit, 12)
        again = self._order(quantity=3)
        self.assertCodes(again, "S2")  # what was bought above serves the next

    def test_the_preview_tells_what_is_bought_above(self):
        cheap = self.widget.seller_ids.filtered(lambda seller: seller.partner_id == self.cheap)
        cheap.min_qty = 10
        order = self._order(quantity=7)
        self.env.flush_all()
        preview = self.runner._get_preview("buy", order)[order.id]
        self.assertEqual(
            preview[:2],
            [
                "Buys 7 Units of Test Widget from Cheap Vendor, to be confirmed.",
                "Buys 3 Units of Test Widget more: the vendor's minimum, or cheaper in all.",
            ],
        )

    def test_orders_reach_a_price_break_together(self):
        self.widget.seller_ids = [
            Command.create({"partner_id": self.fast.id, "price": 11, "min_qty": 10, "delay": 2, "sequence": 3})
        ]
        orders = self._order(5) + self._order(5)
        self._run("buy", orders)
        purchase = self._find_purchases(self.widget)
        self.assertEqual((purchase.partner_id, purchase.order_line.product_qty), (self.fast, 10))
        self.assertEqual(purchase.order_line.price_unit, 11)

    def test_the_draft_counts_for_a_price_break(self):
        self.widget.seller_ids = [
            Command.create({"partner_id": self.fast.id, "price": 11, "min_qty": 10, "delay": 2, "sequence": 3})
        ]
        draft = self.env["purchase.order"].create(
            {
                "partner_id": self.fast.id,
                "user_id": False,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        # as core's rule to buy makes it, else core does not add to it
                        {"product_id": self.widget.id, "product_qty": 8, "price_unit": 20, "propagate_cancel": False}
                    )
                ],
            }
        )
        order = self._order(10)
        self._run("buy", order)
        self.assertEqual(self._find_purchases(self.widget), draft)
        self.assertEqual((draft.order_line.product_qty, draft.order_line.price_unit), (10, 11))

    def test_another_currency(self):
        fast = self.widget.seller_ids.filtered(lambda seller: seller.partner_id == self.fast)
        fast.write({"currency_id": self.foreign_currency.id, "price": 22})  # 11 of the company's
        purchase = self._buy_one()
        self.assertEqual((purchase.partner_id, purchase.currency_id), (self.fast, self.foreign_currency))
        self.assertEqual(purchase.order_line.price_unit, 22)

    def test_the_vendors_unit(self):
        cheap = self.widget.seller_ids.filtered(lambda seller: seller.partner_id == self.cheap)
        cheap.write({"product_uom_id": self.uom_dozen.id, "price": 360, "min_qty": 1})  # 30 a piece
        self.assertEqual(self._buy_one(quantity=12).partner_id, self.fast)
        cheap.price = 120
        purchase = self._buy_one(quantity=12)
        self.assertEqual((purchase.partner_id, purchase.order_line.product_qty), (self.cheap, 1))
        self.assertEqual(purchase.order_line.product_uom_id, self.uom_dozen)

    def test_prices_that_do_not_hold_today(self):
        cheap = self.widget.seller_ids.filtered(lambda seller: seller.partner_id == self.cheap)
        cheap.date_end = self._due(-1).date()
        self.assertEqual(self._buy_one().partner_id, self.fast)
        cheap.write({"date_end": False, "date_start": self._due(2).date()})
        self.assertEqual(self._buy_one().partner_id, self.fast)
        cheap.write({"date_start": False, "company_id": self.other_company.id})
        self.assertEqual(self._buy_one().partner_id, self.fast)

    def test_urgent_and_patient_orders_part(self):
        urgent, patient = self._order(2, days=4), self._order(3, days=20)
        self._run("buy", urgent + patient)
        bought = {
            purchase.partner_id: purchase.order_line.product_qty for purchase in self._find_purchases(self.widget)
        }
        self.assertEqual(bought, {self.fast: 2, self.cheap: 3})

    # === DATES AND DRAFTS === #

    def test_the_earliest_need_sets_the_day(self):
        orders = self._order(2, days=18) + self._order(3, days=14) + self._order(1, days=16)
        self._run("buy", orders)
        line = self._find_purchases(self.widget).order_line
        self.assertEqual((line.product_qty, line.date_planned.date()), (6, self._due(14).date()))
        self.assertEqual(line.order_id.date_order.date(), self._due(4).date())

    def test_what_was_bought_for_a_later_order_keeps_its_day(self):
        later = self._order(4, days=50)
        self._run("buy", later)
        order = self._order(9, days=15)
        self.assertJobs(self._run("buy", order), "done")
        draft = self._find_purchases(self.widget)
        self.assertEqual(
            [(line.product_qty, line.date_planned.date()) for line in draft.order_line],
            [(4, self._due(50).date()), (9, self._due(15).date())],
        )
        self.assertEqual(draft.date_order.date(), self._due(5).date(), "it has to be ordered in time for the order")
        self.assertCodes(later, "S2")
        self.assertIssuesHold(later + order)

    def _draft(self, quantity, days):
        """Ask the cheap vendor for goods for nobody in particular."""
        draft = self.env["purchase.order"].create(
            {
                "partner_id": self.cheap.id,
                "user_id": False,
                "picking_type_id": self.warehouse.in_type_id.id,
                "date_order": self._due(days - 10),
                "order_line": [
                    Command.create({"product_id": self.widget.id, "product_qty": quantity, "propagate_cancel": False})
                ],
            }
        )
        draft.order_line.date_planned = self._due(days)
        return draft

    def test_a_draft_planned_too_late_is_brought_forward(self):
        draft, order = self._draft(9, days=50), self._order(5, days=15)
        self.env.flush_all()
        text = f"Brings {draft.name} forward from {self._day(50)} to {self._day(15)}."
        self.assertEqual(self.runner._get_preview("buy", order)[order.id], [text])
        job = self._run("buy", order)
        self.assertJobs(job, "done")
        line = self._find_purchases(self.widget).order_line
        self.assertEqual((line.product_qty, line.date_planned.date()), (9, self._due(15).date()))
        self.assertEqual(draft.date_order.date(), self._due(5).date())
        nothing = "What is short is there, on its way, or in a purchase to confirm."
        self.assertJobs(self._run("buy", order), ("skipped", nothing))
        job.action_undo()
        self.assertEqual((line.date_planned.date(), draft.state), (self._due(50).date(), "draft"))
        self.assertEqual(draft.date_order.date(), self._due(40).date())
        self.assertIssuesHold(order)

    def test_no_sooner_than_the_vendor_can(self):
        draft, order = self._draft(9, days=50), self._order(5, days=2)
        self._run("buy", order)
        self.assertEqual(draft.order_line.date_planned.date(), self._due(10).date())

    def test_a_draft_too_small_is_brought_forward_and_filled_up(self):
        draft, order = self._draft(4, days=50), self._order(9, days=15)
        self._run("buy", order)
        line = draft.order_line
        self.assertEqual((len(line), line.product_qty, line.date_planned.date()), (1, 9, self._due(15).date()))

    def test_the_two_who_share_a_receipt_buy_the_rest_once(self):
        self._buy(self.widget, 4)
        orders = self._order(5) + self._order(3)
        self._run("buy", orders)
        self.assertEqual(self._find_purchases(self.widget, state="draft").order_line.product_qty, 4)
        self.assertJobs(
            self._run("buy", orders),
            *[("skipped", "What is short is there, on its way, or in a purchase to confirm.")] * 2,
        )

    def test_rights(self):
        order = self._order()
        buyer = self._make_user("oms_buyer", "purchase.group_purchase_user,stock.group_stock_user")
        self.assertJobs(self.runner.with_user(buyer)._run("buy", order, "user"), "done")
        self.assertIn("$\xa012.00", self._find_purchases(self.widget).order_line.oms_vendor_reason)
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        other = self._order()
        self.env.flush_all()
        self.assertTrue(self.runner.with_user(seller)._get_preview("buy", other)[other.id])

    def test_undone(self):
        order = self._order()
        job = self._run("buy", order)
        purchase = self._find_purchases(self.widget)
        job.action_undo()
        self.assertEqual((purchase.state, purchase.order_line.ids), ("cancel", []))
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order)

    def test_readings_of_a_batch_do_not_grow_with_it(self):
        few, many = self._order() + self._order(), self.env["sale.order"].union(*(self._order() for _n in range(12)))
        buy, counts = self.env["oms.verb.buy"], []
        for orders in (few, many):
            self.env.invalidate_all()
            facts = self.env["oms.lane.supply"]._read_short_facts(orders)
            plans = buy._plan_buy(facts)
            before = self.env.cr.sql_log_count
            self.assertEqual(len(buy._choose_vendors(orders, facts, plans)), len(orders))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 5, "six times as many orders, not six times the queries")
