from odoo import api, models


class OmsLaneInvoice(models.AbstractModel):
    """Invoices that don't match what was ordered or delivered."""

    _inherit = "oms.lane.invoice"

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        self._read_billed(facts)
        return result

    # === I4: DIFFERS FROM THE ORDER === #

    @api.model
    def _detect_i4(self, facts):
        """Quantity, price or tax differs from the order: the customer will not pay it as it is."""
        return {
            order_id: self._prepare_difference(fact, found)
            for order_id, fact in facts.items()
            if fact.is_confirmed()
            if (found := self._get_excesses(fact, "order") + self._get_differences(fact) + self._get_undeducted(fact))
        }

    @api.model
    def _prepare_difference(self, fact, found, turn="accounting", severity=None):
        return self._prepare_finding(
            fact,
            turn,
            severity=severity,
            amount=sum(abs(difference["amount"]) for difference in found) / fact.header["currency_rate"],
            differences=[
                {
                    "line_id": difference["line"]["id"],
                    "move_ids": sorted({row["move_id"] for row in difference["rows"]}),
                    "quantity": difference["quantity"],
                    "price": difference["rows"][0]["price"],
                    "ordered_price": difference["line"]["net_price"],
                    "amount": difference["amount"],
                    "kind": self._get_difference_kind(difference),
                }
                for difference in found
            ],
        )

    @api.model
    def _get_difference_kind(self, difference):
        if "is_other_price" not in difference:
            return difference.get("kind", "quantity")
        return "price" if difference["is_other_price"] else "tax"

    @api.model
    def _explain_i4(self, issue):
        return [link for found in issue.data["differences"] for link in self._explain_difference(issue, found)]

    @api.model
    def _explain_difference(self, issue, found):
        order = issue.order_id
        line = self.env["sale.order.line"].sudo().browse(found["line_id"]).exists()
        moves = self._get_moves(found["move_ids"])
        is_too_little = order.currency_id.compare_amounts(found["amount"], 0) < 0
        links = [self._link(self._get_difference_text(line, found), order, "danger")]
        links += [self._link(move.display_name, move) for move in moves]
        if is_too_little:
            links.append(self._link(self.env._("Billed too little: invoice the difference by hand."), None, "warning"))
        return links

    @api.model
    def _get_difference_text(self, line, found):
        currency = line.order_id.currency_id
        texts = {
            "price": self.env._("%(product)s: %(quantity)s billed at %(price)s, ordered at %(ordered_price)s"),
            "tax": self.env._("%(product)s: %(quantity)s billed with other taxes than ordered, %(amount)s too much"),
            "less_tax": self.env._(
                "%(product)s: %(quantity)s billed with other taxes than ordered, %(amount)s too little"
            ),
            "quantity": self.env._("%(product)s: %(quantity)s billed above what was ordered, %(amount)s too much"),
            "advance": self.env._("%(product)s: %(amount)s of it is deducted from no invoice"),
            "undelivered": self.env._("%(product)s: %(quantity)s billed that the customer did not get, %(amount)s"),
        }
        kind = "less_tax" if found["kind"] == "tax" and found["amount"] < 0 else found["kind"]
        return texts[kind] % {
            "product": line.product_id.display_name or line.name,
            "quantity": f"{found['quantity']:g}",
            "price": self._format_money(found["price"], currency),
            "ordered_price": self._format_money(found["ordered_price"], currency),
            "amount": self._format_money(abs(found["amount"]), currency),
        }

    # === I5: INVOICED BEYOND DELIVERED === #

    @api.model
    def _detect_i5(self, facts):
        """Invoiced beyond delivered: billed on delivery, but nothing like it was delivered."""
        return {
            order_id: self._find_i5(fact, found)
            for order_id, fact in facts.items()
            if fact.is_confirmed()
            if (found := self._get_excesses(fact, "delivery"))
        }

    @api.model
    def _find_i5(self, fact, found):
        """Where all of it is planned to leave, the warehouse has the next move and it is less grave."""
        is_planned = not any(
            fact.is_positive(difference["quantity"] - difference["line"]["planned"]) for difference in found
        )
        if is_planned:
            return self._prepare_difference(fact, found, turn="warehouse", severity="low")
        return self._prepare_difference(fact, found)

    @api.model
    def _explain_i5(self, issue):
        chain = []
        for found in issue.data["differences"]:
            chain += self._explain_difference(issue, {**found, "kind": "undelivered"})
        # Which transfers are open is no secret to who sees the order.
        transfers = issue.order_id.sudo().picking_ids.filtered(
            lambda transfer: transfer.state not in ("done", "cancel")
        )
        return chain + [
            self._link(self.env._("%(transfer)s is still to leave", transfer=transfer.name), transfer, "warning")
            for transfer in transfers
        ]
