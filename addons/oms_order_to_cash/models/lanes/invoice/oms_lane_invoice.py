from odoo import api, models


class OmsLaneInvoice(models.AbstractModel):
    """What still has to be invoiced, by quantities and each product's invoicing policy."""

    _name = "oms.lane.invoice"
    _inherit = "oms.lane"
    _description = "Invoice Lane"

    @api.model
    def _get_state(self, fact):
        if fact.is_cancelled():
            return self._get_cancelled_state(fact)
        if not fact.is_confirmed():
            return {"state": "none"}
        lines = fact.priced_lines
        is_invoiced = any(line["invoiced"] for line in fact.lines)
        if not is_invoiced and not any(line["ordered"] or line["delivered"] for line in lines):
            return {"state": "none"}
        left = any(self._is_left(fact, line) for line in lines)
        drafts = any(invoice["state"] == "draft" for invoice in fact.invoices)
        if not left and not drafts and not self._is_more_to_come(fact, lines):
            return {"state": "done"}
        return {
            "state": "doing" if drafts or is_invoiced else "todo",
            "stage": "invoice",
            "action": self._get_action(fact, left, drafts),
            "deadline": fact.header["date_promised"],
        }

    @api.model
    def _get_cancelled_state(self, fact):
        """Read what the customer of a cancelled order got, keeps, and was not asked to pay."""
        if not any(self._is_left(fact, line) for line in fact.priced_lines):
            return {"state": "none"}
        is_invoiced = any(line["invoiced"] for line in fact.lines)
        drafts = any(invoice["state"] == "draft" for invoice in fact.invoices)
        return {"state": "doing" if drafts or is_invoiced else "todo", "action": "invoice"}

    @api.model
    def _get_action(self, fact, left, drafts):
        if self._get_draft_excess(fact):
            return "correct_draft"
        return self._get_posting(fact) if drafts and not left else "invoice"

    @api.model
    def _get_posting(self, fact):
        """Return what drafts need next: to be posted, or that their date comes."""
        return "post" if any(invoice["state"] == "draft" and invoice["is_due"] for invoice in fact.invoices) else "wait"

    @api.model
    def _is_left(self, fact, line):
        left = fact.get_left(line, fact.get_target(line))
        # A negative line (a trade-in) is left to invoice as long as its negative quantity is not invoiced.
        return fact.is_positive(-left if line["ordered"] < 0 else left)

    @api.model
    def _is_more_to_come(self, fact, lines):
        """Tell whether deliveries still to be made will have to be invoiced."""
        if fact.lanes["delivery"]["state"] in ("none", "done"):
            return False
        return any(
            line["policy"] == "delivery" and fact.is_positive(line["ordered"] - line["shipped"]) for line in lines
        )

    @api.model
    def _get_amount_left(self, fact):
        """Return what the order will still be invoiced, in company currency, net of the down payments invoiced."""
        amount = sum(self._get_line_amount_left(fact, line) for line in fact.priced_lines)
        amount -= self._get_down_payment(fact)
        return max(amount, 0.0) / fact.header["currency_rate"]

    @api.model
    def _get_down_payment(self, fact):
        """Return the down payments to take off what is invoiced, in the order's currency; those of a cancelled order are credited."""
        return 0.0 if fact.is_cancelled() else sum(line["downpayment"] for line in fact.lines)

    @api.model
    def _get_line_amount_left(self, fact, line):
        unit_total = line["amount_total"] / line["ordered"] if line["ordered"] else line["net_price"]
        return fact.get_left_in_the_end(line) * unit_total

    @api.model
    def _is_delivery_awaited(self, fact):
        return any(
            line["policy"] == "delivery" and fact.is_positive(line["ordered"] - line["shipped"])
            for line in fact.priced_lines
        )

    @api.model
    def _get_draft_excess(self, fact):
        """Return by how much drafts are above what is to be invoiced, {line id: quantity in its unit}.

        Drafts of what is invoiced on delivery may be ahead of it on purpose: they are not once it came back.
        """
        excess = {}
        for line in fact.priced_lines:
            above = min(line["invoiced"] - line["credited"] - fact.get_target(line), line["invoiced_draft"])
            if line["policy"] == "delivery":
                above = min(above, line["returned"])
            if line["ordered"] >= 0 and fact.is_positive(above):
                excess[line["id"]] = above
        return excess

    @api.model
    def _read_signals(self, facts):
        self._read_last_shipped(facts)
        self._read_sending(facts)
        self._read_billed(facts)

    @api.model
    def _read_last_shipped(self, facts):
        unbilled = [order_id for order_id, fact in facts.items() if self._get_unbilled_lines(fact)]
        shipped = self.env["stock.move"]._oms_read_last_shipped(unbilled) if unbilled else {}
        for order_id in unbilled:
            facts[order_id].signals["last_shipped"] = shipped.get(order_id)

    @api.model
    def _read_sending(self, facts):
        moves = self.env["account.move"]
        drafts = {invoice["id"] for fact in facts.values() for invoice in fact.invoices if invoice["state"] == "draft"}
        open_ids = {invoice["id"] for fact in facts.values() for invoice in self._get_open(fact)}
        sending = moves._oms_read_sending(drafts | open_ids) if drafts | open_ids else {}
        sent = {move_id for move_id in open_ids if sending[move_id]["is_sent"] and not sending[move_id]["is_queued"]}
        failed = moves._oms_read_failed_mails(sent) if sent else {}
        for fact in facts.values():
            fact.signals["sending"] = {
                invoice["id"]: sending[invoice["id"]] for invoice in fact.invoices if invoice["id"] in sending
            }
            fact.signals["failed_mails"] = {
                invoice["id"]: failed[invoice["id"]] for invoice in fact.invoices if invoice["id"] in failed
            }

    @api.model
    def _get_open(self, fact):
        """Return the posted invoices, no credit notes, of which something is to be paid."""
        return [
            invoice
            for invoice in fact.invoices
            if invoice["state"] == "posted"
            and invoice["move_type"] == "out_invoice"
            and fact.is_amount(invoice["residual"])
        ]

    # === I1: DELIVERED, NOT INVOICED === #

    @api.model
    def _get_unbilled_lines(self, fact):
        """Return the lines of which something is left to invoice now that the customer has already."""
        if not fact.is_confirmed() and not fact.is_cancelled():
            return []
        return [
            line
            for line in fact.priced_lines
            if line["ordered"] >= 0
            and self._is_left(fact, line)
            and fact.is_positive(fact.get_left(line, line["delivered"]))
        ]

    @api.model
    def _get_unit_total(self, line):
        """Return what one unit of a line costs, taxes included, in the order's currency."""
        return line["amount_total"] / line["ordered"] if line["ordered"] else line["net_price"]
