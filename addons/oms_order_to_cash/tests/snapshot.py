"""What undo has to bring back: orders, lines, transfers, purchases, invoices, payments, as plain values.

Documents are told by what they say and not by their ids; cancelled ones say nothing.
"""

from collections import Counter, defaultdict

from odoo.tools import float_round


def take_snapshot(orders, customers, vendors):
    """Return {kind of document: plain values}."""
    orders.env.flush_all()
    return {
        "orders": {order.name: _read_order(order) for order in orders},
        "transfers": {order.name: _read_transfers(order) for order in orders},
        "purchases": _read_purchases(vendors),
        "invoices": {order.name: _read_invoices(order) for order in orders},
        "payments": _read_payments(customers),
    }


def get_difference(before, after):
    """Return what differs of two snapshots, as {place: (before, after)}."""
    found = {}
    for kind, values in before.items():
        for key in {*values, *after[kind]}:
            if values.get(key) != after[kind].get(key):
                found[f"{kind} {key}"] = (values.get(key), after[kind].get(key))
    return found


def _round(quantity):
    return float_round(quantity, precision_digits=2)


def _read_order(order):
    lines = [
        (
            line.product_id.name or "",
            _round(line.product_uom_qty),
            # Of a down payment core keeps what is posted of it.
            _round(line.price_unit) if not line.is_downpayment else 0.0,
            _round(line.discount),
            line.tax_ids.ids,
            line.is_downpayment,
            _round(line.qty_delivered),
            _round(line.qty_invoiced),
        )
        for line in order.order_line
        # A line that was added to a confirmed order can't be deleted any more: of none it says nothing.
        if not line.display_type
        and (line.is_downpayment or line.product_uom_qty or line.qty_delivered or line.qty_invoiced)
    ]
    return {
        "state": order.state,
        "total": order.amount_total,
        "held": _is_held(order),
        "carrier": order.carrier_id.id,
        "lines": sorted(lines),
    }


def _is_held(order):
    return bool(order.env["oms.hold"].search_count([("order_id", "=", order.id), ("state", "=", "active")]))


def _read_transfers(order):
    """Return {(product, from, to, whether done): (demand, reserved or done)}; how it is spread over transfers may change."""
    sums = defaultdict(lambda: [0.0, 0.0])
    for move in order.order_line.move_ids:
        if move.state != "cancel" and (move.product_uom_qty or move.quantity):
            key = (move.product_id.name, move.location_id.name, move.location_dest_id.name, move.state == "done")
            sums[key][0] += move.product_uom_qty
            sums[key][1] += move.quantity
    return {key: tuple(map(_round, values)) for key, values in sums.items()}


def _read_purchases(vendors):
    sums = defaultdict(float)
    lines = vendors.env["purchase.order.line"].search(
        [("partner_id", "in", vendors.ids), ("order_id.state", "!=", "cancel")]
    )
    for line in lines:
        state = "draft" if line.order_id.state in ("draft", "sent", "to approve") else line.order_id.state
        sums[line.product_id.name, state, line.order_id.picking_type_id.warehouse_id.name] += line.product_qty
    return {key: _round(quantity) for key, quantity in sums.items() if _round(quantity)}


def _read_invoices(order):
    moves = order.order_line.invoice_lines.move_id.filtered(lambda move: move.state != "cancel")
    return Counter(
        (move.move_type, move.state, move.amount_total, move.amount_residual, move.payment_state) for move in moves
    )


def _read_payments(customers):
    payments = customers.env["account.payment"].search(
        [("partner_id", "in", customers.ids), ("state", "!=", "canceled")]
    )
    return Counter((payment.payment_type, payment.state, payment.amount) for payment in payments)
