import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# Fewer than a piece of the units that vendors sell in.
_HUNDREDTHS = 0.05


class OmsVerbBuy(models.AbstractModel):
    _name = "oms.verb.buy"
    _inherit = ("oms.verb.short_goods", "oms.verb.advancing")
    _description = "Buy what is short"

    _label = _lt("Buy what is short")
    _lane = "supply"
    _groups = "purchase.group_purchase_user"

    @api.model
    def _can(self, orders):
        facts, obstacles = self._read_confirmed_short(orders)
        plans = self._plan_buy(facts)
        advances = self._plan_advances(orders.browse(facts), facts, plans)
        for order_id, plan in plans.items():
            company = orders.browse(order_id).company_id
            reasons = [self._get_buy_obstacle(shortage, company) for shortage, _quantity in plan]
            reasons += [""] if advances[order_id] else []
            nothing = self.env._("What is short is there, on its way, or in a purchase to confirm.")
            obstacles[order_id] = nothing if not reasons else next(iter(reasons)) if all(reasons) else ""
        return obstacles

    @api.model
    def _plan_buy(self, facts):
        """Return {order id: [(shortage, quantity)]} of what nobody brings: drafts and receipts on the way are counted.

        What was bought for another order stays that order's: an order of earlier rank does not live on it.
        """
        plan, unserved = {order_id: [] for order_id in facts}, {}
        short = [(order_id, shortage) for order_id, fact in facts.items() for shortage in fact.signals["shortages"]]
        product_ids = {shortage.move["product_id"] for _order_id, shortage in short}
        coming = {
            place: sum(draft["quantity"] for draft in drafts)
            for place, drafts in self.env["purchase.order.line"]._oms_read_drafted(product_ids).items()
        }
        inbound = {shortage.place: shortage.inbound for _order_id, shortage in short if shortage.is_pooled}
        coming.update({place: quantity + coming.get(place, 0.0) for place, quantity in inbound.items()})
        # The last in rank first: those before them have the stock and what is on its way.
        for order_id, shortage in sorted(short, key=lambda found: -found[1].ahead):
            key = (shortage.place, shortage.shelf_id) if shortage.is_pooled else shortage.move["id"]
            if key not in unserved:
                unserved[key] = self._get_unserved(shortage, coming)
            quantity = min(unserved[key], shortage.quantity, shortage.lacking)
            if facts[order_id].is_positive(quantity):
                plan[order_id].append((shortage, quantity))
                unserved[key] -= quantity
        return plan

    @api.model
    def _get_unserved(self, shortage, coming):
        """Return what all that take from the same shelves lack and nobody brings.

        :param coming: {(product id, warehouse id): what drafts and receipts bring}; what they need of it is taken off
        """
        if not shortage.is_pooled:
            return shortage.unserved
        brought = min(coming[shortage.place], shortage.unserved)
        coming[shortage.place] -= brought
        return shortage.unserved - brought

    @api.model
    def _get_buy_obstacle(self, shortage, company):
        lane = self.env["oms.lane.supply"]
        product, warehouse = lane._get_product(shortage), lane._get_place(shortage)
        if not lane._get_vendor(product, company):
            return self.env._("%(product)s has no vendor: add one on the product.", product=product.name)
        if not warehouse.buy_pull_id.active:
            return self.env._("%(warehouse)s buys nothing: switch on Buy to Resupply there.", warehouse=warehouse.name)
        return ""

    @api.model
    def _is_done(self, fact):
        """A purchase to confirm, a receipt or free stock brings all that is short."""
        lane = self.env["oms.lane.supply"]
        return not any(lane._get_answer(fact, move) == "missing" for move in lane._get_short(fact))

    @api.model
    def _preview(self, orders):
        facts = self.env["oms.lane.supply"]._read_short_facts(orders)
        plans = self._plan_buy(facts)
        choices, advances = self._choose_vendors(orders, facts, plans), self._plan_advances(orders, facts, plans)
        return {
            order.id: [
                text
                for shortage, quantity in plans[order.id]
                for text in self._get_buy_texts(shortage, quantity, order.company_id, choices.get(shortage.move["id"]))
            ]
            + [self._get_advance_text(line, day) for line, day in advances[order.id].items()]
            for order in orders
        }

    @api.model
    def _get_buy_texts(self, shortage, quantity, company, choice):
        lane = self.env["oms.lane.supply"]
        obstacle = self._get_buy_obstacle(shortage, company)
        if obstacle:
            return [obstacle]
        bought = self.env._(
            "Buys %(quantity)s from %(vendor)s, to be confirmed.",
            quantity=lane._format(shortage, quantity),
            vendor=choice.offer.vendor.name,
        )
        texts = [bought, self._get_choice_text(choice.offer, choice.offers, choice.needed, company) + "."]
        if lane._get_product(shortage).uom_id.compare(choice.spare, 0.0) > 0:
            texts.insert(1, self._get_spare_text(shortage, choice))
        return texts

    @api.model
    def _get_spare_text(self, shortage, choice):
        lane = self.env["oms.lane.supply"]
        spare, unit = lane._format(shortage, choice.spare), choice.offer.seller.product_uom_id
        if unit == lane._get_product(shortage).uom_id:
            return self.env._("Buys %(quantity)s more: the vendor's minimum, or cheaper in all.", quantity=spare)
        return self.env._(
            "Buys %(quantity)s more: the vendor sells whole %(unit)s, has a minimum, or is cheaper in all.",
            quantity=spare,
            unit=unit.name,
        )

    @api.model
    def _before(self, orders):
        """Keep what is bought per product, and which lines were drafted before."""
        facts = self.env["oms.lane.supply"]._read_short_facts(orders)
        plans = self._plan_buy(facts)
        advances = self._plan_advances(orders, facts, plans)
        product_ids = {shortage.move["product_id"] for plan in plans.values() for shortage, _quantity in plan}
        drafted = self.env["purchase.order.line"].search(
            [("product_id", "in", list(product_ids)), ("order_id.state", "=", "draft")]
        )
        return {
            order.id: {
                "bought": self._get_bought(order, plans[order.id]),
                "drafted": drafted.ids,
                "planned": [
                    [line.id, fields.Datetime.to_string(line.date_planned), fields.Datetime.to_string(line.date_order)]
                    for line in advances[order.id]
                ],
            }
            for order in orders
        }

    @api.model
    def _get_bought(self, order, plan):
        bought = {}
        for shortage, quantity in plan:
            if not self._get_buy_obstacle(shortage, order.company_id):
                product_id = shortage.move["product_id"]
                bought[product_id] = bought.get(product_id, 0.0) + quantity
        return list(bought.items())

    @api.model
    def _do(self, orders):
        """Ask the best vendors' drafts for what is short, as the warehouse's rule to buy does; bring late drafts forward."""
        facts = self.env["oms.lane.supply"]._read_short_facts(orders)
        plans = self._plan_buy(facts)
        choices, advances = self._choose_vendors(orders, facts, plans), self._plan_advances(orders, facts, plans)
        # Whoever bought from one of these vendors since this began has changed what is open there: begin again.
        self.env["oms.vendor.guard"]._bump(
            {(choice.offer.vendor.id, orders[0].company_id.id) for choice in choices.values()}
        )
        advanced = {order_id: self._advance(lines) for order_id, lines in advances.items()}
        bought = self._run_procurements(orders, plans, choices)
        nothing = self.env._("Nothing was left to buy.")
        return {
            order.id: self._link_purchases(order, bought.get(order.id, [])) | advanced[order.id] or nothing
            for order in orders
        }

    @api.model
    def _run_procurements(self, orders, plans, choices):
        """Have bought what is planned; return {order id: [(shortage, Choice, quantity)]} of what was."""
        procurements, bought = [], {}
        for order in orders:
            for shortage, quantity in plans[order.id]:
                if not self._get_buy_obstacle(shortage, order.company_id):
                    choice = choices[shortage.move["id"]]
                    procurements.append(self._prepare_purchase_need(order, shortage, quantity, choice))
                    bought.setdefault(order.id, []).append((shortage, choice, quantity))
        # Core merges needs of one product and keeps the date of the last: that has to be the earliest.
        procurements.sort(key=lambda procurement: procurement.values["date_planned"], reverse=True)
        self.env["stock.rule"].run(procurements)
        return bought

    @api.model
    def _prepare_purchase_need(self, order, shortage, quantity, choice):
        lane = self.env["oms.lane.supply"]
        product, warehouse = lane._get_product(shortage), lane._get_place(shortage)
        move = self.env["stock.move"].browse(shortage.move["id"])
        # The vendor's minimum is bought once, however many orders share it.
        quantity, choice.spare = quantity + choice.spare, 0.0
        date_planned = max(shortage.move["deadline"], choice.offer.arrival)
        values = {
            "company_id": order.company_id,
            "warehouse_id": warehouse,
            "route_ids": warehouse.buy_pull_id.route_id,
            "date_planned": date_planned,
            "date_order": date_planned - timedelta(days=choice.offer.days),
            "supplierinfo_id": choice.offer.seller,
            "oms_needed": date_planned,
            # Goods of a move that takes from the shelf are linked by reference: a link to the move would bar it from
            # anything else that comes in.
            "move_dest_ids": move if shortage.move["is_waiting_for_own"] or shortage.move["is_fed"] else move.browse(),
        }
        return self.env["stock.rule"].Procurement(
            product,
            quantity,
            product.uom_id,
            move.sudo().location_id,
            product.display_name,
            order.name,
            order.company_id,
            values,
        )

    @api.model
    def _link_purchases(self, order, bought):
        """Tie the drafts to the order: what they bring is reserved for it first; and say why these vendors."""
        purchases = self._get_own_drafts(
            order, [shortage.move["product_id"] for shortage, _choice, _quantity in bought]
        )
        for shortage, choice, quantity in bought:
            drafts = purchases.filtered(lambda purchase, vendor=choice.offer.vendor: purchase.partner_id == vendor)
            lines = drafts.order_line.filtered(
                lambda line, short=shortage: line.product_id.id == short.move["product_id"]
            )
            self._tell_choice(lines, shortage, choice, order.company_id)
            self._make_whole(lines)
            if shortage.is_pooled:
                lines.sorted("id", reverse=True)[:1]._oms_add("oms_bought_for", order, quantity)
        # Who buys may not change references of sales.
        purchases.sudo().reference_ids = [Command.link(reference.id) for reference in order.sudo().stock_reference_ids]
        return purchases

    @api.model
    def _make_whole(self, lines):
        """Take off the hundredths that core leaves where it converts one need after the other into the vendor's unit."""
        for line in lines.filtered(lambda line: line.product_uom_id != line.product_id.uom_id):
            whole = round(line.product_qty)
            if line.product_qty != whole and abs(line.product_qty - whole) < _HUNDREDTHS:
                line.product_qty = whole

    @api.model
    def _get_own_drafts(self, order, product_ids):
        """Return the drafts that name the order as an origin and buy these products."""
        purchases = self.env["purchase.order"].search(
            [
                ("company_id", "=", order.company_id.id),
                ("state", "=", "draft"),
                ("origin", "like", order.name),
                ("order_line.product_id", "in", product_ids),
            ]
        )
        return purchases.filtered(lambda purchase: order.name in purchase.origin.split(", "))

    @api.model
    def _tell_choice(self, lines, shortage, choice, company):
        """Write the reason on the lines, and have the purchase ordered in time for them."""
        reason = self._get_choice_text(choice.offer, choice.offers, choice.needed, company)
        for line in lines:
            line.oms_vendor_reason = reason
            latest = line.date_planned - timedelta(days=choice.offer.days)
            line.order_id.date_order = min(line.order_id.date_order, latest)

    @api.model
    def _can_undo(self, order, documents, before):
        purchases = self.env["purchase.order"].browse(documents.get("purchase.order", [])).exists()
        gone = purchases.filtered(lambda purchase: purchase.state != "draft")
        if gone:
            return self.env._("%(purchase)s is no draft any more.", purchase=gone[0].name)
        for product_id, quantity in before["bought"]:
            product = self.env["product.product"].browse(product_id)
            drafted = sum(
                line.product_uom_id._compute_quantity(line.product_qty, product.uom_id)
                for line in self._get_lines_of(purchases, product)
            )
            if product.uom_id.compare(drafted, quantity) < 0:
                return self.env._("The draft of %(product)s was changed since.", product=product.name)
        return ""

    @api.model
    def _get_lines_of(self, purchases, product):
        return purchases.order_line.filtered(lambda line: line.product_id == product)

    @api.model
    def _undo(self, order, documents, before):
        """Take what was bought out of the drafts; a draft left empty is cancelled."""
        purchases = self.env["purchase.order"].browse(documents["purchase.order"])
        for product_id, quantity in before["bought"]:
            product = self.env["product.product"].browse(product_id)
            lines = self._get_lines_of(purchases, product).sorted("id", reverse=True)
            lines._oms_add("oms_bought_for", order, -quantity)
            for line in lines:
                taken = min(quantity, line.product_uom_id._compute_quantity(line.product_qty, product.uom_id))
                quantity -= taken
                is_own = line.id not in before["drafted"] and line.order_id.origin == order.name
                self._shrink_draft(line, product.uom_id._compute_quantity(taken, line.product_uom_id), is_own)
        for line_id, planned, ordered in before.get("planned", []):
            line = self.env["purchase.order.line"].browse(line_id).exists()
            line.date_planned = planned
            line.order_id.date_order = ordered
        for purchase in purchases if before["bought"] else ():
            self._unlink_origin(purchase, order)

    @api.model
    def _shrink_draft(self, line, quantity, is_own):
        """Lower a draft's line; of one bought for this order alone a vendor's minimum goes with it."""
        if quantity and (is_own or line.product_uom_id.compare(line.product_qty, quantity) <= 0):
            line.unlink()
        elif quantity:
            left = line.product_qty - quantity
            is_in_stock_unit = line.product_uom_id == line.product_id.uom_id
            line.product_qty = left if is_in_stock_unit else math.ceil(left - _HUNDREDTHS)

    @api.model
    def _unlink_origin(self, purchase, order):
        origins = [name for name in (purchase.origin or "").split(", ") if name != order.name]
        references = order.sudo().stock_reference_ids  # a buyer may not read sales
        purchase.sudo().reference_ids = [Command.unlink(reference.id) for reference in references]
        purchase.origin = ", ".join(origins)
        if not purchase.order_line:
            purchase.button_cancel()
