"""What the documents say of one sale order line, by plain loops; see docs/flow.md for the words."""

from odoo.tools import float_compare


def is_customer_side(location):
    """Tell whether goods in this place have left for the customer."""
    inter_company = location.env.ref("stock.stock_location_inter_company", raise_if_not_found=False)
    return location.usage == "customer" or bool(inter_company and location._child_of(inter_company))


def is_outward(move):
    """Tell whether a move takes goods to the customer, by itself or by what it feeds."""
    if move.location_id.usage == "customer":
        return False
    return is_customer_side(move.location_final_id or move.location_dest_id) or any(
        is_open(fed) and fed.sale_line_id.order_id == move.sale_line_id.order_id and is_outward(fed)
        for fed in move.move_dest_ids
    )


def is_outward_step(move):
    """Tell whether a move, done or open, was a step on the way to the customer."""
    return move.location_id.usage != "customer"


def is_return(move):
    return move.location_id.usage == "customer" and move.location_dest_id.usage != "customer"


def is_open(move):
    return move.state not in ("done", "cancel") and move.product_uom_qty > 0


class OracleLine:
    def __init__(self, line):
        self.line = line
        self.digits = line.env["decimal.precision"].precision_get("Product Unit")
        self.is_real = not line.display_type and not line.is_downpayment and line.product_id.type != "combo"
        self.is_goods = (
            self.is_real
            and line.product_id.type == "consu"
            and line.qty_delivered_method == "stock_move"
            and not line.is_expense
        )
        self.policy = line.product_id.invoice_policy
        self.is_performed = self.is_real and not self.is_goods and self.policy == "delivery"
        self.is_priced = self.is_real and line.price_unit * (1 - line.discount / 100) != 0
        self.ordered = line.product_uom_qty
        self.delivered = line.qty_delivered
        self._read_moves()
        self._read_invoices()

    def is_above_zero(self, quantity):
        return float_compare(quantity, 0, precision_digits=self.digits) > 0

    # === STOCK === #

    def _read_moves(self):
        self.shipped, self.planned, self.returned = self.delivered, 0.0, 0.0
        if not self.is_goods or self.ordered < 0:
            return  # goods that the customer hands in are no return of something shipped
        first_time = self.line.move_ids.filtered(lambda move: is_outward(move) and not move.origin_returned_move_id)
        left = first_time.filtered(lambda move: move.state == "done" and is_customer_side(move.location_dest_id))
        last_steps = first_time.filtered(
            lambda move: is_open(move) and not (move.move_dest_ids.filtered(is_open) & first_time)
        )
        if self._get_kit():
            self.shipped = self._count_kits(left)
            self.planned = self._count_kits(left + last_steps) - self.shipped
            self.returned = max(self.shipped - self.delivered, 0.0)
        else:
            self.shipped = self._sum_moves(left)
            self.planned = self._sum_moves(last_steps)
            self.returned = max(self._sum_moves(left, is_rounded=True) - self.delivered, 0.0)

    def _sum_moves(self, moves, is_rounded=False):
        """Sum moves in the line's unit; core rounds each of them: a piece is 0.08 of a dozen."""
        total = 0.0
        for move in moves.filtered(lambda move: move.product_id == self.line.product_id):
            quantity = move.quantity if move.state == "done" else move.product_uom_qty
            total += move.product_uom._compute_quantity(
                quantity, self.line.product_uom_id, round=is_rounded, rounding_method="HALF-UP"
            )
        return total

    def _get_kit(self):
        """Return the bill of materials of a line that is shipped as its components."""
        if "bom_line_id" not in self.line.move_ids._fields:
            return None
        return self.line.move_ids.bom_line_id.bom_id.filtered(
            lambda bom: bom.type == "phantom" and bom.product_tmpl_id == self.line.product_id.product_tmpl_id
        )[:1]

    def _count_kits(self, moves):
        """Return how many whole kits these moves make; only kits whose components are no kits themselves."""
        kits = []
        for bom_line in self._get_kit().bom_line_ids:
            pieces = 0.0
            for move in moves.filtered(lambda move, bom_line=bom_line: move.bom_line_id == bom_line):
                quantity = move.quantity if move.state == "done" else move.product_uom_qty
                pieces += move.product_uom._compute_quantity(quantity, bom_line.product_uom_id)
            kits.append(pieces // bom_line.product_qty)
        return min(kits, default=0.0)

    # === INVOICES === #

    def _read_invoices(self):
        self.invoiced = self.invoiced_draft = self.credited = self.credited_draft = self.down_payment = 0.0
        for invoice_line in self.line.invoice_lines:
            invoice = invoice_line.move_id
            if invoice.state == "cancel" and invoice.payment_state != "invoicing_legacy":
                continue
            quantity = invoice_line.quantity
            if invoice_line.product_uom_id:
                quantity = invoice_line.product_uom_id._compute_quantity(
                    quantity, self.line.product_uom_id or invoice_line.product_uom_id
                )
            if invoice.move_type == "out_invoice":
                self.invoiced += quantity
                self.invoiced_draft += quantity if invoice.state == "draft" else 0
                sign = 1
            elif invoice.move_type == "out_refund":
                self.credited += quantity
                self.credited_draft += quantity if invoice.state == "draft" else 0
                sign = -1
            if self.line.is_downpayment:
                # A document's rate says how much of its money one of the company's is.
                self.down_payment += sign * invoice_line.price_total / (invoice.invoice_currency_rate or 1)

    # === WHAT FOLLOWS FROM BOTH === #

    @property
    def unshipped(self):
        return self.ordered - self.shipped if self.is_goods else 0.0

    @property
    def unperformed(self):
        return self.ordered - self.delivered if self.is_performed else 0.0

    @property
    def replaced(self):
        """What was or will be shipped above the order: an exchange, or too much at once. It makes good for returns."""
        return max(self.shipped + self.planned - self.ordered, 0.0)

    @property
    def target(self):
        """What should be invoiced by now, credit notes taken off."""
        if self.policy == "delivery":
            return self.delivered
        return self.ordered - max(self.returned - self.replaced, 0.0)

    @property
    def left(self):
        """What is left to invoice now. A credit note for returned goods counts, any other never re-opens invoicing."""
        left = self.target - self.invoiced + min(self.credited, self.returned)
        return -left if self.ordered < 0 else left

    @property
    def draft_excess(self):
        """What draft invoices say above what is to be invoiced by now; ahead of a delivery it may be meant so."""
        if self.ordered < 0:
            return 0.0
        above = min(self.invoiced - self.credited - self.target, self.invoiced_draft)
        return min(above, self.returned) if self.policy == "delivery" else above

    @property
    def is_more_to_come(self):
        """Whether more of it will have to be invoiced once it is delivered or performed."""
        return self.is_priced and self.policy == "delivery" and self.is_above_zero(self.ordered - self.shipped)

    @property
    def is_credit_owed(self):
        if not self.is_priced or not self.is_above_zero(self.returned):
            return False
        kept = self.target
        if self.policy == "delivery":
            kept += min(self.planned, self.replaced)
        return self.is_above_zero(self.invoiced - self.credited + self.credited_draft - kept)

    @property
    def amount_left(self):
        """What will still be invoiced, in the order's currency."""
        unit_total = (
            self.line.price_total / self.ordered
            if self.ordered
            else self.line.price_unit * (1 - self.line.discount / 100)
        )
        in_the_end = self.target
        if self.policy == "delivery" and self.ordered >= 0:
            in_the_end = self.delivered + max(self.ordered - self.shipped, self.planned, 0.0)
        elif self.policy == "delivery":
            in_the_end = self.ordered
        left = in_the_end - self.invoiced + min(self.credited, self.returned)
        return (min(left, 0.0) if self.ordered < 0 else max(left, 0.0)) * unit_total
