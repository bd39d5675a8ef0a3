from odoo import api, fields, models


class OmsLaneOrder(models.AbstractModel):
    """Prices that somebody has to approve, and their approval."""

    _inherit = "oms.lane.order"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "approve": {"label": self.env._("Approve prices"), "groups": "sales_team.group_sale_manager"},
        }

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        open_ids = [order_id for order_id, fact in facts.items() if fact.lanes["invoice"]["state"] != "done"]
        for order_id, lines in self._read_unapproved(open_ids).items():
            facts[order_id].signals["low_prices"] = lines
        return result

    @api.model
    def _read_unapproved(self, order_ids):
        """Return {order id: lines whose price is too low} of the orders whose prices, as they are now, nobody approved."""
        low = self.env["sale.order.line"]._oms_read_low_prices(order_ids)
        approved = self.env["sale.order"]._oms_read_approved(list(low))
        return {
            order_id: lines
            for order_id, lines in low.items()
            if approved.get(order_id) != self._get_price_fingerprint(lines)
        }

    @api.model
    def _get_price_fingerprint(self, lines):
        return " ".join(f"{line['id']}:{line['price']:.4f}:{line['discount']:.2f}" for line in lines)

    # === O4 === #

    @api.model
    def _detect_o4(self, facts):
        """A line's price is below cost plus minimum margin, or its discount above the maximum, and nobody approved it."""
        return {
            order_id: self._prepare_finding(
                fact,
                "sales",
                deadline=fact.header["date_promised"],
                line_ids=[line["id"] for line in fact.signals["low_prices"]],
            )
            for order_id, fact in facts.items()
            if fact.signals.get("low_prices")
        }

    @api.model
    def _explain_o4(self, issue):
        if not (self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")):
            return [self._link(self.env._("A price has to be approved."), issue.order_id, "danger")]
        lines = self._read_unapproved(issue.order_id.ids).get(issue.order_id.id, [])
        return [self._link(self._get_price_text(issue.order_id, line), issue.order_id, "danger") for line in lines]

    @api.model
    def _get_price_text(self, order, line):
        product = self.env["sale.order.line"].browse(line["id"]).product_id.display_name
        if line["gap"]:
            money = order.company_id.currency_id.format
            return self.env._(
                "%(product)s is sold at %(price)s, the floor is %(floor)s.",
                product=product,
                price=money(line["price"]),
                floor=money(line["floor"]),
            )
        return self.env._(
            "%(product)s has %(discount)s %% discount, %(maximum)s %% are allowed.",
            product=product,
            discount=f"{line['discount']:g}",
            maximum=f"{line['max_discount']:g}",
        )

    # === APPROVE === #

    @api.model
    def _can_approve(self, orders):
        self.env.flush_all()
        found = self._read_unapproved(orders.ids)
        fine = self.env._("No price of it has to be approved.")
        return {order.id: "" if order.id in found else fine for order in orders}

    @api.model
    def _preview_approve(self, orders):
        found = self._read_unapproved(orders.ids)
        return {order.id: [self._get_price_text(order, line) for line in found.get(order.id, ())] for order in orders}

    @api.model
    def _before_approve(self, orders):
        return {
            order.id: {
                "oms_price_approved": order.oms_price_approved,
                "oms_price_approved_by_id": order.oms_price_approved_by_id.id,
                "oms_price_approved_on": fields.Datetime.to_string(order.oms_price_approved_on),
            }
            for order in orders
        }

    @api.model
    def _do_approve(self, orders):
        """Approve the orders' prices as they are now; another change has to be approved again."""
        found = self._read_unapproved(orders.ids)
        for order in orders:
            order.write(
                {
                    "oms_price_approved": self._get_price_fingerprint(found[order.id]),
                    "oms_price_approved_by_id": self.env.uid,
                    "oms_price_approved_on": fields.Datetime.now(),
                }
            )
        return {order.id: order for order in orders}

    @api.model
    def _can_undo_approve(self, order, documents, before):
        return self._get_built_on(order) if order.state == "sale" else ""

    @api.model
    def _undo_approve(self, order, documents, before):
        order.write(before)
