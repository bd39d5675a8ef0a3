from odoo import api, models


class OmsLaneReturn(models.AbstractModel):
    """What comes back, beside the flow: announced, received, credited."""

    _name = "oms.lane.return"
    _inherit = "oms.lane"
    _description = "Return Lane"

    @api.model
    def _get_state(self, fact):
        if any(move["is_return"] for move in fact.moves):
            return {"state": "todo", "action": "receive"}
        if self._get_amount_not_kept(fact):
            drafted = any(invoice["state"] == "draft" for invoice in fact.invoices)
            return {
                "state": "doing",
                "action": self.env["oms.lane.invoice"]._get_posting(fact) if drafted else "credit",
            }
        return {"state": "done" if fact.header["has_return"] else "none"}

    @api.model
    def _get_owed_quantities(self, fact, with_drafts=False):
        """Return how much of which line is neither kept nor credited nor replaced: {order line id: quantity in its unit}."""
        return {
            line_id: sum(quantity for row, quantity in parts if row["move_type"] == "out_invoice")
            for line_id, parts in self._get_owed_parts(fact, with_drafts).items()
        }

    @api.model
    def _get_owed_parts(self, fact, with_drafts=False):
        """Return the parts that are owed of an order: {order line id: [part]}, empty when nothing is.

        :param with_drafts: whether what draft credit notes give counts as given
        """
        parts, gone, total = {}, 0.0, 0.0
        for line in fact.priced_lines if fact.billed else ():
            if line["net_price"] < 0 or line["ordered"] < 0 or line["id"] not in fact.billed:
                continue
            invoiced, credits = self._split_rows(fact.billed[line["id"]], with_drafts)
            quantity, balance = (sum(row[name] for row in invoiced) for name in ("quantity", "balance"))
            not_kept = fact.get_not_kept(line, quantity)
            total += balance
            if not_kept:
                gone += balance * not_kept / quantity
                parts[line["id"]] = self._get_line_parts(fact, not_kept, invoiced, credits)
        if total and any(parts.values()):
            parts.update(self._get_discount_parts(fact, gone / total, with_drafts))
        parts.update(self._get_down_payment_parts(fact, with_drafts))
        parts.update(self._get_trade_in_parts(fact, with_drafts))
        parts = {line_id: of_line for line_id, of_line in parts.items() if of_line}
        amount = self._get_parts_amount(parts)
        return parts if amount > 0 and fact.is_amount(amount) else {}

    @api.model
    def _get_amount_not_kept(self, fact, with_drafts=False):
        """Return what the customer is owed for what he does not keep, in company currency; read once per order."""
        if with_drafts not in fact.not_kept:
            fact.not_kept[with_drafts] = self._get_parts_amount(self._get_owed_parts(fact, with_drafts))
        return fact.not_kept[with_drafts]

    @api.model
    def _get_parts_amount(self, parts):
        """Return what these parts are worth in company currency, at the rates they were billed at."""
        return sum(
            quantity * row["balance"] / row["quantity"] for of_line in parts.values() for row, quantity in of_line
        )

    @api.model
    def _split_rows(self, rows, with_drafts):
        """Return what invoices bill, posted ones before drafts and the newest in front, and what was taken off again."""
        invoiced = [row for row in rows if row["move_type"] == "out_invoice" and row["quantity"] > 0]
        credits = [
            row
            for row in rows
            if row["quantity"]
            and (row["move_type"] == "out_refund" or row["quantity"] < 0)
            and (with_drafts or row["move_type"] == "out_invoice" or row["state"] != "draft")
        ]
        return sorted(invoiced, key=lambda row: row["state"] == "draft"), credits

    @api.model
    def _get_line_parts(self, fact, not_kept, invoiced, credits):
        """Return what is owed of one line: what was not kept of its newest invoice lines, less what was credited for it.

        What was credited at the price billed took that quantity off. Any other credit is money alone: of a price reduction on
        ten pieces the half belongs to the five that came back.
        """
        left, rest, other = {row["id"]: row["quantity"] for row in invoiced}, not_kept, []
        for credit in credits:
            alike, quantity = self._get_alike(credit, invoiced), -credit["quantity"]
            if not alike or quantity < 0:
                other.append((credit, credit["quantity"] * min(1.0, not_kept / abs(quantity))))
                continue
            for row in alike:
                taken = min(quantity, left[row["id"]], rest)
                left[row["id"]] -= taken
                quantity, rest = quantity - taken, rest - taken
        parts = []
        for row in invoiced:
            taken = min(left[row["id"]], rest)
            if fact.is_positive(taken):
                parts.append((row, taken))
                rest -= taken
        amount = self._get_parts_amount({None: parts + other})
        # Each credit note was rounded by itself.
        return parts + other if amount > len(other) * fact.header["rounding"] else []

    @api.model
    def _get_alike(self, credit, invoiced):
        """Return the invoice lines that were billed as a credit note credits, those of the invoice it belongs to in front."""
        alike = [
            row
            for row in invoiced
            if round(row["price"] - credit["price"], 6) == 0 and row["same_taxes"] == credit["same_taxes"]
        ]
        return sorted(alike, key=lambda row: row["move_id"] != credit["reversed_entry_id"])

    @api.model
    def _get_discount_parts(self, fact, share, with_drafts):
        """Return what of the order's discount lines goes with the share of the billed goods that is not kept."""
        parts = {}
        for line in fact.priced_lines:
            if line["net_price"] < 0 < line["ordered"] and line["id"] in fact.billed:
                invoiced, credits = self._split_rows(fact.billed[line["id"]], with_drafts)
                # Granted later, a discount stands on a credit note.
                granted = invoiced + [row for row in credits if row["quantity"] > 0]
                taken = sum(row["balance"] for row in credits if row["quantity"] < 0)
                amount = sum(row["balance"] for row in granted) * share + taken
                parts[line["id"]] = self._take_amount(fact, granted, min(amount, 0.0))
        return parts

    @api.model
    def _get_down_payment_parts(self, fact, with_drafts):
        """Return the down payments that no invoice of the order will take off any more: it is cancelled.

        Those that were forgotten on the invoices of a confirmed one are billed otherwise than ordered, see issue I4.
        """
        if not fact.is_cancelled():
            return {}
        lines = [line for line in fact.lines if line["is_downpayment"] and line["id"] in fact.billed]
        parts = {}
        for line in lines:
            invoiced, credits = self._split_rows(fact.billed[line["id"]], with_drafts)
            amount = sum(row["balance"] for row in invoiced + credits)
            parts[line["id"]] = self._take_amount(fact, invoiced, max(amount, 0.0))
        return parts

    @api.model
    def _get_trade_in_parts(self, fact, with_drafts):
        """Return what invoices of a cancelled order gave for what the customer did not hand over: it is charged again."""
        if not fact.is_cancelled():
            return {}
        parts = {}
        for line in fact.priced_lines:
            if line["ordered"] < 0 and line["id"] in fact.billed:
                _charged, rows = self._split_rows(fact.billed[line["id"]], with_drafts)
                given = [row for row in rows if row["move_type"] == "out_invoice"]
                missing = fact.get_target(line) - sum(row["quantity"] for row in rows)
                parts[line["id"]] = self._take_quantity(fact, given, missing)
        return parts

    @api.model
    def _take_quantity(self, fact, given, missing):
        """Take a quantity off invoice lines of negative quantity, the newest in front."""
        parts = []
        for row in given:
            taken = min(missing, -row["quantity"])
            if fact.is_positive(taken):
                parts.append((row, -taken))
                missing -= taken
        return parts

    @api.model
    def _take_amount(self, fact, invoiced, amount):
        """Take an amount in company currency off invoice lines, the newest in front."""
        parts = []
        for row in invoiced:
            if fact.is_amount(amount):
                taken = (min if amount > 0 else max)(amount, row["balance"])
                parts.append((row, taken / row["balance"] * row["quantity"]))
                amount -= taken
        return parts
