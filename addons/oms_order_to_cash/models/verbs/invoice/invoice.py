from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_amount

from ...documents.handed import Handed, get_handed
from ...documents.sale.sale_order_draft import Drafts

_lt = LazyTranslate(__name__)


class OmsVerbInvoice(models.AbstractModel):
    _name = "oms.verb.invoice"
    _inherit = "oms.verb.billing"
    _description = "Invoice"

    _label = _lt("Invoice")
    _lane = "invoice"
    _groups = "sales_team.group_sale_salesman,account.group_account_invoice"

    @api.model
    def _can(self, orders):
        facts = self._read_facts(orders)
        unconfirmed = self.env._("Confirm the order first.")
        return {
            order.id: self._get_invoice_obstacle(order, facts[order.id])
            if order.state in ("sale", "cancel")
            else unconfirmed
            for order in orders
        }

    @api.model
    def _get_invoice_obstacle(self, order, fact):
        quantities = self._get_quantities(fact)
        if any(quantities[line["id"]] for line in fact.priced_lines):
            return self._get_billing_obstacle(order, fact, quantities)
        if fact.is_cancelled():
            return self.env._("It is cancelled, and nothing that the customer keeps is left to invoice.")
        if not fact.priced_lines:
            return self.env._("It is free of charge: there is nothing to invoice.")
        if self.env["oms.lane.invoice"]._is_delivery_awaited(fact):
            return self.env._("Nothing to invoice yet: deliver it first.")
        return self.env._("All of it is invoiced.")

    @api.model
    def _get_billing_obstacle(self, order, fact, quantities):
        """Return why what is left to invoice has to wait all the same."""
        if self._is_deducted(order, fact, quantities) is None:
            return self.env._("What can be invoiced now is covered by the down payment: deliver the rest first.")
        if self._is_beside(order, fact, quantities):
            return self.env._("Freight and discounts are invoiced with the goods: deliver some first.")
        return self._get_unasked_text() if self._is_unasked(order, self._get_net(order, fact, quantities)) else ""

    @api.model
    def _is_unasked(self, order, amount):
        """Tell whether it would be a credit note, and nobody asks for it."""
        return bool(get_handed(self.env, "oms_is_unasked")) and order.currency_id.compare_amounts(amount, 0) < 0

    @api.model
    def _get_unasked_text(self):
        return self.env._("It would be a credit note, which nobody asked for: make it from the order.")

    @api.model
    def _get_net(self, order, fact, quantities):
        """Return what is left to invoice less the down payments, taxes left out, in the order's currency."""
        amount = sum(quantities[line["id"]] * line["net_price"] for line in fact.priced_lines)
        return amount - sum(self._get_advances(order, fact).values())

    @api.model
    def _get_advances(self, order, fact):
        """Return what the documents leave of each down payment to deduct, as {line id: price}.

        Core's own figures are wrong once a part of one is credited, or its credit note is cancelled. One given back at the till
        is a line of its own, of a negative price. Those of a cancelled order are credited, and not deducted.
        """
        if fact.is_cancelled():
            return {}
        advances = {
            line["id"]: line["advance"]
            for line in fact.lines
            if line["is_downpayment"] and not order.currency_id.is_zero(line["advance"])
        }
        return advances if order.currency_id.compare_amounts(sum(advances.values()), 0) > 0 else {}

    @api.model
    def _is_beside(self, order, fact, quantities):
        """Tell whether all that can be invoiced now makes no sense alone, and what it belongs to is on its way."""
        if not any(self._is_coming(fact, line) for line in fact.priced_lines):
            return False
        lines = order.order_line.filtered(lambda line: quantities.get(line.id))
        return not any(line._can_be_invoiced_alone() for line in lines)

    @api.model
    def _is_coming(self, fact, line):
        """Tell whether more of a line will be invoiced once it is delivered, or performed; a cancelled backorder is none."""
        if line["policy"] != "delivery" or not fact.is_positive(line["ordered"] - line["shipped"]):
            return False
        return not line["is_goods"] or fact.is_positive(line["planned"]) or bool(fact.made_for.get(line["id"]))

    @api.model
    def _is_deducted(self, order, fact, quantities):
        """Tell whether to deduct the down payments now, None when they exceed what can be invoiced and more will come.

        Core deducts them from the first invoice in any case, which makes a credit note of a small first delivery.
        """
        paid = sum(self._get_advances(order, fact).values())
        if not paid:
            return False
        amount = sum(quantities[line["id"]] * line["net_price"] for line in fact.priced_lines)
        if order.currency_id.compare_amounts(amount, paid) < 0 and self.env["oms.lane.invoice"]._is_delivery_awaited(
            fact
        ):
            return None
        return True

    @api.model
    def _get_quantities(self, fact):
        """Return what is left to invoice now per line, in its unit: what was credited is not invoiced again."""
        return {
            line["id"]: fact.get_left(line, fact.get_target(line))
            if self.env["oms.lane.invoice"]._is_left(fact, line)
            else 0.0
            for line in fact.lines
            if not line["is_downpayment"]
        }

    @api.model
    def _is_done(self, fact):
        return fact.lanes["invoice"]["state"] in ("none", "done") or any(
            invoice["state"] == "draft" for invoice in fact.invoices
        )

    @api.model
    def _preview(self, orders):
        facts, totals = self._read_facts(orders), self._get_totals(orders)
        return {
            order.id: [self._get_invoice_text(order, facts[order.id], totals.get(order.id, 0.0))] for order in orders
        }

    @api.model
    def _get_invoice_text(self, order, fact, total):
        if total < 0:
            text = self.env._("Makes a draft credit note of %(amount)s.")
        elif self._get_advances(order, fact):
            text = self.env._("Makes a draft invoice of %(amount)s, the down payment deducted.")
        else:
            text = self.env._("Makes a draft invoice of %(amount)s.")
        return text % {"amount": format_amount(self.env, abs(total), order.currency_id)}

    @api.model
    def _get_totals(self, orders):
        """Return what the draft invoices of orders come to, in their currencies, as {order id: amount}: nothing is made.

        Negative for a credit note; an order without anything to invoice is left out.
        """
        drafts = Drafts(is_preview=True)
        self._prepare_drafts(orders, drafts)._create_invoices(grouped=True, final=True)
        return {orders._oms_get_drafted(vals).id: orders._oms_get_draft_total(vals) for vals in drafts}

    @api.model
    def _prepare_drafts(self, orders, drafts):
        """Return the orders as core has to see them to prepare the invoices of what is left; they go into ``drafts``."""
        quantities, advances, facts = {}, {}, self._read_facts(orders)
        for order in orders:
            of_order = self._get_quantities(facts[order.id])
            quantities.update(of_order)
            if self._is_deducted(order, facts[order.id], of_order):
                advances.update(self._get_advances(order, facts[order.id]))
        # Nobody is told of being assigned to what the company makes by itself: the salesperson knows their order.
        return orders.with_context(
            mail_auto_subscribe_no_notify=self.env.su or self.env.context.get("mail_auto_subscribe_no_notify"),
            oms_invoice_quantities=Handed({**quantities, **dict.fromkeys(advances, -1.0)}),
            oms_invoice_advances=Handed(advances),
            oms_drafts=drafts,
            raise_if_nothing_to_invoice=False,
        )

    @api.model
    def _do(self, orders):
        """Make one draft invoice per order of what is left to invoice, down payments deducted."""
        drafts = Drafts(is_preview=False)
        # Final, or core leaves out the negative lines; what enters is limited by the quantities.
        invoices = self._prepare_drafts(orders, drafts)._create_invoices(grouped=True, final=True)
        made = {order.id: self.env["account.move"] for order in orders}
        for invoice in invoices:
            for order in invoice.invoice_line_ids.sale_line_ids.order_id:
                made[order.id] |= invoice
        for vals in drafts:
            order, total = orders._oms_get_drafted(vals), orders._oms_get_draft_total(vals)
            if self._is_unasked(order, total):
                raise UserError(self._get_unasked_text())
            self._check_total(order, made[order.id], total)
        nothing = self.env._("Nothing could be invoiced: open the order and check its lines.")
        return {order_id: documents or nothing for order_id, documents in made.items()}

    @api.model
    def _can_undo(self, order, documents, before):
        # A salesperson may make drafts of invoices, and may not read all of them.
        moves = self._get_made(documents).sudo()
        if not moves:
            return self.env._("its draft is deleted already.")
        posted = moves.filtered(lambda move: move.state == "posted")
        if posted:
            return self.env._(
                "%(invoices)s is posted: credit it instead.", invoices=", ".join(posted.mapped("display_name"))
            )
        cancelled = moves.filtered(lambda move: move.state == "cancel")
        if cancelled:
            return self.env._("%(invoices)s is cancelled.", invoices=", ".join(cancelled.mapped("display_name")))
        numbered = moves.filtered("posted_before")
        if numbered:
            return self.env._(
                "%(invoices)s was posted and keeps its number: cancel it instead.",
                invoices=", ".join(numbered.mapped("display_name")),
            )
        return ""

    @api.model
    def _undo(self, order, documents, before):
        # Core makes the drafts of a salesperson with the system's rights too.
        self._get_made(documents).sudo().unlink()
