"""By which routes products are supplied, asked once per kind of product; and that a run asks no more for more products."""

from unittest.mock import patch

import numpy as np

from odoo.fields import Command

from .common import OmsReorderCommon


class TestRoutes(OmsReorderCommon):
    def _make_some(self, name, number, **vals):
        products = self.env["product.product"]
        for count in range(number):
            product = self._make_product(f"{name} {count}", 40, **vals)
            self._stock_up(product, 50, 100)
            self._sell(product, {60: 2, 30: 3, 5: 1})
            products += product
        return products

    def _get_policies(self, products):
        self.env["oms.reorder.run"]._find_policies(self.company)
        domain = [("product_id", "in", products.ids), ("warehouse_id", "=", self.warehouse.id)]
        return self.env["oms.reorder.policy"].search(domain, order="id")

    def _read_declared(self, policies):
        """Return {product: declared lead time}, and how many were asked for their rules."""
        Terms = self.env["oms.reorder.terms"]
        self.env.flush_all()
        whole = np.ones(len(policies), bool)
        with patch.object(type(Terms), "_ask_route", autospec=True, side_effect=type(Terms)._ask_route) as asked:
            terms, _orderpoints, _made = Terms._read_terms(policies, whole)
        return dict(zip(policies.product_id, terms.declared.tolist(), strict=True)), asked.call_count

    def _make_branch(self):
        vals = {"name": "Test Branch", "code": "TBR", "resupply_wh_ids": [Command.set(self.warehouse.ids)]}
        return self.env["stock.warehouse"].create({**vals, "company_id": self.company.id})

    # === KINDS === #

    def test_products_that_are_alike_are_asked_once(self):
        bought, orphans = self._make_some("Bought", 3, seller_ids=[self.seller]), self._make_some("Orphan", 3)
        declared, asked = self._read_declared(self._get_policies(bought + orphans))
        self.assertEqual(asked, 2)
        self.assertEqual([declared[product] for product in bought], [10, 10, 10])
        self.assertTrue(all(np.isnan(declared[product]) for product in orphans))

    def test_routes_of_products_and_categories_are_kinds_of_their_own(self):
        branch = self._make_branch()
        category = self.env["product.category"].create(
            {"name": "Test Moved", "route_ids": [Command.set(branch.resupply_route_ids.ids)]}
        )
        plain, own, filed = (
            self._make_product(name, 40, seller_ids=[self.seller]) for name in ("Plain", "Own", "Filed")
        )
        own.route_ids = [Command.set(branch.resupply_route_ids.ids)]
        filed.categ_id = self.env["product.category"].create({"name": "Test Below", "parent_id": category.id})
        products = plain + own + filed
        for product in products:
            self._stock_up(product, 5, 50, branch)
        self.env["oms.reorder.run"]._find_policies(self.company)
        domain = [("product_id", "in", products.ids), ("warehouse_id", "=", branch.id)]
        declared, asked = self._read_declared(self.env["oms.reorder.policy"].search(domain, order="id"))
        self.assertEqual(asked, 3)
        self.assertEqual([declared[product] for product in products], [10, 1, 1])

    def test_where_another_module_decides_each_product_is_asked(self):
        products = self._make_some("Bought", 3, seller_ids=[self.seller])
        policies = self._get_policies(products)
        Rule = type(self.env["stock.rule"])
        real = Rule._filter_warehouse_routes

        def refuse(rules, product, warehouses, route):
            is_refused = product == products[1] and "buy" in route.rule_ids.mapped("action")
            return not is_refused and real(rules, product, warehouses, route)

        self.assertTrue(self.env["oms.reorder.terms"]._is_filter_known())
        with patch.object(Rule, "_filter_warehouse_routes", refuse):
            self.assertFalse(self.env["oms.reorder.terms"]._is_filter_known())
            declared, asked = self._read_declared(policies)
        self.assertEqual(asked, 2)
        self.assertEqual([declared[products[0]], declared[products[2]]], [10, 10])
        self.assertTrue(np.isnan(declared[products[1]]))

    # === MADE === #

    def _make_bom(self, product, kind):
        if "mrp.bom" not in self.env:
            self.skipTest("Manufacturing is not installed.")
        component = self._make_product("Component", 3, seller_ids=[self.seller])
        line = Command.create({"product_id": component.id, "product_qty": 2})
        return self.env["mrp.bom"].create(
            {"product_tmpl_id": product.product_tmpl_id.id, "type": kind, "bom_line_ids": [line]}
        )

    def test_a_kit_is_left_to_its_components(self):
        self._make_year(self.steady)
        self._make_bom(self.steady, "phantom")
        self.company.oms_reorder_mode = "apply"
        self._run()
        policy = self._get_policy(self.steady)
        self.assertEqual((policy.reason, policy.is_pending), ("made", False))
        self.assertFalse(self._get_orderpoint(self.steady))

    def test_what_is_made_lacks_no_vendor(self):
        made = self._make_product("Made", 30)
        self._make_year(made)
        self._make_bom(made, "normal")
        self._run()
        policy = self._get_policy(made)
        self.assertEqual((policy.reason, policy.vendor_asked), ("made", False))

    # === STATEMENTS === #

    def _count_statements(self, policies):
        """Return how many statements it takes to plan policies."""
        run = self.env["oms.reorder.run"].create({"company_id": self.company.id, "state": "failed"})
        self.env.flush_all()
        self.env.invalidate_all()
        reader, before = type(self.env["oms.reorder.reader"]), self.env.cr.sql_log_count
        with patch.object(reader, "_fetch", autospec=True, side_effect=reader._fetch) as copied:
            run._plan(policies)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before + copied.call_count

    def test_more_products_take_no_more_statements(self):
        few = self._make_some("Few", 2, seller_ids=[self.seller])
        many = self._make_some("Many", 12, seller_ids=[self.seller])
        policies = self._get_policies(few + many)
        self._count_statements(policies)  # what is kept in memory is kept
        few_policies = policies.filtered(lambda policy: policy.product_id in few)
        self.assertEqual(self._count_statements(policies), self._count_statements(few_policies))

    def test_an_unchanged_policy_is_not_written_again(self):
        products = self._make_some("Bought", 2, seller_ids=[self.seller])
        first = self._run()
        rows = self._read_versions(products)
        self._run()
        self.assertEqual(self._read_versions(products), rows)
        self._sell(products[0], {3: 4})
        last = self._run()
        self.assertEqual(self._get_policy(products[0]).last_run_id, last)
        self.assertEqual(self._get_policy(products[1]).last_run_id, first)

    def _read_versions(self, products):
        """Return where PostgreSQL keeps the policies: elsewhere once they were written."""
        self.env.cr.execute(
            "SELECT id, ctid::text FROM oms_reorder_policy WHERE product_id = ANY(%s) ORDER BY id", [products.ids]
        )
        return self.env.cr.fetchall()
