"""A second, slow and obvious reading of an order, to hold the stored flows against.

Written from docs/flow.md alone: it walks records one by one and shares no code with the lanes.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields

from .oracle_line import OracleLine, is_customer_side, is_open, is_outward, is_outward_step, is_return
from .oracle_money import OracleMoney
from .oracle_supply import OracleSupply

_PAID = ("paid", "in_payment", "reversed", "invoicing_legacy")
_WORK = ("todo", "doing", "blocked")


def read_flow(order):
    """Return the fields of the order's flow as a dict, many2one fields as ids."""
    return Oracle(order).tell()


class Oracle(OracleSupply):
    def __init__(self, order):
        companies = order.env["res.company"].sudo().search([])
        self.order = order.sudo().with_context(allowed_company_ids=companies.ids, active_test=False)
        self.env = self.order.env
        self.is_confirmed = order.state == "sale"
        self.lines = [OracleLine(line) for line in self.order.order_line]
        self.goods = [line for line in self.lines if line.is_goods]
        self.services = [line for line in self.lines if line.is_performed]
        self.priced = [line for line in self.lines if line.is_priced]
        self.moves = self.order.order_line.move_ids
        self.outward = self.moves.filtered(lambda move: is_open(move) and is_outward(move))
        self.invoices = self.order.order_line.invoice_lines.move_id.filtered(
            lambda invoice: (
                invoice.move_type in ("out_invoice", "out_refund")
                and (invoice.state != "cancel" or invoice.payment_state == "invoicing_legacy")
            )
        )
        self.posted = self.invoices.filtered(
            lambda invoice: invoice.state != "draft" and not invoice.currency_id.is_zero(invoice.amount_total)
        )
        self.unpaid = self.posted.filtered(
            lambda invoice: (
                invoice.payment_state not in _PAID
                and not (invoice.move_type == "out_refund" and invoice.oms_kept_as_credit)
                and not (invoice.payment_state == "blocked" and invoice.currency_id.is_zero(invoice.amount_residual))
            )
        )
        self.money = OracleMoney(self)

    def tell(self):
        order = self.order
        self.lanes = {}
        for lane in ("order", "supply", "delivery", "invoice", "payment", "return"):
            self.lanes[lane] = getattr(self, f"_read_{lane}")()
        self.stage = self._read_stage()
        return {
            **{f"lane_{lane}": state for lane, state in self.lanes.items()},
            "stage": self.stage,
            "is_held": self._is_held(),
            "next_action": self._read_next_action(),
            "next_deadline": self._read_next_deadline(),
            "date_promised": self._read_date_promised(),
            "amount_total": self._round(order.amount_total / order.currency_rate),
            "amount_open": self._round(self.money.open),
            "amount_owed": self._round(self.money.owed),
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.id,
            "user_id": order.user_id.id,
            "team_id": order.team_id.id,
            "warehouse_id": order.warehouse_id.id,
            "date_order": order.date_order,
        }

    # === ORDER === #

    def _read_order(self):
        order = self.order
        if order.state == "cancel":
            return "none"
        if self._is_held():
            return "blocked"
        if self.is_confirmed:
            address = order.partner_shipping_id
            is_incomplete = not address.street or not address.city or not address.country_id
            return "blocked" if order.carrier_id and self.outward and is_incomplete else "done"
        if order.signed_on or self._is_paid_online():
            return "blocked"
        return "doing" if order.state == "sent" else "todo"

    def _is_held(self):
        holds = self.env["oms.hold"].search([("order_id", "=", self.order.id)])
        return "active" in holds.mapped("state")

    def _is_paid_online(self):
        return any(
            transaction.state in ("done", "authorized") and transaction.operation != "validation"
            for transaction in self.order.transaction_ids
        )

    # === DELIVERY === #

    def _read_delivery(self):
        if not self.is_confirmed:
            return "none"
        if not self._has_goods() and not any(line.is_above_zero(line.ordered) for line in self.services):
            return "none"
        self.unshipped = [line for line in self.goods if line.is_above_zero(line.unshipped)]
        self.unperformed = [line for line in self.services if line.is_above_zero(line.unperformed)]
        if not self.outward and not self.unshipped and not self.unperformed:
            return "done"
        drafted = self._get_draft_purchase_lines().sale_line_id
        if not self.outward and any(line.is_to_plan and line.line not in drafted for line in self.unshipped):
            return "blocked"
        is_started = any(line.is_above_zero(line.shipped) for line in self.goods) or any(
            line.is_above_zero(line.delivered) for line in self.services
        )
        return "doing" if is_started or self._get_ready() else "todo"

    def _get_ready(self):
        return self.outward.filtered(lambda move: move.state in ("assigned", "partially_available"))

    # === INVOICE === #

    def _read_invoice(self):
        if self.order.state == "cancel":
            return self._read_invoice_of_cancelled()
        if not self.is_confirmed:
            return "none"
        is_invoiced = any(line.invoiced for line in self.lines)
        if not is_invoiced and not any(line.ordered or line.delivered for line in self.priced):
            return "none"
        drafts = self.invoices.filtered(lambda invoice: invoice.state == "draft")
        self.is_left = any(line.is_above_zero(line.left) for line in self.priced)
        if drafts:
            return "doing"
        is_more_to_come = self.lanes["delivery"] in _WORK and any(line.is_more_to_come for line in self.priced)
        if self.is_left or is_more_to_come:
            return "doing" if is_invoiced else "todo"
        return "done"

    def _read_invoice_of_cancelled(self):
        """What the customer has and keeps of it is to be paid all the same."""
        if not any(line.is_above_zero(abs(line.left_of_cancelled)) for line in self.priced):
            return "none"
        is_begun = any(line.invoiced for line in self.lines) or "draft" in self.invoices.mapped("state")
        return "doing" if is_begun else "todo"

    # === PAYMENT === #

    def _read_payment(self):
        is_invoicing = self.lanes["invoice"] in _WORK
        if not self.posted:
            return "todo" if is_invoicing else "none"
        if any(invoice.payment_state == "blocked" for invoice in self.unpaid):
            return "blocked"
        if not self.unpaid:
            return "doing" if is_invoicing else "done"
        is_started = self.unpaid != self.posted or any(invoice.payment_state == "partial" for invoice in self.unpaid)
        return "doing" if is_started else "todo"

    # === RETURN === #

    def _read_return(self):
        returns = self.moves.filtered(lambda move: is_return(move) and move.state != "cancel")
        if any(is_open(move) for move in returns):
            return "todo"
        if self.money.not_kept:
            return "doing"
        return "done" if returns else "none"

    # === HEADLINE === #

    def _read_stage(self):
        if self.order.state == "cancel":
            return "cancelled"
        if self.lanes["order"] in _WORK:
            return "check" if self.lanes["order"] == "blocked" else "quotation"
        if self.lanes["supply"] in _WORK:
            return "supply"
        if self.lanes["delivery"] in _WORK:
            return self._read_delivery_stage()
        if self.lanes["invoice"] in _WORK:
            return "invoice"
        return "payment" if self.lanes["payment"] in _WORK else "closed"

    def _read_delivery_stage(self):
        if self.outward:
            return "ship" if all(move.picked or self._is_last_of_steps(move) for move in self.outward) else "pick"
        return "pick" if self.unshipped else "ship"

    def _is_last_of_steps(self, move):
        return is_customer_side(move.location_dest_id, self.order) and any(
            origin.state == "done" and origin.sale_line_id.order_id == self.order and is_outward_step(origin)
            for origin in move.move_orig_ids
        )

    def _read_next_action(self):
        return getattr(self, f"_read_action_of_{self.stage}")()

    def _read_action_of_quotation(self):
        sold = self.order.order_line.filtered(lambda line: not line.display_type and line.product_id.type != "combo")
        unknown = sold.filtered(lambda line: not line.product_id and not line.is_downpayment)
        return "confirm" if sold and not unknown else "wait"

    def _read_action_of_check(self):
        if self._is_held():
            return "release"
        return "complete" if self.is_confirmed else self._read_action_of_quotation()

    def _read_action_of_supply(self):
        if "reserve" in self.answers:
            return "reserve"
        return "purchase" if self.answers & {"purchase", "nothing"} else "wait"

    def _read_action_of_pick(self):
        if self.lanes["delivery"] == "blocked":
            return "wait" if self.order.locked else "plan"
        if "assigned" in self._get_ready().picking_id.mapped("state"):
            return "deliver"
        return "wait" if self.outward or self.unshipped else "perform"

    _read_action_of_ship = _read_action_of_pick

    def _read_action_of_invoice(self):
        if any(line.is_above_zero(line.draft_excess) for line in self.priced):
            return "correct_draft"
        return "invoice" if self.is_left else self._read_posting()

    def _read_posting(self):
        """Drafts of another day, or posted by themselves on theirs, wait for it."""
        today = fields.Date.context_today(self.order)
        drafts = self.invoices.filtered(lambda move: move.state == "draft" and move.auto_post == "no")
        return "post" if any(not move.invoice_date or move.invoice_date <= today for move in drafts) else "wait"

    def _read_action_of_payment(self):
        payable = self.unpaid.filtered(
            lambda move: move.move_type == "out_invoice" and move.payment_state in ("not_paid", "partial")
        )
        if self.lanes["payment"] == "blocked":
            return "pay" if payable else "resolve_dispute"
        if self.money.is_refund_next:
            return "refund"
        return "credit" if self.money.is_claim_void else "pay"

    def _read_action_of_closed(self):
        drafted = "draft" in self.invoices.mapped("state")
        posting = self._read_posting() if drafted else "credit"
        action = {"doing": posting, "todo": "receive"}.get(self.lanes["return"], False)
        return action or ("refund" if self.money.is_refund_next else False)

    def _read_action_of_cancelled(self):
        return "invoice" if self.lanes["invoice"] in _WORK else self._read_action_of_closed()

    # === OTHER FIGURES === #

    def _round(self, amount):
        return self.order.company_id.currency_id.round(amount)

    def _read_date_promised(self):
        order = self.order
        if order.oms_date_promised or order.commitment_date:
            return order.oms_date_promised or order.commitment_date
        if not self.is_confirmed:
            return False
        # Confirmed before anybody kept promises: by the longest lead of its lines.
        leads = [timedelta(days=line.line.customer_lead or 0) for line in self.lines if line.is_real]
        return order.date_order + max(leads) if leads else False

    def _read_next_deadline(self):
        if self.stage in ("quotation", "check"):
            return self._get_noon(self.order.validity_date)
        if self.stage in ("supply", "pick", "ship"):
            return min((move.date_deadline or move.date for move in self.outward), default=self._read_date_promised())
        if self.stage == "invoice":
            return self._read_date_promised()
        if self.stage == "payment":
            due = [invoice.invoice_date_due for invoice in self.unpaid if invoice.invoice_date_due]
            return self._get_noon(min(due, default=False))
        return False

    def _get_noon(self, day):
        company = self.order.company_id.sudo()
        zone = company.partner_id.tz or company.resource_calendar_id.tz or "UTC"
        if not day:
            return False
        noon = datetime.combine(day, time(12), ZoneInfo(zone))
        is_far_east = noon.utcoffset() >= timedelta(hours=12)
        return noon.astimezone(UTC).replace(tzinfo=None) if is_far_east else datetime.combine(day, time(12))
