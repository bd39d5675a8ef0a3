from odoo import api, fields, models
from odoo.fields import Command


class OmsLaneReturn(models.AbstractModel):
    """The credit note for what came back: of exactly the quantities owed, at the prices invoiced."""

    _inherit = "oms.lane.return"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "credit": {
                "label": self.env._("Credit what came back"),
                "groups": "account.group_account_invoice,sales_team.group_sale_salesman",
                "documents": "_get_creditable_invoices",
            },
        }

    @api.model
    def _get_net_owed(self, fact, line):
        """Return what is owed of a line and stands on no draft credit note either, in its unit."""
        owed = self._get_owed(fact, line) - line["credited_draft"]
        return owed if fact.is_positive(owed) else 0.0

    @api.model
    def _get_creditable_invoices(self, orders):
        """Return, per order, its posted invoices, newest first."""
        # As core lets a salesperson invoice an order whatever journals they may read.
        invoices = {
            order.id: order.sudo().invoice_ids.filtered(
                lambda move: move.move_type == "out_invoice" and move.state == "posted"
            )
            for order in orders
        }
        return {
            order_id: moves.sorted(lambda move: (move.invoice_date, move.id), reverse=True)
            for order_id, moves in invoices.items()
        }

    @api.model
    def _get_to_credit(self, orders):
        """Return, per order, how much of which invoice line to credit, as {invoice line id: quantity in its unit}."""
        facts, invoices = self._read_facts(orders.ids), self._get_creditable_invoices(orders)
        to_credit = {}
        for order in orders:
            fact, found = facts[order.id], {}
            for line in fact.priced_lines:
                found.update(self._allocate(line["id"], self._get_net_owed(fact, line), invoices[order.id]))
            to_credit[order.id] = found
        return to_credit

    @api.model
    def _allocate(self, line_id, owed, invoices):
        """Spread what is owed of an order line over the invoices it stands on; never more than is left of each."""
        line, found = self.env["sale.order.line"].sudo().browse(line_id), {}  # an accountant reads what was sold
        for invoice_line in invoices.invoice_line_ids.filtered(lambda entry: line in entry.sale_line_ids):
            if line.product_uom_id.compare(owed, 0) <= 0:
                break
            left = invoice_line.product_uom_id._compute_quantity(
                invoice_line.quantity - self._get_credited(invoice_line, line), line.product_uom_id, round=False
            )
            taken = min(owed, left)
            if line.product_uom_id.compare(taken, 0) > 0:
                found[invoice_line.id] = line.product_uom_id._compute_quantity(
                    taken, invoice_line.product_uom_id, round=False
                )
                owed -= taken
        return found

    @api.model
    def _get_credited(self, invoice_line, line):
        """Return what credit notes of the same invoice took of a line already, in the invoice line's unit."""
        credits = invoice_line.move_id.reversal_move_ids.filtered(lambda move: move.state != "cancel")
        return sum(
            entry.product_uom_id._compute_quantity(entry.quantity, invoice_line.product_uom_id, round=False)
            for entry in credits.invoice_line_ids
            if line in entry.sale_line_ids
        )

    # === CREDIT === #

    @api.model
    def _can_credit(self, orders):
        facts, to_credit = self._read_facts(orders.ids), self._get_to_credit(orders)
        return {
            order_id: "" if to_credit[order_id] else self._get_credit_obstacle(fact) for order_id, fact in facts.items()
        }

    @api.model
    def _get_credit_obstacle(self, fact):
        owed = [line for line in fact.priced_lines if self._get_owed(fact, line)]
        if not owed:
            return self.env._("Nothing of it came back that is neither credited nor replaced.")
        if any(line["credited_draft"] for line in owed):
            return self.env._("Its credit note is made already: post it.")
        return self.env._("What came back stands on no posted invoice: correct its draft invoice.")

    @api.model
    def _preview_credit(self, orders):
        previews = {}
        for order_id, quantities in self._get_to_credit(orders).items():
            previews[order_id] = [self._get_credit_text(*item) for item in quantities.items()]
            if quantities and not self._may_post():
                previews[order_id].append(self.env._("The credit note stays a draft: accounting posts it."))
        return previews

    @api.model
    def _get_credit_text(self, line_id, quantity):
        line = self.env["account.move.line"].sudo().browse(line_id)  # see _get_creditable_invoices
        amount = line.price_total * quantity / line.quantity
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s on %(invoice)s are credited: %(amount)s.",
            quantity=quantity,
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
            invoice=line.move_id.name,
            amount=line.currency_id.format(amount),
        )

    @api.model
    def _do_credit(self, orders):
        """Credit what came back, at the invoiced prices; who keeps the books posts it at once, for others it is a draft."""
        made = {}
        for order_id, quantities in self._get_to_credit(orders).items():
            lines = self.env["account.move.line"].sudo().browse(quantities)  # see _get_creditable_invoices
            credits = self.env["account.move"]
            for invoice, of_invoice in lines.grouped("move_id").items():
                credits |= self._make_credit(invoice, {line.id: quantities[line.id] for line in of_invoice}).sudo(False)
            made[order_id] = credits
        if self._may_post():
            self.env["account.move"].union(*made.values()).action_post()
        nothing = self.env._("It was credited meanwhile.")
        return {order_id: credits or nothing for order_id, credits in made.items()}

    @api.model
    def _may_post(self):
        return self.env.su or self.env.user.has_group("account.group_account_invoice")

    @api.model
    def _make_credit(self, invoice, quantities):
        """Reverse an invoice in part, as a draft.

        :param dict quantities: {invoice line id: quantity to credit, in its unit}; its other lines are left out
        """
        today = fields.Date.context_today(self)
        values = {
            "ref": self.env._("Return of goods of %(invoice)s", invoice=invoice.name),
            "date": today,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": None,
            "auto_post": "no",
        }
        credit = invoice._reverse_moves([values])
        # A copy keeps the lines in their order.
        pairs = zip(credit.invoice_line_ids, invoice.invoice_line_ids, strict=True)
        credit.invoice_line_ids = [
            Command.update(line.id, {"quantity": quantities[origin.id]})
            if origin.id in quantities
            else Command.delete(line.id)
            for line, origin in pairs
        ]
        return credit

    @api.model
    def _can_undo_credit(self, order, documents, before):
        credits = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        if not credits.filtered(lambda move: move.state != "cancel"):
            return self.env._("it is cancelled.")
        sent = credits.filtered("is_move_sent")
        if sent:
            return self.env._("%(credits)s was sent to the customer.", credits=", ".join(sent.mapped("name")))
        paid = credits.filtered(self._is_paid_out)
        if paid:
            return self.env._(
                "%(credits)s is paid out: take the payment back first.", credits=", ".join(paid.mapped("name"))
            )
        return ""

    @api.model
    def _is_paid_out(self, credit):
        """Tell whether a credit note is settled with anything but the invoice it belongs to."""
        partials = credit.line_ids.matched_debit_ids.debit_move_id | credit.line_ids.matched_credit_ids.credit_move_id
        return bool(partials.move_id - credit - credit.reversed_entry_id)

    @api.model
    def _undo_credit(self, order, documents, before):
        """Delete or cancel the credit notes, as the books allow; the invoices are open again as before."""
        credits = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        credits.filtered(lambda move: move.state == "posted").button_draft()
        credits.filtered(lambda move: move.state == "draft").button_cancel()
