from odoo import api, models
from odoo.fields import Command
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbCredit(models.AbstractModel):
    _name = "oms.verb.credit"
    _inherit = "oms.verb.crediting"
    _description = "Credit what came back"

    _label = _lt("Credit what came back")
    _lane = "return"
    _groups = "account.group_account_invoice,sales_team.group_sale_salesman"

    @api.model
    def _can(self, orders):
        facts = self._read_facts(orders)
        return {
            order_id: "" if self._group_parts(fact) else self._get_credit_obstacle(fact)
            for order_id, fact in facts.items()
        }

    @api.model
    def _group_parts(self, fact):
        """Group what is owed by the posted invoices it stands on; what a credit note gave already goes with the one it reversed."""
        parts = [
            part
            for of_line in self.env["oms.lane.return"]._get_owed_parts(fact, with_drafts=True).values()
            for part in of_line
        ]
        grouped = {}
        for row, quantity in parts:
            if row["move_type"] == "out_invoice" and row["quantity"] > 0 and row["state"] == "posted":
                grouped.setdefault(row["move_id"], []).append((row, quantity))
        posted = {
            invoice["id"]
            for invoice in fact.invoices
            if invoice["state"] == "posted" and invoice["move_type"] == "out_invoice"
        }
        for row, quantity in parts:
            if row["move_type"] == "out_refund" or row["quantity"] < 0:
                origin = row["reversed_entry_id"] if row["reversed_entry_id"] in posted else None
                move_id = origin if origin in grouped or not grouped else next(iter(grouped))
                if move_id:
                    grouped.setdefault(move_id, []).append((row, quantity))
        return grouped

    @api.model
    def _get_credit_obstacle(self, fact):
        lane = self.env["oms.lane.return"]
        if not lane._get_owed_parts(fact):
            return self.env._("Nothing of it came back that is neither credited nor replaced.")
        if not lane._get_owed_parts(fact, with_drafts=True):
            return self.env._("Its credit note is made already: post it.")
        return self.env._("What came back stands on no posted invoice: correct its draft invoice.")

    @api.model
    def _preview(self, orders):
        previews = {}
        for order_id, invoices in self._get_to_credit(orders).items():
            previews[order_id] = [
                self._get_credit_text(row, vals, amount)
                for invoice_id, parts in invoices.items()
                for row, vals, amount in self._get_credit_lines(invoice_id, parts)
            ]
            if invoices and not self._may_post():
                previews[order_id].append(self.env._("The credit note stays a draft: accounting posts it."))
        return previews

    @api.model
    def _get_to_credit(self, orders):
        """Return, per order and invoice, what to credit: {order id: {invoice id: [(row, quantity)]}}, see ``_get_owed_parts``."""
        return {order_id: self._group_parts(fact) for order_id, fact in self._read_facts(orders).items()}

    @api.model
    def _get_credit_lines(self, invoice_id, parts):
        """Return what the credit note of an invoice will say, as (row, values of its line, amount with taxes)."""
        invoice = self.env["account.move"].sudo().browse(invoice_id)  # see _get_creditable_invoices
        lines = [self._prepare_credit_line(row, quantity) for row, quantity in parts]
        amounts = self.env["account.tax"]._oms_get_line_totals(
            lines, invoice.company_id, invoice.currency_id, invoice.invoice_currency_rate
        )
        return [(row, vals, amount) for (row, _quantity), vals, amount in zip(parts, lines, amounts, strict=True)]

    @api.model
    def _prepare_credit_line(self, row, quantity):
        line = self.env["account.move.line"].sudo().browse(row["id"])  # see _get_creditable_invoices
        return self.env["oms.verb.crediting"]._prepare_credit_line_vals(line, quantity / row["ratio"])

    @api.model
    def _get_credit_text(self, row, vals, amount):
        line = self.env["account.move.line"].sudo().browse(row["id"])  # see _get_creditable_invoices
        if row["move_type"] == "out_refund":
            return self.env._(
                "%(amount)s less: %(credit)s gave that already.",
                amount=line.currency_id.format(-amount),
                credit=line.move_id.name,
            )
        if row["quantity"] < 0:
            return self.env._(
                "%(quantity)g %(unit)s of %(product)s on %(invoice)s are charged again: %(amount)s.",
                quantity=-vals["quantity"],
                unit=self.env["uom.uom"].browse(vals["product_uom_id"]).name or "",
                product=line.product_id.display_name or line.name,
                invoice=line.move_id.name,
                amount=line.currency_id.format(-amount),
            )
        if line.is_downpayment:
            return self.env._(
                "%(down_payment)s on %(invoice)s is credited: %(amount)s.",
                down_payment=line.name,
                invoice=line.move_id.name,
                amount=line.currency_id.format(amount),
            )
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s on %(invoice)s are credited: %(amount)s.",
            quantity=vals["quantity"],
            unit=self.env["uom.uom"].browse(vals["product_uom_id"]).name or "",
            product=line.product_id.display_name or line.name,
            invoice=line.move_id.name,
            amount=line.currency_id.format(amount),
        )

    @api.model
    def _may_post(self):
        return self.env.su or self.env.user.has_group("account.group_account_invoice")

    @api.model
    def _get_documents(self, orders):
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
    def _do(self, orders):
        """Credit what is owed, at the invoiced prices; who keeps the books posts it at once, for others it is a draft."""
        made = {}
        for order_id, invoices in self._get_to_credit(orders).items():
            made[order_id] = self.env["account.move"]
            for invoice_id, parts in invoices.items():
                invoice = self.env["account.move"].sudo().browse(invoice_id)  # see _get_creditable_invoices
                made[order_id] |= self._make_credit(invoice, parts).sudo(False)
        if self._may_post():
            self.env["account.move"].union(*made.values()).action_post()
        nothing = self.env._("It was credited meanwhile.")
        return {order_id: credits or nothing for order_id, credits in made.items()}

    @api.model
    def _make_credit(self, invoice, parts):
        """Reverse an invoice in part, as a draft of exactly what is owed.

        :param parts: list of (row, quantity to credit)
        """
        # In the order of the invoice.
        order = {line_id: at for at, line_id in enumerate(invoice.line_ids.ids)}
        parts = sorted(parts, key=lambda part: order.get(part[0]["id"], len(order)))
        commands = [Command.create(self._prepare_credit_line(row, quantity)) for row, quantity in parts]
        credit = self.env["oms.verb.crediting"]._make_credit_note(invoice, commands, self.env._("return of goods"))
        total = self.env["oms.verb.crediting"]._get_credit_total(invoice, commands)
        self.env["oms.verb.billing"]._check_total(invoice, credit, total)
        return credit

    @api.model
    def _can_undo(self, order, documents, before):
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
    def _undo(self, order, documents, before):
        """Delete or cancel the credit notes, as the books allow; the invoices are open again as before."""
        credits = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        credits.filtered(lambda move: move.state == "posted").button_draft()
        credits.filtered(lambda move: move.state == "draft").button_cancel()
        # Core takes a credit note of a down payment off its price as it is posted, and never puts it back.
        for line in credits.invoice_line_ids.sale_line_ids.filtered("is_downpayment"):
            line.price_unit = line._get_downpayment_line_price_unit(credits)
