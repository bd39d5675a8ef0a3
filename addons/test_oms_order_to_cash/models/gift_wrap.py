from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.oms_order_to_cash.models.verbs import param

_lt = LazyTranslate(__name__)


class OmsDetectorG1(models.AbstractModel):
    _name = "oms.detector.g1"
    _inherit = "oms.detector"
    _description = "Gift not wrapped"

    @api.model
    def _read_signals(self, facts):
        wanted = [("id", "in", list(facts)), ("gift_wrap", "=", "wanted")]
        for order in self.env["sale.order"].search_fetch(wanted, ["name"]):
            facts[order.id].signals["gift"] = True

    @api.model
    def _find(self, facts):
        return {
            order_id: self._prepare_finding(fact, "warehouse", amount=0.0)
            for order_id, fact in facts.items()
            if fact.is_confirmed() and fact.signals.get("gift")
        }

    @api.model
    def _explain(self, issue):
        return [self._link(self.env._("%s is to be gift-wrapped", issue.order_id.name), issue.order_id, "warning")]


class OmsVerbGiftWrap(models.AbstractModel):
    _name = "oms.verb.gift_wrap"
    _inherit = "oms.verb"
    _description = "Gift-wrap"

    _label = _lt("Gift-wrap")
    _lane = "delivery"
    _groups = "stock.group_stock_user"
    _params = (param.NOTE,)
    _milestones = ("gift_wrapped",)

    @api.model
    def _can(self, orders, note=None):
        nothing = self.env._("No gift wrap is wanted.")
        return {order.id: "" if order.gift_wrap == "wanted" else nothing for order in orders}

    @api.model
    def _preview(self, orders, note=None):
        return {order.id: [self.env._("It leaves in gift wrap.")] for order in orders}

    @api.model
    def _do(self, orders, note=None):
        if "no paper" in (note or ""):
            raise UserError(self.env._("There is no paper left."))
        orders.sudo().gift_wrap = "done"  # who packs may not change the order
        return {order.id: order for order in orders}

    @api.model
    def _undo(self, order, documents, before):
        order.sudo().gift_wrap = "wanted"
