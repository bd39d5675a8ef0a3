"""What people do to an order, each by the method behind the button they would press."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command


class OmsVerbs:
    # === THE ORDER === #

    def _place_order(self, lines=None, **vals):
        """Make a quotation.

        :param lines: list of ``(product, quantity[, price])`` or of dicts of values; one of ten ``goods`` by default
        :param vals: values of the order; ``company_id`` given, it is made there
        """
        lines = [(self.goods, 10)] if lines is None else lines
        company = vals.get("company_id") and self.env["res.company"].browse(vals["company_id"])
        return (
            self._in_company(company or self.company)
            .env["sale.order"]
            .create(
                {
                    "partner_id": self.customer.id,
                    "warehouse_id": (self._get_warehouse(company) if company else self.warehouse).id,
                    "order_line": [Command.create(self._prepare_line(line)) for line in lines],
                    **vals,
                }
            )
        )

    def _prepare_line(self, line):
        if isinstance(line, dict):
            return line
        product, quantity, *price = line
        vals = {"product_id": product.id, "product_uom_qty": quantity}
        return {**vals, "price_unit": price[0]} if price else vals

    def _in_company(self, company):
        """Return the company as a user sees it who works in it, and may see all of them."""
        companies = company | self.company
        return company.with_context(allowed_company_ids=companies.ids)

    def _get_warehouse(self, company):
        if company == self.company:
            return self.warehouse
        return self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)

    def _confirm(self, orders):
        orders.action_confirm()
        return orders

    def _confirmed(self, lines=None, **vals):
        """Make an order and confirm it."""
        return self._confirm(self._place_order(lines, **vals))

    def _cancel(self, orders):
        orders.action_cancel()

    def _reopen(self, orders, confirm=True):
        orders.action_draft()
        if confirm:
            orders.action_confirm()

    def _discount(self, order, percent):
        """Give a discount on the whole order, as a line of its own.

        :param percent: a fraction of 1
        """
        wizard = self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "so_discount", "discount_percentage": percent}
        )
        wizard.action_apply_discount()

    def _promise(self, order, days):
        """Promise the goods for a day, counted from today."""
        order.commitment_date = fields.Datetime.now() + timedelta(days=days)

    def _pay_online(self, order, state="pending"):
        """Have the customer pay a quotation online, through a provider of its own."""
        method = self.env["payment.method"].create({"name": "Test", "code": "test"})
        provider = self.env["payment.provider"].create(
            {"name": "Test", "payment_method_ids": [method.id], "company_id": order.company_id.id}
        )
        provider.support_manual_capture = "full_only"  # what a real provider computes
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"TEST-{order.name}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "sale_order_ids": [order.id],
                "state": state,
            }
        )

    # === STOCK AND SUPPLY === #

    def _receive(self, product, quantity, warehouse=None):
        """Get goods from nowhere in particular, as a receipt."""
        picking_type = (warehouse or self.warehouse).in_type_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": picking_type.default_location_dest_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": picking_type.default_location_dest_id.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return self._validate(picking)

    def _buy(self, product, quantity, warehouse=None, confirm=True):
        """Order goods from the vendor; not confirmed, it is a request for quotation."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": (warehouse or self.warehouse).in_type_id.id,
                "order_line": [Command.create({"product_id": product.id, "product_qty": quantity, "price_unit": 15})],
            }
        )
        if confirm:
            purchase.button_confirm()
        return purchase

    def _receive_purchase(self, purchase):
        return self._validate(purchase.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")))

    def _reserve(self, order):
        self._get_open_pickings(order).action_assign()

    def _unreserve(self, order):
        self._get_open_pickings(order).do_unreserve()

    # === DELIVERIES AND RETURNS === #

    def _get_open_pickings(self, order, returns=False):
        """Return the open transfers of an order towards the customer, or those back from him."""
        return order.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and picking.move_ids
                and (picking.location_id.usage == "customer") == returns
            )
        ).sorted("id")

    def _ship(self, order, quantity=None, fraction=None, backorder=True):
        """Validate the transfers of an order that are ready (one step of them, where there are several).

        :param quantity: of each move, in its unit; or a dict {product: quantity}; all that is asked for by default
        :param fraction: of each move's demand
        :param backorder: whether what is left goes into another transfer, or is cancelled
        """
        pickings = self._get_open_pickings(order).filtered(lambda picking: picking.state in ("assigned", "confirmed"))
        if not pickings:
            raise UserError("nothing is ready to leave")
        for move in pickings.move_ids.filtered(lambda move: move.state not in ("done", "cancel")):
            move.quantity = self._get_move_quantity(move, quantity, fraction)
            move.picked = move.quantity > 0
        return self._validate(pickings, backorder)

    def _get_move_quantity(self, move, quantity, fraction):
        if fraction is not None:
            return move.product_uom.round(move.product_uom_qty * fraction)
        if isinstance(quantity, dict):
            return quantity.get(move.product_id, 0)
        return move.product_uom_qty if quantity is None else quantity

    def _validate(self, pickings, backorder=True):
        context = {"skip_backorder": True, "skip_sms": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = pickings.ids
        pickings.with_context(**context).button_validate()
        return pickings

    def _cancel_transfers(self, order):
        self._get_open_pickings(order).action_cancel()

    def _announce_return(self, order, quantity=None, to_refund=True, exchange=False):
        """Make the return of what an order shipped last, not yet received.

        :param quantity: of each move, or a dict {product: quantity}; all of it by default
        :return: the transfer back
        """
        shipped = order.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
        ).sorted("id")
        if not shipped:
            raise UserError("nothing was shipped")
        return self._announce_return_of(shipped[-1], quantity, to_refund, exchange)

    def _announce_return_of(self, picking, quantity=None, to_refund=True, exchange=False):
        """Make the return of a transfer, whatever step it is."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(
                active_id=picking.id,
                active_ids=picking.ids,
                active_model="stock.picking",
            )
            .create({})
        )
        for line in wizard.product_return_moves:
            line.to_refund = to_refund
            line.quantity = (
                line.move_id.quantity if quantity is None else self._get_move_quantity(line.move_id, quantity, None)
            )
        action = wizard.action_create_exchanges() if exchange else wizard.action_create_returns()
        return self.env["stock.picking"].browse(action["res_id"])

    def _receive_return(self, picking):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        return self._validate(picking)

    def _return(self, order, quantity=None, to_refund=True, exchange=False):
        """Take goods back from the customer; with ``exchange`` new ones are planned at once."""
        return self._receive_return(self._announce_return(order, quantity, to_refund, exchange))

    # === INVOICES === #

    def _invoice(self, orders, post=True, final=True, grouped=False):
        """Invoice what the orders have to invoice now; ``final``: down payments are deducted and returns credited."""
        invoices = orders._create_invoices(final=final, grouped=grouped)
        return self._post(invoices) if post else invoices

    def _post(self, invoices):
        invoices.filtered(lambda invoice: invoice.state == "draft").action_post()
        return invoices

    def _down_payment(self, order, percent=None, amount=None, post=True):
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(
                active_model="sale.order",
                active_id=order.id,
                active_ids=order.ids,
            )
            .create(
                {
                    "advance_payment_method": "percentage" if percent else "fixed",
                    "amount": percent or 0,
                    "fixed_amount": amount or 0,
                }
            )
        )
        invoice = wizard._create_invoices(order)
        return self._post(invoice) if post else invoice

    def _credit(self, invoice, quantity=None, post=True, modify=False, apply=False):
        """Credit an invoice by the reversal wizard.

        :param quantity: of each line; all of it by default
        :param modify: reverse it all, and make a new draft invoice of the same contents, which is returned
        :param apply: settle the invoice with the credit note, as far as it goes
        """
        wizard = (
            self.env["account.move.reversal"]
            .with_context(
                active_model="account.move",
                active_ids=invoice.ids,
            )
            .create({"journal_id": invoice.journal_id.id, "reason": "test"})
        )
        wizard.reverse_moves(is_modify=modify)
        credit = wizard.new_move_ids
        if quantity is not None:
            credit.invoice_line_ids.filtered(lambda line: line.display_type == "product").quantity = quantity
        if post and not modify:
            self._post(credit)
        if apply:
            self._settle(invoice, credit)
        return credit

    def _settle(self, invoice, credit):
        lines = (invoice + credit).line_ids
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()

    def _pay(self, invoices, amount=None, **vals):
        """Register one payment per invoice, or a part of it."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(
                active_model="account.move",
                active_ids=invoices.ids,
            )
            .create({"payment_date": fields.Date.today(), **({"amount": amount} if amount else {}), **vals})
        )
        return wizard._create_payments()

    def _receive_money(self, amount, customer=None, **vals):
        """Get a payment that names no invoice; return its open journal item."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (customer or self.customer).id,
                "amount": amount,
                "journal_id": self.env["account.journal"]
                .search([("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1)
                .id,
                **vals,
            }
        )
        # Without an account of its own in between, core makes no journal entry of a payment.
        payment.outstanding_account_id = payment.outstanding_account_id or self._get_outstanding_account()
        payment.action_post()
        return payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def _get_outstanding_account(self):
        return self.env["account.account"].create(
            {"name": "Outstanding", "code": "OUTST9", "account_type": "asset_current", "reconcile": True}
        )

    # === IN ONE GO === #

    def _finish(self, order):
        """Ship, invoice and pay all there is of a confirmed order."""
        if self._get_open_pickings(order):
            self._ship(order)
        self._pay(self._invoice(order))
        return order
