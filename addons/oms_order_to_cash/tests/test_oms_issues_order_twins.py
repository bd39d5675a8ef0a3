import random
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsIssuesOrderTwins(OmsIssueCase):
    """O5: the same goods ordered twice within two days, and what becomes of the one too many."""

    def _get_twins(self, hours=1, **vals):
        """Return two orders of the same goods, the later one some hours after the other."""
        first, second = self._place_order(), self._place_order(**vals)
        first.date_order = second.date_order - timedelta(hours=hours)
        return first, second

    def test_ordered_twice(self):
        first, second = self._get_twins(48)
        issue = self.assertIssue(second, "O5", turn="sales", severity="medium")
        self.assertEqual(issue.data["earlier_id"], first.id)
        self.assertNoIssue(first, "O5")
        chain = self._get_chain(second, "O5")
        self.assertIn(f"{first.name} of", chain[0])
        self.assertIn("same customer, products and quantities", chain[0])
        first.date_order -= timedelta(minutes=1)
        self.assertNoIssue(second, "O5")
        self.assertIssuesHold(first + second)

    def test_what_is_no_duplicate(self):
        first, second = self._get_twins()
        second.order_line.product_uom_qty = 11
        self.assertNoIssue(second, "O5")
        second.order_line.product_uom_qty = 10
        self.assertIssue(second, "O5")
        first.client_order_ref, second.client_order_ref = "PO 1", "PO 2"
        self._look(second)
        self.assertNoIssue(second, "O5")
        second.client_order_ref = "PO 1"
        self._look(second)
        self.assertIssue(second, "O5")
        second.partner_id = self.other_customer
        self.assertNoIssue(second, "O5")
        self.assertIssuesHold(first + second)

    def test_cleared_with_the_earlier_one_or_once_delivered(self):
        first, second = self._get_twins()
        self.assertIssue(second, "O5")
        self._cancel(first)
        self.assertNoIssue(second, "O5")
        third, fourth = self._get_twins()
        self._cancel(second)
        self._confirm(fourth)
        self.assertIssue(fourth, "O5")
        self._ship(fourth)
        self.assertNoIssue(fourth, "O5")
        self.assertIssuesHold(first + second + third + fourth)

    def test_merged_and_back(self):
        first, second = self._get_twins()
        other = self._place_order([(self.service, 3)])
        preview = self.runner._get_preview("merge", second)[second.id]
        self.assertIn(first.name, preview[0])
        jobs = self._run("merge", second + other)
        self.assertJobs(jobs, "done", ("skipped", "It repeats no other order."))
        self.assertEqual(second.state, "cancel")
        self.assertEqual(first.order_line.mapped("product_uom_qty"), [10, 10])
        self.assertNoIssue(second, "O5")
        self.assertEqual(self._run("merge", second).state, "skipped")
        job = jobs.filtered(lambda job: job.state == "done")
        job.action_undo()
        self.assertEqual((second.state, first.order_line.product_uom_qty), ("draft", 10))
        self.assertIssue(second, "O5")
        job = self._run("merge", second)
        self._confirm(first)
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            job.action_undo()
        self.assertIssuesHold(first + second + other)

    def test_a_confirmed_one_is_not_merged(self):
        first, second = self._get_twins()
        self._confirm(second)
        second.date_order = first.date_order + (second.date_order - first.date_order)
        self.assertIn("is confirmed: cancel the one too many instead.", self._run("merge", second).message)

    def test_a_row_of_orders_is_merged_into_its_first(self):
        third, second, first = (self._place_order() for _number in range(3))
        second.date_order, first.date_order = (third.date_order - timedelta(hours=hours) for hours in (40, 80))
        self.assertJobs(self._run("merge", second + third), "done", "done")
        self.assertEqual((second + third).mapped("state"), ["cancel", "cancel"])
        self.assertEqual(first.order_line.mapped("product_uom_qty"), [10, 10, 10])

    # === VERY MANY === #

    def _get_naive_twins(self, orders):
        """Return {order id: the earliest it repeats}, each order held against each other."""
        found = {}
        for later in orders:
            twins = [
                order
                for order in orders
                if (order.date_order, order.id) < (later.date_order, later.id)
                and order.date_order >= later.date_order - timedelta(hours=48)
                and order.partner_id.commercial_partner_id == later.partner_id.commercial_partner_id
                and {later.state, order.state} <= {"draft", "sent", "sale"}
                and len({order.client_order_ref, later.client_order_ref} - {False}) < 2
                and self._get_goods(order) == self._get_goods(later)
            ]
            if twins:
                found[later.id] = min(twins, key=lambda order: (order.date_order, order.id)).id
        return found

    def _get_goods(self, order):
        goods = {}
        for line in order.order_line:
            goods[line.product_id] = goods.get(line.product_id, 0) + line.product_uom_qty
        return goods

    def _place_many(self, number):
        """Return orders of a company, of its contact and of somebody else that repeat each other in all ways."""
        chance = random.Random(48)
        contact = self.customer.copy({"name": "Buyer", "parent_id": self.customer.id, "type": "contact"})
        one, two = [(self.goods, 1)], [(self.goods, 1), (self.goods, 2)]
        orders = self.env["sale.order"]
        for _number in range(number):
            orders += self._place_order(
                chance.choice([one, two, [(self.goods, 3)], [(self.service, 3)]]),
                partner_id=chance.choice([self.customer, self.customer, contact, self.other_customer]).id,
                client_order_ref=chance.choice([False, False, "PO 1", "PO 2"]),
            )
        start = orders[0].date_order
        for order in orders:
            order.date_order = start - timedelta(hours=chance.choice(range(0, 200, 8)))
        orders[::9].action_cancel()
        self.env.flush_all()
        return orders

    def test_found_as_by_holding_each_against_each(self):
        orders = self._place_many(60)
        twins = self._get_naive_twins(orders)
        self.assertGreater(len(twins), 15)
        self.assertGreater(len(set(twins.values())), 5)
        read = self.env["sale.order"]._oms_read_twins
        for asked in (orders, orders[:7], *orders):
            with self.assertQueryCount(1):  # however many there are
                found = read(asked.ids)
            self.assertEqual(found, {order_id: twins[order_id] for order_id in asked.ids if order_id in twins})

    def test_read_again_where_one_changes_are_those_found_otherwise(self):
        orders = self._place_many(60)
        twins = self._get_naive_twins(orders)
        read = self.env["sale.order"]._oms_read_repeating
        for earlier in orders:
            with self.assertQueryCount(2):  # what is, and what was found
                later = read(earlier.ids)
            self.assertEqual(later, {order_id for order_id, twin_id in twins.items() if twin_id == earlier.id})
        self._look(orders)
        self.assertEqual(read(orders.ids), set())
        first = orders.browse(next(iter(twins.values())))
        first.action_cancel()
        self.env.flush_all()
        self.assertEqual(read(first.ids), {order_id for order_id, twin_id in twins.items() if twin_id == first.id})
        self.assertIssuesHold(orders)
