from odoo import api, models
from odoo.tools.misc import formatLang


class OmsLaneSupply(models.AbstractModel):
    _inherit = "oms.lane.supply"

    # === CHAINS === #

    @api.model
    def _explain_s1(self, issue):
        chain = []
        for shortage in self._read_again(issue, self._is_missing):
            product = self._get_product(shortage)
            chain += [
                self._link_short(issue, shortage),
                self._link(
                    self.env._(
                        "%(warehouse)s has none free, and nothing is on its way",
                        warehouse=self._get_place(shortage).name,
                    ),
                    product,
                    "danger",
                ),
                *self._link_out_of_reach(shortage, product),
                self._link_vendor(issue, product),
            ]
        return chain

    @api.model
    def _explain_s2(self, issue):
        order = issue.order_id
        shortages = self._read_again(issue, self._is_drafted)
        chain = [self._link_short(issue, shortage) for shortage in shortages]
        for purchase in self._get_drafts(order)[order.id]:
            state = dict(purchase._fields["state"]._description_selection(self.env))[purchase.state]
            text = self.env._("purchase %(purchase)s (%(state)s)", purchase=purchase.name, state=state)
            chain += [self._link(text, purchase, "warning"), self._link_punctuality(purchase)]
        return chain

    @api.model
    def _explain_s3(self, issue):
        promised, chain = issue.order_id.sudo().oms_date_promised or issue.date_deadline, []
        for shortage in self._read_again(issue, self._is_fed_late):
            chain.append(self._link_short(issue, shortage))
            for receipt in shortage.late:
                move = self.env["stock.move"].sudo().browse(receipt["move_id"])  # a salesperson follows the chain too
                if purchase := move.purchase_line_id.order_id:
                    text = self.env._("purchase %(purchase)s", purchase=purchase.name)
                    chain += [self._link(text, purchase), self._link_punctuality(purchase)]
                chain.append(self._link(self._get_lateness(receipt, promised), move.picking_id, "danger"))
            chain += self._link_cut(shortage)
        return chain

    @api.model
    def _explain_s4(self, issue):
        chain = []
        for shortage in self._read_again(issue, self._is_reservable):
            location = self.env["stock.location"].sudo().browse(shortage.move["location_id"])
            free = self._format(shortage, min(shortage.free, shortage.quantity))
            text = self.env._("%(quantity)s free in %(place)s", quantity=free, place=location.display_name)
            chain += [self._link_short(issue, shortage), self._link(text, self._get_product(shortage), "success")]
        return chain

    @api.model
    def _explain_s5(self, issue):
        order, chain = issue.order_id, []
        plan = self._plan_swap(order)[order.id]
        for shortage in self._read_again(issue, self._is_outranking):
            chain.append(self._link_short(issue, shortage))
            for loser, quantity in plan.get(shortage.move["id"], []):
                text = self.env._(
                    "%(order)s, of lower priority, holds %(quantity)s",
                    order=self._get_order_text(loser),
                    quantity=self._format(shortage, quantity),
                )
                chain.append(self._link(text, loser.sale_line_id.order_id, "warning"))
        return chain

    @api.model
    def _explain_s6(self, issue):
        chain = []
        for shortage in self._read_again(issue, self._is_elsewhere):
            chain.append(self._link_short(issue, shortage))
            for warehouse_id, quantity in shortage.elsewhere:
                warehouse = self.env["stock.warehouse"].sudo().browse(warehouse_id)
                text = self.env._(
                    "%(warehouse)s has %(quantity)s free",
                    warehouse=warehouse.name,
                    quantity=self._format(shortage, quantity),
                )
                chain.append(self._link(text, warehouse, "success"))
        return chain

    @api.model
    def _explain_s7(self, issue):
        chain = []
        for shortage in self._read_again(issue, self._is_oversold):
            product = self._get_product(shortage)
            text = self.env._(
                "it and orders of earlier rank lack %(ahead)s in %(warehouse)s: %(free)s are free, %(inbound)s on the way",
                ahead=self._format(shortage, shortage.ahead),
                warehouse=self._get_place(shortage).name,
                free=self._format_number(product, shortage.free),
                inbound=self._format_number(product, shortage.inbound),
            )
            excess = self.env._("%(quantity)s too many are sold", quantity=self._format(shortage, shortage.excess))
            chain += [
                self._link_short(issue, shortage),
                self._link(text, product, "warning"),
                self._link(excess, None, "danger"),
            ]
        return chain

    # === LINKS === #

    @api.model
    def _read_again(self, issue, condition):
        """Return the shortages behind an issue as they are now."""
        fact = self._read_short_facts(issue.order_id)[issue.order_id.id]
        return [shortage for shortage in fact.signals["shortages"] if condition(fact, shortage)]

    @api.model
    def _link_short(self, issue, shortage):
        # The words name lines and products to whoever sees the issue, a warehouse user too.
        lines = issue.order_id.sudo().order_line.filtered(lambda line: not line.display_type)
        line = lines.browse(shortage.move["line_id"])
        text = self.env._(
            "line %(number)s: %(quantity)s short",
            number=lines.ids.index(line.id) + 1 if line in lines else "?",
            quantity=self._format(shortage, shortage.quantity),
        )
        return self._link(text, self.env["stock.picking"].browse(shortage.move["picking_id"] or []), "danger")

    @api.model
    def _link_out_of_reach(self, shortage, product):
        """Return links to what stands in the warehouse and no reservation takes: in another place, or too old."""
        shelf = self.env["stock.location"].sudo().browse(shortage.move["location_id"])  # named to salespersons too
        links = []
        for location_id, quantity in self.env["stock.quant"]._oms_read_out_of_reach(shortage.move["id"]):
            place = shelf.browse(location_id)
            words = {"quantity": self._format_quantity(product, quantity), "place": place.display_name}
            if place._child_of(shelf):
                text = self.env._("%(quantity)s in %(place)s have to be removed before it leaves", **words)
            else:
                words["shelf"] = shelf.display_name
                text = self.env._(
                    "%(quantity)s stand in %(place)s, and it leaves from %(shelf)s: move them there", **words
                )
            links.append(self._link(text, product, "warning"))
        return links

    @api.model
    def _link_vendor(self, issue, product):
        vendor = self._get_vendor(product, issue.company_id)
        if not vendor:
            text = self.env._("%(product)s has no vendor: add one on its tab Purchase, then buy", product=product.name)
            return self._link(text, product, "danger")
        text = self.env._("%(vendor)s sells it, %(days)s days", vendor=vendor.partner_id.name, days=vendor.delay)
        return self._link(text, vendor.partner_id, "success")

    @api.model
    def _link_punctuality(self, purchase):
        vendor = purchase.partner_id
        on_time, count = self.env["oms.vendor.performance"]._oms_read_punctuality(
            vendor.sudo().commercial_partner_id.id, purchase.company_id.id
        )
        if not count:
            text = self.env._("%(vendor)s: no receipt in 12 months to judge by", vendor=vendor.name)
            return self._link(text, vendor)
        share = round(100 * on_time / count)
        text = self.env._(
            "%(vendor)s: %(share)s %% on time over 12 months (%(count)s receipts)",
            vendor=vendor.name,
            share=share,
            count=count,
        )
        return self._link(text, vendor, "success" if share >= 90 else "warning")

    @api.model
    def _link_cut(self, shortage):
        """Return links to what the vendor sends less of than was confirmed."""
        links = []
        for line in self.env["purchase.order.line"].sudo().browse(shortage.cut):  # a salesperson follows the chain too
            text = self.env._(
                "%(vendor)s sends %(now)s of %(confirmed)s on %(purchase)s",
                vendor=line.partner_id.name,
                now=self._format_number(line.product_id, line.product_uom_qty),
                confirmed=self._format(shortage, line.oms_quantity_confirmed),
                purchase=line.order_id.name,
            )
            links.append(self._link(text, line.order_id.sudo(False), "danger"))
        return links

    @api.model
    def _get_lateness(self, receipt, promised):
        today = self.env.cr.now().date()
        if receipt["date"].date() < today:
            days = (today - receipt["date"].date()).days
            return self.env._("receipt overdue by %(days)s days", days=days)
        days = (receipt["date"].date() - promised.date()).days
        return self.env._("receipt due %(days)s days after the promise", days=days)

    # === WORDS === #

    @api.model
    def _format(self, shortage, quantity):
        """Return a quantity in words, e.g. ``3 Units of Desk``."""
        product = self._get_product(shortage)
        return self._format_quantity(product, quantity)

    @api.model
    def _format_quantity(self, product, quantity):
        return self.env._(
            "%(number)s %(unit)s of %(product)s",
            number=self._format_number(product, quantity),
            unit=product.uom_id.name,
            product=product.name,
        )

    @api.model
    def _format_number(self, product, quantity):
        is_whole = product.uom_id.compare(quantity, round(quantity)) == 0
        return formatLang(self.env, quantity, **({"digits": 0} if is_whole else {"dp": "Product Unit"}))

    @api.model
    def _get_product(self, shortage):
        return self.env["product.product"].sudo().browse(shortage.move["product_id"])

    @api.model
    def _get_place(self, shortage):
        return self.env["stock.warehouse"].sudo().browse(shortage.move["warehouse_id"])

    @api.model
    def _get_order_text(self, move):
        order = move.sale_line_id.order_id
        return self.env._("%(order)s (%(customer)s)", order=order.name, customer=order.partner_id.name)
