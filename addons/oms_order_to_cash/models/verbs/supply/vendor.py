import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...documents.purchase.oms_vendor_performance import MIN_RECEIPTS
from ...lanes.supply.offer import Choice, Offer


class OmsVerbVendorChoice(models.AbstractModel):
    """Whom to buy from: the cheapest of the vendors who deliver in time."""

    _name = "oms.verb.vendor_choice"
    _inherit = "oms.verb"
    _description = "VendorChoice"

    @api.model
    def _get_offers(self, product, company, quantity, drafted, figures):
        """Return what each vendor asks for a quantity of a product: a list of :class:`Offer`, the product's first vendor first.

        :param drafted: {vendor id: quantity that the vendor's open draft holds of it already}
        :param figures: how the vendors delivered, see ``oms.vendor.performance._oms_read_vendors``
        """
        offers = []
        for vendor, sellers in self.env["oms.lane.supply"]._get_sellers(product, company).grouped("partner_id").items():
            rates = [
                self._get_offer(product, company, quantity, drafted.get(vendor.id, 0.0), seller) for seller in sellers
            ]
            # At a price break more may cost less in all.
            offer = min(rates, key=lambda rate: (rate.total, rate.quantity))
            self._set_arrival(offer, figures.get((vendor.commercial_partner_id.id, product.id)))
            offers.append(offer)
        return offers

    @api.model
    def _get_offer(self, product, company, quantity, drafted, seller):
        minimum = seller.product_uom_id._compute_quantity(seller.min_qty, product.uom_id, round=False)
        today = fields.Date.context_today(self)
        price = seller.currency_id._convert(seller.price_discounted, company.currency_id, company, today, round=False)
        return Offer(seller, self._get_whole_units(product, seller, max(quantity, minimum - drafted), drafted), price)

    @api.model
    def _get_whole_units(self, product, seller, quantity, drafted):
        """Return what has to be bought that the draft asks for whole units of a vendor who sells in another unit than the product's."""
        if seller.product_uom_id == product.uom_id:
            return quantity
        unit = seller.product_uom_id._compute_quantity(1.0, product.uom_id, round=False)
        return math.ceil((drafted + quantity) / unit - 0.000001) * unit - drafted

    @api.model
    def _set_arrival(self, offer, figures):
        """Expect the goods after what nine of ten receipts took, from three receipts on; else after the agreed lead time."""
        if figures and figures["receipt_count"]:
            offer.on_time_rate = figures["on_time_rate"]
        if figures and figures["receipt_count"] >= MIN_RECEIPTS and figures["lead_time_late"] is not None:
            offer.receipts, offer.days = figures["receipt_count"], math.ceil(round(figures["lead_time_late"], 2))
        else:
            offer.days = offer.seller.delay
        offer.arrival = fields.Datetime.now() + timedelta(days=offer.days)

    @api.model
    def _choose_vendors(self, orders, facts, plans):
        """Choose a vendor for all that orders have to buy; what the same vendors deliver in time is bought together.

        :param plans: {order id: [(shortage, quantity)]}
        :return: {move id: Choice}
        """
        choices = {}
        for company, company_orders in orders.grouped("company_id").items():
            needs = {}
            for order in company_orders:
                for shortage, quantity in plans[order.id]:
                    needed = self._get_needed(facts[order.id], shortage)
                    needs.setdefault(shortage.place, []).append((shortage, quantity, needed))
            product_ids = {product_id for product_id, _warehouse_id in needs}
            figures = self.env["oms.vendor.performance"]._oms_read_vendors(product_ids, company.id)
            drafted = self._read_drafted_of_vendors(product_ids)
            for place, place_needs in needs.items():
                choices.update(self._choose_for_place(company, place_needs, drafted.get(place, {}), figures))
        return choices

    @api.model
    def _read_drafted_of_vendors(self, product_ids):
        """Return {(product id, warehouse id): {vendor id: what can still be added to}}."""
        drafted = {}
        for place, drafts in self.env["purchase.order.line"]._oms_read_drafted(product_ids).items():
            for draft in drafts:
                if draft["is_joinable"]:
                    of_vendors = drafted.setdefault(place, {})
                    of_vendors[draft["vendor_id"]] = of_vendors.get(draft["vendor_id"], 0.0) + draft["quantity"]
        return drafted

    @api.model
    def _choose_for_place(self, company, needs, drafted, figures):
        """Choose for one product in one warehouse; needs: list of (shortage, quantity, when it is needed)."""
        lane = self.env["oms.lane.supply"]
        product, groups, choices = lane._get_product(needs[0][0]), {}, {}
        if not lane._get_sellers(product, company):
            return choices
        offers = self._get_offers(product, company, sum(quantity for _short, quantity, _day in needs), drafted, figures)
        for need in needs:
            in_time = frozenset(offer.vendor.id for offer in offers if self._is_in_time(offer, need[2]))
            groups.setdefault(in_time, []).append(need)
        for group in groups.values():
            quantity, needed = sum(need[1] for need in group), min(need[2] for need in group)
            offers = self._get_offers(product, company, quantity, drafted, figures)
            choice = Choice(self._choose(offers, needed), offers, needed, quantity)
            choices.update({shortage.move["id"]: choice for shortage, _quantity, _day in group})
        return choices

    @api.model
    def _is_in_time(self, offer, needed):
        return offer.arrival.date() <= needed.date()

    @api.model
    def _choose(self, offers, needed):
        """Return the best offer: the cheapest in all of those in time, else the earliest; then who is more often on time."""
        in_time = [offer for offer in offers if self._is_in_time(offer, needed)]
        if in_time:
            return min(in_time, key=lambda offer: (round(offer.total, 2), -(offer.on_time_rate or 0.0)))
        return min(
            offers, key=lambda offer: (offer.arrival.date(), round(offer.total, 2), -(offer.on_time_rate or 0.0))
        )

    @api.model
    def _get_needed(self, fact, shortage):
        """Return when goods have to be there: by the promise, else when they have to leave."""
        return fact.header["date_promised"] or shortage.move["deadline"]

    @api.model
    def _get_choice_text(self, chosen, offers, needed, company):
        """Say in one line why a vendor was chosen, and what the others would have been."""
        day = format_date(self.env, needed)
        in_time = [offer for offer in offers if self._is_in_time(offer, needed)]
        if len(offers) == 1:
            why = self.env._("the only vendor") if in_time else self.env._("the only vendor, too late for %s", day)
        elif not in_time:
            why = self.env._("the earliest, none of %(count)s in time for %(day)s", count=len(offers), day=day)
        elif len(in_time) == 1:
            why = self.env._("the only one of %(count)s in time for %(day)s", count=len(offers), day=day)
        else:
            why = self.env._("the cheapest of %(count)s in time for %(day)s", count=len(in_time), day=day)
        others = [self._get_offer_text(offer, company) for offer in offers if offer != chosen]
        text = f"{self._get_offer_text(chosen, company)}: {why}"
        return self.env._("%(text)s. Instead of %(others)s", text=text, others="; ".join(others)) if others else text

    @api.model
    def _get_offer_text(self, offer, company):
        text = self.env._(
            "%(vendor)s at %(price)s by %(day)s",
            vendor=offer.vendor.name,
            price=self._format_price(offer.price, company.currency_id),
            day=format_date(self.env, offer.arrival),
        )
        facts = []
        if offer.receipts:
            facts.append(self.env._("P90 %(days)s days of %(count)s receipts", days=offer.days, count=offer.receipts))
        if offer.on_time_rate is not None:
            facts.append(self.env._("%(share)s %% on time", share=round(offer.on_time_rate)))
        return f"{text} ({', '.join(facts)})" if facts else text

    @api.model
    def _format_price(self, price, currency):
        """Return what a vendor asks; who buys may see it, whatever else they may not."""
        if self.env.user.has_group("purchase.group_purchase_user"):
            return format_amount(self.env, price, currency)
        return self.env["oms.detector"]._format_money(price, currency)
