"""By which routes the pairs of a part are supplied."""

import numpy as np

from odoo import models

# Whose answers to which routes of a warehouse are open to a product depend on what `_read_route_marks` reads alone.
_KNOWN = {"stock", "purchase_stock", "mrp"}


class OmsReorderTerms(models.AbstractModel):
    _inherit = "oms.reorder.terms"

    def _read_routes(self, company, columns):
        """Return whether each pair is bought or moved from another warehouse, and the delay of its rules, as arrays.

        Products that are alike in what decides their routes are supplied alike, so that one of them is asked.
        """
        keys = zip(columns["warehouse"].tolist(), *self._get_route_marks(columns), strict=True)
        found, first, of = {}, [], []
        for place, key in enumerate(keys):
            if key not in found:
                found[key] = len(first)
                first.append(place)
            of.append(found[key])
        described = [self._ask_route(company, columns, place) for place in first]
        return {name: np.array([row[name] for row in described])[of] for name in described[0]}

    def _get_route_marks(self, columns):
        """Return lists of what decides by which routes of its warehouse a product is supplied.

        To buy is only open to what has a vendor, to make to what has a bill of materials.
        """
        templates = columns["template"].tolist()
        own, made = self._read_own_routes(templates), self._read_made(templates)
        marks = [
            self._read_category_routes(columns["categ"]),
            [own.get(template_id, ()) for template_id in templates],
            columns["sold"].tolist(),
            [template_id in made for template_id in templates],
        ]
        return marks if self._is_filter_known() else [*marks, self._ask_open_routes(columns)]

    def _read_category_routes(self, categ_ids):
        categories = self.env["product.category"].browse(np.unique(categ_ids[categ_ids > 0]).tolist())
        found = {category.id: tuple(category.total_route_ids.ids) for category in categories}
        return [found.get(categ_id, ()) for categ_id in categ_ids.tolist()]

    def _read_own_routes(self, template_ids):
        """Return {template: ids of its routes} of those that have any."""
        templates = self.env["product.template"].with_context(active_test=False)
        found = templates.search_fetch([("id", "in", template_ids), ("route_ids", "!=", False)], ["route_ids"])
        return {template.id: tuple(template.route_ids.ids) for template in found}

    def _read_made(self, template_ids):
        """Return the templates that have a bill of materials."""
        if "mrp.bom" not in self.env:
            return set()
        domain = [("product_tmpl_id", "in", template_ids), ("type", "=", "normal")]
        return {template.id for [template] in self.env["mrp.bom"]._read_group(domain, ["product_tmpl_id"])}

    def _read_kits(self, company, product_ids):
        """Return which products are kits: their components are stocked, not they."""
        boms = self.env.get("mrp.bom")
        if boms is None or not boms.search_count([("type", "=", "phantom")], limit=1):
            return np.zeros(len(product_ids), bool)
        products = self.env["product.product"].browse(product_ids.tolist())
        found = boms._bom_find(products, company_id=company.id, bom_type="phantom")
        return np.isin(product_ids, [product.id for product, bom in found.items() if bom])

    def _is_filter_known(self):
        """Return whether no other module decides which routes of a warehouse are open to a product."""
        kinds = map(vars, type(self.env["stock.rule"]).mro())
        return {kind.get("_module") for kind in kinds if "_filter_warehouse_routes" in kind} <= _KNOWN

    def _ask_open_routes(self, columns):
        """Ask each product which routes of its warehouse are open to it: exact, and slow."""
        rules = self.env["stock.rule"]
        products = self.env["product.product"].browse(columns["product"].tolist())
        warehouses = self.env["stock.warehouse"].browse(columns["warehouse"].tolist())
        return [
            tuple(
                route.id for route in warehouse.route_ids if rules._filter_warehouse_routes(product, warehouse, route)
            )
            for product, warehouse in zip(products, warehouses, strict=True)
        ]

    def _ask_route(self, company, columns, place):
        """Return how one pair is supplied."""
        product = self.env["product.product"].with_company(company).browse(int(columns["product"][place]))
        warehouse = self.env["stock.warehouse"].browse(int(columns["warehouse"][place]))
        rules = product._get_rules_from_location(warehouse.lot_stock_id)
        moved = rules.filtered(lambda rule: rule.action in ("pull", "pull_push"))
        others = moved.location_src_id.warehouse_id - warehouse
        return {
            "buy": "buy" in rules.mapped("action"),
            "resupply": bool(others) or "transit" in moved.location_src_id.mapped("usage"),
            "made": "manufacture" in rules.mapped("action"),
            "delay": sum(moved.mapped("delay")),
        }
