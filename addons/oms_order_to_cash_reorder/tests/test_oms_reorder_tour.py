from odoo.tests import new_test_user, tagged

from odoo.addons.oms_order_to_cash.tests.common import OmsHttpCommon

from .common import OmsReorderPast


@tagged("post_install", "-at_install")
class TestOmsReorderTour(OmsReorderPast, OmsHttpCommon):
    """A planner reads a proposal, accepts all of a class and takes it back. In a browser."""

    def test_a_proposal_read_a_class_accepted_and_undone(self):
        self._hide_demo()
        products = self.env["product.product"]
        for number, name in enumerate(("Toured 0", "Toured 1", "Other Class")):
            product = self._make_product(name, 50, seller_ids=[self._prepare_seller(delay=10)])
            self._make_year(product, 6 + number, 7)
            products += product
        run = self.env["oms.reorder.run"].create({"company_id": self.company.id})
        while run.state not in ("done", "failed"):
            run._step()
        policies = self.env["oms.reorder.policy"].search([("product_id", "in", products.ids)])
        other = policies.filtered(lambda policy: policy.product_id == products[2])
        policies -= other
        policies.abc = "b"
        other.abc = "a"
        new_test_user(
            self.env,
            "test_planner",
            "base.group_user,stock.group_stock_manager,purchase.group_purchase_user",
            password="test_planner",
        )
        self.start_tour("/odoo/reordering", "oms_reorder_tour", login="test_planner", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(policies.change_ids.mapped("state"), ["undone", "undone"])
        self.assertEqual(policies.change_ids.create_uid.login, "test_planner")
        self.assertEqual(policies.mapped("is_pending"), [True, True])
        self.assertEqual((other.is_pending, len(other.change_ids)), (True, 0))
        self.assertFalse(self.env["stock.warehouse.orderpoint"].search([("product_id", "in", products.ids)]))
