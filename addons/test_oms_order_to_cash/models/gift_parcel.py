from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.oms_order_to_cash.models.verbs import param

_lt = LazyTranslate(__name__)


class OmsGiftParcel(models.Model):
    """Gifts of one customer that leave together, of however many orders."""

    _name = "oms.gift.parcel"
    _inherit = ("mail.thread",)
    _description = "Gift Parcel"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    order_ids = fields.Many2many("sale.order")
    is_tied = fields.Boolean()


class OmsEvent(models.Model):
    _inherit = "oms.event"

    @api.model
    def _get_order_queries(self):
        query = """
            SELECT sale_order_id AS order_id, oms_gift_parcel_id AS res_id FROM oms_gift_parcel_sale_order_rel
             WHERE oms_gift_parcel_id = ANY(%s)"""
        return {**super()._get_order_queries(), "oms.gift.parcel": query}


class OmsVerbTieParcel(models.AbstractModel):
    _name = "oms.verb.tie_parcel"
    _inherit = "oms.verb"
    _description = "Tie a gift parcel"

    _subject = "oms.gift.parcel"
    _label = _lt("Tie Parcel")
    _lane = "delivery"
    _groups = "stock.group_stock_user"
    _params = (param.NOTE,)

    @api.model
    def _can(self, parcels, note=None):
        tied = self.env._("It is tied already.")
        return {parcel.id: tied if parcel.is_tied else "" for parcel in parcels}

    @api.model
    def _preview(self, parcels, note=None):
        return {parcel.id: [self.env._("%s gets a bow.", parcel.name)] for parcel in parcels}

    @api.model
    def _before(self, parcels):
        return {parcel.id: {"name": parcel.name} for parcel in parcels}

    @api.model
    def _do(self, parcels, note=None):
        for parcel in parcels:
            if "no string" in (note or "") or parcel.name == "Torn":
                raise UserError(self.env._("There is no string left."))
            parcel.write({"is_tied": True, "name": f"{parcel.name} (tied)"})
        parcels.order_ids.sudo().filtered("gift_wrap").gift_wrap = "done"  # who packs may not change orders
        return {parcel.id: parcel for parcel in parcels}

    @api.model
    def _undo(self, parcel, documents, before):
        parcel.write({"is_tied": False, "name": before["name"]})
        parcel.order_ids.sudo().filtered("gift_wrap").gift_wrap = "wanted"
