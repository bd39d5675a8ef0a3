import numpy as np

from odoo import api, fields, models

from ..planning import const
from .oms_reorder_policy import MODES, SERVICES

_NUMBERS = ("target", "shortage_cost", "order_cost", "holding_rate", "shelf_days")


class OmsReorderRule(models.Model):
    """What is wanted for some products: the more exactly a rule names them, the more it counts."""

    _name = "oms.reorder.rule"
    _description = "Reordering Target"
    _check_company_auto = True
    _order = "company_id, product_id, categ_id, abc, warehouse_id, id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="cascade", check_company=True)
    product_id = fields.Many2one("product.product", ondelete="cascade", check_company=True)
    categ_id = fields.Many2one("product.category", string="Category", ondelete="cascade")
    abc = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="ABC")
    active = fields.Boolean(default=True)
    target = fields.Float(help="Share of demand to be met at once; 0: not decided here.")
    service = fields.Selection(SERVICES)
    mode = fields.Selection(MODES, help="Mode of policies that are found from now on.")
    shortage_cost = fields.Float(help="Cost of each unit short, in company currency.")
    order_cost = fields.Float(help="Cost of one order line, in company currency.")
    holding_rate = fields.Float(help="Cost of holding stock for a year, as a share of its value.")
    shelf_days = fields.Float(string="Shelf Life", help="Days after which goods can't be sold any more.")

    _target_range = models.Constraint(
        "CHECK (target >= 0 AND target < 1)", "A target has to lie between 0 and 99.99 %; 0 means: not decided here."
    )
    _numbers_range = models.Constraint(
        "CHECK (shortage_cost >= 0 AND order_cost >= 0 AND holding_rate >= 0 AND shelf_days >= 0)",
        "Costs, rates and days can't be negative; 0 means: not decided here.",
    )

    # === BUSINESS METHODS === #

    def _get_rank(self):
        """Return how exactly a rule names its products; the higher, the later it has its say."""
        self.ensure_one()
        depth = len((self.categ_id.parent_path or "").split("/")) if self.categ_id else 0
        return bool(self.product_id), depth, bool(self.abc), bool(self.warehouse_id), self.id

    @api.model
    def _get_terms(self, company, product, categ, abc, warehouse):
        """Return arrays of what the rules of a company say, one element per pair; NaN and "" where they say nothing.

        :param product: ids, as are ``categ`` and ``warehouse``; ``abc`` are letters
        """
        pairs = len(product)
        found = {name: np.full(pairs, np.nan) for name in _NUMBERS}
        found["service"], found["mode"] = np.full(pairs, -1), np.full(pairs, "", dtype="U8")
        rules = self.search([("company_id", "=", company.id)])
        for rule in sorted(rules, key=lambda rule: rule._get_rank()):
            chosen = rule._match(product, categ, abc, warehouse)
            for name in _NUMBERS:
                if rule[name]:
                    found[name][chosen] = rule[name]
            if rule.service:
                found["service"][chosen] = const.SERVICES.index(rule.service)
            if rule.mode:
                found["mode"][chosen] = rule.mode
        return found

    def _match(self, product, categ, abc, warehouse):
        self.ensure_one()
        chosen = np.ones(len(product), bool)
        if self.product_id:
            chosen &= product == self.product_id.id
        if self.categ_id:
            chosen &= np.isin(categ, self.categ_id.search([("id", "child_of", self.categ_id.id)]).ids)
        if self.abc:
            chosen &= abc == self.abc
        if self.warehouse_id:
            chosen &= warehouse == self.warehouse_id.id
        return chosen
