from odoo import api, models


class OmsDetectorShortage(models.AbstractModel):
    """What detectors of goods that an order lacks have in common."""

    _name = "oms.detector.shortage"
    _inherit = "oms.detector"
    _description = "Shortage"

    @api.model
    def _find_short(self, facts, turn, condition):
        found = {}
        for order_id, fact in facts.items():
            shortages = [shortage for shortage in fact.signals["shortages"] if condition(fact, shortage)]
            if shortages:
                found[order_id] = self._prepare_short(fact, turn, shortages)
        return found

    @api.model
    def _prepare_short(self, fact, turn, shortages, **data):
        """Return a finding whose deadline is the promise, else when the first of the short moves has to leave."""
        leaving = min((shortage.move["deadline"] for shortage in shortages), default=None)
        return self._prepare_finding(
            fact,
            turn,
            deadline=fact.header["date_promised"] or leaving,
            since=fact.header["date_order"],
            shortages=[
                {
                    "line_id": shortage.move["line_id"],
                    "move_id": shortage.move["id"],
                    "product_id": shortage.move["product_id"],
                    "quantity": shortage.quantity,
                }
                for shortage in shortages
            ],
            **data,
        )

    @api.model
    def _read_again(self, issue, condition):
        """Return the shortages behind an issue as they are now."""
        fact = self.env["oms.lane.supply"]._read_short_facts(issue.order_id)[issue.order_id.id]
        return [shortage for shortage in fact.signals["shortages"] if condition(fact, shortage)]

    @api.model
    def _link_short(self, issue, shortage):
        # The words name lines and products to whoever sees the issue, a warehouse user too.
        lines = issue.order_id.sudo().order_line.filtered(lambda line: not line.display_type)
        line = lines.browse(shortage.move["line_id"])
        text = self.env._(
            "line %(number)s: %(quantity)s short",
            number=lines.ids.index(line.id) + 1 if line in lines else "?",
            quantity=self.env["oms.lane.supply"]._format(shortage, shortage.quantity),
        )
        return self._link(text, self.env["stock.picking"].browse(shortage.move["picking_id"] or []), "danger")

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


class OmsDetectorS1(models.AbstractModel):
    _name = "oms.detector.s1"
    _inherit = "oms.detector.shortage"
    _description = "Short, no supply on the way"

    @api.model
    def _find(self, facts):
        """Short, and nothing brings it: no free stock, no purchase, no receipt."""
        return self._find_short(facts, "purchasing", self._is_missing)

    @api.model
    def _is_missing(self, fact, shortage):
        return shortage.answer == "missing"

    @api.model
    def _explain(self, issue):
        lane = self.env["oms.lane.supply"]
        chain = []
        for shortage in self._read_again(issue, self._is_missing):
            product = lane._get_product(shortage)
            chain += [
                self._link_short(issue, shortage),
                self._link(
                    self.env._(
                        "%(warehouse)s has none free, and nothing is on its way",
                        warehouse=lane._get_place(shortage).name,
                    ),
                    product,
                    "danger",
                ),
                *self._link_out_of_reach(shortage, product),
                self._link_vendor(issue, product),
            ]
        return chain

    @api.model
    def _link_out_of_reach(self, shortage, product):
        """Return links to what stands in the warehouse and no reservation takes: in another place, or too old."""
        shelf = self.env["stock.location"].sudo().browse(shortage.move["location_id"])  # named to salespersons too
        links = []
        for location_id, quantity in self.env["stock.quant"]._oms_read_out_of_reach(shortage.move["id"]):
            place = shelf.browse(location_id)
            words = {
                "quantity": self.env["oms.lane.supply"]._format_quantity(product, quantity),
                "place": place.display_name,
            }
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
        vendor = self.env["oms.lane.supply"]._get_vendor(product, issue.company_id)
        if not vendor:
            text = self.env._("%(product)s has no vendor: add one on its tab Purchase, then buy", product=product.name)
            return self._link(text, product, "danger")
        text = self.env._("%(vendor)s sells it, %(days)s days", vendor=vendor.partner_id.name, days=vendor.delay)
        return self._link(text, vendor.partner_id, "success")


class OmsDetectorS2(models.AbstractModel):
    _name = "oms.detector.s2"
    _inherit = "oms.detector.shortage"
    _description = "Short, purchase still a draft"

    @api.model
    def _find(self, facts):
        """Short, and a purchase that would bring it waits for its confirmation."""
        found = self._find_short(facts, "purchasing", self._is_drafted)
        for order_id, fact in facts.items():
            line_ids = [line_id for line_id, is_drafted in fact.made_for.items() if is_drafted]
            if line_ids and fact.is_confirmed():
                found.setdefault(order_id, self._prepare_short(fact, "purchasing", [], line_ids=line_ids))
        return found

    @api.model
    def _is_drafted(self, fact, shortage):
        return shortage.answer == "purchase"

    @api.model
    def _explain(self, issue):
        order = issue.order_id
        shortages = self._read_again(issue, self._is_drafted)
        chain = [self._link_short(issue, shortage) for shortage in shortages]
        for purchase in self.env["oms.lane.supply"]._get_drafts(order)[order.id]:
            state = dict(purchase._fields["state"]._description_selection(self.env))[purchase.state]
            text = self.env._("purchase %(purchase)s (%(state)s)", purchase=purchase.name, state=state)
            chain += [self._link(text, purchase, "warning"), self._link_punctuality(purchase)]
        return chain


class OmsDetectorS3(models.AbstractModel):
    _name = "oms.detector.s3"
    _inherit = "oms.detector.shortage"
    _description = "Purchase late against the promise"

    @api.model
    def _find(self, facts):
        """Short, and a receipt that feeds it is late, or the vendor sends less than was confirmed for the order."""
        return self._find_short(facts, "vendor", self._is_fed_late)

    @api.model
    def _is_fed_late(self, fact, shortage):
        return bool(shortage.late or shortage.cut)

    @api.model
    def _explain(self, issue):
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
    def _link_cut(self, shortage):
        """Return links to what the vendor sends less of than was confirmed."""
        lane = self.env["oms.lane.supply"]
        links = []
        for line in self.env["purchase.order.line"].sudo().browse(shortage.cut):  # a salesperson follows the chain too
            text = self.env._(
                "%(vendor)s sends %(now)s of %(confirmed)s on %(purchase)s",
                vendor=line.partner_id.name,
                now=lane._format_number(line.product_id, line.product_uom_qty),
                confirmed=lane._format(shortage, line.oms_quantity_confirmed),
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


class OmsDetectorS4(models.AbstractModel):
    _name = "oms.detector.s4"
    _inherit = "oms.detector.shortage"
    _description = "Stock is free but not reserved"

    @api.model
    def _find(self, facts):
        """Short, while stock is free and no hold keeps it back."""
        return self._find_short(facts, "warehouse", self._is_reservable)

    @api.model
    def _is_reservable(self, fact, shortage):
        return shortage.answer == "reserve" and not fact.header["held"]

    @api.model
    def _explain(self, issue):
        lane = self.env["oms.lane.supply"]
        chain = []
        for shortage in self._read_again(issue, self._is_reservable):
            location = self.env["stock.location"].sudo().browse(shortage.move["location_id"])
            free = lane._format(shortage, min(shortage.free, shortage.quantity))
            text = self.env._("%(quantity)s free in %(place)s", quantity=free, place=location.display_name)
            chain += [self._link_short(issue, shortage), self._link(text, lane._get_product(shortage), "success")]
        return chain


class OmsDetectorS5(models.AbstractModel):
    _name = "oms.detector.s5"
    _inherit = "oms.detector.shortage"
    _description = "Stock taken by an order of lower priority"

    @api.model
    def _find(self, facts):
        """Short, while orders of later rank hold the stock."""
        return self._find_short(facts, "warehouse", self.env["oms.lane.supply"]._is_outranking)

    @api.model
    def _explain(self, issue):
        lane = self.env["oms.lane.supply"]
        order, chain = issue.order_id, []
        plan = lane._plan_swap(order)[order.id]
        for shortage in self._read_again(issue, lane._is_outranking):
            chain.append(self._link_short(issue, shortage))
            for loser, quantity in plan.get(shortage.move["id"], []):
                text = self.env._(
                    "%(order)s, of lower priority, holds %(quantity)s",
                    order=lane._get_order_text(loser),
                    quantity=lane._format(shortage, quantity),
                )
                chain.append(self._link(text, loser.sale_line_id.order_id, "warning"))
        return chain


class OmsDetectorS6(models.AbstractModel):
    _name = "oms.detector.s6"
    _inherit = "oms.detector.shortage"
    _description = "Stock in another warehouse"

    @api.model
    def _find(self, facts):
        """Short, not brought in time, while another warehouse of the company has free stock."""
        return self._find_short(facts, "warehouse", self._is_elsewhere)

    @api.model
    def _is_elsewhere(self, fact, shortage):
        return bool(shortage.elsewhere)

    @api.model
    def _explain(self, issue):
        chain = []
        for shortage in self._read_again(issue, self._is_elsewhere):
            chain.append(self._link_short(issue, shortage))
            for warehouse_id, quantity in shortage.elsewhere:
                warehouse = self.env["stock.warehouse"].sudo().browse(warehouse_id)
                text = self.env._(
                    "%(warehouse)s has %(quantity)s free",
                    warehouse=warehouse.name,
                    quantity=self.env["oms.lane.supply"]._format(shortage, quantity),
                )
                chain.append(self._link(text, warehouse, "success"))
        return chain


class OmsDetectorS7(models.AbstractModel):
    _name = "oms.detector.s7"
    _inherit = "oms.detector.shortage"
    _description = "Oversold"

    @api.model
    def _find(self, facts):
        """Oversold: this order and those of earlier rank want more than is there and on its way."""
        return self._find_short(facts, "sales", self._is_oversold)

    @api.model
    def _is_oversold(self, fact, shortage):
        """Where nothing at all brings it, a purchase is to be confirmed, or the vendor sends less, S1 to S3 say so already."""
        return shortage.answer in ("reserve", "wait") and fact.is_positive(shortage.excess) and not shortage.cut

    @api.model
    def _explain(self, issue):
        lane = self.env["oms.lane.supply"]
        chain = []
        for shortage in self._read_again(issue, self._is_oversold):
            product = lane._get_product(shortage)
            text = self.env._(
                "it and orders of earlier rank lack %(ahead)s in %(warehouse)s: %(free)s are free, %(inbound)s on the way",
                ahead=lane._format(shortage, shortage.ahead),
                warehouse=lane._get_place(shortage).name,
                free=lane._format_number(product, shortage.free),
                inbound=lane._format_number(product, shortage.inbound),
            )
            excess = self.env._("%(quantity)s too many are sold", quantity=lane._format(shortage, shortage.excess))
            chain += [
                self._link_short(issue, shortage),
                self._link(text, product, "warning"),
                self._link(excess, None, "danger"),
            ]
        return chain
