from odoo import api, models


class OmsLaneOrder(models.AbstractModel):
    """Orders that seem to have been placed twice."""

    _inherit = "oms.lane.order"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "merge": {
                "label": self.env._("Merge into the earlier one"),
                "groups": "sales_team.group_sale_salesman",
                "documents": "_get_merge_targets",
            },
        }

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        order_ids = [order_id for order_id, fact in facts.items() if not self._has_left(fact)]
        for order_id, earlier_id in self.env["sale.order"]._oms_read_twins(order_ids).items():
            facts[order_id].signals["twin_id"] = earlier_id
        return result

    # === O5 === #

    @api.model
    def _detect_o5(self, facts):
        """The customer ordered the same goods within 48 hours before, and nothing of this one has left."""
        return {
            order_id: self._prepare_finding(
                fact, "sales", since=fact.header["date_order"], earlier_id=fact.signals["twin_id"]
            )
            for order_id, fact in facts.items()
            if fact.signals.get("twin_id")
        }

    @api.model
    def _has_left(self, fact):
        return any(fact.is_positive(line["shipped"]) for line in fact.goods_lines)

    @api.model
    def _explain_o5(self, issue):
        order = issue.order_id
        # A salesperson may not open a colleague's order, but has to know of it.
        earlier = order.sudo().browse((issue.data or {}).get("earlier_id")).exists()
        return [
            self._link(
                self.env._(
                    "%(order)s of %(date)s: same customer, products and quantities",
                    order=one.name,
                    date=self._format_day(one.date_order, one.company_id),
                ),
                one,
                tone,
            )
            for one, tone in ((earlier, ""), (order, "danger"))
            if one
        ]

    # === MERGE === #

    @api.model
    def _get_merge_targets(self, orders):
        self.env.flush_all()
        twins = self.env["sale.order"]._oms_read_twins(orders.ids)
        return {order.id: orders.browse(twins.get(order.id, ())) for order in orders}

    @api.model
    def _can_merge(self, orders):
        targets = self._get_merge_targets(orders)
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
    def _preview_merge(self, orders):
        targets = self._get_merge_targets(orders)
        text = self.env._("Its quantities are added to %(target)s as lines of their own, and it is cancelled.")
        return {order.id: [text % {"target": targets[order.id].sudo().name}] for order in orders if targets[order.id]}

    @api.model
    def _before_merge(self, orders):
        return {order.id: self._keep_quotation(order) for order in orders}

    @api.model
    def _do_merge(self, orders):
        """Add the lines of quotations to the earlier ones that they repeat, and cancel them."""
        targets, results = self._get_merge_targets(orders), {}
        for order in orders.sorted("date_order", reverse=True):  # one may be merged into another that is merged itself
            lines = order.order_line.filtered(lambda line: not line.is_downpayment)
            results[order.id] = self.env["sale.order.line"].concat(
                *(line.copy({"order_id": targets[order.id].id}) for line in lines)
            )
            targets[order.id]._message_log(body=self.env._("%(order)s was merged into this one.", order=order.name))
        orders.action_cancel()
        return results

    @api.model
    def _can_undo_merge(self, order, documents, before):
        lines = self.env["sale.order.line"].browse(documents.get("sale.order.line", [])).exists()
        if order.state != "cancel":
            return self.env._("it is not cancelled any more.")
        if lines.order_id.filtered(lambda target: target.state not in ("draft", "sent")):
            return self.env._("%(target)s is no quotation any more.", target=lines.order_id[0].name)
        return ""

    @api.model
    def _undo_merge(self, order, documents, before):
        self.env["sale.order.line"].browse(documents.get("sale.order.line", [])).exists().unlink()
        self._restore_quotation(order, before)
