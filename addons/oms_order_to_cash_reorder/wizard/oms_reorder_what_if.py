"""Service against stock: what another target would cost, and what it would save."""

import numpy as np

from odoo import api, fields, models

from ..models.oms_reorder_words import tell_share
from ..planning import const, service, what_if

_TARGETS = (0.80, 0.85, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995)
_WIDTH, _HEIGHT, _LEFT = 520, 200, 40
_YEAR = 365


class OmsReorderWhatIf(models.TransientModel):
    """Which stock a fill rate costs, for what is chosen."""

    _name = "oms.reorder.what.if"
    _inherit = ("oms.window",)
    _description = "What If: Service and Stock"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one("stock.warehouse")
    categ_id = fields.Many2one("product.category", string="Category")
    product_id = fields.Many2one("product.product")
    abc = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="ABC")
    policy_ids = fields.Many2many("oms.reorder.policy", string="Chosen Lines")
    target_from = fields.Float(string="From", default=0.95, required=True)
    target_to = fields.Float(string="To", default=0.98, required=True)
    sentence = fields.Char(compute="_compute_curve")
    chart = fields.Json(compute="_compute_curve")

    _target_range = models.Constraint(
        "CHECK (target_from > 0 AND target_from < 1 AND target_to > 0 AND target_to < 1)",
        "A target is a share: 0.95 means 95 %. It has to be above 0 and below 1.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "company_id", "warehouse_id", "categ_id", "product_id", "abc", "policy_ids", "target_from", "target_to"
    )
    def _compute_curve(self):
        for wizard in self:
            policies = self.env["oms.reorder.policy"].search(wizard._get_domain())
            curve = wizard._get_curve(policies) if policies else None
            wizard.chart = wizard._get_chart(curve, policies) if policies else False
            wizard.sentence = wizard._get_sentence(curve, len(policies))

    # === BUSINESS METHODS === #

    def _get_domain(self):
        """Return the planned policies that are chosen."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), ("reason", "=", "planned"), ("mean", ">", 0)]
        if self.policy_ids:
            domain.append(("id", "in", self.policy_ids._origin.ids))
        if self.categ_id:
            domain.append(("categ_id", "child_of", self.categ_id.id))
        for name in ("warehouse_id", "product_id"):
            if self[name]:
                domain.append((name, "=", self[name].id))
        return [*domain, ("abc", "=", self.abc)] if self.abc else domain

    def _get_targets(self):
        """Return the targets of the curve, the two that are compared among them."""
        own = {round(share, 4) for share in (self.target_from, self.target_to) if 0 < share < 1}
        return np.array(sorted({*_TARGETS, *own}))

    def _get_curve(self, policies):
        """Return the ``what_if.Curve`` of policies, from the figures that the last run stored."""
        names = ("lead_demand", "lead_demand_variance", "undershoot", "undershoot_variance", "level", "maximum")
        rows = policies.read([*names, "is_counted", "mean", "price", "product_id"], load=None)
        column = {name: np.array([row[name] for row in rows], float) for name in (*names, "mean", "price")}
        integer = np.array([row["is_counted"] for row in rows], bool)
        step = 10.0 ** -self.env["decimal.precision"].precision_get("Product Unit")
        cycle = service.Cycle(
            *(column[name] for name in names[:4]),
            gap=column["maximum"] - column["level"],
            integer=integer,
            step=np.where(integer, 1.0, step),
            family=np.full(len(rows), const.AUTO),
        )
        known = policies.with_company(self.company_id)
        sold_at = known._read_of_products([row["product_id"] for row in rows], "lst_price")
        return what_if.get_curve(cycle, column["price"], sold_at * column["mean"] * _YEAR, self._get_targets())

    # === WORDS === #

    def _get_sentence(self, curve, number):
        if curve is None:
            return self.env._("Nothing that is chosen has been planned: choose others, or plan them first.")
        first, last = (self._find(curve, share) for share in (self.target_from, self.target_to))
        if None in (first, last):
            return self.env._("Say two targets between 0 and 100 %.")
        stock = curve.stock_value[last] - curve.stock_value[first]
        lost = curve.lost_value[first] - curve.lost_value[last]
        words = {
            "first": tell_share(self.target_from),
            "last": tell_share(self.target_to),
            "stock": self._tell_money(abs(stock)),
            "lost": self._tell_money(abs(lost)),
            "number": number,
        }
        if stock < 0:
            return self.env._(
                "From %(first)s to %(last)s frees %(stock)s of stock, and loses %(lost)s of sales a year more. "
                "%(number)s products.",
                **words,
            )
        return self.env._(
            "From %(first)s to %(last)s costs %(stock)s of stock, and avoids %(lost)s of lost sales a year. "
            "%(number)s products.",
            **words,
        )

    def _find(self, curve, share):
        """Return the place of a target on the curve."""
        return next((place for place, target in enumerate(curve.target) if abs(target - share) < 1e-4), None)

    def _tell_money(self, amount):
        return self.currency_id.format(self.currency_id.round(amount))

    # === PICTURE === #

    def _get_chart(self, curve, policies):
        """Return the curve placed in a picture: service upwards, value of stock to the right."""
        used = sum(policies.mapped("old_stock_value"))
        right = max(curve.stock_value.max(), used, 1)
        bottom = min(curve.target.min(), 0.8)

        def place(value, share):
            return {
                "x": round(_LEFT + (_WIDTH - 2 * _LEFT) * value / right, 1),
                "y": round(_HEIGHT * (1 - (max(share, bottom) - bottom) / (1 - bottom)), 1),
            }

        points = self._get_points(curve, place)
        return {
            "points": points,
            "line": " ".join(f"{point['x']},{point['y']}" for point in points),
            "used": self._get_used(policies, used, place),
            "right": self._tell_money(right),
            "bottom": tell_share(bottom),
            "width": _WIDTH,
            "height": _HEIGHT,
            "left": _LEFT,
        }

    def _get_points(self, curve, place):
        """Return the points of the curve, and which of them are compared."""
        chosen = {self._find(curve, share) for share in (self.target_from, self.target_to)}
        return [
            {
                **place(value, target),
                "text": tell_share(target),
                "value": self._tell_money(value),
                "chosen": number in chosen,
            }
            for number, (target, value) in enumerate(zip(curve.target, curve.stock_value, strict=True))
        ]

    def _get_used(self, policies, used, place):
        """Return where the minimum and maximum in use are, False where there are none."""
        weights = [policy.mean * policy.price for policy in policies]
        if not used or not sum(weights):
            return False
        fill = sum(weight * policy.old_fill for weight, policy in zip(weights, policies, strict=True)) / sum(weights)
        return {**place(used, fill), "text": tell_share(fill), "value": self._tell_money(used)}
