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

_COLUMNS = """
  SELECT p.product_id, p.warehouse_id, COALESCE(p.categ_id, 0), t.id, t.uom_id, COALESCE(p.analogue_id, 0),
         EXISTS (SELECT 1 FROM product_supplierinfo s WHERE s.product_tmpl_id = t.id)::int,
         COALESCE(POSITION(p.abc IN 'abc'), 0), COALESCE(p.launch_quantity, 0), COALESCE(p.own_target, 0)
    FROM oms_reorder_policy p
    JOIN product_product product ON product.id = p.product_id
    JOIN product_template t ON t.id = product.product_tmpl_id
   WHERE p.id = ANY(%s)
ORDER BY p.id
"""
_WHOLE = ("product", "warehouse", "categ", "template", "uom", "analogue", "sold", "abc")
_BROKEN = ("launch", "own_target")

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
        """Return the ``planning.policy.Terms`` of policies of one company, the ids of their reordering rules, and which
        are made, not bought.

        :param whole: whether each pair was only asked for in whole units
        """
        company = policies[:1].company_id
        columns = self._read_columns(policies)
        wanted = self._get_wanted(company, columns, policies)
        offers = self._read_offers(company, columns["product"])
        old = self._read_orderpoints(policies)
        buying, made = self._read_vendors(company, columns, offers, old["vendor"])
        rounding = 10.0 ** -self.env["decimal.precision"].precision_get("Product Unit")
        integer = whole & np.isin(columns["uom"], self._get_counting_uoms().ids)
        pairs = len(policies)
        terms = Terms(
            integer=integer,
            rounding=np.where(integer, 1.0, rounding),
            horizon_days=np.full(pairs, company.horizon_days),
            family=np.full(pairs, const.AUTO),
            method=np.full(pairs, const.LEVEL_AUTO),
            prior=self._get_priors(company, columns),
            season=np.ones(pairs),
            factor=np.ones(pairs),
            old_min=old["minimum"],
            old_max=old["maximum"],
            **wanted,
            **buying,
        )
        return terms, old["id"], made

    def _read_columns(self, policies):
        """Return what rules and vendors are looked up by: {name: array}, in the order of the policies' ids."""
        reader, names = self.env["oms.reorder.reader"], (*_WHOLE, *_BROKEN)
        values = reader._fetch(SQL(_COLUMNS, reader._get_array(policies.ids)), len(names))
        columns = dict(zip(names, values, strict=True))
        columns.update({name: columns[name].astype(np.int64) for name in _WHOLE})
        return {**columns, "sold": columns["sold"] > 0, "abc": np.array(["", *const.ABC])[columns["abc"]]}

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
            "kind": np.where(found["service"] < 0, const.FILL, found["service"]).astype(int),
            "order_cost": self._fill(found["order_cost"], company.oms_reorder_order_cost),
            "holding_rate": self._fill(found["holding_rate"], company.oms_reorder_holding_rate),
            "shortage_cost": self._fill(found["shortage_cost"], 0),
            "shelf_days": found["shelf_days"],
        }

    def _fill(self, values, default):
        return np.where(np.isnan(values), default, values)

    def _get_priors(self, company, columns):
        """Return what new pairs are expected to sell per day, NaN where nothing tells.

        What they sell like counts before the median of their category, and that before what somebody expects.
        """
        prior = np.where(columns["launch"] > 0, columns["launch"], np.nan)
        warehouses = columns["warehouse"].tolist()
        sources = (("categ", self._read_medians(company)), ("analogue", self._read_analogues(company, columns)))
        for name, known in sources:
            keys = zip(columns[name].tolist(), warehouses, strict=True)
            found = np.array([known.get(key, np.nan) for key in keys], float)
            prior = np.where(np.isnan(found), prior, found)
        return prior

    def _read_analogues(self, company, columns):
        """Return the demand per day of the pairs that others sell like."""
        analogue_ids = np.unique(columns["analogue"][columns["analogue"] > 0]).tolist()
        domain = [("company_id", "=", company.id), ("product_id", "in", analogue_ids), ("reason", "=", "planned")]
        policies = self.env["oms.reorder.policy"].search_fetch(domain, ["product_id", "warehouse_id", "mean"])
        return {(policy.product_id.id, policy.warehouse_id.id): policy.mean for policy in policies}

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

    def _choose_offers(self, product_ids, offers, vendors):
        """Return for each pair the rows of the vendor that its reordering rule names, else of the best one."""
        chosen = []
        for product_id, vendor_id in zip(product_ids.tolist(), vendors.tolist(), strict=True):
            found = offers.get(product_id, {})
            chosen.append(sorted(found.get(vendor_id) or next(iter(found.values()), []))[-_MOST_BREAKS:])
        return chosen

    def _read_vendors(self, company, columns, offers, vendors):
        """Return lead time, price breaks, least quantity and pack of each pair, and which are made, not bought.

        :param vendors: ids of the vendors that reordering rules name
        """
        routes, kits = self._read_routes(company, columns), self._read_kits(company, columns["product"])
        chosen = self._choose_offers(columns["product"], offers, vendors)
        bought = routes["buy"] & np.array([bool(rows) for rows in chosen], bool) & ~kits
        moved = routes["resupply"] & ~bought & ~kits
        terms = self._describe_offers(chosen, bought)
        declared = terms["declared"] + company.days_to_purchase + routes["delay"]
        declared[moved] = np.maximum(routes["delay"][moved], _TRANSFER_DAYS)
        # What is not bought is worth what it costs.
        known = self.env["oms.reorder.policy"].with_company(company)
        terms["break_price"][~bought, 0] = known._read_of_products(columns["product"][~bought], "standard_price")
        return {**terms, "declared": declared}, (routes["made"] | kits) & np.isnan(declared)

    def _describe_offers(self, chosen, bought):
        """Return the terms of the offers of what is bought."""
        pairs = len(chosen)
        quantity, price = np.full((pairs, _MOST_BREAKS), np.inf), np.zeros((pairs, _MOST_BREAKS))
        moq, pack, delay = np.zeros(pairs), np.zeros(pairs), np.full(pairs, np.nan)
        quantity[:, 0] = 0
        for place in np.flatnonzero(bought).tolist():
            rows = chosen[place]
            moq[place], delay[place] = rows[0][0], rows[0][2]
            pack[place] = max((row[3] for row in rows if row[3] > 1), default=0)
            quantity[place, 1 : len(rows)] = [row[0] for row in rows[1:]]
            price[place, : len(rows)] = [row[1] for row in rows]
        return {
            "declared": delay,
            "break_quantity": quantity,
            "break_price": price,
            "moq": np.where(moq > 1, moq, 0),
            "pack": pack,
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
