from odoo import SUPERUSER_ID
from odoo.fields import Command

from .test_oms_issues_supply import SupplyIssueCase


class BuyingCase(SupplyIssueCase):
    """What the tests of buying share."""

    def _find_purchases(self, product, **vals):
        lines = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        return lines.order_id.filtered_domain([(name, "=", value) for name, value in vals.items()]).sorted("id")

    def _get_states(self, order, verb):
        return self.jobs.search([("order_id", "=", order.id), ("verb", "=", verb)]).mapped("state")


class TestOmsBuying(BuyingCase):
    """What is short at the confirmation is bought at once, and confirmed under a ceiling."""

    def setUp(self):
        super().setUp()
        self.company.oms_buy_on_confirmation = True
        self.env["oms.rule"].search([]).mode = "off"

    # === AT THE CONFIRMATION === #

    def test_a_shortage_is_bought(self):
        served, order = self._confirmed(), self._confirmed([(self.goods, 1), (self.purchased, 4)])
        self._run_queue()
        self.assertEqual((self._get_states(served, "buy"), self._get_states(order, "buy")), ([], ["done"]))
        purchase = self._find_purchases(self.purchased)
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("draft", 4))
        self.assertEqual((purchase.origin, purchase.create_uid.id), (order.name, SUPERUSER_ID))
        self.assertCodes(order, "S2")
        self.assertIssuesHold(served + order)

    def test_only_where_the_company_wants_it(self):
        self.company.oms_buy_on_confirmation = False
        order = self._confirmed([(self.purchased, 4)])
        self._run_queue()
        self.assertFalse(order.oms_job_ids)
        self.assertFalse(self._find_purchases(self.purchased))

    def test_what_is_on_its_way_is_not_bought(self):
        self._put_in_stock(self.purchased, 1)
        self._buy(self.purchased, 2)
        order = self._confirmed([(self.purchased, 10)])
        self._run_queue()
        self.assertEqual(self._find_purchases(self.purchased, state="draft").order_line.product_qty, 7)
        self._confirm(self._place_order([(self.purchased, 1)]))
        self._run_queue()
        self.assertEqual(self._find_purchases(self.purchased, state="draft").order_line.product_qty, 8)
        self.assertCodes(order, "S2 S3")  # the receipt on the way was planned for today, and feeds the older order
        self.assertIssuesHold(order)

    def test_more_is_ordered_later(self):
        order = self._confirmed([(self.purchased, 2)])
        self._run_queue()
        order.order_line.product_uom_qty = 5
        self._run_queue()
        self.assertEqual(self._find_purchases(self.purchased).order_line.product_qty, 5)
        order.order_line.product_uom_qty = 4
        self._run_queue()
        self.assertEqual(
            self._find_purchases(self.purchased).order_line.product_qty, 5, "nothing is taken back unasked"
        )

    def test_a_second_run_changes_nothing(self):
        order = self._confirmed([(self.purchased, 2)])
        order._oms_queue_buying()
        self._run_queue()
        order._oms_queue_buying()
        self._run_queue()
        self.assertEqual(sorted(self._get_states(order, "buy")), ["done", "skipped"])
        self.assertEqual(self._find_purchases(self.purchased).order_line.product_qty, 2)

    def test_a_failure_leaves_the_order_confirmed(self):
        good, bad = self._confirmed([(self.purchased, 1)]), self._confirmed([(self.purchased, 2)])
        with self._break("buy", on=bad):
            self._run_queue()
            job = self.jobs.search([("order_id", "=", bad.id)])
            self.assertEqual((job.state, job.message), ("queued", "The printer is on fire."))
            job.write({"attempts": 9, "next_try": job.create_date})
            self._run_queue()
        self.assertEqual((bad.state, job.state), ("sale", "failed"))
        self.assertEqual(self._find_purchases(self.purchased).order_line.product_qty, 1)
        self.assertCodes(bad, "S2")  # of the draft for the good one
        self.assertIssue(bad, "X1")
        job._requeue()
        self._run_queue()
        self.assertNoIssue(bad, "X1")
        self.assertEqual(self._find_purchases(self.purchased).order_line.product_qty, 3)
        self.assertIssuesHold(good + bad)

    def test_no_vendor_is_told_by_the_issue(self):
        order = self._confirmed([(self.short, 2)])
        self._run_queue()
        self.assertEqual(self._get_states(order, "buy"), ["skipped"])
        self.assertCodes(order, "S1")

    def test_two_orders_share_one_draft(self):
        orders = self._confirmed([(self.purchased, 2)]) + self._confirmed([(self.purchased, 3)])
        self._run_queue()
        purchase = self._find_purchases(self.purchased)
        self.assertEqual((len(purchase), purchase.order_line.product_qty), (1, 5))
        self.assertEqual(purchase.reference_ids, orders.stock_reference_ids)

    def test_each_warehouse_buys_for_itself(self):
        orders = self._confirmed([(self.purchased, 2)])
        orders += self._confirmed([(self.purchased, 3)], warehouse_id=self.other_warehouse.id)
        self._run_queue()
        bought = {
            purchase.picking_type_id.warehouse_id: purchase.order_line.product_qty
            for purchase in self._find_purchases(self.purchased)
        }
        self.assertEqual(bought, {self.warehouse: 2, self.other_warehouse: 3})

    def test_dozens_are_bought_in_units(self):
        self._confirmed([{"product_id": self.purchased.id, "product_uom_qty": 2, "product_uom_id": self.uom_dozen.id}])
        self._run_queue()
        line = self._find_purchases(self.purchased).order_line
        self.assertEqual(line.product_uom_id._compute_quantity(line.product_qty, self.uom_unit), 24)

    def test_the_components_of_a_kit_are_bought(self):
        kit = self.kit
        self.env["mrp.bom"].search([("product_tmpl_id", "=", kit.product_tmpl_id.id)]).bom_line_ids[
            0
        ].product_id = self.purchased
        self._confirmed([(kit, 3)])
        self._run_queue()
        self.assertEqual(self._find_purchases(self.purchased).order_line.product_qty, 6)
        self.assertFalse(self._find_purchases(kit))

    def test_pick_before_shipping(self):
        warehouse = self.two_step_warehouse
        order = self._confirmed([(self.purchased, 2)], warehouse_id=warehouse.id)
        served = self._confirmed([(self.goods, 2)], warehouse_id=warehouse.id)
        self._run_queue()
        self.assertEqual(self._find_purchases(self.purchased).order_line.product_qty, 2)
        self.assertEqual((self._get_states(order, "buy"), self._get_states(served, "buy")), (["done"], []))

    def test_a_salesperson_confirms(self):
        seller = self._make_user("oms_buying_seller", "sales_team.group_sale_salesman_all_leads")
        order = self._place_order([(self.purchased, 2)])
        order.with_user(seller).action_confirm()
        self._run_queue()
        self.assertEqual(self._find_purchases(self.purchased).order_line.product_qty, 2)

    # === BY A RULE === #

    def test_the_rule_that_comes_with_the_addon(self):
        self.company.oms_buy_on_confirmation = False
        self.company.write({"oms_purchase_auto_confirm": True, "oms_purchase_ceiling": 100})
        rule = self.env.ref("oms_order_to_cash.oms_rule_buy_short")
        rule.mode = "live"
        small, large = self._confirmed([(self.purchased, 2)]), self._confirmed([(self.short, 1)])
        for _round in range(4):
            self._drain()
            self._run_queue()
        self.assertEqual(self._find_purchases(self.purchased).state, "purchase")
        self.assertEqual(self._get_states(small, "confirm_in_ceiling"), ["done"])
        self.assertEqual(self._get_states(large, "buy"), ["waiting"])

    # === THE CEILING === #

    def _set_ceiling(self, amount=100, **vendor):
        self.company.write({"oms_purchase_auto_confirm": True, "oms_purchase_ceiling": amount})
        self.vendor.write(vendor)

    def _buy_at(self, quantity):
        order = self._confirmed([(self.purchased, quantity)])
        self._run_queue()
        self._run_queue()
        return order, self._find_purchases(self.purchased)

    def test_small_purchases_are_confirmed(self):
        self._set_ceiling()
        order, purchase = self._buy_at(6)
        self.assertEqual((purchase.amount_total, purchase.state), (90, "purchase"))
        self.assertEqual(purchase.picking_ids.move_ids.product_uom_qty, 6)
        self.assertNoIssue(order, "S1")
        self.assertNoIssue(order, "S2")
        job = self.jobs.search([("order_id", "=", order.id), ("verb", "=", "confirm_in_ceiling")])
        job.action_undo()
        self.assertEqual(purchase.state, "draft")
        self.assertCodes(order, "S2")
        self.assertIssuesHold(order)

    def test_large_ones_wait_for_a_person(self):
        self._set_ceiling()
        order, purchase = self._buy_at(7)
        self.assertEqual((purchase.amount_total, purchase.state), (105, "draft"))
        job = self.jobs.search([("order_id", "=", order.id), ("verb", "=", "confirm_in_ceiling")])
        text = f"{purchase.name}: above the ceiling, or with the vendor. Confirm by hand."
        self.assertJobs(job, ("skipped", text))
        self.assertCodes(order, "S2")

    def test_the_ceiling_of_a_vendor(self):
        self._set_ceiling(oms_purchase_confirmation="ceiling", oms_purchase_ceiling=200)
        self.assertEqual(self._buy_at(7)[1].state, "purchase")

    def test_a_vendor_confirmed_by_hand(self):
        self._set_ceiling(oms_purchase_confirmation="never")
        self.assertEqual(self._buy_at(1)[1].state, "draft")

    def test_the_ceiling_is_in_company_currency(self):
        self._set_ceiling()
        self.purchased.seller_ids.currency_id = self.foreign_currency
        _order, purchase = self._buy_at(12)
        self.assertEqual((purchase.amount_total, purchase.amount_total_cc, purchase.state), (180, 90, "purchase"))

    def test_a_purchase_with_the_vendor_is_left_alone(self):
        self._set_ceiling()
        order = self._confirmed([(self.purchased, 2)])
        self._run("buy", order)
        purchase = self._find_purchases(self.purchased)
        purchase.write({"state": "sent"})
        text = f"{purchase.name}: above the ceiling, or with the vendor. Confirm by hand."
        self.assertJobs(self._run("confirm_in_ceiling", order), ("skipped", text))
        self.assertEqual(purchase.state, "sent")

    def test_double_validation_stays(self):
        self._set_ceiling()
        self.company.write({"po_double_validation": "two_step", "po_double_validation_amount": 50})
        order, purchase = self._buy_at(4)
        self.assertEqual((purchase.amount_total, purchase.state), (60, "to approve"))
        job = self.jobs.search([("order_id", "=", order.id), ("verb", "=", "confirm_in_ceiling")])
        self.assertJobs(job, ("skipped", f"{purchase.name} went to a purchase manager for approval."))
        manager = self._make_user("oms_boss", "purchase.group_purchase_manager,stock.group_stock_user")
        purchase.with_user(manager).button_approve()
        self.assertEqual(purchase.state, "purchase")

    def test_what_is_made_to_order_is_confirmed_too(self):
        self._set_ceiling()
        self.company.oms_buy_on_confirmation = False
        order = self._confirmed([(self.to_order, 2)])
        self._run_queue()
        self.assertEqual(self._get_states(order, "confirm_in_ceiling"), ["done"])
        self.assertEqual(self._find_purchases(self.to_order).state, "purchase")

    def test_rights(self):
        self._set_ceiling()
        order = self._confirmed([(self.purchased, 2)])
        self._run("buy", order)
        buyer = self._make_user("oms_buyer", "purchase.group_purchase_user,stock.group_stock_user")
        self.assertJobs(self.runner.with_user(buyer)._run("confirm_in_ceiling", order, "user"), "done")
        self.assertEqual(self._find_purchases(self.purchased).state, "purchase")

    # === WHO SEES WHAT === #

    def test_both_ways(self):
        order = self._confirmed([(self.purchased, 2)], commitment_date=self._due(9))
        self._run_queue()
        purchase = self._find_purchases(self.purchased)
        self.env.invalidate_all()
        self.assertEqual((order.oms_purchase_ids, purchase.oms_order_ids), (purchase, order))
        self.assertEqual(order.oms_date_supplied, purchase.order_line.date_planned)
        self.assertFalse(order.oms_is_supplied_late)
        purchase.order_line.date_planned = self._due(12)
        self.env.invalidate_all()
        self.assertTrue(order.oms_is_supplied_late)
        self.assertIn(f"{order.name}, promised for ", purchase.oms_bought_for)
        buyer = self._make_user("oms_buyer", "purchase.group_purchase_user")
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        self.assertIn(order.name, purchase.with_user(buyer).oms_bought_for)
        self.assertEqual(
            order.with_user(seller).oms_date_supplied, self.env["sale.order"].browse(order.id).oms_date_supplied
        )

    def test_nothing_is_linked_to_another_order(self):
        order, other = self._confirmed([(self.purchased, 2)]), self._confirmed()
        self._run_queue()
        self.assertFalse(other.oms_purchase_ids)
        self.assertFalse(other.oms_date_supplied)
        self._find_purchases(self.purchased).button_cancel()
        self.env.invalidate_all()
        self.assertFalse(order.oms_purchase_ids)

    # === RECEIVED === #

    def _get_reserved(self, order):
        return sum(order.order_line.move_ids.filtered(lambda move: not move.move_dest_ids).mapped("quantity"))

    def test_received_goods_go_to_the_orders_they_were_bought_for(self):
        self.company.oms_buy_on_confirmation = False
        older = self._confirmed([(self.purchased, 5)])
        self._buy(self.purchased, 5)  # what the older one waits for
        self.company.oms_buy_on_confirmation = True
        orders = self._confirmed([(self.purchased, 2)]) + self._confirmed([(self.purchased, 3)])
        self._run_queue()
        purchase = self._find_purchases(self.purchased, state="draft")
        self.assertEqual(purchase.order_line.product_qty, 5)
        purchase.button_confirm()
        self._receive_purchase(purchase)
        reserved = [self._get_reserved(order) for order in older + orders]
        self.assertEqual(reserved, [0, 2, 3])

    def test_they_do_so_through_several_steps_of_reception(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Test In", "code": "T2IN", "reception_steps": "two_steps"}
        )
        self.company.oms_buy_on_confirmation = False
        older = self._confirmed([(self.purchased, 2)], warehouse_id=warehouse.id)
        self._buy(self.purchased, 2, warehouse)
        self.company.oms_buy_on_confirmation = True
        order = self._confirmed([(self.purchased, 2)], warehouse_id=warehouse.id)
        self._run_queue()
        purchase = self._find_purchases(self.purchased, state="draft")
        purchase.button_confirm()
        receipt = self._receive_purchase(purchase)
        put_away = receipt.move_ids.move_dest_ids.picking_id
        self._validate(put_away)
        self.assertEqual([self._get_reserved(older), self._get_reserved(order)], [0, 2])

    def test_a_part_goes_to_the_first_of_them(self):
        orders = self._confirmed([(self.purchased, 2)]) + self._confirmed([(self.purchased, 3)])
        self._run_queue()
        purchase = self._find_purchases(self.purchased)
        purchase.button_confirm()
        move = purchase.picking_ids.move_ids
        move.quantity, move.picked = 3, True
        self._validate(purchase.picking_ids)
        self.assertEqual([self._get_reserved(order) for order in orders], [2, 1])

    # === WHAT THE VENDOR CHANGES LATER === #

    def _confirm_purchase(self, quantity=4, days=9):
        order = self._confirmed([(self.purchased, quantity)], commitment_date=self._due(days))
        self._run_queue()
        purchase = self._find_purchases(self.purchased)
        purchase.button_confirm()
        self.assertCodes(order, "")
        return order, purchase

    def test_a_later_confirmation_raises_s3_and_the_promise_follows(self):
        order, purchase = self._confirm_purchase()
        line = purchase.order_line
        self.assertEqual((line.oms_date_confirmed, line.oms_quantity_confirmed), (line.date_planned, 4))
        line.date_planned = self._due(13)
        self.assertNotEqual(line.oms_date_confirmed, line.date_planned)
        self.assertCodes(order, "S3")
        self.assertEqual(self._get_chain(order, "S3")[-1], "receipt due 4 days after the promise")
        self.assertIn("repromise", self._get_issue(order, "S3").type_id.remedy_ids.mapped("verb"))
        self.assertJobs(self._run("repromise", order), "done")
        self.assertEqual(order.oms_date_promised.date(), line.date_planned.date())
        self.assertCodes(order, "")
        self.assertIssuesHold(order)

    def test_a_short_confirmation_raises_s3(self):
        order, purchase = self._confirm_purchase()
        purchase.order_line.product_qty = 1
        self.assertCodes(order, "S3")
        self.assertEqual(
            self._get_chain(order, "S3"),
            [
                "line 1: 4 Units of Test Goods of a vendor short",
                f"Test Vendor sends 1 of 4 Units of Test Goods of a vendor on {purchase.name}",
            ],
        )
        self.assertIn("buy", self._get_issue(order, "S3").type_id.remedy_ids.mapped("verb"))
        self.assertJobs(self._run("buy", order), "done")
        self.assertEqual(self._find_purchases(self.purchased, state="draft").order_line.product_qty, 3)
        self._find_purchases(self.purchased, state="draft").button_confirm()
        self.assertCodes(order, "")
        self.assertIssuesHold(order)

    def test_an_order_bought_nothing_for_is_oversold_as_before(self):
        older = self._confirmed([(self.purchased, 2)], commitment_date=self._due(20))
        self._run_queue()
        purchase = self._find_purchases(self.purchased)
        purchase.write({"order_line": [Command.update(purchase.order_line.id, {"product_qty": 4})]})
        purchase.button_confirm()
        self.company.oms_buy_on_confirmation = False
        order = self._confirmed([(self.purchased, 2)], commitment_date=self._due(30))
        purchase.order_line.product_qty = 3
        self.assertCodes(older, "")
        self.assertCodes(order, "S7")
        self.assertIssuesHold(older + order)
