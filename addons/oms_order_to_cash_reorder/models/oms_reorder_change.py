from odoo import fields, models

from odoo.addons.oms_order_to_cash.models.documents.asked import on_records


class OmsReorderChange(models.Model):
    """One change of a reordering rule, so that it can be told and taken back."""

    _name = "oms.reorder.change"
    _description = "Change of a Reordering Rule"
    _order = "id desc"

    run_id = fields.Many2one("oms.reorder.run", index="btree_not_null", ondelete="set null")
    policy_id = fields.Many2one("oms.reorder.policy", required=True, index=True, ondelete="cascade")
    product_id = fields.Many2one(related="policy_id.product_id")
    warehouse_id = fields.Many2one(related="policy_id.warehouse_id")
    abc = fields.Selection(related="policy_id.abc")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    orderpoint_id = fields.Many2one("stock.warehouse.orderpoint", index="btree_not_null", ondelete="set null")
    is_new = fields.Boolean(string="New Rule")
    old_minimum = fields.Float(digits="Product Unit")
    old_maximum = fields.Float(digits="Product Unit")
    minimum = fields.Float(digits="Product Unit")
    maximum = fields.Float(digits="Product Unit")
    value_change = fields.Monetary(string="Stock", help="By how much the value of the expected stock changes.")
    before = fields.Char(compute="_compute_ranges")
    after = fields.Char(compute="_compute_ranges")
    state = fields.Selection(
        [("done", "Written"), ("undone", "Undone"), ("kept", "Changed Since")], required=True, default="done"
    )

    # === COMPUTE METHODS === #

    def _compute_ranges(self):
        for change in self:
            policy = change.policy_id
            change.before = "" if change.is_new else policy._tell_range(change.old_minimum, change.old_maximum)
            change.after = policy._tell_range(change.minimum, change.maximum)

    # === ACTIONS === #

    @on_records
    def action_undo(self):
        """Put back what was in use before these changes; rules that were changed since stay as they are."""
        return self.env["oms.reorder.run"]._undo(self)

    # === BUSINESS METHODS === #

    def _put_back(self):
        """Put back what was in use, and return whether that was still possible."""
        self.ensure_one()
        orderpoint, uom = self.orderpoint_id, self.product_id.uom_id
        if not orderpoint or any(
            uom.compare(now, then)
            for now, then in (
                (orderpoint.product_min_qty, self.minimum),
                (orderpoint.product_max_qty, self.maximum),
            )
        ):
            return False
        self.policy_id.write({"old_minimum": self.old_minimum, "old_maximum": self.old_maximum, "is_pending": True})
        if self.is_new:
            orderpoint.unlink()
        else:
            orderpoint.write({"product_min_qty": self.old_minimum, "product_max_qty": self.old_maximum})
        return True
