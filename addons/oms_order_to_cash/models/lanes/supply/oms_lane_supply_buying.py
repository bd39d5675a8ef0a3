from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class OmsLaneSupply(models.AbstractModel):
    """Buy what is short and nobody brings."""

    _inherit = "oms.lane.supply"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "buy": {"label": self.env._("Buy what is short"), "groups": "purchase.group_purchase_user"},
        }

    @api.model
    def _read_short_facts(self, orders):
        """Return {order id: OrderFacts} with what could feed their shortages."""
        facts = self._read_facts(orders.ids)
        self._read_signals(facts)
        return facts

    @api.model
    def _read_confirmed_short(self, orders):
        """Return (facts of the confirmed orders with their shortages, obstacles of the others)."""
        facts, obstacles = self._read_confirmed(orders)
        self._read_signals(facts)
        return facts, obstacles

    # === WHAT TO BUY === #

    @api.model
    def _get_vendor(self, product, company):
        """Return the vendor's price that core would buy at, see ``stock.rule._get_matching_supplier``."""
        sellers = product.sudo().with_company(company)._prepare_sellers(False)  # who sells it is no secret here
        return sellers.filtered(lambda seller: not seller.company_id or seller.company_id == company)[:1]

    @api.model
    def _plan_buy(self, facts):
        """Return {order id: [(shortage, quantity)]} of what nobody brings: drafts and receipts on the way are counted."""
        product_ids = {shortage.move["product_id"] for fact in facts.values() for shortage in fact.signals["shortages"]}
        drafted = {
            place: sum(draft["quantity"] for draft in drafts)
            for place, drafts in self.env["purchase.order.line"]._oms_read_drafted(product_ids).items()
        }
        return {
            order_id: [
                (shortage, quantity)
                for shortage in fact.signals["shortages"]
                if fact.is_positive(quantity := shortage.get_to_buy(drafted.get(shortage.place, 0.0)))
            ]
            for order_id, fact in facts.items()
        }

    @api.model
    def _get_buy_obstacle(self, shortage, company):
        product, warehouse = self._get_product(shortage), self._get_place(shortage)
        if not self._get_vendor(product, company):
            return self.env._("%(product)s has no vendor: add one on the product.", product=product.name)
        if not warehouse.buy_pull_id.active:
            return self.env._("%(warehouse)s buys nothing: switch on Buy to Resupply there.", warehouse=warehouse.name)
        return ""

    @api.model
    def _can_buy(self, orders):
        facts, obstacles = self._read_confirmed_short(orders)
        for order_id, plan in self._plan_buy(facts).items():
            company = orders.browse(order_id).company_id
            reasons = [self._get_buy_obstacle(shortage, company) for shortage, _quantity in plan]
            nothing = self.env._("What is short is there, on its way, or in a purchase to confirm.")
            obstacles[order_id] = nothing if not reasons else next(iter(reasons)) if all(reasons) else ""
        return obstacles

    @api.model
    def _preview_buy(self, orders):
        plans = self._plan_buy(self._read_short_facts(orders))
        return {
            order.id: [self._get_buy_text(*bought, order.company_id) for bought in plans[order.id]] for order in orders
        }

    @api.model
    def _get_buy_text(self, shortage, quantity, company):
        obstacle = self._get_buy_obstacle(shortage, company)
        vendor = self._get_vendor(self._get_product(shortage), company)
        return obstacle or self.env._(
            "Buys %(quantity)s from %(vendor)s, to be confirmed.",
            quantity=self._format(shortage, quantity),
            vendor=vendor.partner_id.name,
        )

    # === BUY === #

    @api.model
    def _do_buy(self, orders):
        """Ask the vendors' drafts for what is short, as the warehouse's rule to buy does."""
        plans = self._plan_buy(self._read_short_facts(orders))
        procurements, made_for = [], {}
        for order in orders:
            for shortage, quantity in plans[order.id]:
                if not self._get_buy_obstacle(shortage, order.company_id):
                    procurements.append(self._prepare_purchase_need(order, shortage, quantity))
                    made_for.setdefault(order.id, []).append(shortage.place)
        self.env["stock.rule"].run(procurements)
        nothing = self.env._("Nothing was left to buy.")
        purchases = {
            order.id: self._link_purchases(order, made_for[order.id]) if order.id in made_for else nothing
            for order in orders
        }
        return purchases

    @api.model
    def _prepare_purchase_need(self, order, shortage, quantity):
        product, warehouse = self._get_product(shortage), self._get_place(shortage)
        move = self.env["stock.move"].browse(shortage.move["id"])
        vendor = self._get_vendor(product, order.company_id)
        soonest = fields.Datetime.now() + timedelta(days=vendor.delay)
        values = {
            "company_id": order.company_id,
            "warehouse_id": warehouse,
            "route_ids": warehouse.buy_pull_id.route_id,
            "date_planned": max(shortage.move["deadline"], soonest),
            # Goods of a move that takes from the shelf are linked by reference: a link to the move would bar it from
            # anything else that comes in.
            "move_dest_ids": move if shortage.move["is_waiting_for_own"] else move.browse(),
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
    def _link_purchases(self, order, places):
        """Tie the drafts to the order: what they bring is reserved for it first."""
        purchases = self._get_own_drafts(order, [product_id for product_id, _warehouse_id in places])
        # Who buys may not change references of sales.
        purchases.sudo().reference_ids = [Command.link(reference.id) for reference in order.sudo().stock_reference_ids]
        return purchases

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

    # === UNDO === #

    @api.model
    def _before_buy(self, orders):
        """Keep what is bought per product, and which lines were drafted before."""
        plans = self._plan_buy(self._read_short_facts(orders))
        product_ids = {shortage.move["product_id"] for plan in plans.values() for shortage, _quantity in plan}
        drafted = self.env["purchase.order.line"].search(
            [("product_id", "in", list(product_ids)), ("order_id.state", "=", "draft")]
        )
        return {
            order.id: {"bought": self._get_bought(order, plans[order.id]), "drafted": drafted.ids} for order in orders
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
    def _can_undo_buy(self, order, documents, before):
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
    def _undo_buy(self, order, documents, before):
        """Take what was bought out of the drafts; a draft left empty is cancelled."""
        purchases = self.env["purchase.order"].browse(documents["purchase.order"])
        for product_id, quantity in before["bought"]:
            product = self.env["product.product"].browse(product_id)
            for line in self._get_lines_of(purchases, product).sorted("id", reverse=True):
                taken = min(quantity, line.product_uom_id._compute_quantity(line.product_qty, product.uom_id))
                quantity -= taken
                is_own = line.id not in before["drafted"] and line.order_id.origin == order.name
                self._shrink_draft(line, product.uom_id._compute_quantity(taken, line.product_uom_id), is_own)
        for purchase in purchases:
            self._unlink_origin(purchase, order)

    @api.model
    def _get_lines_of(self, purchases, product):
        return purchases.order_line.filtered(lambda line: line.product_id == product)

    @api.model
    def _shrink_draft(self, line, quantity, is_own):
        """Lower a draft's line; of one bought for this order alone a vendor's minimum goes with it."""
        if quantity and (is_own or line.product_uom_id.compare(line.product_qty, quantity) <= 0):
            line.unlink()
        elif quantity:
            line.product_qty -= quantity

    @api.model
    def _unlink_origin(self, purchase, order):
        origins = [name for name in (purchase.origin or "").split(", ") if name != order.name]
        references = order.sudo().stock_reference_ids  # a buyer may not read sales
        purchase.sudo().reference_ids = [Command.unlink(reference.id) for reference in references]
        purchase.origin = ", ".join(origins)
        if not purchase.order_line:
            purchase.button_cancel()
