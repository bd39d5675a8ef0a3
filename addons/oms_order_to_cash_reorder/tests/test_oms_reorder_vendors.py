"""Products that nobody supplies: the purchase manager is asked for a vendor, once."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user

from .common import OmsReorderCommon


class TestVendors(OmsReorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orphan = cls._make_product("Orphan", 30)
        cls._make_year(cls.orphan)
        cls.type = cls.env.ref("oms_order_to_cash_reorder.oms_reorder_vendor_activity")

    def _get_activities(self, product):
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", self.type.id), ("res_id", "=", product.product_tmpl_id.id)]
        )

    def test_the_purchase_manager_is_asked_once(self):
        self._make_year(self.steady)
        run = self._run()
        activity = self._get_activities(self.orphan)
        self.assertEqual(activity.user_id, run._get_purchase_manager(self.company))
        self.assertTrue(activity.user_id.has_group("purchase.group_purchase_manager"))
        self.assertEqual((activity.res_model, activity.summary), ("product.template", "It has no vendor"))
        self.assertIn("add a vendor on its tab purchase", activity.note.lower())
        self.assertFalse(self._get_activities(self.steady), "it has a vendor")
        policy = self._get_policy(self.orphan)
        self.assertEqual(policy.vendor_activity_id, activity)
        self._run()
        self.assertEqual(self._get_activities(self.orphan), activity)

    def test_it_is_closed_when_a_vendor_comes(self):
        self._run()
        activity = self._get_activities(self.orphan)
        buyer = new_test_user(self.env, "test_buyer", "purchase.group_purchase_user,product.group_product_manager")
        self.env["product.supplierinfo"].with_user(buyer).create(
            {"product_tmpl_id": self.orphan.product_tmpl_id.id, "partner_id": self.vendor.id, "delay": 3}
        )
        self.assertFalse(self._get_activities(self.orphan))
        self.assertFalse(activity.active)
        self.assertIn("Test Vendor sells it.", self.orphan.product_tmpl_id.message_ids[0].body)
        policy = self._get_policy(self.orphan)
        self.assertFalse(policy.vendor_asked)
        self._run()
        self.assertEqual(policy.reason, "planned")
        # Without a vendor again, it is asked for again.
        self.orphan.seller_ids = [Command.clear()]
        self._run()
        self.assertEqual(len(self._get_activities(self.orphan)), 1)

    def test_it_is_closed_when_nobody_wants_it_any_more(self):
        self._run()
        self.orphan.active = False
        self._run()
        self.assertFalse(self._get_activities(self.orphan))

    def test_whoever_cancels_it_is_not_asked_again(self):
        self._run()
        self._get_activities(self.orphan).unlink()
        self._run()
        self.assertFalse(self._get_activities(self.orphan))

    def test_nobody_is_asked_for_what_nobody_wants_or_is_left_alone(self):
        idle = self._make_product("Idle", 30)
        self._stock_up(idle, 5, 400)
        self.env["oms.reorder.run"]._find_policies(self.company)
        self._get_policy(self.orphan).action_lock()
        self._run()
        self.assertFalse(self._get_activities(idle) + self._get_activities(self.orphan))

    def test_so_many_at_a_time_those_that_matter_most_first(self):
        other = self._make_product("Small Orphan", 2)
        self._make_year(other, 1, 30)
        with patch("odoo.addons.oms_order_to_cash_reorder.models.oms_reorder_run_vendors._MOST", 1):
            self._run()
            self.assertTrue(self._get_activities(self.orphan))
            self._run()
            self.assertFalse(self._get_activities(other))
            self.orphan.seller_ids = [self._prepare_seller(delay=4)]
            self._run()
        self.assertTrue(self._get_activities(other))

    def test_two_warehouses_ask_together(self):
        self._make_year(self.orphan, 2, 7, self.other_warehouse)
        self._run()
        activity = self._get_activities(self.orphan)
        self.assertEqual(len(activity), 1)
        policies = self._get_policy(self.orphan) + self._get_policy(self.orphan, self.other_warehouse)
        self.assertEqual(policies.vendor_activity_id, activity)
        policies[0].action_lock()
        self._run()
        self.assertTrue(activity.active, "the other warehouse still has none")

    def test_a_vendor_of_another_company_is_no_answer(self):
        self._run()
        other = self.env["res.company"].create({"name": "Test Other Company"})
        self.orphan.seller_ids = [self._prepare_seller(delay=4, company_id=other.id)]
        self.assertTrue(self._get_activities(self.orphan))
        self._run()
        self.assertEqual(self._get_policy(self.orphan).reason, "no_lead_time")
        self.assertTrue(self._get_activities(self.orphan))
