from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestReorderDemo(TransactionCase):
    """The demo company's products with a past, made here where the database has none."""

    def test_it_shows_proposals_and_what_nobody_supplies(self):
        self.env["oms.demo"]._load_reordering()
        policies = self.env["oms.reorder.policy"].search([("company_id", "=", self.env.ref("base.main_company").id)])
        self.assertLessEqual({"planned", "dead", "no_lead_time"}, set(policies.mapped("reason")))
        self.assertTrue(policies.filtered("is_pending"))
        orphan = policies.filtered(lambda policy: policy.product_id.name == "Display Cabinet")
        self.assertEqual((orphan.reason, orphan.vendor_activity_id.active), ("no_lead_time", True))
        self.assertEqual(orphan.vendor_activity_id.res_id, orphan.product_id.product_tmpl_id.id)
        self.assertTrue(orphan.vendor_activity_id.user_id.has_group("purchase.group_purchase_manager"))
