"""Real orders in all the states that matter, made by Odoo's own methods: what the great databases are multiplied
from.
"""

from typing import NamedTuple

from odoo import fields
from odoo.fields import Command

REPEAT = 6  # orders of each kind
CUSTOMERS = 1000
FAMILY = 100  # products of each family


class Kind(NamedTuple):
    """Orders of one sort: what they sell (families, one line each), what is done to them, and how many there are."""

    name: str
    weight: float
    lines: tuple
    steps: tuple
    foreign: bool = False
    warehouse: str = "main"


_SHIPPED = ("confirm", "ship")
_UNPAID = (*_SHIPPED, "invoice", "post")
_PAID = (*_UNPAID, "pay")

OPEN = (
    Kind("draft", 10, ("goods", "onship"), ()),
    Kind("sent", 10, ("goods", "onship", "service"), ("send",)),
    Kind("signed", 1, ("goods",), ("send", "sign")),
    Kind("missing", 6, ("short", "goods"), ("confirm",)),
    Kind("inbound", 6, ("inbound", "goods"), ("confirm",)),
    Kind("drafted", 4, ("drafted",), ("confirm",)),
    Kind("free", 3, ("goods", "onship"), ("confirm", "unreserve")),
    Kind("ready", 15, ("goods", "onship"), ("confirm",)),
    Kind("ready foreign", 3, ("goods",), ("confirm",), foreign=True),
    Kind("picked", 3, ("goods", "goods"), ("confirm", "ship"), warehouse="two_steps"),
    Kind("part shipped", 5, ("goods", "onship"), ("confirm", "ship_half")),
    Kind("stuck", 1, ("goods",), ("confirm", "cancel_transfers")),
    Kind("to perform", 2, ("performed", "goods"), _SHIPPED),
    Kind("shipped", 8, ("onship", "onship"), _SHIPPED),
    Kind("part invoiced", 3, ("goods", "onship"), ("confirm", "invoice", "post", "ship")),
    Kind("drafted invoice", 4, ("goods", "onship"), (*_SHIPPED, "invoice")),
    Kind("unpaid", 20, ("goods", "onship"), _UNPAID),
    Kind("unpaid foreign", 4, ("goods",), _UNPAID, foreign=True),
    Kind("part paid", 5, ("goods", "onship"), (*_UNPAID, "pay_half")),
    Kind("down payment", 3, ("goods",), ("confirm", "pay_down")),
    Kind("return announced", 2, ("goods", "onship"), (*_UNPAID, "announce_return")),
    Kind("credit drafted", 1, ("onship",), (*_UNPAID, "announce_return", "receive_return", "invoice")),
)
CLOSED = (
    Kind("paid", 60, ("goods", "onship"), _PAID),
    Kind("paid, three lines", 15, ("goods", "onship", "service"), _PAID),
    Kind("paid foreign", 6, ("goods", "onship"), _PAID, foreign=True),
    Kind("paid without entry", 4, ("goods",), (*_UNPAID, "pay_without_entry")),
    Kind("invoiced together", 4, ("goods", "onship"), (*_SHIPPED, "invoice_together", "post", "pay")),
    Kind("credited", 2, ("onship", "onship"), (*_PAID, "announce_return", "receive_return", "invoice", "post", "pay")),
    Kind("owed credit", 1, ("goods",), (*_PAID, "announce_return", "receive_return")),
    Kind("cancelled quotation", 5, ("goods", "onship"), ("cancel",)),
    Kind("cancelled order", 3, ("goods", "onship"), ("confirm", "cancel")),
)


class Seeder:
    """Makes the catalogue, then the orders of each kind, by the methods behind the buttons."""

    def __init__(self, env):
        quiet = {"tracking_disable": True, "mail_create_nosubscribe": True, "mail_notrack": True, "skip_sms": True}
        self.env = env(context={**env.context, **quiet})
        self.uses = 0

    # === CATALOGUE === #

    def make_catalogue(self):
        warehouses = self.env["stock.warehouse"]
        self.warehouses = {
            "main": warehouses.search([], limit=1),
            "two_steps": warehouses.create({"name": "Two Steps", "code": "STEPS", "delivery_steps": "pick_ship"}),
        }
        self.customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number:04}",
                    "email": f"customer{number}@example.com",
                    "street": f"{number} Long Street",
                    "city": "Springfield",
                    "country_id": self.env.company.country_id.id,
                }
                for number in range(CUSTOMERS)
            ]
        )
        self._make_products()
        self._make_money()

    def _make_products(self):
        self.families = {
            "goods": self._make_family("Goods"),
            "onship": self._make_family("Goods on shipment", invoice_policy="delivery"),
            "short": self._make_family("Short"),
            "inbound": self._make_family("Short, on the way"),
            "drafted": self._make_family("Short, to buy"),
            "service": self._make_family("Service", type="service", is_storable=False),
            "performed": self._make_family("Performed", type="service", is_storable=False, invoice_policy="delivery"),
        }
        for family in ("goods", "onship"):
            for warehouse in self.warehouses.values():
                self._put_in_stock(self.families[family], warehouse.lot_stock_id)
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self._buy(vendor, self.families["inbound"]).button_confirm()
        self._buy(vendor, self.families["drafted"])

    def _make_family(self, name, **vals):
        return self.env["product.product"].create(
            [
                {
                    "name": f"{name} {number:03}",
                    "is_storable": True,
                    "list_price": 5 + number,
                    "invoice_policy": "order",
                    **vals,
                }
                for number in range(FAMILY)
            ]
        )

    def _put_in_stock(self, products, location):
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {"product_id": product.id, "location_id": location.id, "inventory_quantity": 10_000_000}
                for product in products
            ]
        ).action_apply_inventory()

    def _buy(self, vendor, products):
        lines = [
            Command.create({"product_id": product.id, "product_qty": 1000, "price_unit": 1}) for product in products
        ]
        return self.env["purchase.order"].create({"partner_id": vendor.id, "order_line": lines})

    def _make_money(self):
        """A second currency, and a bank whose payments are entries that settle the invoices."""
        euro = self.env.ref("base.EUR")
        euro.write({"active": True, "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.8})]})
        self.foreign_pricelist = self.env["product.pricelist"].create({"name": "Foreign", "currency_id": euro.id})
        outstanding = self.env["account.account"].create(
            {
                "name": "Outstanding",
                "code": "109999",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        journals = self.env["account.journal"]
        self.bank = journals.search([("type", "=", "bank")], limit=1)
        self.cash = journals.create({"name": "Till", "code": "TILL", "type": "cash"})
        self.bank.inbound_payment_method_line_ids.payment_account_id = outstanding
        self.bank.outbound_payment_method_line_ids.payment_account_id = outstanding
        (
            self.cash.inbound_payment_method_line_ids + self.cash.outbound_payment_method_line_ids
        ).payment_account_id = False

    # === ORDERS === #

    def make_orders(self, kind):
        orders = self.env["sale.order"].create([self._prepare_order(kind, index) for index in range(REPEAT)])
        for step in kind.steps:
            getattr(self, step)(orders)
        return orders

    def _prepare_order(self, kind, index):
        # Two orders that follow each other are of one customer, so that they can be invoiced together.
        customer = self.customers[(self.uses // 2 * 17) % CUSTOMERS]
        self.uses += 1
        lines = [
            Command.create(
                {
                    "product_id": self.families[family][(self.uses * 7 + number) % FAMILY].id,
                    "product_uom_qty": 2 + index,
                }
            )
            for number, family in enumerate(kind.lines)
        ]
        return {
            "partner_id": customer.id,
            "warehouse_id": self.warehouses[kind.warehouse].id,
            "order_line": lines,
            **({"pricelist_id": self.foreign_pricelist.id} if kind.foreign else {}),
        }

    def send(self, orders):
        orders.action_quotation_sent()

    def sign(self, orders):
        orders.write({"signed_by": "Customer", "signed_on": fields.Datetime.now()})

    def confirm(self, orders):
        orders.action_confirm()

    def cancel(self, orders):
        orders._action_cancel()

    # === GOODS === #

    def _get_ready(self, orders):
        return orders.picking_ids.filtered(lambda picking: picking.state == "assigned")

    def ship(self, orders):
        self._get_ready(orders).with_context(skip_backorder=True).button_validate()

    def ship_half(self, orders):
        for move in self._get_ready(orders).move_ids:
            move.write({"quantity": max(move.product_uom_qty // 2, 1), "picked": True})
        self.ship(orders)

    def unreserve(self, orders):
        orders.picking_ids.do_unreserve()

    def cancel_transfers(self, orders):
        orders.picking_ids.action_cancel()

    def announce_return(self, orders):
        for picking in orders.picking_ids.filtered(lambda picking: picking.state == "done"):
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
                line.write({"quantity": 1, "to_refund": True})
            wizard.action_create_returns()

    def receive_return(self, orders):
        for picking in orders.picking_ids.filtered(lambda picking: picking.location_id.usage == "customer"):
            for move in picking.move_ids:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            picking.with_context(skip_backorder=True).button_validate()

    # === MONEY === #

    def invoice(self, orders):
        orders._create_invoices(grouped=True, final=True)

    def invoice_together(self, orders):
        orders._create_invoices()

    def post(self, orders):
        orders.invoice_ids.filtered(lambda invoice: invoice.state == "draft").action_post()

    def _pay(self, invoices, journal, part=1):
        for invoice in invoices.filtered(lambda invoice: invoice.state == "posted" and invoice.amount_residual):
            self.env["account.payment.register"].with_context(
                active_model="account.move",
                active_ids=invoice.ids,
            ).create(
                {"journal_id": journal.id, "amount": invoice.currency_id.round(invoice.amount_residual * part)}
            ).action_create_payments()

    def pay(self, orders):
        self._pay(orders.invoice_ids, self.bank)

    def pay_half(self, orders):
        self._pay(orders.invoice_ids, self.bank, part=0.5)

    def pay_without_entry(self, orders):
        self._pay(orders.invoice_ids, self.cash)

    def pay_down(self, orders):
        for order in orders:
            wizard = (
                self.env["sale.advance.payment.inv"]
                .with_context(
                    active_model="sale.order",
                    active_id=order.id,
                    active_ids=order.ids,
                )
                .create({"advance_payment_method": "percentage", "amount": 30})
            )
            wizard._create_invoices(order).action_post()
        self.pay(orders)
