"""What Odoo does beside: the horizon, the scheduler's stale quantities, proposals it deletes, products of nobody."""

from datetime import timedelta

from odoo import fields

from odoo.addons.oms_order_to_cash_reorder.planning import const

from .common import OmsReorderCommon


class TestTraps(OmsReorderCommon):
    def _read_bought(self, product):
        return self.env["purchase.order.line"].search([("product_id", "=", product.id)]).mapped("product_qty")

    def _schedule(self):
        self.env.flush_all()
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)

    def _apply(self, product):
        """Plan and write; return the reordering rule, with the stock at its minimum."""
        self.company.write({"oms_reorder_mode": "apply", "oms_reorder_cap_value": 0})
        self._run()
        orderpoint = self._get_orderpoint(product)
        on_hand = product.with_context(warehouse_id=self.warehouse.id).qty_available
        self._put_in_stock(product, orderpoint.product_min_qty - on_hand)
        return orderpoint

    # === SCHEDULER === #

    def test_the_purchase_is_what_the_explanation_says(self):
        self._make_year(self.steady)
        orderpoint = self._apply(self.steady)
        self._confirmed([(self.steady, 5)])
        self._schedule()
        policy = self._get_policy(self.steady)
        forecast = orderpoint.product_min_qty - 5
        self.assertEqual(self._read_bought(self.steady), [policy.maximum - forecast])
        self.assertIn(f"below {policy.minimum:g}, up to {policy.maximum:g}.", policy.explanation)

    def test_the_scheduler_does_not_buy_by_stale_quantities(self):
        self._make_year(self.steady)
        self.company.write({"oms_reorder_mode": "apply", "oms_reorder_cap_factor": 0, "oms_reorder_cap_value": 0})
        orderpoint = self._make_rule(self.steady, 1, 2)
        on_hand = self.steady.with_context(warehouse_id=self.warehouse.id).qty_available
        self._put_in_stock(self.steady, 4 - on_hand)
        self.assertEqual(orderpoint.qty_to_order, 0)
        self._run()
        # What is stored is of the new minimum and maximum before anything is bought.
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT qty_to_order_computed FROM stock_warehouse_orderpoint WHERE id = %s", [orderpoint.id]
        )
        self.assertEqual(self.env.cr.fetchone()[0], orderpoint.product_max_qty - 4)
        self._schedule()
        self.assertEqual(self._read_bought(self.steady), [orderpoint.product_max_qty - 4])
        self._schedule()
        self.assertEqual(self._read_bought(self.steady), [orderpoint.product_max_qty - 4], "what is asked for counts")

    # === HORIZON === #

    def _make_late_vendor(self):
        """Let the vendor take 40 days now and then, and tell 10."""
        self._make_year(self.steady)
        for asked in range(340, 60, -40):
            self._buy_in(self.steady, 1, asked, asked - (60 if asked % 80 else 12))

    def test_a_horizon_that_is_too_short_is_told(self):
        self._make_late_vendor()
        self._run()
        policy = self._get_policy(self.steady)
        self.assertGreater(policy.late_days, 5)
        self.assertTrue(policy.warning_bits & const.HORIZON)
        self.assertIn("may be ordered again", policy.explanation)
        self.company.horizon_days = 365
        self._run()
        self.assertFalse(policy.warning_bits & const.HORIZON)

    def test_with_the_horizon_what_comes_late_is_not_bought_again(self):
        self._make_year(self.steady)
        orderpoint = self._apply(self.steady)
        self._confirmed([(self.steady, 5)])
        self._schedule()
        line = self.env["purchase.order.line"].search([("product_id", "=", self.steady.id)])
        line.order_id.button_confirm()
        line.move_ids.date = fields.Datetime.now() + timedelta(days=60)
        self.company.horizon_days = 365
        orderpoint.invalidate_recordset()
        orderpoint._compute_qty_to_order_computed()
        self._schedule()
        self.assertEqual(len(self._read_bought(self.steady)), 1)

    # === PROPOSALS === #

    def test_what_odoo_cleans_up_is_no_proposal(self):
        self._make_year(self.steady)
        self._run()
        policy = self._get_policy(self.steady)
        self.env["stock.warehouse.orderpoint"].with_user(self.env.ref("base.user_root"))._unlink_processed_orderpoints()
        self.assertTrue(policy.exists().is_pending, "a proposal is kept until somebody decides")
        policy.action_accept()
        self.assertEqual(policy.orderpoint_id.trigger, "auto")
        self.env["stock.warehouse.orderpoint"].with_user(self.env.ref("base.user_root"))._unlink_processed_orderpoints()
        self.assertTrue(policy.orderpoint_id.exists(), "nor is the rule that came of it deleted")

    # === NOBODY SELLS IT === #

    def test_a_product_without_a_vendor_is_told_not_guessed(self):
        orphan = self._make_product("Orphan", 30)
        self._make_year(orphan)
        self.company.oms_reorder_mode = "apply"
        run = self._run()
        policy = self._get_policy(orphan)
        self.assertEqual((policy.reason, policy.declared, policy.maximum), ("no_lead_time", 0, 0))
        self.assertFalse(self._get_orderpoint(orphan))
        self.assertGreaterEqual(run.unplanned, 1)
        self.assertIn("Add a vendor", policy.explanation)
        self.assertIn(policy, policy.search([("reason", "in", ("no_prior", "no_history", "no_lead_time"))]))
        orphan.seller_ids = [self._prepare_seller(delay=4)]
        self._run()
        self.assertEqual((policy.reason, policy.declared), ("planned", 4))
