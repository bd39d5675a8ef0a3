"""What a policy writes to its reordering rule, and what it leaves to people."""

from odoo import models


class OmsReorderPolicy(models.Model):
    _inherit = "oms.reorder.policy"

    def _prepare_orderpoint_vals(self):
        self.ensure_one()
        vals = {"product_min_qty": self.minimum, "product_max_qty": self.maximum}
        pack = self._get_pack_uom() if self.pack else False
        return {**vals, "replenishment_uom_id": pack.id} if pack else vals

    def _get_pack_uom(self):
        """Return the vendor's unit, which orders are rounded up to."""
        sellers = self.orderpoint_id.supplier_id + self.product_id.seller_ids.filtered(
            lambda seller: not seller.company_id or seller.company_id == self.company_id
        )
        uom = self.uom_id
        return next(
            (
                seller.product_uom_id
                for seller in sellers
                if uom.compare(seller.product_uom_id.factor / uom.factor, self.pack) == 0
            ),
            False,
        )

    def _prepare_change_vals(self, orderpoint, run):
        self.ensure_one()
        return {
            "run_id": run.id if run else False,
            "policy_id": self.id,
            "company_id": self.company_id.id,
            "orderpoint_id": orderpoint.id,
            "old_minimum": orderpoint.product_min_qty,
            "old_maximum": orderpoint.product_max_qty,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "value_change": self.stock_value - self.old_stock_value,
        }

    def _keep_large(self, company):
        """Return the policies that a run may write by itself; the others say why it may not."""
        allowed = self
        for policy in self:
            reason = policy._get_limit_reason(company)
            if reason:
                policy.kept_reason = reason
                allowed -= policy
        return allowed

    def _get_limit_reason(self, company):
        self.ensure_one()
        rise = (self.maximum - self.old_maximum) * self.price
        if company.oms_reorder_cap_value and rise > company.oms_reorder_cap_value:
            return self.env._("It would tie up %(value)s more.", value=company.currency_id.format(rise))
        factor = company.oms_reorder_cap_factor
        if factor and self.old_maximum > 0 and self.maximum > factor * self.old_maximum:
            return self.env._("The maximum would rise to more than %(factor)s times what it is.", factor=f"{factor:g}")
        return ""
