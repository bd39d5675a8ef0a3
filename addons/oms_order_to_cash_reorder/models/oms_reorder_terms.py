"""Under which terms the pairs of a part are bought and served, as arrays."""

from collections import defaultdict

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from ..planning import const, ranking
from ..planning.policy import Terms

_MOST_BREAKS = 8
# A transfer between warehouses without a delay of its own.
_TRANSFER_DAYS = 1.0

_OFFERS = """
  SELECT product.id, s.partner_id, s.min_qty * u.factor / own.factor,
         s.price * (1 - COALESCE(s.discount, 0) / 100) / (u.factor / own.factor),
         s.currency_id, s.delay, u.factor / own.factor
    FROM product_product product
    JOIN product_template t ON t.id = product.product_tmpl_id
    JOIN product_supplierinfo s
      ON s.product_tmpl_id = t.id AND (s.product_id IS NULL OR s.product_id = product.id)
    JOIN uom_uom u ON u.id = s.product_uom_id
    JOIN uom_uom own ON own.id = t.uom_id
   WHERE product.id = ANY(%(product_ids)s)
     AND (s.company_id IS NULL OR s.company_id = %(company)s)
     AND (s.date_start IS NULL OR s.date_start <= %(today)s)
     AND (s.date_end IS NULL OR s.date_end >= %(today)s)
ORDER BY product.id, s.sequence, s.min_qty DESC, s.price, s.id
"""


class OmsReorderTerms(models.AbstractModel):
    """Reads vendors, rules and what is in use."""

    _name = "oms.reorder.terms"
    _description = "Terms for Reordering"

    @api.model
    def _read_terms(self, policies, whole):
        """Return the ``planning.policy.Terms`` of policies of one company, and the ids of their reordering rules.

        :param whole: whether each pair was only asked for in whole units
        """
        company = policies.company_id
        columns = self._read_columns(policies)
        wanted = self._get_wanted(company, columns, policies)
        offers = self._read_offers(company, columns["product"])
        old = self._read_orderpoints(policies)
        buying = self._read_vendors(policies, columns, offers, old["vendor"])
        rounding = 10.0 ** -self.env["decimal.precision"].precision_get("Product Unit")
        integer = whole & np.isin(columns["uom"], self._get_counting_uoms().ids)
        pairs = len(policies)
        terms = Terms(
            integer=integer,
            rounding=np.where(integer, 1.0, rounding),
            horizon_days=np.full(pairs, company.horizon_days),
            family=np.full(pairs, const.AUTO),
            method=np.full(pairs, const.LEVEL_AUTO),
            prior=self._get_priors(policies, columns),
            season=np.ones(pairs),
            factor=np.ones(pairs),
            old_min=old["minimum"],
            old_max=old["maximum"],
            **{name: wanted[name] for name in ("order_cost", "holding_rate", "shelf_days", "target", "shortage_cost")},
            kind=wanted["service"],
            **buying,
        )
        return terms, old["id"]

    def _read_columns(self, policies):
        """Return what rules and vendors are looked up by."""
        rows = policies.read(["abc", "own_target"])
        return {
            "product": self._map(policies, "product_id"),
            "warehouse": self._map(policies, "warehouse_id"),
            "categ": self._map(policies, "categ_id"),
            "uom": np.array([policy.product_id.uom_id.id for policy in policies], np.int64),
            "abc": np.array([row["abc"] or "" for row in rows], dtype="U1"),
            "own_target": np.array([row["own_target"] for row in rows], float),
        }

    def _map(self, policies, name):
        return np.array([policy[name].id or 0 for policy in policies], np.int64)

    def _get_counting_uoms(self):
        """Return the units of what is counted; the others are measured."""
        return (
            self.env["uom.uom"]
            .with_context(active_test=False)
            .search([("id", "child_of", self.env.ref("uom.product_uom_unit").id)])
        )

    # === TARGETS === #

    def _get_wanted(self, company, columns, policies):
        """Return what is wanted of each pair: its own target, the rules, the defaults of its company."""
        found = self.env["oms.reorder.rule"]._get_terms(
            company, columns["product"], columns["categ"], columns["abc"], columns["warehouse"]
        )
        default = np.full(len(policies), company.oms_reorder_target)
        if company.oms_reorder_by_abc:
            ranked = columns["abc"] != ""
            place = np.searchsorted(np.array(const.ABC), columns["abc"][ranked])
            default[ranked] = ranking.get_default_targets(place)
        target = np.where(np.isnan(found["target"]), default, found["target"])
        return {
            "target": np.where(columns["own_target"] > 0, columns["own_target"], target),
            "service": np.where(found["service"] < 0, const.FILL, found["service"]).astype(int),
            "order_cost": self._fill(found["order_cost"], company.oms_reorder_order_cost),
            "holding_rate": self._fill(found["holding_rate"], company.oms_reorder_holding_rate),
            "shortage_cost": self._fill(found["shortage_cost"], 0),
            "shelf_days": found["shelf_days"],
        }

    def _fill(self, values, default):
        return np.where(np.isnan(values), default, values)

    def _get_priors(self, policies, columns):
        """Return what new pairs are expected to sell per day, NaN where nothing tells."""
        analogues = policies.filtered("analogue_id")
        known = {
            (policy.product_id.id, policy.warehouse_id.id): policy.mean
            for policy in policies.search(
                [
                    ("product_id", "in", analogues.analogue_id.ids),
                    ("warehouse_id", "in", analogues.warehouse_id.ids),
                    ("reason", "=", "planned"),
                ]
            )
        }
        medians = self._read_medians(policies.company_id)
        prior = np.full(len(policies), np.nan)
        for place, policy in enumerate(policies):
            warehouse_id = policy.warehouse_id.id
            values = (
                known.get((policy.analogue_id.id, warehouse_id)),
                medians.get((int(columns["categ"][place]), warehouse_id)),
                policy.launch_quantity or None,
            )
            prior[place] = next((value for value in values if value is not None), np.nan)
        return prior

    def _read_medians(self, company):
        """Return the median demand per day of the pairs with a history, by category and warehouse."""
        self.env.cr.execute(
            SQL(
                """
                SELECT categ_id, warehouse_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY mean)
                  FROM oms_reorder_policy
                 WHERE company_id = %s AND reason = 'planned' AND demand_class NOT IN ('new', 'sparse')
              GROUP BY categ_id, warehouse_id
                """,
                company.id,
            )
        )
        return {(categ_id, warehouse_id): median for categ_id, warehouse_id, median in self.env.cr.fetchall()}

    # === VENDORS === #

    def _read_offers(self, company, product_ids):
        """Return {product: {vendor: rows}}, the best vendor first, in the product's unit and the company's money."""
        today = fields.Date.context_today(self)
        self.env.cr.execute(
            SQL(
                _OFFERS,
                product_ids=[int(product_id) for product_id in product_ids],
                company=company.id,
                today=today,
            )
        )
        rates, offers = {}, defaultdict(dict)
        for product_id, partner_id, least, price, currency_id, delay, pack in self.env.cr.fetchall():
            if currency_id not in rates:
                currency = self.env["res.currency"].browse(currency_id)
                rates[currency_id] = currency._convert(1, company.currency_id, company, today, round=False)
            row = (float(least), float(price) * rates[currency_id], delay, float(pack))
            offers[product_id].setdefault(partner_id, []).append(row)
        return offers

    def _choose_offer(self, offers, vendor_id):
        """Return the rows of the vendor that a reordering rule names, else of the best one."""
        return offers.get(vendor_id) or next(iter(offers.values()), [])

    def _read_vendors(self, policies, columns, offers, vendors):
        """Return lead time, price breaks, least quantity and pack of each pair.

        :param vendors: ids of the vendors that reordering rules name
        """
        pairs = len(policies)
        quantity, price = np.full((pairs, _MOST_BREAKS), np.inf), np.zeros((pairs, _MOST_BREAKS))
        moq, pack, delay = np.zeros(pairs), np.zeros(pairs), np.full(pairs, np.nan)
        routes = self._read_routes(policies)
        company = policies.company_id
        for place, (product_id, route, policy) in enumerate(zip(columns["product"], routes, policies, strict=True)):
            rows = self._choose_offer(offers.get(int(product_id), {}), int(vendors[place]))
            rows = sorted(rows)[-_MOST_BREAKS:]
            if route["buy"] and rows:
                delay[place] = rows[0][2] + company.days_to_purchase + route["delay"]
                moq[place], pack[place] = rows[0][0], max((row[3] for row in rows if row[3] > 1), default=0)
            elif route["resupply"]:
                delay[place], rows = max(route["delay"], _TRANSFER_DAYS), []
            rows = rows or [(0.0, policy.product_id.with_company(company).standard_price, 0, 0.0)]
            quantity[place, : len(rows)] = [0.0, *(row[0] for row in rows[1:])]
            price[place, : len(rows)] = [row[1] for row in rows]
        return {
            "declared": delay,
            "break_quantity": quantity,
            "break_price": price,
            "moq": np.where(moq > 1, moq, 0),
            "pack": pack,
        }

    def _read_routes(self, policies):
        """Return of each policy whether it is bought or moved from another warehouse, and the delay of the rules.

        Products of the same category and routes are supplied alike, so that one of them is asked.
        """
        found, result = {}, []
        for policy in policies:
            product = policy.product_id
            key = (policy.warehouse_id.id, product.categ_id.id, self._get_route_ids(product, policy.warehouse_id))
            if key not in found:
                location = policy.warehouse_id.lot_stock_id
                rules = product.with_company(policy.company_id)._get_rules_from_location(location)
                found[key] = self._describe_route(rules, policy.warehouse_id)
            result.append(found[key])
        return result

    def _get_route_ids(self, product, warehouse):
        """Return the ids of a product's own routes, and of those of the warehouse that are open to it.

        To buy is only open to what has a vendor.
        """
        rules = self.env["stock.rule"]
        usual = warehouse.route_ids.filtered(lambda route: rules._filter_warehouse_routes(product, warehouse, route))
        return tuple(product.route_ids.ids), tuple(usual.ids)

    def _describe_route(self, rules, warehouse):
        moved = rules.filtered(lambda rule: rule.action in ("pull", "pull_push"))
        others = moved.location_src_id.warehouse_id - warehouse
        return {
            "buy": "buy" in rules.mapped("action"),
            "resupply": bool(others) or "transit" in moved.location_src_id.mapped("usage"),
            "delay": sum(moved.mapped("delay")),
        }

    # === IN USE === #

    def _read_orderpoints(self, policies):
        """Return id, vendor, minimum and maximum of each pair's reordering rule, archived ones too."""
        query = SQL(
            """
            SELECT p.id, o.id, COALESCE(s.partner_id, 0), o.product_min_qty, o.product_max_qty
              FROM oms_reorder_policy p
              JOIN stock_warehouse w ON w.id = p.warehouse_id
              JOIN stock_warehouse_orderpoint o
                ON o.product_id = p.product_id AND o.location_id = w.lot_stock_id AND o.company_id = p.company_id
         LEFT JOIN product_supplierinfo s ON s.id = o.supplier_id
             WHERE p.id = ANY(%s)
            """,
            policies.ids,
        )
        self.env["stock.warehouse.orderpoint"].flush_model(["product_min_qty", "product_max_qty", "supplier_id"])
        self.env.cr.execute(query)
        place = {policy_id: number for number, policy_id in enumerate(policies.ids)}
        found = {name: np.zeros(len(policies), np.int64) for name in ("id", "vendor")}
        found["minimum"], found["maximum"] = np.full((2, len(policies)), np.nan)
        for policy_id, orderpoint_id, vendor_id, minimum, maximum in self.env.cr.fetchall():
            number = place[policy_id]
            found["id"][number], found["vendor"][number] = orderpoint_id, vendor_id
            found["minimum"][number], found["maximum"][number] = minimum, maximum
        return found
