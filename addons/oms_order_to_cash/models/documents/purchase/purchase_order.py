from odoo import fields, models

from ..handed import get_handed

_EVENTS = {"purchase": "purchase_ordered", "cancel": "purchase_cancelled"}


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    oms_date_expedited = fields.Date(
        string="Expedited",
        readonly=True,
        copy=False,
        help="When the vendor was last asked to deliver sooner.",
        groups="base.group_user",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        kind = _EVENTS.get(vals.get("state"))
        changed = self.filtered(lambda purchase: purchase.state != vals["state"]) if kind else self.browse()
        result = super().write(vals)
        self.env["oms.event"]._note(kind, changed)
        if not {"state", "picking_type_id"}.isdisjoint(vals):
            self.order_line._oms_mark()
        if vals.get("state") == "purchase":
            changed.order_line._oms_keep_confirmed()
        return result

    # === BUSINESS METHODS === #

    def _oms_get_needed(self):
        """Return {line id: when it is needed} of the lines that the mail to the vendor asks for."""
        return get_handed(self.env, "oms_needed", {})
