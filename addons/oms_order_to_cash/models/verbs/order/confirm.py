from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbConfirm(models.AbstractModel):
    _name = "oms.verb.confirm"
    _inherit = "oms.verb.reopening"
    _description = "Confirm"

    _label = _lt("Confirm")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"
    _milestones = ("confirmed",)
    _shares = "stock"

    @api.model
    def _can(self, orders):
        return {order.id: self._get_confirm_obstacle(order) for order in orders}

    @api.model
    def _get_confirm_obstacle(self, order):
        if order.state == "sale":
            return self.env._("It is confirmed already.")
        if order.state == "cancel":
            return self.env._("It is cancelled: set it back to quotation first.")
        if not any(not line.display_type for line in order.order_line):
            return self.env._("It is empty: add what is sold first.")
        return order._confirmation_error_message() or ""

    @api.model
    def _is_done(self, fact):
        return fact.header["state"] in ("sale", "cancel")

    @api.model
    def _preview(self, orders):
        """Tell what is planned, promised and invoiced by confirming."""
        return {order.id: self._get_confirm_changes(order) for order in orders}

    @api.model
    def _get_confirm_changes(self, order):
        changes = [self.env._("It becomes a sales order; its deliveries are planned and goods are reserved.")]
        promise = order.commitment_date or order.expected_date
        if promise:
            day = self.env["oms.lane.order"]._format_day(promise, order.company_id)
            changes.append(self.env._("The customer is promised %(date)s.", date=day))
        if order._oms_get_invoicing() == "always":
            changes.append(self.env._("Its invoice is made and posted."))
        return changes

    @api.model
    def _before(self, orders):
        states = orders._oms_read_hanging_states()
        return {
            order.id: {
                **self._keep_quotation(order),
                "date_order": fields.Datetime.to_string(order.date_order),
                **({"states": states[order.id]} if states[order.id] else {}),
            }
            for order in orders
        }

    @api.model
    def _do(self, orders):
        """Confirm quotations."""
        self._confirm(orders)
        # Another addon may open a window instead of confirming: what counts is where the order stands now.
        asking = orders.filtered(lambda order: order.state != "sale")
        if asking:
            raise UserError(
                self.env._(
                    "Confirming %(orders)s asks for a decision: open it and confirm it there.",
                    orders=", ".join(asking.mapped("name")),
                )
            )
        return {order.id: order.picking_ids for order in orders}

    @api.model
    def _confirm(self, orders):
        orders.action_confirm()

    @api.model
    def _can_undo(self, order, documents, before):
        if order.state != "sale":
            return self.env._("it is not confirmed any more.")
        return self._get_built_on(order)

    @api.model
    def _undo(self, order, documents, before):
        """Make an order the quotation again that it was, signature and all."""
        if order.locked:
            order.action_unlock()
        self._give_back_purchases(order)
        order.sudo()._action_cancel()  # core looks at purchases, which who sells may not read
        self.env.flush_all()  # what hangs on it is cancelled with it, and stays so
        self._restore_quotation(order, before)
        order.write({"date_order": before["date_order"], "oms_date_promised": False})
        order.order_line.oms_date_promised = False
        self._restore_states(order, before.get("states", ()))

    @api.model
    def _give_back_purchases(self, order):
        """Take out of draft purchases what confirming an order asked for."""
        order = order.sudo()  # who sells may not change purchases, but what they confirm asks for them
        buy = self.env["oms.verb.buy"].sudo()
        for line in self._get_bought_lines(order):
            purchase, product = line.order_id, line.product_id
            moves = line.move_dest_ids.filtered(
                lambda move: move.sale_line_id.order_id == order and move.state != "cancel"
            )
            asked = product.uom_id._compute_quantity(sum(moves.mapped("product_qty")), line.product_uom_id)
            is_own = line.sale_line_id.order_id == order or purchase.origin == order.name
            # What they asked for is not bought any more: cancelled next, they stay.
            moves.created_purchase_line_ids = [Command.unlink(line.id)]
            buy._shrink_draft(line, line.product_qty if is_own else asked, is_own)
            buy._unlink_origin(purchase, order)
