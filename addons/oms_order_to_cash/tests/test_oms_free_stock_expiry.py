from datetime import timedelta

from odoo import fields

from .flow_case import FlowCase
from .test_oms_issues_supply import SupplyIssueCase


class TestOmsFreeStockExpiry(SupplyIssueCase, FlowCase):
    """Lots that have to be removed before the goods leave are free for nobody (an app of its own)."""

    def setUp(self):
        super().setUp()
        if "removal_date" not in self.env["stock.lot"]._fields:
            self.skipTest("Expiration dates (product_expiry) are not installed.")
        self.expiring = self._make_product(
            "Goods that expire",
            15,
            tracking="lot",
            use_expiration_date=True,
            seller_ids=[self._prepare_seller()],
        )

    def _get_lot(self, name, days, quantity=10, warehouse=None):
        """Put a lot in stock that is to be removed in some days."""
        day = fields.Datetime.now() + timedelta(days=days)
        lot = self.env["stock.lot"].create(
            {"name": name, "product_id": self.expiring.id, "expiration_date": day, "removal_date": day}
        )
        place = (warehouse or self.warehouse).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.expiring, place, quantity, lot_id=lot)
        return lot

    def _order(self, quantity=4, days=5):
        order = self._confirmed([(self.expiring, quantity)], commitment_date=self._due(days))
        self._unreserve(order)
        return order

    def test_an_expired_lot_is_not_free(self):
        lot = self._get_lot("OLD", -3)
        order = self._order()
        self.assertCodes(order, "S1")
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")
        self.assertFlowsHold(order)
        chain = self._get_chain(order, "S1")
        self.assertEqual(
            chain[2], "10 Units of Test Goods that expire in TMAIN/Stock have to be removed before it leaves"
        )
        none = "No stock is free for it: buy, or wait for what is on the way."
        self.assertJobs(self._run("reserve", order), ("skipped", none))
        self.assertEqual(self._run("allocate", order).state, "skipped")
        self.assertJobs(self._run("buy", order), "done")
        self.assertCodes(order, "S2")
        lot.removal_date = self._due(60)
        self.assertCodes(order, "S4")
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")
        self.assertJobs(self._run("reserve", order), "done")
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertIssuesHold(order)

    def test_by_the_day_on_which_it_leaves(self):
        self._get_lot("SOON", 3)
        early, late = self._order(days=1), self._order(days=9)
        early.picking_ids.scheduled_date, late.picking_ids.scheduled_date = self._due(1), self._due(9)
        self.assertCodes(early, "S4")
        self.assertCodes(late, "S1")
        self.assertFlowsHold(early + late)
        late.picking_ids.scheduled_date = self._due(2)
        self.assertCodes(late, "S4")
        self.assertFlowsHold(early + late)
        self.assertIssuesHold(early + late)

    def test_each_gets_what_keeps_long_enough(self):
        self._get_lot("SOON", 3, 4)
        self._get_lot("LATER", 60, 4)
        early, late = self._order(days=1), self._order(days=9)
        early.picking_ids.scheduled_date, late.picking_ids.scheduled_date = self._due(1), self._due(9)
        self.env.flush_all()
        self.assertEqual(self._run("buy", early + late).mapped("state"), ["skipped", "skipped"])
        plan = self.env["oms.verb.allocate"]._plan_allocate(early + late)
        moves = (early + late).order_line.move_ids
        self.assertEqual(plan[late.id], {moves[0].id: 4, moves[1].id: 4})

    def test_the_lots_of_another_warehouse(self):
        self._get_lot("OLD", -3, warehouse=self.other_warehouse)
        order = self._order()
        self.assertCodes(order, "S1")
        self._get_lot("SOON", 2, warehouse=self.other_warehouse)
        order.picking_ids.scheduled_date = self._due(5)
        self.assertCodes(order, "S1")
        self._get_lot("GOOD", 60, 3, warehouse=self.other_warehouse)
        self.assertCodes(order, "S1 S6")
        self.assertEqual(self._get_chain(order, "S6")[1], "Test Other has 3 Units of Test Goods that expire free")
        self.assertIssuesHold(order)
