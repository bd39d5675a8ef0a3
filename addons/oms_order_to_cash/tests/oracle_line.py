"""What the documents say of one sale order line, by plain loops; see docs/flow.md for the words."""

from odoo.tools import float_compare, float_round


def is_customer_side(location, order):
    """Tell whether goods in this place have left for the order's customer: another company of ours takes them in transit."""
    if location.usage == "customer":
        return True
    inter_company = location.env.ref("stock.stock_location_inter_company", raise_if_not_found=False)
    if not inter_company or not location._child_of(inter_company):
        return False
    address = order.partner_shipping_id.with_company(order.company_id)
    return address.property_stock_customer._child_of(inter_company)


def is_outward(move):
    """Tell whether a move takes goods to the customer, by itself or by what it feeds."""
    order = move.sale_line_id.order_id
    if move.location_id.usage == "customer":
        return False
    return is_customer_side(move.location_final_id or move.location_dest_id, order) or any(
        is_open(fed) and fed.sale_line_id.order_id == order and is_outward(fed) for fed in move.move_dest_ids
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
        # Of an expense counts what was spent, whatever quantity core wrote on its line.
        self.ordered = line.qty_delivered if line.is_expense else line.product_uom_qty
        self.delivered = line.qty_delivered
        self.invoiced_in_all = line.qty_invoiced
        self.till = self._read_till()
        self.invoiced_in_all -= self.till["invoiced"]
        self.delivered -= self.till["delivered"] if self.is_goods else 0
        self._read_moves()
        self._read_invoices()
        self._add_till()

    def is_above_zero(self, quantity):
        return float_compare(quantity, 0, precision_digits=self.digits) > 0

    # === THE TILL === #

    def _read_till(self):
        """Return what the till sold, took back and will ship later, and what it counts in core's figures."""
        till = dict.fromkeys(("sold", "back", "later", "invoiced", "delivered"), 0.0)
        if "pos_order_line_ids" not in self.line._fields or self.line.is_downpayment:
            return till
        done = {"paid", "done", "invoiced"}
        linked = self.line.pos_order_line_ids.filtered(lambda entry: entry.order_id.state in done)
        refunds = self.line.pos_order_line_ids.refund_orderline_ids.filtered(lambda entry: entry.order_id.state in done)
        for entry in linked:
            till["invoiced"] += self._convert_till(entry)
            if entry.qty > 0:
                till["sold"] += self._convert_till(entry)
                if any(picking.state not in ("done", "cancel") for picking in entry.order_id.picking_ids):
                    till["later"] += self._convert_till(entry)
        for refund in refunds:
            till["back"] -= self._convert_till(refund)
        for part in (linked, refunds):
            if all(picking.state == "done" for picking in part.order_id.picking_ids):
                till["delivered"] += sum(self._convert_till(entry) for entry in part)
        return till

    def _convert_till(self, entry):
        return self.line.product_id.uom_id._compute_quantity(entry.qty, self.line.product_uom_id, round=False)

    def _add_till(self):
        self.invoiced += self.till["sold"]
        self.elsewhere += self.till["sold"] - self.till["back"]
        self.credited += self.till["back"]
        if self.is_goods and self.ordered >= 0:
            self.delivered += self.till["sold"] - self.till["later"] - self.till["back"]
            self.shipped += self.till["sold"] - self.till["later"]
            self.planned += self.till["later"]
            self.returned += self.till["back"]

    # === STOCK === #

    def _read_moves(self):
        self.shipped, self.planned, self.returned = self.delivered, 0.0, 0.0
        if not self.is_goods or self.ordered < 0:
            return  # goods that the customer hands in are no return of something shipped
        first_time = self.line.move_ids.filtered(lambda move: is_outward(move) and not move.origin_returned_move_id)
        left = first_time.filtered(
            lambda move: move.state == "done" and is_customer_side(move.location_dest_id, self.line.order_id)
        )
        last_steps = first_time.filtered(
            lambda move: is_open(move) and not (move.move_dest_ids.filtered(is_open) & first_time)
        )
        out, back = (
            moves.filtered(lambda move: move.state == "done") for moves in self.line._get_outgoing_incoming_moves()
        )
        kit = self._get_kit()
        if kit:
            out, back = self._get_kit_moves()
            parts = self._get_parts(kit)
            shipped = self._count_kits(parts, left)
            kept = self._count_kits(parts, out, back)
            counted = self._count_kits_line_by_line(parts, out, back)
            self.planned = self._count_kits(parts, left + last_steps) - shipped
        else:
            shipped = self._sum_moves(left)
            kept = self._sum_moves(out) - self._sum_moves(back)
            counted = self._sum_moves(out, is_rounded=True) - self._sum_moves(back, is_rounded=True)
            self.planned = self._sum_moves(last_steps)
        elsewhere = float_round(self.delivered - counted, self.digits)
        self.delivered = kept + elsewhere
        self.shipped = shipped + max(elsewhere, 0.0)
        self.returned = max(shipped - kept, 0.0) + (0.0 if kit else max(-elsewhere, 0.0))

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
        """Return the bill of materials of a line that is shipped as its parts."""
        if "bom_line_id" not in self.line.move_ids._fields or not self.line.move_ids.bom_line_id:
            return None
        product = self.line.product_id
        boms = self.line.move_ids.bom_line_id.bom_id
        return (
            boms.filtered(lambda bom: bom.type == "phantom" and bom.product_tmpl_id == product.product_tmpl_id)[:1]
            or boms._bom_find(product, bom_type="phantom", company_id=self.line.company_id.id)[product]
        )

    def _get_kit_moves(self):
        done = self.line.move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_usage != "inventory"
        )
        out = done.filtered(lambda move: move._is_outgoing() and (not move.origin_returned_move_id or move.to_refund))
        return out, done.filtered(lambda move: move._is_incoming() and move.to_refund)

    def _get_parts(self, kit):
        """Return the pieces that a hundred kits need: [(line of the bill of materials, pieces)]."""
        return [
            (line, line.product_uom_id._compute_quantity(values["qty"], line.product_id.uom_id, round=False))
            for line, values in kit.explode(self.line.product_id, 100 / kit.product_qty)[1]
        ]

    def _count_kits(self, parts, moves, minus=()):
        """Return how many whole kits the pieces of these moves make, whatever line of the bill of materials they are for."""
        kits = []
        for product in self.line.move_ids.product_id:
            needed = sum(pieces for line, pieces in parts if line.product_id == product)
            if needed:
                kits.append(100 * self._count_pieces(product, moves, minus) / needed)
        return int(min(kits, default=0.0) + 1e-6)

    def _count_kits_line_by_line(self, parts, moves, minus):
        kits = []
        for line, needed in parts:
            of_line = [part.filtered(lambda move, line=line: move.bom_line_id == line) for part in (moves, minus)]
            pieces = self._count_pieces(line.product_id, *of_line) if moves or minus else 0.0
            kits.append(float_round(100 * pieces / needed, self.digits))
        return min(kits, default=0.0) // 1

    def _count_pieces(self, product, moves, minus):
        total = 0.0
        for part, sign in ((moves, 1), (minus, -1)):
            for move in part:
                if move.product_id == product:
                    quantity = move.quantity if move.state == "done" else move.product_uom_qty
                    total += sign * move.product_uom._compute_quantity(quantity, product.uom_id, round=False)
        return total

    # === INVOICES === #

    def _read_invoices(self):
        self.invoiced = self.invoiced_draft = self.credited = self.down_payment = counted = 0.0
        for invoice in self.line.invoice_lines.move_id:
            if invoice.state == "cancel" and invoice.payment_state != "invoicing_legacy":
                continue
            sign = {"out_invoice": 1, "out_refund": -1}.get(invoice.move_type, 0)
            invoice_lines = self.line.invoice_lines.filtered(lambda line, invoice=invoice: line.move_id == invoice)
            quantity = sign * sum(self._convert(line, is_rounded=False) for line in invoice_lines)
            counted += sign * sum(self._convert(line, is_rounded=True) for line in invoice_lines)
            is_charged = quantity < 0 if self.ordered < 0 else quantity > 0
            if sign > 0 or is_charged:
                self.invoiced += quantity
                self.invoiced_draft += quantity if sign > 0 and invoice.state == "draft" else 0
            elif sign < 0:
                self.credited -= quantity
            if self.line.is_downpayment:
                self.down_payment += sign * sum(map(self._get_at_order_rate, invoice_lines))
        elsewhere = float_round(self.invoiced_in_all - counted, self.digits)
        self.elsewhere = elsewhere
        self.invoiced += elsewhere
        if self.line.is_downpayment and elsewhere:
            currency, rate = self.line.order_id.currency_id, self.line.order_id.currency_rate
            taxes = self.line.tax_ids.compute_all(self.line.price_unit, currency, elsewhere)
            self.down_payment += taxes["total_included"] / rate

    def _convert(self, invoice_line, is_rounded):
        return invoice_line.product_uom_id._compute_quantity(
            invoice_line.quantity, self.line.product_uom_id or invoice_line.product_uom_id, round=is_rounded
        )

    def _get_at_order_rate(self, invoice_line):
        """Return what an invoice line is in company currency: the order's own money at the order's rate, any other at its document's."""
        order, invoice = self.line.order_id, invoice_line.move_id
        rate = order.currency_rate if invoice.currency_id == order.currency_id else invoice.invoice_currency_rate
        return invoice_line.price_total / (rate or 1)

    # === WHAT FOLLOWS FROM BOTH === #

    @property
    def unshipped(self):
        return self.ordered - self.shipped if self.is_goods else 0.0

    @property
    def is_to_plan(self):
        return self.is_above_zero(self.unshipped - self.planned)

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
        left = self.target - self.invoiced + max(min(self.credited, self.returned), 0.0)
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
    def left_of_cancelled(self):
        """What is left to invoice of a cancelled order: what the customer got and keeps."""
        left = self.delivered - self.invoiced + min(self.credited, self.returned)
        return min(left, 0.0) if self.ordered < 0 else max(left, 0.0)

    @property
    def unit_total(self):
        if self.line.product_uom_qty:
            return self.line.price_total / self.line.product_uom_qty
        return self.line.price_unit * (1 - self.line.discount / 100)

    @property
    def amount_left(self):
        """What will still be invoiced, in the order's currency."""
        in_the_end = self.target
        if self.policy == "delivery" and self.ordered >= 0:
            in_the_end = self.delivered + max(self.ordered - self.shipped, self.planned, 0.0)
        elif self.policy == "delivery":
            in_the_end = self.ordered
        if self.ordered < 0:
            return min(in_the_end - self.invoiced, 0.0) * self.unit_total
        gone = max(min(self.credited, self.returned), self._get_not_kept(), 0.0)
        return max(in_the_end - self.invoiced + gone, 0.0) * self.unit_total

    def _get_not_kept(self):
        """Return what is billed here of what came back and is not replaced: it will be credited, and billed again once shipped."""
        if self.line.order_id.state == "cancel" or not self.is_above_zero(self.returned):
            return 0.0
        kept = self.target + (min(self.planned, self.replaced) if self.policy == "delivery" else 0.0)
        return min(self.invoiced - max(kept, 0.0), self.invoiced - max(self.elsewhere, 0.0))
