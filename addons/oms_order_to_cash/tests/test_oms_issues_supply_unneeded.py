from odoo.exceptions import UserError

from .test_oms_issues_supply import SupplyIssueCase


class TestOmsIssuesSupplyUnneeded(SupplyIssueCase):
    """S8: what was bought for an order and is needed no longer."""

    def _find_purchases(self, product=None):
        return self.env["purchase.order"].search(
            [("order_line.product_id", "=", (product or self.purchased).id)], order="id"
        )

    def _bought(self, quantity=5, confirm=True, **vals):
        """Return an order that was bought for, and the purchase."""
        order = self._confirmed([(self.purchased, quantity)], **vals)
        self.assertJobs(self._run("buy", order), "done")
        purchase = self._find_purchases()[-1]
        if confirm:
            purchase.button_confirm()
        self.assertNoIssue(order, "S8")
        return order, purchase

    # === FOUND === #

    def test_cancelled_order(self):
        order, purchase = self._bought()
        self._cancel(order)
        issue = self.assertIssue(order, "S8", severity="medium", turn="purchasing", amount=75)
        line = purchase.order_line
        self.assertEqual(
            issue.data["purchases"], [{"line_id": line.id, "product_id": self.purchased.id, "quantity": 5}]
        )
        self.assertEqual(self._read_issues(order).mapped("code"), ["S8"])
        self.assertEqual(
            self._get_chain(order, "S8"),
            [
                f"{order.name} is cancelled",
                f"{purchase.name} (Purchase Order) still brings 5 Units of Test Goods of a vendor: 5 of that nobody needs",
            ],
        )
        self.assertEqual(self._read_flow(order).stage, "cancelled")
        self._reopen(order)
        self.assertNoIssue(order, "S8")
        self.assertIssuesHold(order)

    def test_lowered_order(self):
        order, purchase = self._bought()
        order.order_line.product_uom_qty = 2
        self.assertIssue(order, "S8", amount=45)
        self.assertEqual(
            self.runner._get_preview("lower_purchase", order)[order.id],
            [f"Lowers Test Goods of a vendor on {purchase.name} from 5 to 2 Units: tell Test Vendor."],
        )
        self.assertJobs(self._run("lower_purchase", order), "done")
        self.assertEqual((purchase.order_line.product_qty, purchase.state), (2, "purchase"))
        self.assertEqual(purchase.picking_ids.move_ids.mapped("product_qty"), [2])
        self.assertNoIssue(order, "S8")
        self.assertJobs(
            self._run("lower_purchase", order),
            ("skipped", "All that is bought for it is needed, or nothing is still to come."),
        )
        self.assertIssuesHold(order)

    def test_what_another_order_takes_is_needed(self):
        order, _purchase = self._bought()
        other = self._confirmed([(self.purchased, 3)])
        self._cancel(order)
        self.assertIssue(order, "S8", amount=30)
        other.order_line.product_uom_qty = 6
        self.assertNoIssue(order, "S8")
        self._cancel(other)
        self.assertIssue(order, "S8", amount=75)
        self.assertIssuesHold(order + other)

    def test_what_reordering_rules_keep_is_needed(self):
        order, _purchase = self._bought()
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.purchased.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "trigger": "manual",
                "product_min_qty": 1,
                "product_max_qty": 4,
            }
        )
        self._cancel(order)
        self.assertIssue(order, "S8", amount=15)

    def test_served_from_elsewhere(self):
        order, purchase = self._bought()
        self.env["stock.quant"]._update_available_quantity(self.purchased, self.warehouse.lot_stock_id, 5)
        self._reserve(order)
        self.assertIssue(order, "S8", amount=75)
        self._ship(order)
        self.assertIssue(order, "S8", amount=75)
        self._receive_purchase(purchase)
        self.assertNoIssue(order, "S8")
        self.assertIssuesHold(order)

    def test_the_vendors_minimum_is_no_trouble_while_some_is_needed(self):
        self.purchased.seller_ids.min_qty = 12
        order, purchase = self._bought(5)
        self.assertEqual(purchase.order_line.product_qty, 12)
        self._cancel(order)
        self.assertIssue(order, "S8", amount=180)
        self.assertJobs(self._run("cancel_purchase", order), "done")
        self.assertEqual(purchase.state, "cancel")
        self.assertNoIssue(order, "S8")

    def test_bought_by_hand_for_stock(self):
        order, _purchase = self._bought()
        self._buy(self.purchased, 20)
        self.assertNoIssue(order, "S8")
        self._cancel(order)
        self.assertIssue(order, "S8", amount=75)

    def test_made_to_order(self):
        for confirm in (False, True):
            order = self._confirmed([(self.to_order, 4)])
            purchase = self._find_purchases(self.to_order)[-1]
            if confirm:
                purchase.button_confirm()
            self.assertNoIssue(order, "S8")
            self._cancel(order)
            self.assertIssue(order, "S8", amount=60)
            self.assertJobs(self._run("lower_purchase", order), "done")
            self.assertEqual((purchase.state, purchase.order_line.product_qty), ("cancel", 0))
            self.assertNoIssue(order, "S8")
            self.assertIssuesHold(order)

    def test_made_to_order_and_lowered(self):
        order = self._confirmed([(self.to_order, 4)])
        purchase = self._find_purchases(self.to_order)
        purchase.button_confirm()
        order.order_line.product_uom_qty = 1
        self.assertEqual(purchase.order_line.product_qty, 4)
        self.assertIssue(order, "S8", amount=45)
        self.assertJobs(self._run("lower_purchase", order), "done")
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("purchase", 1))
        self.assertNoIssue(order, "S8")
        self._receive_purchase(purchase)
        self.assertEqual(order.picking_ids.filtered(lambda picking: picking.state != "cancel").state, "assigned")
        self.assertIssuesHold(order)

    def test_drop_shipped(self):
        order = self._confirmed([(self.dropshipped, 3)])
        purchase = self._find_purchases(self.dropshipped)
        purchase.button_confirm()
        self.assertNoIssue(order, "S8")
        order.order_line.product_uom_qty = 2
        if purchase.order_line.product_qty == 3:
            self.assertIssue(order, "S8", amount=15)
        self._cancel(order)
        self.assertIssue(order, "S8")
        self.assertJobs(self._run("cancel_purchase", order), "done")
        self.assertNoIssue(order, "S8")
        self.assertIssuesHold(order)

    # === REMEDIES === #

    def test_lower_and_back(self):
        order, purchase = self._bought()
        references = purchase.reference_ids
        self._cancel(order)
        job = self._run("lower_purchase", order)
        self.assertJobs(job, "done")
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("cancel", 0))
        job.action_undo()
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("purchase", 5))
        self.assertEqual(purchase.reference_ids, references)
        self.assertIssue(order, "S8", amount=75)
        self.assertIssuesHold(order)

    def test_lower_a_draft_that_others_share(self):
        orders = self._confirmed([(self.purchased, 5)]) + self._confirmed([(self.purchased, 2)])
        self._run("buy", orders)
        purchase = self._find_purchases()
        self.assertEqual(sum(purchase.order_line.mapped("product_qty")), 7)
        self._cancel(orders[0])
        self.assertIssue(orders[0], "S8", amount=75)
        self.assertNoIssue(orders[1], "S8")
        self.assertIn("also brings what others need", self._run("cancel_purchase", orders[0]).message)
        job = self._run("lower_purchase", orders[0])
        self.assertEqual((sum(purchase.order_line.mapped("product_qty")), purchase.state), (2, "draft"))
        self.assertNoIssue(orders[0], "S8")
        purchase.button_confirm()
        with self.assertRaisesRegex(UserError, "was sent, confirmed or opened again since"):
            job.action_undo()
        self.assertIssuesHold(orders)

    def test_received_in_part(self):
        order, purchase = self._bought()
        move = purchase.picking_ids.move_ids
        move.quantity, move.picked = 2, True
        self._validate(purchase.picking_ids)
        self._cancel(order)
        self.assertIssue(order, "S8", amount=45)
        self.assertIn("received in part: lower it", self._run("cancel_purchase", order).message)
        self.assertJobs(self._run("lower_purchase", order), "done")
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("purchase", 2))
        self.assertNoIssue(order, "S8")
        self.assertIssuesHold(order)

    def test_cancel_and_back(self):
        order, purchase = self._bought(confirm=False)
        self._cancel(order)
        job = self._run("cancel_purchase", order)
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("cancel", 5))
        self.assertNoIssue(order, "S8")
        job.action_undo()
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("draft", 5))
        self.assertIssue(order, "S8")
        self.assertIssuesHold(order)

    def test_keep_for_stock_is_remembered(self):
        order, purchase = self._bought()
        self._cancel(order)
        self.assertEqual(
            self.runner._get_preview("keep_for_stock", order)[order.id],
            [f"Keeps 5 Units of Test Goods of a vendor on {purchase.name} for stock."],
        )
        job = self._run("keep_for_stock", order)
        self.assertJobs(job, "done")
        self.assertEqual((purchase.state, purchase.order_line.product_qty), ("purchase", 5))
        self.assertNoIssue(order, "S8")
        self._look(order)
        self.assertNoIssue(order, "S8")
        self.assertIn(order.name, purchase.message_ids[0].body)
        self.assertEqual(self._run("keep_for_stock", order).state, "skipped")
        job.action_undo()
        self.assertIssue(order, "S8", amount=75)
        self.assertIssuesHold(order)

    def test_rights_and_a_locked_purchase(self):
        order, purchase = self._bought()
        self._cancel(order)
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        self._drain()
        verb = self.env["oms.verb.lower_purchase"].with_user(seller)
        self.assertIn("ask a purchaser", verb._can(order.with_user(seller))[order.id])
        purchase.locked = True
        self.assertIn("is locked: unlock it first", self._run("lower_purchase", order).message)
        self.assertJobs(self._run("keep_for_stock", order), "done")

    def test_undone_buying_is_bought_for_nobody(self):
        order = self._confirmed([(self.purchased, 5)])
        job = self._run("buy", order)
        purchase = self._find_purchases()
        self.assertEqual(purchase.order_line.oms_bought_for, {str(order.id): 5})
        job.action_undo()
        self._cancel(order)
        self.assertNoIssue(order, "S8")
