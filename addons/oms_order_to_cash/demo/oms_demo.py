"""The orders of the demo company, made by the methods behind the buttons people press.

The tables beside this file say what happened; ``oms_demo_steps`` and ``oms_demo_invoicing`` make it happen. Nothing
runs here unless demo data is loaded.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import file_open

from ..const import LANES

# Chatter about what was made up this minute would say that all of it happened today, and it takes most of the time.
_QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
    "skip_sms": True,
}
_WAREHOUSES = {
    "main": "stock.warehouse0",
    "reno": "oms_order_to_cash.demo_warehouse_reno",
    "hamburg": "oms_order_to_cash.demo_warehouse_hamburg",
}
_STEP = re.compile(r"(?P<verb>\w+)(:(?P<percent>\d+)%)?(?P<final>!)?(@(?P<days>\d+))?")
_MINUTES_OPEN = 540
# What happens to an order without taking it into another stage.
_BESIDE = {"announce", "buy", "dispute", "receive"}

# What the documents of an order tell of its past.
_DATED_EVENTS = (
    *("placed", "confirmed", "cancelled", "purchase_ordered", "picked", "shipped", "return_received"),
    *("invoiced", "credited", "paid"),
)


@dataclass(frozen=True)
class Step:
    """One thing that happens to an order or a purchase, e.g. ``ship:50%!@12``."""

    document: models.BaseModel
    verb: str
    share: float  # of what could be done
    is_final: bool  # what is left will not follow
    date: datetime


class OmsDemo(models.AbstractModel):
    _name = "oms.demo"
    _description = "Demo Orders"

    # === CALLED BY DEMO FILES === #

    @api.model
    def _load_accounts(self):
        """Give the second company its accounts; not by ``try_loading``, which is for a registry that is complete."""
        company = self._get_record("company")
        if not company.chart_template:
            self.env["account.chart.template"]._load("generic_coa", company, False)
            company.currency_id = self.env.ref("base.EUR")  # the template brings its own

    @api.model
    def _load(self):
        """Make the orders, unless they are there."""
        rows = self._read_table("orders")
        if self.env["sale.order"].search_count([("client_order_ref", "=", rows[0]["ref"])], limit=1):
            return
        last_id = self.env["sale.order"].search([], order="id desc", limit=1).id
        demo = self.with_context(**_QUIET)
        demo._fill_stock(demo._read_table("stock"))
        purchases = [(demo._make_purchase(row), row) for row in demo._read_table("purchases")]
        demo._play(purchases, "purchase")
        orders = demo._make_orders(sorted(rows, key=lambda row: -int(row["ordered"])))
        demo._play(orders, "order")
        demo._date_stages(orders)
        demo._make_issues()
        demo._date_events(self.env["sale.order"].search([("id", ">", last_id)]))
        demo._read_changes()

    @api.model
    def _read_changes(self):
        """Read what the demo changed, as the scheduled action would, so that nobody waits for it at the first look."""
        self.env.cr.flush()
        while self.env["oms.flow"]._drain():
            pass

    @api.model
    def _make_issues(self):
        """Add the orders whose troubles the tables can't tell; each lane has a method of its own."""
        for code, _label in LANES:
            make = getattr(self, f"_make_{code}_issues", None)
            if make:
                make()

    @api.model
    def _date_events(self, orders):
        """Have the timeline tell when things happened as the documents do, and not when they were made up."""
        events = self.env["oms.event"]
        events._flush_notes()
        self.env.cr.execute(
            "DELETE FROM oms_event WHERE order_id = ANY(%s) AND type = ANY(%s)", (orders.ids, list(_DATED_EVENTS))
        )
        events._reconstruct(orders.ids)

    # === READING THE TABLES === #

    @api.model
    def _read_table(self, name):
        with file_open(f"oms_order_to_cash/demo/{name}.csv") as table:
            return list(csv.DictReader(table, delimiter=";"))

    @api.model
    def _get_record(self, kind, name=""):
        return self.env.ref(f"oms_order_to_cash.demo_{kind}_{name}".rstrip("_"))

    @api.model
    def _get_warehouse(self, name):
        return self.env.ref(_WAREHOUSES[name])

    @api.model
    def _read_goods(self, text):
        """Return [(product, quantity)] of e.g. ``chair:10 desk:4``."""
        pairs = (item.split(":") for item in text.split())
        return [(self._get_record("product", name), float(quantity)) for name, quantity in pairs]

    @api.model
    def _read_steps(self, document, row, number):
        """Return the steps of a document in their order; one without a date was taken when the document was made."""
        found = [_STEP.fullmatch(word) for word in row["steps"].split()]
        return [
            Step(
                document,
                match["verb"],
                int(match["percent"] or 100) / 100,
                bool(match["final"]),
                self._get_moment(int(match["days"] or row["ordered"]), number),
            )
            for match in found
        ]

    @api.model
    def _get_moment(self, days_ago, number=0):
        """Return a moment within the working hours of that day, another one for each number; never one to come."""
        opened = datetime.combine(fields.Date.today(), time(7)) + timedelta(minutes=number * 37 % _MINUTES_OPEN)
        # What happens today happens when the transaction says: asked again, it is the same moment.
        return min(opened - timedelta(days=days_ago), self.env.cr.now().replace(microsecond=0))

    @api.model
    def _in_company(self, records, company):
        return records.with_context(allowed_company_ids=company.ids)

    # === MAKING DOCUMENTS === #

    @api.model
    def _fill_stock(self, rows):
        """Count what lies in the warehouses, before the first order."""
        counted = [
            {
                "product_id": product.id,
                "location_id": self._get_warehouse(row["warehouse"]).lot_stock_id.id,
                "inventory_quantity": quantity,
            }
            for row in rows
            for product, quantity in self._read_goods(row["goods"])
        ]
        quants = self.env["stock.quant"].with_context(inventory_mode=True).create(counted)
        quants.action_apply_inventory(date=self._get_moment(150))

    @api.model
    def _make_purchase(self, row):
        warehouse = self._get_warehouse(row["warehouse"])
        purchase = self._in_company(self.env["purchase.order"], warehouse.company_id).create(
            {
                "partner_id": self._get_record("partner", row["vendor"]).id,
                "picking_type_id": warehouse.in_type_id.id,
                "company_id": warehouse.company_id.id,
                "user_id": self._get_record("user", "purchaser").id,
                "date_order": self._get_moment(int(row["ordered"])),
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                    for product, quantity in self._read_goods(row["goods"])
                ],
            }
        )
        purchase.order_line.date_planned = self._get_due(row["planned"])
        return purchase

    @api.model
    def _get_due(self, days):
        """Return the end of the working day so many days from now."""
        return datetime.combine(fields.Date.today() + timedelta(days=int(days)), time(16))

    @api.model
    def _make_orders(self, rows):
        """Return [(order, row)], with the freight on the orders that name a carrier."""
        orders = self.env["sale.order"]
        for company, numbered in self._group_by_company(rows).items():
            vals_list = [self._prepare_order_vals(row, number) for number, row in numbered]
            made = self._in_company(self.env["sale.order"], company).create(vals_list)
            for order, (_number, row) in zip(made, numbered, strict=True):
                self._set_carrier(order, row["carrier"])
            orders += made
        by_ref = {order.client_order_ref: order for order in orders}
        return [(by_ref[row["ref"]], row) for row in rows]

    @api.model
    def _group_by_company(self, rows):
        groups = defaultdict(list)
        for number, row in enumerate(rows):
            groups[self._get_warehouse(row["warehouse"]).company_id].append((number, row))
        return groups

    @api.model
    def _prepare_order_vals(self, row, number):
        warehouse = self._get_warehouse(row["warehouse"])
        ordered = self._get_moment(int(row["ordered"]), number)
        vals = {
            "client_order_ref": row["ref"],
            "company_id": warehouse.company_id.id,
            "partner_id": self._get_record("partner", row["customer"]).id,
            "partner_shipping_id": self._get_record("partner", row["ship_to"] or row["customer"]).id,
            "user_id": self._get_record("user", row["seller"]).id,
            "warehouse_id": warehouse.id,
            "date_order": ordered,
            "validity_date": ordered.date() + timedelta(days=30),
            "commitment_date": self._get_due(row["promised"]) if row["promised"] else False,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in self._read_goods(row["goods"])
            ],
        }
        if row["pricelist"]:
            vals["pricelist_id"] = self._get_record("pricelist", row["pricelist"]).id
        return vals

    @api.model
    def _set_carrier(self, order, name):
        if name:
            carrier = self._get_record("carrier", name)
            order.set_delivery_line(carrier, carrier.rate_shipment(order)["price"])

    # === WHAT HAPPENED === #

    @api.model
    def _play(self, documents, kind):
        """Take the first step of all documents, then the second of all that have one: one batch per verb."""
        stories = [self._read_steps(document, row, number) for number, (document, row) in enumerate(documents)]
        while stories := [story for story in stories if story]:
            batches = defaultdict(list)
            for story in stories:
                step = story.pop(0)
                batches[step.verb, step.document.company_id].append(step)
            for (verb, company), steps in batches.items():
                demo = self._in_company(self, company)
                getattr(demo, f"_{kind}_{verb}")(demo._in_own_env(steps))

    @api.model
    def _in_own_env(self, steps):
        """Return [(document, step)], the documents in the company and the context of this record."""
        return [(step.document.with_env(self.env), step) for step in steps]

    @api.model
    def _date_stages(self, documents):
        """Date the stages like the documents: to the flow they were all reached a minute ago."""
        orders = self.env["sale.order"].concat(*(order for order, _row in documents))
        flows = self.env["oms.flow"]._refresh(orders.ids).grouped("order_id")
        for number, (order, row) in enumerate(documents):
            dates = [step.date for step in self._read_steps(order, row, number) if self._is_advance(step)]
            flows[order].stage_since = dates[-1] if dates else order.date_order

    @api.model
    def _is_advance(self, step):
        return step.verb not in _BESIDE and (step.verb != "pay" or step.share == 1)
