from odoo import fields, models

from ..asked import on_records

_GROUPS = "oms_order_to_cash.oms_group_user"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_hold_ids = fields.One2many("oms.hold", "order_id", string="Holds", readonly=True, groups=_GROUPS)
    oms_is_held = fields.Boolean(string="On Hold", compute="_compute_oms_hold", groups=_GROUPS)
    oms_hold_text = fields.Char(string="Why It Is on Hold", compute="_compute_oms_hold", groups=_GROUPS)

    # === COMPUTE METHODS === #

    def _compute_oms_hold(self):
        texts = self._origin._oms_get_hold_texts()
        for order in self:
            order.oms_is_held = order._origin.id in texts
            order.oms_hold_text = texts.get(order._origin.id, False)

    # === ACTIONS === #

    @on_records
    def action_oms_hold(self):
        """Ask for a reason to stop this order."""
        return self.env["oms.bulk.run"]._open("hold", self)

    @on_records
    def action_oms_release(self):
        """Release what stops this order, as far as the user may."""
        return self.env["oms.runner"]._run("release", self, "user")._get_notification()

    # === BUSINESS METHODS === #

    def _oms_get_hold_texts(self):
        """Return {order id: why it is on hold and who releases it}; orders that are not left out."""
        holds = self.env["oms.hold"]._get_active(self)
        return {
            order.id: self.env._(
                "%(order)s is on hold (%(reasons)s). It is released by %(groups)s.",
                order=order.name,
                reasons=", ".join(hold._get_text(hold.note) for hold in same),
                groups=", ".join(dict.fromkeys(hold.reason_id._get_group().sudo().full_name for hold in same)),
            )
            for order, same in holds.grouped("order_id").items()
        }
