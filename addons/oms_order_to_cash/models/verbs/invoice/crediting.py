from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import float_compare, float_round, format_amount


class OmsVerbCrediting(models.AbstractModel):
    """How a credit note is made of parts of what was billed."""

    _name = "oms.verb.crediting"
    _inherit = "oms.verb.billing"
    _description = "Crediting"

    @api.model
    def _read_billed_facts(self, orders):
        facts, obstacles = self._read_confirmed(orders)
        self.env["oms.lane.invoice"]._read_billed(facts)
        return facts, obstacles

    @api.model
    def _get_credit_obstacles(self, orders, get_parts, get_text):
        facts, obstacles = self._read_billed_facts(orders)
        for order_id, fact in facts.items():
            obstacles[order_id] = "" if get_parts(fact) else get_text(fact)
        return obstacles

    @api.model
    def _preview_credit(self, orders, get_parts):
        commands = self._get_credit_commands(orders, get_parts)
        return {
            order.id: [
                self.env._(
                    "Makes a draft credit note of %(amount)s for %(invoice)s.",
                    amount=format_amount(self.env, self._get_credit_total(move, lines), move.currency_id),
                    invoice=move.display_name,
                )
                for (order_id, move), lines in commands.items()
                if order_id == order.id
            ]
            for order in orders
        }

    @api.model
    def _get_credit_total(self, invoice, commands):
        """Return what a credit note of these lines comes to, in the currency of its invoice."""
        lines = [values for _command, _id, values in commands]
        return self.env["account.tax"]._oms_get_total(
            lines, invoice.company_id, invoice.currency_id, invoice.invoice_currency_rate
        )

    @api.model
    def _get_credit_commands(self, orders, get_parts):
        """Return the lines of the credit notes to make, as {(order id, invoice): commands}."""
        facts, _obstacles = self._read_billed_facts(orders)
        commands = {}
        for order_id, fact in facts.items():
            for row, quantity, line in get_parts(fact):
                move = self.env["account.move"].browse(row["move_id"])
                commands.setdefault((order_id, move), []).extend(self._prepare_credit_lines(row, quantity, line))
        return commands

    @api.model
    def _prepare_credit_lines(self, row, quantity, line):
        """Return the commands that credit a quantity (in the order line's unit) as billed, and charge it again as ordered."""
        billed = self.env["account.move.line"].browse(row["id"])
        quantity /= row["ratio"]
        credited = self._prepare_credit_line_vals(billed, quantity)
        commands = [Command.create(credited)]
        if line:
            ordered = self.env["sale.order.line"].browse(line["id"])
            commands.append(
                Command.create(
                    {
                        **credited,
                        "quantity": -credited["quantity"],
                        "price_unit": ordered.price_unit * row["ratio"] * quantity / credited["quantity"],
                        "discount": ordered.discount,
                        "tax_ids": [Command.set(ordered.tax_ids.ids)],
                    }
                )
            )
        return commands

    @api.model
    def _prepare_credit_line_vals(self, billed, quantity):
        """Return the values of a line that credits a quantity (in its own unit) of an invoice line, at the price billed."""
        return {
            "product_id": billed.product_id.id,
            "name": billed.name,
            "is_downpayment": billed.is_downpayment,
            **self._prepare_credit_quantity_vals(billed, quantity),
            "discount": billed.discount,
            "tax_ids": [Command.set(billed.tax_ids.ids)],
            "account_id": billed.account_id.id,
            "analytic_distribution": billed.analytic_distribution,
            "sale_line_ids": [Command.set(billed.sale_line_ids.ids)],
        }

    @api.model
    def _prepare_credit_quantity_vals(self, billed, quantity):
        """Return quantity, unit and price of what is credited: two pieces of a dozen are two pieces, and no 0.17 dozen."""
        unit, own = billed.product_uom_id, billed.product_id.uom_id
        vals = {"quantity": quantity, "product_uom_id": unit.id, "price_unit": billed.price_unit}
        # A part of a down payment or of a discount is a price of its own: a quantity would be rounded.
        if billed.is_downpayment or (billed.price_unit < 0 and not self._is_exact(quantity)):
            return {**vals, "quantity": 1.0, "price_unit": billed.price_unit * quantity}
        if not self._is_exact(quantity) and unit and own and unit != own and unit._has_common_reference(own):
            pieces = unit._compute_quantity(quantity, own, round=False)
            return {
                "quantity": pieces,
                "product_uom_id": own.id,
                "price_unit": billed.price_unit * quantity / pieces,
            }
        return vals

    @api.model
    def _is_exact(self, quantity):
        """Tell whether a document can say this quantity as it is."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return float_compare(quantity, float_round(quantity, precision_digits=digits), precision_digits=digits + 4) == 0

    @api.model
    def _do_credit(self, orders, get_parts, reason):
        made = {order.id: self.env["account.move"] for order in orders}
        for (order_id, invoice), lines in self._get_credit_commands(orders, get_parts).items():
            credit = self._make_credit_note(invoice, lines, reason)
            self._check_total(invoice, credit, self._get_credit_total(invoice, lines))
            made[order_id] += credit
        nothing = self.env._("Nothing is billed too much any more.")
        return {order_id: credits or nothing for order_id, credits in made.items()}

    @api.model
    def _make_credit_note(self, invoice, commands, reason):
        today = fields.Date.context_today(invoice)
        return invoice._reverse_moves(
            [
                {
                    "ref": self.env._("%(invoice)s, %(reason)s", invoice=invoice.name, reason=reason),
                    "date": today,
                    "invoice_date": today,
                    "invoice_date_due": today,
                    "invoice_payment_term_id": False,
                    # What is credited is credited to the cent.
                    "invoice_cash_rounding_id": False,
                    "auto_post": "no",
                    "line_ids": [],
                    "invoice_line_ids": commands,
                }
            ]
        )
