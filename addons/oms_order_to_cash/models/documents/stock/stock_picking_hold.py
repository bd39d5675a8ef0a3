from odoo import api, fields, models

_OPEN = ("draft", "waiting", "confirmed", "partially_available", "assigned")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    oms_is_held = fields.Boolean(string="On Hold", compute="_compute_oms_hold", groups="base.group_user")
    oms_hold_badge = fields.Char(string="Hold", compute="_compute_oms_hold", groups="base.group_user")
    oms_hold_text = fields.Char(string="Why It Is on Hold", compute="_compute_oms_hold", groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends("move_ids.sale_line_id", "state")
    def _compute_oms_hold(self):
        self.oms_is_held, self.oms_hold_badge, self.oms_hold_text = False, False, False
        moves = self.move_ids.filtered(lambda move: move.state in _OPEN)
        if not moves._ids or not moves._oms_has_holds():
            return
        found = {move_id: order_id for move_id, order_id in moves._oms_read_held()}
        texts = moves._oms_get_hold_texts(set(found.values()))
        for picking in self:
            order_ids = {found[move.id] for move in picking.move_ids if move.id in found}
            picking.oms_is_held = bool(order_ids)
            picking.oms_hold_badge = self.env._("On hold") if order_ids else False
            picking.oms_hold_text = " ".join(texts[order_id] for order_id in sorted(order_ids))

    # === ACTIONS === #

    def action_assign(self):
        blocked = self._oms_filter_held()
        if blocked == self:
            blocked._oms_refuse_held()
        return super(StockPicking, self - blocked).action_assign()

    def button_validate(self):
        self._oms_filter_held()._oms_refuse_held()
        return super().button_validate()

    # === BUSINESS METHODS === #

    def _oms_filter_held(self):
        """Return those of these transfers of which nothing may leave: all that is open belongs to orders on hold."""
        moves = self.move_ids.filtered(lambda move: move.state in _OPEN)
        held = moves._oms_filter_held()
        return held.picking_id - (moves - held).picking_id

    def _oms_refuse_held(self):
        self.move_ids._oms_filter_held()._oms_refuse_held()
