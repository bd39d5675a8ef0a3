"""How proposals are written to reordering rules, and taken back."""

from odoo import api, models


class OmsReorderRun(models.Model):
    _inherit = "oms.reorder.run"

    # === WRITE === #

    @api.model
    def _apply(self, policies, run=None, by_hand=False):
        """Write the proposals of policies to their reordering rules; return how many were written.

        :param run: the run that does it, which leaves large changes to people
        """
        written = 0
        policies.kept_reason = False
        for company in policies.company_id:
            own = policies.filtered(lambda policy, company=company: policy.company_id == company)
            allowed = own if by_hand else own._keep_large(company)
            written += self.with_company(company)._write_rules(allowed, run)
        return written

    def _write_rules(self, policies, run):
        """Write minimum and maximum together, make rules that are missing, and note what was in use."""
        found = self._find_rules(policies)
        missing, changes = self.env["oms.reorder.policy"], []
        for policy in policies:
            orderpoint = found.get((policy.product_id.id, policy.warehouse_id.lot_stock_id.id))
            if not orderpoint:
                missing |= policy
            elif not orderpoint.active:
                policy.kept_reason = self.env._("Its reordering rule is archived.")
            else:
                changes.append(policy._prepare_change_vals(orderpoint, run))
                orderpoint.write(policy._prepare_orderpoint_vals())
                policy.orderpoint_id = orderpoint
        changes += self._make_rules(missing, run)
        # The history is the system's: nobody writes it by hand.
        self.env["oms.reorder.change"].sudo().create(changes)
        done = policies.filtered(lambda policy: not policy.kept_reason)
        for policy in done:
            policy.write({"is_pending": False, "old_minimum": policy.minimum, "old_maximum": policy.maximum})
        return len(done)

    def _find_rules(self, policies):
        """Return {(product id, location id): reordering rule}, archived ones too."""
        orderpoints = self.env["stock.warehouse.orderpoint"].with_context(active_test=False)
        domain = [
            ("product_id", "in", policies.product_id.ids),
            ("location_id", "in", policies.warehouse_id.lot_stock_id.ids),
            ("company_id", "in", policies.company_id.ids),
        ]
        return {
            (orderpoint.product_id.id, orderpoint.location_id.id): orderpoint
            for orderpoint in orderpoints.search(domain)
        }

    def _make_rules(self, policies, run):
        """Make reordering rules, which Odoo's scheduler follows; return the values of their changes."""
        orderpoints = self.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": policy.product_id.id,
                    "warehouse_id": policy.warehouse_id.id,
                    "location_id": policy.warehouse_id.lot_stock_id.id,
                    "company_id": policy.company_id.id,
                    # Manual ones made by the system are deleted by Odoo as soon as nothing is to be ordered.
                    "trigger": "auto",
                    **policy._prepare_orderpoint_vals(),
                }
                for policy in policies
            ]
        )
        changes = []
        for policy, orderpoint in zip(policies, orderpoints, strict=True):
            policy.orderpoint_id = orderpoint
            changes.append({**policy._prepare_change_vals(orderpoint, run), "is_new": True})
            changes[-1].update(old_minimum=0, old_maximum=0)
        return changes

    # === UNDO === #

    @api.model
    def _undo(self, changes):
        """Put back what was in use before changes, the latest first; what was changed since stays."""
        self.env["oms.reorder.policy"].check_access("write")
        done = changes.filtered(lambda change: change.state == "done").sorted("id", reverse=True)
        undone = self.env["oms.reorder.change"]
        for change in done:
            undone |= change if change._put_back() else self.env["oms.reorder.change"]
        undone.sudo().state = "undone"  # the history is the system's
        (done - undone).sudo().state = "kept"
        # Otherwise the next run would write the same again.
        undone.policy_id.filtered(lambda policy: policy.mode == "apply").mode = "propose"
        return undone.policy_id._notify(
            self.env._(
                "%(undone)s changes taken back, %(kept)s left because the rule was changed since.",
                undone=len(undone),
                kept=len(done - undone),
            )
        )
