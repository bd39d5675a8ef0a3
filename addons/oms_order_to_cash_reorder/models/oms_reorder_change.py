from odoo import fields, models


class OmsReorderChange(models.Model):
    """One change of a reordering rule, so that it can be told and taken back."""

    _name = "oms.reorder.change"
    _description = "Change of a Reordering Rule"
    _order = "id desc"

    run_id = fields.Many2one("oms.reorder.run", index="btree_not_null", ondelete="set null")
    policy_id = fields.Many2one("oms.reorder.policy", required=True, index=True, ondelete="cascade")
    product_id = fields.Many2one(related="policy_id.product_id")
    warehouse_id = fields.Many2one(related="policy_id.warehouse_id")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    orderpoint_id = fields.Many2one("stock.warehouse.orderpoint", index="btree_not_null", ondelete="set null")
    is_new = fields.Boolean(string="New Rule")
    old_minimum = fields.Float(digits="Product Unit")
    old_maximum = fields.Float(digits="Product Unit")
    minimum = fields.Float(digits="Product Unit")
    maximum = fields.Float(digits="Product Unit")
    state = fields.Selection(
        [("done", "Written"), ("undone", "Undone"), ("kept", "Changed Since")], required=True, default="done"
    )

    # === ACTIONS === #

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
