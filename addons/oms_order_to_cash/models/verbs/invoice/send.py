from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbSend(models.AbstractModel):
    _name = "oms.verb.send"
    _inherit = "oms.verb.billing"
    _description = "Send invoice"

    _label = _lt("Send invoice")
    _lane = "invoice"
    _groups = "account.group_account_invoice"
    _milestones = ("invoice_sent",)
    _params = (
        param.INVOICES,
        param.flag("again", _lt("Send Again")),
    )

    @api.model
    def _can(self, orders, move_ids=None, again=False):
        posted = self._get_linked(orders, move_ids, "posted")
        unsent = self._filter_unsent(posted, again)
        # Who asks for certain invoices has to hear that they can't be sent: a failure, and nothing to leave out.
        check_address = not move_ids
        return {
            order_id: self._get_send_obstacle(moves, unsent[order_id], check_address)
            for order_id, moves in posted.items()
        }

    @api.model
    def _get_send_obstacle(self, moves, unsent, check_address):
        if not moves:
            return self.env._("It has no posted invoice: post one first.")
        if not unsent:
            return self.env._("Its invoices are sent already.")
        return next(filter(None, map(self._get_address_obstacle, unsent)), "") if check_address else ""

    @api.model
    def _get_address_obstacle(self, move):
        send = self.env["account.move.send"]
        methods = send._get_default_sending_methods(move)
        if "manual" in methods:
            return self.env._("%(customer)s gets invoices by hand only.", customer=move.commercial_partner_id.name)
        if "email" in methods and not (move.partner_id.email or move.commercial_partner_id.email):
            return self.env._("%(customer)s has no e-mail address: add one.", customer=move.partner_id.display_name)
        return next(iter(send._get_move_constraints(move).values()), "")

    @api.model
    def _filter_unsent(self, posted, again):
        """Return, per order, the invoices to send; one whose last mail failed is not sent."""
        moves = self.env["account.move"].union(*posted.values())
        failed = self.env["account.move"]._oms_read_failed_mails(moves.ids)
        unsent = moves.filtered(
            lambda move: (
                not move.sending_data
                and (again or not move.is_move_sent or move.id in failed)
                and move._is_ready_to_be_sent()
            )
        )
        return {order_id: documents & unsent for order_id, documents in posted.items()}

    @api.model
    def _preview(self, orders, move_ids=None, again=False):
        unsent = self._get_documents(orders, move_ids, again)
        return {
            order_id: [
                self.env._(
                    "Sends %(invoice)s to %(address)s; what is sent can't be taken back.",
                    invoice=move.name,
                    address=move.partner_id.email or move.commercial_partner_id.email or move.partner_id.display_name,
                )
                for move in moves
            ]
            for order_id, moves in unsent.items()
        }

    @api.model
    def _get_documents(self, orders, move_ids=None, again=False):
        return self._filter_unsent(self._get_linked(orders, move_ids, "posted"), again)

    @api.model
    def _do(self, orders, move_ids=None, again=False):
        """Hand the posted invoices of orders to Odoo's own sending in the background, which prints and mails them."""
        unsent = self._get_documents(orders, move_ids, again)
        moves = self.env["account.move"].union(*unsent.values())
        obstacle = next(filter(None, map(self._get_address_obstacle, moves)), None)
        if obstacle:
            raise UserError(obstacle)
        # Reading a scheduled action is for administrators.
        cron = self.env.ref("account.ir_cron_account_move_send").sudo()
        if not cron.active:
            raise UserError(
                self.env._("Sending in the background is switched off: ask an administrator to activate it.")
            )
        moves.sending_data = {
            "author_user_id": self.env.user.id,
            "author_partner_id": self.env.user.partner_id.id,
        }
        cron._trigger()
        return unsent
