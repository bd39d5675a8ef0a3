from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsIssuesLotExpiry(OmsIssueCase):
    """P4 where lots expire, which is an app of its own."""

    def setUp(self):
        super().setUp()
        if "expiration_date" not in self.env["stock.lot"]._fields:
            self.skipTest("Expiration dates (product_expiry) are not installed.")

    def _get_expiring(self, **days):
        """Return goods and lots of 10 that expire in some days, those that expire first leaving first."""
        product = self._make_product("Goods that expire", 15, tracking="lot", use_expiration_date=True)
        first_expired = self.env.ref("product_expiry.removal_fefo")
        product.categ_id = self.env["product.category"].create(
            {"name": "Test Expiring", "removal_strategy_id": first_expired.id}
        )
        lots = self.env["stock.lot"].create(
            [
                {"name": name, "product_id": product.id, "expiration_date": self._get_moment(in_days)}
                for name, in_days in days.items()
            ]
        )
        for lot in lots:
            lot.removal_date = lot.expiration_date
            self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, 10, lot_id=lot)
        return product, lots

    def _get_moment(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def test_reserved_and_expired_since(self):
        product, lots = self._get_expiring(LATE=60, SOON=20, NEXT=30)
        order, other = self._confirmed([(product, 4)]), self._confirmed([(product, 3)])
        soon = lots[1]
        self.assertEqual((order + other).picking_ids.move_line_ids.lot_id, soon)
        soon.expiration_date = fields.Datetime.now() + timedelta(hours=1)
        self._look(order)
        self.assertNoIssue(order, "P4")
        soon.expiration_date = fields.Datetime.now() - timedelta(hours=1)
        self._look(order + other)
        self.assertIssue(order, "P4", severity="medium", turn="warehouse")
        self.assertIn("lot SOON of Test Goods that expire expired on", self._get_chain(order, "P4")[0])
        preview = self.runner._get_preview("replace_lot", order)[order.id]
        self.assertEqual(
            preview, [f"{order.picking_ids.name}: 4 of Test Goods that expire from NEXT, LATE instead of SOON."]
        )
        self.assertJobs(self._run("replace_lot", order), "done")
        self.assertEqual((order.picking_ids.move_line_ids.lot_id.name, order.picking_ids.state), ("NEXT", "assigned"))
        self.assertNoIssue(order, "P4")
        self.assertIssue(other, "P4")
        self.assertIssuesHold(order + other)

    def test_no_lot_that_is_still_good(self):
        product, lots = self._get_expiring(ONE=20, TWO=30)
        order = self._confirmed([(product, 4)])
        lots.expiration_date = fields.Datetime.now() - timedelta(hours=1)
        self._look(order)
        self.assertIssue(order, "P4")
        job = self._run("replace_lot", order)
        self.assertEqual(job.state, "skipped")
        self.assertIn("No other valid lot of Test Goods that expire is free", job.message)
        self.assertEqual(order.picking_ids.move_line_ids.lot_id.name, "ONE")

    def test_a_lot_that_has_to_be_removed_before_it_leaves_is_no_other(self):
        product, lots = self._get_expiring(ONE=20, TWO=30)
        order = self._confirmed([(product, 4)])
        lots[0].expiration_date = fields.Datetime.now() - timedelta(hours=1)
        lots[1].removal_date = fields.Datetime.now() - timedelta(hours=1)
        self._look(order)
        self.assertIssue(order, "P4")
        job = self._run("replace_lot", order)
        self.assertEqual(job.state, "skipped")
        self.assertIn("No other valid lot of Test Goods that expire is free", job.message)
        self.assertEqual(order.picking_ids.move_line_ids.lot_id.name, "ONE")
        self.assertEqual(order.picking_ids.move_line_ids.quantity, 4)
