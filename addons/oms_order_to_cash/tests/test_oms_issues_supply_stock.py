from odoo.exceptions import AccessError, UserError

from .test_oms_issues_supply import SupplyIssueCase


class TestOmsIssuesSupplyStock(SupplyIssueCase):
    """Reserve, take over, allocate, transfer: who gets what, and back."""

    def _get_preview(self, verb, order):
        self.env.flush_all()
        return self.runner._get_preview(verb, order)[order.id]

    def _get_reserved(self, orders):
        """Return what each order holds."""
        return [sum(order.order_line.move_ids.mapped("quantity")) for order in orders]

    def _order(self, quantity, days, product=None, **vals):
        return self._confirmed([(product or self.short, quantity)], commitment_date=self._due(days), **vals)

    def _appear(self, quantity, product=None, warehouse=None):
        """Have goods without a receipt, which would reserve them at once."""
        shelf = (warehouse or self.warehouse).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(product or self.short, shelf, quantity)

    # === RESERVE === #

    def test_reserve_says_what_it_takes_and_gives_it_back(self):
        self._put_in_stock(self.short, 1)
        order, other = self._order(4, 5), self._order(2, 9)
        self._appear(2)
        self.assertEqual(
            self._get_preview("reserve", order), ["Reserves 2 Units of Test Goods nobody has from TMAIN/Stock."]
        )
        job = self._run("reserve", order)
        self.assertEqual(self._get_reserved(order + other), [3, 0])
        job.action_undo()
        self.assertEqual(self._get_reserved(order + other), [1, 0])
        self.assertCodes(order, "S4 S7")
        again = self._run("reserve", order)
        self._ship(order, 3)
        with self.assertRaisesRegex(UserError, "was picked, shipped or cancelled since"):
            again.action_undo()
        self.assertIssuesHold(order + other)

    def test_reserve_all_undone(self):
        order = self._confirmed()
        self._unreserve(order)
        job = self._run("reserve", order)
        self.assertEqual(self._get_reserved(order), [10])
        job.action_undo()
        self.assertEqual(self._get_reserved(order), [0])
        self.assertEqual(order.order_line.move_ids.state, "confirmed")

    # === SWAP === #

    def test_take_over_from_as_many_as_needed_last_first(self):
        self._put_in_stock(self.short, 9)
        losers = self._order(3, 20) + self._order(3, 30) + self._order(3, 10)
        winner, content = self._order(4, 5), self._confirmed()
        self.assertEqual(self._get_reserved(losers + winner), [3, 3, 3, 0])
        self.assertEqual(
            self._get_preview("swap", winner),
            [
                f"Takes 3 Units of Test Goods nobody has from {losers[1].name} (Test Customer).",
                f"Takes 1 Units of Test Goods nobody has from {losers[0].name} (Test Customer).",
            ],
        )
        none = ("skipped", "No order of lower priority holds what it lacks.")
        jobs = self._run("swap", winner + content)
        self.assertJobs(jobs, "done", none)
        self.assertEqual(self._get_reserved(losers + winner), [2, 0, 3, 4])
        documents = jobs.filtered("documents").documents["stock.picking"]
        self.assertEqual(set(documents), set((losers[:2] + winner).picking_ids.ids))
        self.assertCodes(winner, "")
        self.assertCodes(losers[1], "S1")
        self.assertJobs(self._run("swap", winner + content), none, none)
        self.assertIssuesHold(losers + winner)

    def test_two_of_a_batch_do_not_take_the_same(self):
        self._put_in_stock(self.short, 4)
        loser, winners = self._order(4, 20), self._order(3, 6) + self._order(3, 5)
        self.assertJobs(self._run("swap", winners), "done", "done")
        self.assertEqual(self._get_reserved(loser + winners), [0, 1, 3])
        self.assertIssuesHold(loser + winners)

    def test_one_failing_amid_good_ones(self):
        self._put_in_stock(self.short, 4)
        loser, winners = self._order(4, 20), self._order(1, 6) + self._order(1, 5)
        with self._break("swap", on=winners[0]):
            self.assertJobs(self._run("swap", winners), ("failed", "The printer is on fire."), "done")
        self.assertEqual(self._get_reserved(loser + winners), [3, 0, 1])

    def test_swap_undone(self):
        self._put_in_stock(self.short, 4)
        loser, winner = self._order(4, 20), self._order(3, 5)
        job = self._run("swap", winner)
        self.assertEqual(self._get_reserved(loser + winner), [1, 3])
        job.action_undo()
        self.assertEqual(self._get_reserved(loser + winner), [4, 0])
        self.assertCodes(winner, "S1 S5")
        again = self._run("swap", winner)
        self._ship(winner)
        with self.assertRaisesRegex(UserError, "was picked, shipped or cancelled since"):
            again.action_undo()
        self.assertIssuesHold(loser + winner)

    def test_swap_in_two_steps(self):
        warehouse = self.two_step_warehouse
        self._put_in_stock(self.short, 3, warehouse)
        loser = self._order(3, 20, warehouse_id=warehouse.id)
        winner = self._order(3, 5, warehouse_id=warehouse.id)
        self.assertCodes(winner, "S1 S5")
        self.assertJobs(self._run("swap", winner), "done")
        self.assertEqual(winner.picking_ids.sorted("id")[0].state, "assigned")
        self.assertCodes(winner, "")
        self.assertCodes(loser, "S1")
        self.assertIssuesHold(loser + winner)

    def test_swap_rights(self):
        self._put_in_stock(self.short, 4)
        loser, winner = self._order(4, 20), self._order(3, 5)
        seller = self._make_user("oms_seller", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            self.runner.with_user(seller)._run("swap", winner, "user")
        stocker = self._make_user("oms_stocker", "stock.group_stock_user")
        runner = self.runner.with_user(stocker)
        self.assertIn(loser.name, runner._get_preview("swap", winner)[winner.id][0])
        self.assertJobs(runner._run("swap", winner, "user"), "done")
        self.assertEqual(self._get_reserved(loser + winner), [1, 3])

    def test_a_held_order_takes_nothing(self):
        self._put_in_stock(self.short, 4)
        self._order(4, 20)
        winner = self._order(3, 5)
        reason = self.env["oms.hold.reason"].search([], limit=1)
        if not reason:
            self.skipTest("there are no reasons of holds")
        self.env["oms.hold"].create({"order_id": winner.id, "reason_id": reason.id})
        self._look(winner)
        self.assertNoIssue(winner, "S5")

    # === ALLOCATE === #

    def test_share_in_the_order_of_rank(self):
        last, first = self._order(5, 20), self._order(2, 5)
        self._appear(4)
        self.assertCodes(first, "S4")
        self.assertCodes(last, "S4 S7")
        self.assertEqual(
            self._get_preview("allocate", last),
            [
                f"Reserves 2 Units of Test Goods nobody has for {first.name} (Test Customer).",
                f"Reserves 2 Units of Test Goods nobody has for {last.name} (Test Customer).",
            ],
        )
        job = self._run("allocate", last)
        self.assertEqual(self._get_reserved(first + last), [2, 2])
        self.assertEqual(set(job.documents["stock.picking"]), set((first + last).picking_ids.ids))
        self.assertCodes(last, "S1")
        job.action_undo()
        self.assertEqual(self._get_reserved(first + last), [0, 0])
        self.assertIssuesHold(first + last)

    def test_earlier_orders_take_all(self):
        last, first = self._order(5, 20), self._order(4, 5)
        self._appear(4)
        none = ("skipped", "What is free goes to orders of earlier rank: buy more, or send something else.")
        self.assertJobs(self._run("allocate", last), none)
        self.assertEqual(self._get_reserved(first + last), [0, 0])
        jobs = self._run("allocate", last + first)
        self.assertJobs(jobs, none, "done")
        self.assertJobs(self._run("allocate", last + first), none, none)
        self.assertEqual(self._get_reserved(last + first), [0, 4])

    # === TRANSFER === #

    def test_fetch_it_from_the_other_warehouse(self):
        order, other = self._order(5, 5), self._order(1, 5, self.purchased)
        self._put_in_stock(self.short, 3, self.other_warehouse)
        self.assertEqual(
            self._get_preview("transfer", order),
            ["Brings 3 Units of Test Goods nobody has from Test Other to Test Main."],
        )
        none = ("skipped", "No other warehouse of the company has free what it lacks.")
        jobs = self._run("transfer", order + other)
        self.assertJobs(jobs, "done", none)
        pickings = self.env["stock.picking"].browse(jobs.filtered("documents").documents["stock.picking"]).sorted("id")
        out = pickings.filtered(lambda picking: picking.location_id == self.other_warehouse.lot_stock_id)
        into = pickings - out
        self.assertEqual((len(out), len(into), out.state, into.state), (1, 1, "assigned", "waiting"))
        self.assertEqual((out.move_ids.quantity, into.move_ids.product_uom_qty), (3, 3))
        self.assertEqual(set(pickings.mapped("origin")), {order.name})
        self.assertEqual(order.picking_ids & pickings, pickings.browse(), "they are no deliveries")
        self.assertCodes(order, "S7")  # two of five are still brought by nobody
        self.assertJobs(self._run("transfer", order + other), none, none)
        self._validate(out)
        self._validate(into)
        self.assertEqual(self._get_reserved(order), [3])
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order + other)

    def test_fetch_it_by_the_route_of_resupply(self):
        self.warehouse.resupply_wh_ids = self.other_warehouse
        order = self._order(2, 5)
        self._put_in_stock(self.short, 3, self.other_warehouse)
        job = self._run("transfer", order)
        pickings = self.env["stock.picking"].browse(job.documents["stock.picking"]).sorted("id")
        self.assertEqual(len(pickings), 2)
        self.assertTrue(pickings.move_ids.rule_id)
        self.assertCodes(order, "")
        out = pickings.filtered(lambda picking: picking.location_id == self.other_warehouse.lot_stock_id)
        self._validate(out)
        self._validate(pickings - out)
        self.assertEqual(self._get_reserved(order), [2])
        self.assertIssuesHold(order)

    def test_two_of_a_batch_do_not_fetch_the_same(self):
        orders = self._order(2, 5) + self._order(2, 6)
        self._put_in_stock(self.short, 3, self.other_warehouse)
        self.assertJobs(self._run("transfer", orders), "done", "done")
        moves = self.env["stock.move"].search(
            [("product_id", "=", self.short.id), ("location_id", "=", self.other_warehouse.lot_stock_id.id)]
        )
        self.assertEqual(sorted(moves.mapped("product_uom_qty")), [1, 2])
        self.assertIssuesHold(orders)

    def test_transfer_undone(self):
        order = self._order(2, 5)
        self._put_in_stock(self.short, 3, self.other_warehouse)
        job = self._run("transfer", order)
        pickings = self.env["stock.picking"].browse(job.documents["stock.picking"])
        job.action_undo()
        self.assertEqual(set(pickings.mapped("state")), {"cancel"})
        self.assertEqual(order.order_line.move_ids.state, "confirmed")
        self.assertCodes(order, "S1 S6")
        again = self._run("transfer", order)
        out = self.env["stock.picking"].browse(again.documents["stock.picking"])
        self._validate(out.filtered(lambda picking: picking.state == "assigned"))
        with self.assertRaisesRegex(UserError, "has left already"):
            again.action_undo()
        self.assertIssuesHold(order)

    def test_transfer_rights(self):
        order = self._order(2, 5)
        self._put_in_stock(self.short, 3, self.other_warehouse)
        stocker = self._make_user("oms_stocker", "stock.group_stock_user")
        self.assertJobs(self.runner.with_user(stocker)._run("transfer", order, "user"), "done")
        self.assertCodes(order, "")

    def test_nothing_is_fetched_from_another_company(self):
        order = self._order(2, 5)
        self._put_in_stock(self.short, 30, self.other_company_warehouse)
        none = ("skipped", "No other warehouse of the company has free what it lacks.")
        self.assertJobs(self._run("transfer", order), none)

    # === SUBSTITUTE === #

    def test_send_another_product(self):
        self._put_in_stock(self.short, 1)
        order, other = self._order(3, 5), self._order(1, 5, self.goods)
        order.order_line.write({"price_unit": 25, "discount": 10})
        self.env.flush_all()
        self.assertEqual(
            self.runner._get_preview("substitute", order, {"product_id": self.goods.id})[order.id],
            ["Sends Test Goods instead of 2 Units of Test Goods nobody has, at the same price."],
        )
        none = ("skipped", "Nothing of it is short without a way to come.")
        jobs = self._run("substitute", order + other, product_id=self.goods.id)
        self.assertJobs(jobs, "done", none)
        old, new = order.order_line.sorted("id")
        self.assertEqual((old.product_uom_qty, old.move_ids.product_uom_qty, old.move_ids.state), (1, 1, "assigned"))
        self.assertEqual((new.product_id, new.product_uom_qty, new.price_unit, new.discount), (self.goods, 2, 25, 10))
        self.assertEqual((new.move_ids.state, new.move_ids.quantity), ("assigned", 2))
        self.assertEqual(new.oms_date_promised, old.oms_date_promised)
        self.assertEqual(order.amount_total, 67.5)
        self.assertCodes(order, "")
        self.assertJobs(self._run("substitute", order, product_id=self.goods.id), none)
        jobs.filtered("documents").action_undo()
        self.assertEqual((old.product_uom_qty, new.product_uom_qty), (3, 0))
        self.assertEqual(new.move_ids.mapped("state"), ["cancel"])
        self.assertEqual(sum(old.move_ids.mapped("product_uom_qty")), 3)
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order + other)

    def test_substitute_in_another_currency(self):
        order = self._order(2, 5, pricelist_id=self.foreign_pricelist.id)
        price = order.order_line.price_unit
        self.assertEqual(price, 60)
        self._run("substitute", order, product_id=self.goods.id)
        self.assertEqual((order.order_line.sorted("id")[1].price_unit, order.amount_total), (60, 120))

    def test_substitute_refused(self):
        order = self._order(2, 5)
        job = self._run("substitute", order)
        self.assertJobs(job, ("failed", "Choose the product to send instead."))
        same = ("skipped", "That is the product that is short: choose another one.")
        self.assertJobs(self._run("substitute", order, product_id=self.short.id), same)
        two = self._confirmed([(self.short, 1), (self.purchased, 1)])
        several = ("skipped", "Several lines are short: replace them on the order.")
        self.assertJobs(self._run("substitute", two, product_id=self.goods.id), several)
        self._invoice(order)
        invoiced = ("skipped", "The line is invoiced already: credit it first.")
        self.assertJobs(self._run("substitute", order, product_id=self.goods.id), invoiced)

    def test_substitute_not_undone_once_shipped(self):
        order = self._order(2, 5)
        job = self._run("substitute", order, product_id=self.goods.id)
        self._ship(order)
        with self.assertRaisesRegex(UserError, "was picked or shipped since"):
            job.action_undo()

    def test_substitute_rights(self):
        order = self._order(2, 5)
        order.user_id = seller = self._make_user("oms_seller", "sales_team.group_sale_salesman")
        self.assertJobs(
            self.runner.with_user(seller)._run("substitute", order, "user", {"product_id": self.goods.id}), "done"
        )
        stocker = self._make_user("oms_stocker", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.runner.with_user(stocker)._run("substitute", order, "user", {"product_id": self.goods.id})
