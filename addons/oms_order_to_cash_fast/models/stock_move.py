from odoo import models, tools
from odoo.fields import Domain

from odoo.addons.oms_order_to_cash.models.documents.handed import get_handed

from .known import is_known


class Confirmation:
    """What orders that are confirmed at once look for once, and what is left to do when all are."""

    def __init__(self):
        self.rules = {}
        self.move_ids = set()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _trigger_scheduler(self):
        confirmation = get_handed(self.env, "oms_confirmation")
        if not confirmation:
            return super()._trigger_scheduler()
        confirmation.move_ids.update(self.ids)
        return None

    def _search_picking_for_assignation(self):
        """Look for no transfer of orders whose moves are all new: none can be there."""
        if get_handed(self.env, "oms_confirmation") and self._oms_is_first_of_its_order():
            return self.env["stock.picking"]
        return super()._search_picking_for_assignation()

    def _oms_is_first_of_its_order(self):
        """Tell whether no transfer has a move of this one's order, where transfers are looked for by the order."""
        if not self.reference_ids or not self._oms_searches_as_known():
            return False
        domain = list(Domain(self._search_picking_for_assignation_domain()))
        places = [place for place, part in enumerate(domain) if part[:2] == ("reference_ids", "=")]
        is_by_order = places and not any(part in ("|", "!") for part in domain[: places[0]])
        return is_by_order and not self.reference_ids.move_ids.picking_id

    @tools.ormcache()
    def _oms_searches_as_known(self):
        return is_known(self, "_search_picking_for_assignation", ("stock", "oms_order_to_cash_fast"))

    def _action_assign(self, force_qty=False):
        """Reserve, and give all moves their state when all is reserved, instead of one after the other as well."""
        if not get_handed(self.env, "oms_confirmation"):
            return super()._action_assign(force_qty)
        return super(StockMove, self.with_context(preserve_state=True))._action_assign(force_qty)

    def _oms_trigger_scheduler(self):
        """Have what core looks at move by move looked at for the products that any rule reorders by itself."""
        rules = [("trigger", "=", "auto"), ("product_id", "in", self.product_id.ids)]
        reordered = self.env["stock.warehouse.orderpoint"].sudo().search(rules).product_id  # whether there are any
        self.filtered(lambda move: move.product_id in reordered)._trigger_scheduler()


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _search_rule_for_warehouses(self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain):
        confirmation = get_handed(self.env, "oms_confirmation")
        if not confirmation:
            return super()._search_rule_for_warehouses(route_ids, packaging_uom_id, product_id, warehouse_ids, domain)
        records = (route_ids, packaging_uom_id, product_id, warehouse_ids)
        key = (self.env.uid, self.env.su, tuple(self.env.companies.ids), str(domain))
        key += tuple(tuple(record.ids) if record else () for record in records)
        if key not in confirmation.rules:
            confirmation.rules[key] = super()._search_rule_for_warehouses(*records, domain)
        return confirmation.rules[key]
