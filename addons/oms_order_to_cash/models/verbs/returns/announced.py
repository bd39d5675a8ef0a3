from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

_REMIND_AGAIN = timedelta(days=3)


class OmsVerbAnnounced(models.AbstractModel):
    """What verbs on announced returns have in common."""

    _name = "oms.verb.announced"
    _inherit = "oms.verb"
    _description = "Announced"

    @api.model
    def _get_documents(self, orders):
        """Return the open transfers that bring goods of these orders back."""
        return {
            order_id: self.env["stock.picking"].browse(
                sorted({move["picking_id"] for move in fact.moves if move["is_return"] and move["picking_id"]})
            )
            for order_id, fact in self._read_facts(orders).items()
        }


class OmsVerbRemindReturn(models.AbstractModel):
    _name = "oms.verb.remind_return"
    _inherit = "oms.verb.announced"
    _description = "Remind the customer"

    _label = _lt("Remind the customer")
    _lane = "return"
    _groups = "stock.group_stock_user,sales_team.group_sale_salesman"

    @api.model
    def _can(self, orders):
        return {
            order_id: self._get_remind_obstacle(pickings) for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _get_remind_obstacle(self, pickings):
        if not pickings:
            return self.env._("No return is announced for it.")
        due = pickings.filtered(self._is_to_remind)
        if not due:
            return self.env._("The customer was reminded less than three days ago.")
        if not due.filtered(lambda picking: picking.partner_id.email):
            names = ", ".join(due.partner_id.mapped("display_name"))
            return self.env._("%(customer)s has no e-mail address: add one.", customer=names)
        return ""

    @api.model
    def _is_to_remind(self, picking):
        last = picking.oms_return_reminded_on
        return not last or last < fields.Datetime.now() - _REMIND_AGAIN

    @api.model
    def _preview(self, orders):
        return {
            order_id: [
                self.env._(
                    "%(customer)s gets a mail that asks where %(transfer)s is.",
                    customer=picking.partner_id.display_name,
                    transfer=picking.name,
                )
                for picking in pickings.filtered(self._is_to_remind)
            ]
            for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _do(self, orders):
        """Ask the customers by mail where the announced goods are, not twice in three days."""
        due = {
            order_id: pickings.filtered(lambda picking: self._is_to_remind(picking) and picking.partner_id.email)
            for order_id, pickings in self._get_documents(orders).items()
        }
        pickings = self.env["stock.picking"].union(*due.values())
        self._write_to_partners("oms_mail_template_return_reminder", pickings)
        pickings.oms_return_reminded_on = fields.Datetime.now()
        nothing = self.env._("The customer was reminded less than three days ago.")
        return {order_id: documents or nothing for order_id, documents in due.items()}


class OmsVerbCancelReturn(models.AbstractModel):
    _name = "oms.verb.cancel_return"
    _inherit = "oms.verb.announced"
    _description = "Call off the return"

    _label = _lt("Call off the return")
    _lane = "return"
    _groups = "stock.group_stock_user"

    @api.model
    def _can(self, orders):
        nothing = self.env._("No return is announced for it.")
        return {order_id: "" if pickings else nothing for order_id, pickings in self._get_documents(orders).items()}

    @api.model
    def _preview(self, orders):
        return {
            order_id: [self.env._("%(transfers)s is cancelled.", transfers=self._get_return_names(pickings))]
            for order_id, pickings in self._get_documents(orders).items()
            if pickings
        }

    @api.model
    def _get_return_names(self, pickings):
        return ", ".join(pickings.mapped("name"))

    @api.model
    def _before(self, orders):
        """Keep what a cancelled move forgets: where its goods had gone."""
        return {
            order_id: {str(move.id): move.move_orig_ids.ids for move in self._get_open_moves(pickings)}
            for order_id, pickings in self._get_documents(orders).items()
        }

    @api.model
    def _get_open_moves(self, pickings):
        return pickings.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    @api.model
    def _do(self, orders):
        """Cancel the returns that were announced and did not come."""
        announced = self._get_documents(orders)
        self.env["stock.picking"].union(*announced.values()).action_cancel()
        return announced

    @api.model
    def _can_undo(self, order, documents, before):
        moves = self._get_called_off(before)
        if not moves:
            return self.env._("the transfer was deleted.")
        for shipped, same in moves.grouped("origin_returned_move_id").items():
            other = shipped.returned_move_ids.filtered(lambda move: move.state != "cancel")
            returned = sum(move.quantity if move.state == "done" else move.product_qty for move in other)
            if (
                shipped
                and shipped.product_id.uom_id.compare(returned + sum(same.mapped("product_qty")), shipped.product_qty)
                > 0
            ):
                return self.env._(
                    "%(transfers)s brings it back instead.", transfers=self._get_return_names(other.picking_id)
                )
        return ""

    @api.model
    def _get_called_off(self, before):
        moves = self.env["stock.move"].browse(int(move_id) for move_id in before).exists()
        return moves.filtered(lambda move: move.state == "cancel")

    @api.model
    def _undo(self, order, documents, before):
        """Announce again what was called off, by transfers of their own: what is cancelled stays so."""
        for picking, moves in self._get_called_off(before).grouped("picking_id").items():
            again = picking.copy({"move_ids": [], "return_id": picking.return_id.id, "user_id": picking.user_id.id})
            for move in moves:
                origins = self.env["stock.move"].browse(before[str(move.id)]).exists()
                move.copy(
                    {
                        "picking_id": again.id,
                        "origin_returned_move_id": move.origin_returned_move_id.id,
                        "move_orig_ids": [Command.set(origins.ids)],
                        "date": move.date,
                        "date_deadline": move.date_deadline,
                    }
                )
            again.action_confirm()
            again.action_assign()
            again.message_post(body=self.env._("%(transfer)s is announced again.", transfer=picking.name))
