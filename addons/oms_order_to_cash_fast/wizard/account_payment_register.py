from odoo import models

from odoo.addons.oms_order_to_cash.models.documents.handed import get_handed

from ..models.account_payment import KNOWN
from ..models.known import is_known


class AccountPaymentRegister(models.TransientModel):
    """Core registers many payments one journal entry and one reconciliation at a time; asked for, here all at once."""

    _inherit = "account.payment.register"

    def _init_payments(self, to_process, edit_mode=False):
        if get_handed(self.env, "oms_at_once") and not edit_mode:
            for values in to_process:
                self._oms_leave_entry_to_posting(values["create_vals"])
        return super()._init_payments(to_process, edit_mode=edit_mode)

    def _oms_leave_entry_to_posting(self, vals):
        """Have the journal entry of a payment made with those of the others, when they are posted.

        Core makes it with the payment where a write-off is given, even an empty one.
        """
        payment_fields = self.env["account.payment"]._fields
        if not vals.get("write_off_line_vals") and not any(
            (payment_fields[name].related or "").startswith("move_id.") for name in vals if name in payment_fields
        ):
            vals.pop("write_off_line_vals", None)

    def _reconcile_payments(self, to_process, edit_mode=False):
        is_ours = get_handed(self.env, "oms_at_once") and is_known(self, "_reconcile_payments", KNOWN)
        if not is_ours or edit_mode:
            return super()._reconcile_payments(to_process, edit_mode=edit_mode)
        account_types = self.env["account.payment"]._get_valid_payment_account_types()
        plan = []
        for values in to_process:
            lines = values["payment"].move_id.line_ids.filtered(
                lambda line: (
                    line.parent_state == "posted" and line.account_type in account_types and not line.reconciled
                )
            )
            for account in lines.account_id:
                plan.append(
                    (lines + values["to_reconcile"]).filtered(
                        lambda line, account=account: line.account_id == account and not line.reconciled
                    )
                )
        self.env["account.move.line"]._reconcile_plan(plan)
        self.env["account.payment"]._oms_link_invoices(
            [(values["payment"], values["to_reconcile"].move_id) for values in to_process]
        )
        return None
