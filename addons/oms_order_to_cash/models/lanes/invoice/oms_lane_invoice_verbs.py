from odoo import api, fields, models
from odoo.exceptions import UserError

from ...documents.handed import Handed, get_handed
from ...documents.sale.sale_order_draft import Drafts


class OmsLaneInvoice(models.AbstractModel):
    _inherit = "oms.lane.invoice"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "invoice": {
                "label": self.env._("Invoice"),
                "groups": "sales_team.group_sale_salesman,account.group_account_invoice",
            },
            "post": {
                "label": self.env._("Post invoice"),
                "groups": "account.group_account_invoice",
                "documents": "_get_drafts",
                "shares": "numbers",
                "params": ("move_ids",),
            },
            "send": {
                "label": self.env._("Send invoice"),
                "groups": "account.group_account_invoice",
                "documents": "_get_unsent",
                "params": ("move_ids", "again"),
            },
        }

    # === INVOICE === #

    @api.model
    def _can_invoice(self, orders):
        facts = self._read_facts(orders.ids)
        unconfirmed = self.env._("Confirm the order first.")
        return {
            order.id: self._get_invoice_obstacle(order, facts[order.id])
            if order.state in ("sale", "cancel")
            else unconfirmed
            for order in orders
        }

    @api.model
    def _is_done_invoice(self, fact):
        return fact.lanes["invoice"]["state"] in ("none", "done") or any(
            invoice["state"] == "draft" for invoice in fact.invoices
        )

    @api.model
    def _get_invoice_obstacle(self, order, fact):
        quantities = self._get_quantities(fact)
        if any(quantities[line["id"]] for line in fact.priced_lines):
            return self._get_billing_obstacle(order, fact, quantities)
        if fact.is_cancelled():
            return self.env._("It is cancelled, and nothing that the customer keeps is left to invoice.")
        if not fact.priced_lines:
            return self.env._("It is free of charge: there is nothing to invoice.")
        if self._is_delivery_awaited(fact):
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
    def _is_delivery_awaited(self, fact):
        return any(
            line["policy"] == "delivery" and fact.is_positive(line["ordered"] - line["shipped"])
            for line in fact.priced_lines
        )

    @api.model
    def _get_quantities(self, fact):
        """Return what is left to invoice now per line, in its unit: what was credited is not invoiced again."""
        return {
            line["id"]: fact.get_left(line, fact.get_target(line)) if self._is_left(fact, line) else 0.0
            for line in fact.lines
            if not line["is_downpayment"]
        }

    @api.model
    def _is_deducted(self, order, fact, quantities):
        """Tell whether to deduct the down payments now, None when they exceed what can be invoiced and more will come.

        Core deducts them from the first invoice in any case, which makes a credit note of a small first delivery.
        """
        paid = sum(self._get_advances(order, fact).values())
        if not paid:
            return False
        amount = sum(quantities[line["id"]] * line["net_price"] for line in fact.priced_lines)
        if order.currency_id.compare_amounts(amount, paid) < 0 and self._is_delivery_awaited(fact):
            return None
        return True

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
    def _prepare_drafts(self, orders, drafts):
        """Return the orders as core has to see them to prepare the invoices of what is left; they go into ``drafts``."""
        quantities, advances, facts = {}, {}, self._read_facts(orders.ids)
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
    def _get_totals(self, orders):
        """Return what the draft invoices of orders come to, in their currencies, as {order id: amount}: nothing is made.

        Negative for a credit note; an order without anything to invoice is left out.
        """
        drafts = Drafts(is_preview=True)
        self._prepare_drafts(orders, drafts)._create_invoices(grouped=True, final=True)
        return {orders._oms_get_drafted(vals).id: orders._oms_get_draft_total(vals) for vals in drafts}

    @api.model
    def _do_invoice(self, orders):
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
    def _check_total(self, document, made, expected):
        """Raise where a draft is not what was announced: what is billed is what somebody agreed to.

        :param document: the order, or the invoice to credit
        """
        total = sum(made.mapped("amount_total"))
        if document.currency_id.compare_amounts(total, abs(expected)):
            raise UserError(
                self.env._(
                    "The draft for %(document)s would be %(total)s and not %(expected)s, as announced: make it from there, and "
                    "check its prices, taxes and down payments.",
                    document=document.display_name,
                    total=document.currency_id.format(total),
                    expected=document.currency_id.format(abs(expected)),
                )
            )

    # === POST === #

    @api.model
    def _can_post(self, orders, move_ids=None):
        drafts = self._get_linked(orders, move_ids, "draft")
        return {order_id: self._get_post_obstacle(moves) for order_id, moves in drafts.items()}

    @api.model
    def _is_done_post(self, fact):
        return not any(invoice["state"] == "draft" for invoice in fact.invoices)

    @api.model
    def _get_post_obstacle(self, moves):
        if not moves:
            return self.env._("It has no draft invoice.")
        if not moves.filtered(self._is_due):
            return self.env._("Its draft invoice is dated in the future, or posted automatically on its date.")
        return ""

    @api.model
    def _is_due(self, move):
        today = fields.Date.context_today(move)
        return move.auto_post == "no" and (move.invoice_date or today) <= today

    @api.model
    def _get_drafts(self, orders, move_ids=None):
        """Return the draft invoices and credit notes to post now; the date somebody gave them is respected."""
        drafts = self._get_linked(orders, move_ids, "draft")
        return {order_id: moves.filtered(self._is_due) for order_id, moves in drafts.items()}

    @api.model
    def _get_linked(self, orders, move_ids, state):
        """Return the invoices and credit notes of each order in a state, among ``move_ids`` where given."""
        linked = {order_id: [] for order_id in orders.ids}
        for invoice in self.env["account.move"]._oms_read_invoices(orders.ids):
            if invoice["state"] == state and (move_ids is None or invoice["id"] in move_ids):
                linked[invoice["order_id"]].append(invoice["id"])
        return {order_id: self.env["account.move"].browse(ids) for order_id, ids in linked.items()}

    @api.model
    def _do_post(self, orders, move_ids=None):
        """Post the draft invoices and credit notes of orders."""
        drafts = self._get_drafts(orders, move_ids)
        moves = self.env["account.move"].union(*drafts.values())
        self._date_today(moves)
        moves.action_post()
        asking = moves.filtered(lambda move: move.state != "posted")
        if asking:
            raise UserError(
                self.env._(
                    "Posting %(invoices)s asks for a decision: open it and post it there.",
                    invoices=", ".join(asking.mapped("display_name")),
                )
            )
        return drafts

    @api.model
    def _date_today(self, moves):
        """Date drafts without a date at once, as posting does one by one; one of a rate set by hand is left to it."""
        undated = moves.filtered(
            lambda move: (
                not move.invoice_date
                and move.invoice_currency_rate == move._get_expected_currency_rate_at(move.create_date.date())
            )
        )
        # Posting is no change by hand.
        undated.with_context(skip_is_manually_modified=True).write({"invoice_date": fields.Date.context_today(self)})

    # === SEND === #

    @api.model
    def _can_send(self, orders, move_ids=None, again=False):
        posted = self._get_linked(orders, move_ids, "posted")
        unsent = self._filter_unsent(posted, again)
        # Who asks for certain invoices has to hear that they can't be sent: a failure, and nothing to leave out.
        check_address = not move_ids
        return {
            order_id: self._get_send_obstacle(moves, unsent[order_id], check_address)
            for order_id, moves in posted.items()
        }

    @api.model
    def _get_send_obstacle(self, moves, unsent, check_address):
        if not moves:
            return self.env._("It has no posted invoice: post one first.")
        if not unsent:
            return self.env._("Its invoices are sent already.")
        return next(filter(None, map(self._get_address_obstacle, unsent)), "") if check_address else ""

    @api.model
    def _filter_unsent(self, posted, again):
        """Return, per order, the invoices to send; one whose last mail failed is not sent."""
        moves = self.env["account.move"].union(*posted.values())
        failed = self.env["account.move"]._oms_read_failed_mails(moves.ids)
        unsent = moves.filtered(
            lambda move: (
                not move.sending_data
                and (again or not move.is_move_sent or move.id in failed)
                and move._is_ready_to_be_sent()
            )
        )
        return {order_id: documents & unsent for order_id, documents in posted.items()}

    @api.model
    def _get_address_obstacle(self, move):
        send = self.env["account.move.send"]
        methods = send._get_default_sending_methods(move)
        if "manual" in methods:
            return self.env._("%(customer)s gets invoices by hand only.", customer=move.commercial_partner_id.name)
        if "email" in methods and not (move.partner_id.email or move.commercial_partner_id.email):
            return self.env._("%(customer)s has no e-mail address: add one.", customer=move.partner_id.display_name)
        return next(iter(send._get_move_constraints(move).values()), "")

    @api.model
    def _get_unsent(self, orders, move_ids=None, again=False):
        return self._filter_unsent(self._get_linked(orders, move_ids, "posted"), again)

    @api.model
    def _do_send(self, orders, move_ids=None, again=False):
        """Hand the posted invoices of orders to Odoo's own sending in the background, which prints and mails them."""
        unsent = self._get_unsent(orders, move_ids, again)
        moves = self.env["account.move"].union(*unsent.values())
        obstacle = next(filter(None, map(self._get_address_obstacle, moves)), None)
        if obstacle:
            raise UserError(obstacle)
        # Reading a scheduled action is for administrators.
        cron = self.env.ref("account.ir_cron_account_move_send").sudo()
        if not cron.active:
            raise UserError(
                self.env._("Sending in the background is switched off: ask an administrator to activate it.")
            )
        moves.sending_data = {
            "author_user_id": self.env.user.id,
            "author_partner_id": self.env.user.partner_id.id,
        }
        cron._trigger()
        return unsent
