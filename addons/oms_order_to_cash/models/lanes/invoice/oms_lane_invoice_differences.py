from odoo import api, models


class OmsLaneInvoice(models.AbstractModel):
    """What is billed of an order against what was ordered and delivered; issues and credit notes read the same figures.

    A *difference* is a dict: ``line`` of the facts, ``rows`` billed alike (see ``_oms_read_billed``), ``quantity`` of it in the line's
    unit, and ``amount`` too much (negative: too little) in the order's currency, taxes included.
    """

    _inherit = "oms.lane.invoice"

    @api.model
    def _read_billed(self, facts):
        """Put what is billed by posted invoices, and by credit notes, drafts of these too, onto the facts' signals."""
        for fact in facts.values():
            is_billed = any(
                invoice["state"] == "posted" and invoice["move_type"] == "out_invoice" for invoice in fact.invoices
            )
            fact.signals["billed"] = self._get_billed_rows(fact) if is_billed else {}

    @api.model
    def _get_billed_rows(self, fact):
        billed = {line_id: [row for row in rows if self._is_billed_row(row)] for line_id, rows in fact.billed.items()}
        return {line_id: rows for line_id, rows in billed.items() if rows}

    @api.model
    def _is_billed_row(self, row):
        return row["state"] == "posted" or (row["state"] == "draft" and row["move_type"] == "out_refund")

    @api.model
    def _get_billed_lines(self, fact):
        """Return the lines that are billed at all, without trade-ins and down payments."""
        return [
            line
            for line in fact.lines
            if not line["is_downpayment"] and line["ordered"] >= 0 and line["id"] in fact.signals["billed"]
        ]

    @api.model
    def _get_billed(self, fact, line):
        """Return how much of a line is billed, credit notes taken off, in its unit."""
        return sum(row["quantity"] for row in fact.signals["billed"][line["id"]])

    # === DOWN PAYMENTS === #

    @api.model
    def _get_undeducted(self, fact):
        """Return the down payments that stand on invoices though all there is to invoice is invoiced without them."""
        is_draft = any(invoice["state"] == "draft" for invoice in fact.invoices)
        if is_draft or self._is_delivery_awaited(fact) or any(self._is_left(fact, line) for line in fact.priced_lines):
            return []
        return [
            {
                "line": line,
                "rows": fact.signals["billed"][line["id"]],
                "quantity": 1.0,
                "amount": line["downpayment"],
                "kind": "advance",
            }
            for line in fact.lines
            if line["is_downpayment"]
            and line["id"] in fact.signals["billed"]
            and line["downpayment"] > 0
            and fact.is_amount(line["downpayment"] / fact.header["currency_rate"])
        ]

    @api.model
    def _is_billed_otherwise(self, fact):
        """Tell whether more, or at other prices, is billed of an order than it has, paid or not."""
        if not fact.billed or not fact.is_confirmed():
            return False
        self._read_billed({None: fact})
        return any(
            (
                self._get_excesses(fact, "order"),
                self._get_excesses(fact, "delivery"),
                self._get_differences(fact),
                self._get_undeducted(fact),
            )
        )

    # === PRICE AND TAXES === #

    @api.model
    def _get_differences(self, fact):
        """Return what is billed at another price, or with other taxes, than the order has, too much and too little."""
        return [
            difference
            for line in self._get_billed_lines(fact)
            for rows in self._group_alike(fact.signals["billed"][line["id"]])
            if (difference := self._get_difference(fact, line, rows))
        ]

    @api.model
    def _group_alike(self, rows):
        """Group what is billed at one price with the same taxes: a credit note takes off what it credits alike."""
        groups = {}
        for row in rows:
            if row["same_currency"]:
                groups.setdefault((round(row["price"], 6), row["same_taxes"]), []).append(row)
        return groups.values()

    @api.model
    def _get_difference(self, fact, line, rows):
        quantity = sum(row["quantity"] for row in rows)
        if not fact.is_positive(quantity):
            return None
        is_other_price = fact.is_amount((rows[0]["price"] - line["net_price"]) * quantity)
        if rows[0]["same_taxes"] and not is_other_price:
            return None
        return {
            "line": line,
            "rows": rows,
            "quantity": quantity,
            "amount": sum(row["total"] for row in rows) - quantity * self._get_unit_total(line),
            "is_other_price": is_other_price,
        }

    # === QUANTITY === #

    @api.model
    def _get_excesses(self, fact, policy):
        """Return what is billed above the quantity ordered (policy ``order``) or delivered (policy ``delivery``).

        What came back and is not credited yet is no excess here: the return lane tells of it.
        """
        return [
            excess
            for line in self._get_billed_lines(fact)
            if line["policy"] == policy and line["net_price"]
            if (excess := self._get_excess(fact, line))
        ]

    @api.model
    def _get_excess(self, fact, line):
        rows = fact.signals["billed"][line["id"]]
        billed = self._get_billed(fact, line) + line["billed_elsewhere"]
        if line["policy"] == "delivery":
            quantity = billed + min(self._get_credited(rows), line["returned"]) - line["shipped"]
        else:
            quantity = billed - line["ordered"]
        if not fact.is_positive(quantity):
            return None
        amount = self._get_billed_amount(rows, quantity)
        return {"line": line, "rows": rows, "quantity": quantity, "amount": amount}

    @api.model
    def _get_credited(self, rows):
        """Return how much credit notes took off; one on which it is charged in sum took nothing off."""
        credits = {}
        for row in rows:
            if row["move_type"] == "out_refund":
                credits[row["move_id"]] = credits.get(row["move_id"], 0.0) - row["quantity"]
        return sum(max(quantity, 0.0) for quantity in credits.values())

    @api.model
    def _get_billed_amount(self, rows, quantity):
        """Return what the newest ``quantity`` of invoice lines was billed at, taxes included."""
        return sum(
            row["total"] / row["quantity"] * taken
            for row, taken in self._take_newest(rows, quantity)
            if row["quantity"]
        )

    @api.model
    def _take_newest(self, rows, quantity):
        """Take a quantity off the newest invoice lines, beyond what credit notes took already.

        :return: list of (row, quantity taken of it)
        """
        invoiced = [row for row in rows if row["quantity"] > 0 and row["move_type"] == "out_invoice"]
        credited = sum(row["quantity"] for row in invoiced) - sum(row["quantity"] for row in rows)
        taken = []
        for row in invoiced:
            free = max(row["quantity"] - max(credited, 0.0), 0.0)
            credited -= row["quantity"] - free
            part = min(free, quantity)
            if part > 0:
                taken.append((row, part))
                quantity -= part
        return taken
