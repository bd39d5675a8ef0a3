from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbMerge(models.AbstractModel):
    _name = "oms.verb.merge"
    _inherit = "oms.verb.reopening"
    _description = "Merge into the earlier one"

    _label = _lt("Merge into the earlier one")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman"

    @api.model
    def _can(self, orders):
        targets = self._get_documents(orders)
        return {order.id: self._get_merge_obstacle(order, targets[order.id]) for order in orders}

    @api.model
    def _get_merge_obstacle(self, order, target):
        if not target:
            return self.env._("It repeats no other order.")
        confirmed = (order + target.sudo()).filtered(lambda one: one.state == "sale")  # a colleague's, see _explain_o5
        if confirmed:
            return self.env._("%(order)s is confirmed: cancel the one too many instead.", order=confirmed[0].name)
        if order.currency_id != target.sudo().currency_id:
            return self.env._("They are in two currencies: cancel the one too many instead.")
        return ""

    @api.model
    def _preview(self, orders):
        targets = self._get_documents(orders)
        text = self.env._("Its quantities are added to %(target)s as lines of their own, and it is cancelled.")
        return {order.id: [text % {"target": targets[order.id].sudo().name}] for order in orders if targets[order.id]}

    @api.model
    def _get_documents(self, orders):
        self.env.flush_all()
        twins = self.env["sale.order"]._oms_read_twins(orders.ids)
        return {order.id: orders.browse(twins.get(order.id, ())) for order in orders}

    @api.model
    def _before(self, orders):
        return {order.id: self._keep_quotation(order) for order in orders}

    @api.model
    def _do(self, orders):
        """Add the lines of quotations to the earlier ones that they repeat, and cancel them."""
        targets, results = self._get_documents(orders), {}
        for order in orders.sorted("date_order", reverse=True):  # one may be merged into another that is merged itself
            lines = order.order_line.filtered(lambda line: not line.is_downpayment)
            results[order.id] = self.env["sale.order.line"].concat(
                *(line.copy({"order_id": targets[order.id].id}) for line in lines)
            )
            targets[order.id]._message_log(body=self.env._("%(order)s was merged into this one.", order=order.name))
        orders.action_cancel()
        return results

    @api.model
    def _can_undo(self, order, documents, before):
        lines = self.env["sale.order.line"].browse(documents.get("sale.order.line", [])).exists()
        if order.state != "cancel":
            return self.env._("it is not cancelled any more.")
        if lines.order_id.filtered(lambda target: target.state not in ("draft", "sent")):
            return self.env._("%(target)s is no quotation any more.", target=lines.order_id[0].name)
        return ""

    @api.model
    def _undo(self, order, documents, before):
        self.env["sale.order.line"].browse(documents.get("sale.order.line", [])).exists().unlink()
        self._restore_quotation(order, before)
