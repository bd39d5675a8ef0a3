"""Two companies that share a product: each reads, plans and sees its own."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

from .common import OmsReorderCommon


class TestCompanies(OmsReorderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.other = cls.env["res.company"].create(
            {"name": "Test Other Company", "currency_id": cls.euro.id, "oms_reorder_by_abc": False, "horizon_days": 0}
        )
        cls.env.user.company_ids |= cls.other
        cls.env["res.currency.rate"].search([("currency_id", "in", (cls.euro + cls.company.currency_id).ids)]).unlink()
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": cls.euro.id, "rate": 1, "name": "2020-01-01", "company_id": cls.other.id},
                {
                    "currency_id": cls.company.currency_id.id,
                    "rate": 2,
                    "name": "2020-01-01",
                    "company_id": cls.other.id,
                },
            ]
        )
        cls.branch = cls.env["stock.warehouse"].search([("company_id", "=", cls.other.id)], limit=1)
        own, foreign = cls.steady.seller_ids, cls._prepare_seller(delay=25, price=30)[2]
        own.company_id = cls.company
        # The other company buys at a price in the first one's currency.
        cls.env["product.supplierinfo"].create(
            {
                **foreign,
                "product_tmpl_id": cls.steady.product_tmpl_id.id,
                "company_id": cls.other.id,
                "currency_id": cls.company.currency_id.id,
            }
        )
        cls._make_year(cls.steady, 6, 3)
        cls._make_year(cls.steady, 20, 5, cls.branch)

    def test_each_company_plans_its_own_moves_and_vendors(self):
        runs = self._run() + self._run(self.other)
        policy, other = self._get_policy(self.steady), self._get_policy(self.steady, self.branch)
        self.assertEqual((policy.company_id, other.company_id), (self.company, self.other))
        self.assertAlmostEqual(policy.mean, 2, delta=0.2)
        self.assertAlmostEqual(other.mean, 4, delta=0.4)
        self.assertEqual((policy.declared, policy.price), (10, 20))
        self.assertEqual((other.declared, other.price), (25, 15), "30 dollars are 15 euros there")
        self.assertEqual(runs[1].total, 1, "nothing of the first one")
        self.assertEqual((policy.last_run_id, other.last_run_id), (runs[0], runs[1]))

    def test_what_one_company_does_leaves_the_other_as_it_is(self):
        self._run(self.other)
        other = self._get_policy(self.steady, self.branch)
        before = other.read(["mean", "minimum", "maximum", "is_pending", "write_date"])
        self.company.write({"oms_reorder_mode": "apply", "oms_reorder_cap_value": 0})
        run = self._run()
        self.env.invalidate_all()
        self.assertEqual(other.read(["mean", "minimum", "maximum", "is_pending", "write_date"]), before)
        self.assertEqual(run.change_ids.company_id, self.company)
        self.assertTrue(self._get_orderpoint(self.steady))
        self.assertFalse(self._get_orderpoint(self.steady, self.branch))
        # Nor does the service of the one count what the other delivered.
        self.assertEqual(run.stock_before, self._get_policy(self.steady).old_stock_value)

    def _become_other(self, groups):
        """Return the environment of a user of the other company."""
        ids = self.other.ids
        user = new_test_user(self.env, "test_other", groups, company_id=self.other.id, company_ids=ids)
        return self.env(user=user, context={"allowed_company_ids": ids})

    def test_a_user_sees_the_company_that_is_theirs(self):
        self.env.cr.execute(
            "UPDATE stock_move SET date_deadline = date WHERE product_id = %s AND state = 'done'", [self.steady.id]
        )
        runs = self._run() + self._run(self.other)
        policy, other = self._get_policy(self.steady), self._get_policy(self.steady, self.branch)
        own = self._become_other("stock.group_stock_manager,purchase.group_purchase_user")
        self.assertEqual(own["oms.reorder.policy"].search([]), other)
        self.assertEqual(own["oms.reorder.run"].search([]), runs[1])
        self.assertEqual(self.env["oms.reorder.service"].search([]).company_id, self.company + self.other)
        self.assertEqual(own["oms.reorder.service"].search([]).company_id, self.other)
        for action in ("action_accept", "action_lock", "action_undo"):
            with self.assertRaises(AccessError):
                getattr(policy.with_env(own), action)()
        other.with_env(own).action_accept()
        self.assertEqual(self._get_orderpoint(self.steady, self.branch).product_max_qty, other.maximum)

    def test_what_if_counts_the_own_company_alone(self):
        self._run()
        self._run(self.other)
        own = self._become_other("purchase.group_purchase_user")
        form = Form(own["oms.reorder.what.if"])
        self.assertRegex(form.sentence, r"1 products\.$")
        self.assertIn("€", form.sentence)
        wizard = own["oms.reorder.what.if"].create({"company_id": self.other.id})
        curve = wizard._get_curve(own["oms.reorder.policy"].search(wizard._get_domain()))
        other = self._get_policy(self.steady, self.branch)
        self.assertAlmostEqual(curve.stock_value[list(curve.target).index(other.target)], other.stock_value, 2)

    def test_a_run_of_one_company_is_not_one_of_the_other(self):
        Run = self.env["oms.reorder.run"]
        runs = Run._open(self.company + self.other)
        self.assertEqual(runs.company_id, self.company + self.other)
        self.assertEqual(Run._open(self.other), runs.filtered(lambda run: run.company_id == self.other))

    def test_the_day_is_the_one_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        reader = self.env["oms.reorder.reader"]
        ahead = reader._get_today(self.company) - reader._get_today(self.other)
        here, there = (
            fields.Datetime.context_timestamp(reader.with_context(tz=zone), fields.Datetime.now()).toordinal()
            for zone in ("Pacific/Auckland", self.other.partner_id.tz or "UTC")
        )
        self.assertEqual(ahead, here - there)
