from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

# Goods that are all gone for longer are money nobody asks for.
_MAX_DAYS_UNBILLED = 7
_DRAFT_HOURS = 24


class OmsDetectorInvoice(models.AbstractModel):
    """What detectors of invoices have in common."""

    _name = "oms.detector.invoice"
    _inherit = "oms.detector"
    _description = "Invoice"

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


class OmsDetectorI1(models.AbstractModel):
    _name = "oms.detector.i1"
    _inherit = "oms.detector"
    _description = "Delivered, not invoiced"

    @api.model
    def _find(self, facts):
        """Delivered, not invoiced: the customer has it and nobody asks for the money."""
        return {
            order_id: self._find_i1(fact)
            for order_id, fact in facts.items()
            if self.env["oms.lane.invoice"]._get_unbilled_lines(fact) and not self._is_covered(fact)
        }

    @api.model
    def _is_covered(self, fact):
        """Tell whether the down payments exceed what can be invoiced now while more will come: it has to wait."""
        return not fact.is_amount(self._get_amount_now(fact)) and self.env["oms.lane.invoice"]._is_delivery_awaited(
            fact
        )

    @api.model
    def _get_amount_now(self, fact):
        """Return what can be invoiced now, in company currency, net of the down payments invoiced."""
        lane = self.env["oms.lane.invoice"]
        amount = sum(
            fact.get_left(line, fact.get_target(line)) * lane._get_unit_total(line)
            for line in fact.priced_lines
            if lane._is_left(fact, line)
        )
        amount -= lane._get_down_payment(fact)
        return max(amount, 0.0) / fact.header["currency_rate"]

    @api.model
    def _find_i1(self, fact):
        shipped = fact.signals.get("last_shipped")
        deadline = shipped and shipped + timedelta(days=_MAX_DAYS_UNBILLED)
        is_gone = bool(shipped) and (fact.is_cancelled() or fact.lanes["delivery"]["state"] == "done")
        return self._prepare_finding(
            fact,
            "accounting",
            deadline=deadline,
            since=shipped,
            amount=self._get_amount_now(fact),
            critical=is_gone and deadline < fields.Datetime.now(),
            line_ids=[line["id"] for line in self.env["oms.lane.invoice"]._get_unbilled_lines(fact)],
        )

    @api.model
    def _explain(self, issue):
        # A warehouse user sees no order lines, but what is missing on the invoice is no secret to who sees the issue.
        lines = self.env["sale.order.line"].sudo().browse(issue.data["line_ids"]).exists()
        read = {
            line["id"]: line for line in self.env["oms.lane"]._read_facts(issue.order_id.ids)[issue.order_id.id].lines
        }
        chain = [
            self._link(
                self.env._(
                    "%(product)s: %(delivered)s delivered, %(invoiced)s invoiced",
                    product=line.product_id.display_name or line.name,
                    delivered=f"{round(read[line.id]['delivered'], 2):g}",
                    invoiced=f"{round(read[line.id]['invoiced'] - read[line.id]['credited'], 2):g}",
                ),
                issue.order_id,
                "danger",
            )
            for line in lines
        ]
        shipped = lines.move_ids.filtered(lambda move: move.state == "done" and move.location_dest_id._is_outgoing())
        transfers = shipped.picking_id.sorted("date_done")[-1:]
        return chain + [
            self._link(
                self.env._(
                    "%(transfer)s left on %(date)s",
                    transfer=transfer.name,
                    date=format_date(self.env, transfer.date_done),
                ),
                transfer,
            )
            for transfer in transfers
        ]


class OmsDetectorI2(models.AbstractModel):
    _name = "oms.detector.i2"
    _inherit = "oms.detector.invoice"
    _description = "Draft invoice not posted"

    @api.model
    def _find(self, facts):
        """Draft invoice not posted: made a day ago, and no customer pays a draft."""
        now = fields.Datetime.now()
        return {
            order_id: self._find_i2(fact, waiting)
            for order_id, fact in facts.items()
            if (waiting := [invoice for invoice in fact.invoices if self._is_forgotten(fact, invoice, now)])
        }

    @api.model
    def _is_forgotten(self, fact, invoice, now):
        if invoice["state"] != "draft":
            return False
        draft = fact.signals["sending"][invoice["id"]]
        # The user's day, as posting sets it: late in the evening it is ahead of the server's.
        today = fields.Date.context_today(self)
        is_for_later = draft["auto_post"] != "no" or (draft["invoice_date"] and draft["invoice_date"] > today)
        return not is_for_later and draft["create_date"] <= now - timedelta(hours=_DRAFT_HOURS)

    @api.model
    def _find_i2(self, fact, waiting):
        since = min(fact.signals["sending"][invoice["id"]]["create_date"] for invoice in waiting)
        return self._prepare_finding(
            fact,
            "accounting",
            deadline=since + timedelta(hours=_DRAFT_HOURS),
            since=since,
            amount=sum(abs(invoice["share"] * invoice["amount_total"]) for invoice in waiting),
            move_ids=[invoice["id"] for invoice in waiting],
        )

    @api.model
    def _explain(self, issue):
        return [
            self._link(
                self.env._(
                    "%(kind)s of %(amount)s is a draft since %(date)s, made by %(user)s",
                    kind=self._get_kind(move),
                    amount=self._format_money(move.amount_total, move.currency_id),
                    date=format_date(self.env, move.create_date),
                    user=move.create_uid.name,
                ),
                move,
                "danger",
            )
            for move in self._get_moves(issue.data["move_ids"])
        ]

    @api.model
    def _get_kind(self, move):
        return self.env._("Credit note") if move.move_type == "out_refund" else self.env._("Invoice")


class OmsDetectorI3(models.AbstractModel):
    _name = "oms.detector.i3"
    _inherit = "oms.detector.invoice"
    _description = "Posted, not sent or bounced"

    @api.model
    def _find(self, facts):
        """Posted, not sent or bounced: the customer does not know what to pay."""
        return {
            order_id: self._find_i3(fact, unsent)
            for order_id, fact in facts.items()
            if (
                unsent := [
                    invoice
                    for invoice in self.env["oms.lane.invoice"]._get_open(fact)
                    if self._is_unknown(fact, invoice)
                ]
            )
            # What is to be credited in full nobody has to be told of.
            if not self.env["oms.lane.payment"]._is_claim_void(fact)
        }

    @api.model
    def _is_unknown(self, fact, invoice):
        """Tell whether an invoice was neither sent nor handed to sending, or its last mail failed."""
        sending = fact.signals["sending"][invoice["id"]]
        if sending["by_hand"] or sending["is_queued"]:
            return False
        return not sending["is_sent"] or invoice["id"] in fact.signals["failed_mails"]

    @api.model
    def _find_i3(self, fact, unsent):
        sending = [fact.signals["sending"][invoice["id"]] for invoice in unsent]
        due = min((invoice["invoice_date_due"] for invoice in unsent if invoice["invoice_date_due"]), default=None)
        return self._prepare_finding(
            fact,
            "accounting",
            deadline=self._get_noon(due, fact.header["company_id"]),
            since=min(row["create_date"] for row in sending),
            amount=sum(invoice["share"] * invoice["residual"] for invoice in unsent),
            move_ids=[invoice["id"] for invoice in unsent],
        )

    @api.model
    def _explain(self, issue):
        moves = self._get_moves(issue.data["move_ids"])
        failed = moves._oms_read_failed_mails(moves.ids)
        chain = []
        for move in moves:
            chain.append(self._link(self._get_posted_text(move), move))
            chain.append(self._link(self._get_unsent_text(move, failed.get(move.id)), move.partner_id, "danger"))
        return chain

    @api.model
    def _get_posted_text(self, move):
        return self.env._(
            "%(invoice)s of %(amount)s, due on %(date)s",
            invoice=move.name,
            amount=self._format_money(move.amount_total, move.currency_id),
            date=format_date(self.env, move.invoice_date_due),
        )

    @api.model
    def _get_unsent_text(self, move, failure):
        address = move.partner_id.email or move.commercial_partner_id.email
        if failure:
            return self.env._(
                "The mail to %(address)s failed: %(reason)s. Correct the address first.",
                address=failure["address"] or move.partner_id.display_name,
                reason=failure["reason"] or self.env._("it came back"),
            )
        if not address:
            return self.env._("Not sent: %(customer)s has no e-mail address.", customer=move.partner_id.display_name)
        return self.env._("Not sent to %(address)s yet", address=address)
