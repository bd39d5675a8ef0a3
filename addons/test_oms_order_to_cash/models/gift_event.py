from odoo import api, models
from odoo.tools import LazyTranslate

from odoo.addons.oms_order_to_cash.models.documents.event_kind import EventKind

_lt = LazyTranslate(__name__)


class OmsEvent(models.Model):
    _inherit = "oms.event"

    @api.model
    def _get_kinds(self):
        wrapped = EventKind(
            _lt("Gift-wrapped"),
            "fa-gift",
            starts=_lt("An order is gift-wrapped"),
            meanwhile=_lt("the order is gift-wrapped"),
        )
        return {**super()._get_kinds(), "gift_wrapped": wrapped}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        is_wrapping = vals.get("gift_wrap") == "done"
        wrapped = self.filtered(lambda order: order.gift_wrap != "done") if is_wrapping else self.browse()
        result = super().write(vals)
        self.env["oms.event"]._note("gift_wrapped", wrapped)
        return result
