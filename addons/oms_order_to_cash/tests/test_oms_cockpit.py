from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import OmsCommon

_COCKPIT = "odoo.addons.oms_order_to_cash.models.oms_cockpit"


@tagged("post_install", "-at_install")
class TestOmsCockpit(OmsCommon):
    """The read model: the number is the list, and nobody reads more than the rights allow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cockpit = cls.env["oms.cockpit"]
        cls.flows = cls.env["oms.flow"]

    def _place_in_stages(self):
        """Make two quotations of 100 and 200, an order to pick of 50, one to invoice of 30."""
        quotations = self._place_order([(self.goods, 10)]) + self._place_order([(self.goods, 20)])
        pick = self._confirmed([(self.goods, 5)])
        invoice = self._confirmed([(self.goods, 3)])
        self._ship(invoice)
        self._drain()
        return quotations + pick + invoice

    def _of(self, orders):
        return [("order_id", "in", orders.ids)]

    def _get_tiles(self, domain, user=None):
        cockpit = self.cockpit.with_user(user) if user else self.cockpit
        return {tile["key"]: tile for tile in cockpit.get_strip(domain)["tiles"]}

    def assertTiles(self, domain, user=None, **expected):
        """Check (count, amount) of these tiles, and that all others are empty."""
        tiles = self._get_tiles(domain, user)
        found = {key: (tile["count"], tile["amount"]) for key, tile in tiles.items() if tile["count"]}
        self.assertEqual(found, expected)

    def _get_foreign_company(self):
        self.other_company.currency_id = self.foreign_currency
        return self.other_company

    def _make_user(self, login, groups):
        return new_test_user(self.env, login=login, groups=groups, email=f"{login}@example.com")

    # === THE STRIP === #

    def test_strip_counts_and_values(self):
        orders = self._place_in_stages()
        self.assertTiles(
            self._of(orders),
            open=(4, 380.0),
            quotation=(2, 300.0),
            pick=(1, 50.0),
            invoice=(1, 30.0),
        )

    def test_strip_follows_the_search(self):
        orders = self._place_in_stages()
        self.assertTiles(self._of(orders[0]), open=(1, 100.0), quotation=(1, 100.0))
        self.assertTiles([("id", "=", 0)])

    def test_strip_order_and_labels(self):
        keys = [tile["key"] for tile in self.cockpit.get_strip([])["tiles"]]
        self.assertEqual(
            keys,
            ["open", "quotation", "check", "supply", "pick", "ship", "invoice", "payment", "closed"],
        )
        labels = [tile["label"] for tile in self.cockpit.get_strip([])["tiles"]]
        self.assertEqual(labels[:3], ["All open", "Quotation", "Check"])

    def test_the_number_is_the_list(self):
        """A tile, the search view's filter of that name and the list it opens say the same."""
        domain = self._of(self._place_in_stages())
        arch = etree.fromstring(self.flows.get_view(view_type="search")["arch"])
        for key, tile in self._get_tiles(domain).items():
            [filter_node] = arch.findall(f".//filter[@name='stage_{key}']")
            listed = self.flows.search(Domain(domain) & Domain(safe_eval(filter_node.get("domain"))))
            self.assertEqual(tile["count"], len(listed), key)
            if tile["amount"] is not False:
                self.assertEqual(tile["amount"], sum(listed.mapped("amount_open")), key)

    def test_closed_orders_are_counted_up_to_a_limit(self):
        orders = self.env["sale.order"]
        for _index in range(3):
            order = self._confirmed([(self.service, 1)])
            self._pay(self._invoice(order))
            orders += order
        self._drain()
        self.assertEqual(set(self.flows.search(self._of(orders)).mapped("stage")), {"closed"})
        tile = self._get_tiles(self._of(orders))["closed"]
        self.assertEqual((tile["count"], tile["more"], tile["amount"]), (3, False, False))
        with patch(f"{_COCKPIT}._COUNT_LIMIT", 2):
            tile = self._get_tiles(self._of(orders))["closed"]
        self.assertEqual((tile["count"], tile["more"]), (2, True))

    def test_strip_converts_other_currencies_and_says_so(self):
        company = self._get_foreign_company()
        orders = self._place_order([(self.goods, 10)]) + self._place_order([(self.goods, 10)], company_id=company.id)
        self._drain()
        flows = self.flows.with_context(allowed_company_ids=[self.company.id, company.id])
        strip = self.cockpit.with_env(flows.env).get_strip(self._of(orders))
        other = flows.search(self._of(orders[1]))
        expected = 100 + other.currency_id._convert(other.amount_open, self.currency, self.company, fields.Date.today())
        self.assertEqual(strip["currency_id"], self.currency.id)
        self.assertEqual(strip["converted"], [other.currency_id.name])
        self.assertNotEqual(other.currency_id, self.currency)
        self.assertAlmostEqual(strip["tiles"][0]["amount"], expected, 2)
        self.assertEqual(strip["tiles"][0]["count"], 2)
        self.assertEqual(self.cockpit.get_strip(self._of(orders[0]))["converted"], [])

    def test_strip_reads_what_was_just_done(self):
        order = self._place_order()
        self.env.cr.flush()
        self.assertTiles(self._of(order), open=(1, 100.0), quotation=(1, 100.0))
        self._confirm(order)
        self.env.cr.flush()
        self.assertTiles(self._of(order), open=(1, 100.0), pick=(1, 100.0))

    def test_strip_costs_the_same_whatever_it_counts(self):
        domain = self._of(self._place_in_stages())
        self.cockpit.get_strip(domain, ["open"])
        self.env.invalidate_all()
        # Is anything marked; counts and values by stage and severity; closed orders; the companies; their currencies.
        with self.assertQueryCount(5):
            self.cockpit.get_strip(domain, ["open"])

    # === THE LIST === #

    def test_list_reads_what_was_just_done(self):
        order = self._place_order()
        self.env.cr.flush()
        result = self.flows.web_search_read(self._of(order), {"stage": {}})
        self.assertEqual([row["stage"] for row in result["records"]], ["quotation"])
        self._confirm(order)
        self.env.cr.flush()
        groups = self.flows.web_read_group(self._of(order), ["stage"], ["__count"])["groups"]
        self.assertEqual([group["stage"] for group in groups], ["pick"])

    def test_list_is_not_read_on_a_read_only_cursor(self):
        """The first of the classes' methods with a mark decides, as core's controller looks it up."""
        for method in ("web_search_read", "web_read_group"):
            marked = [getattr(cls, method) for cls in self.env.registry["oms.flow"].mro() if hasattr(cls, method)]
            self.assertIs(next(m._readonly for m in marked if hasattr(m, "_readonly")), False, method)

    def test_groups_stand_in_the_order_of_the_flow(self):
        orders = self._place_in_stages()
        groups = self.flows.web_read_group(self._of(orders), ["stage"], ["__count"])["groups"]
        self.assertEqual([group["stage"] for group in groups], ["quotation", "pick", "invoice"])

    def test_what_is_pending(self):
        quotation, pick, invoice = self._place_in_stages()[1:]
        self.assertEqual(
            [
                (flow.promise_pending, flow.has_runnable_action)
                for flow in map(self._get_flow, (quotation, pick, invoice))
            ],
            [(False, True), (True, True), (False, True)],
        )

    def test_late_filters(self):
        arch = etree.fromstring(self.flows.get_view(view_type="search")["arch"])
        domain = safe_eval(arch.find(".//filter[@name='promise_broken']").get("domain"))
        promised = fields.Datetime.now() - timedelta(days=2)
        late, kept, today = (
            self._confirmed([(self.goods, 1)], commitment_date=date)
            for date in (promised, promised, fields.Datetime.now())
        )
        self._ship(kept)
        self._drain()
        listed = self.flows.search(Domain(domain) & Domain(self._of(late + kept + today)))
        self.assertEqual(listed.order_id, late)

    # === THE PANEL === #

    def test_panel_tells_an_order_from_placed_to_paid(self):
        order = self._confirmed([(self.goods, 5)])
        self._ship(order)
        invoice = self._invoice(order)
        self._pay(invoice, amount=20)
        self._drain()
        panel = self.cockpit.get_panel(self._get_flow(order).id)
        self.assertEqual(panel["name"], order.name)
        self.assertEqual(panel["stage"], {"key": "payment", "label": "Payment"})
        self.assertEqual(panel["action"], {"key": "pay", "label": "Register payment", "runnable": True, "hint": ""})
        self.assertEqual([lane["state"] for lane in panel["lanes"]], ["done", "done", "done", "done", "doing", "none"])
        self.assertEqual(panel["amount_open"], 30.0)
        self.assertCountEqual(
            [(event["label"], event["done"]) for event in panel["timeline"] if event.get("type") != "issue_raised"],
            [
                ("Order placed", True),
                ("Confirmed", True),
                ("Shipped", True),
                ("Invoice posted", True),
                ("Paid", True),
                ("Payment due", False),
            ],
        )
        self.assertEqual(
            {
                section["key"]: [(item["name"], item["state"], item["amount"]) for item in section["items"]]
                for section in panel["documents"]
            },
            {
                "transfers": [(order.picking_ids.name, "Done", False)],
                "invoices": [(invoice.name, "Partially Paid", 50.0)],
                "payments": [(invoice.reconciled_payment_ids.display_name, "In Process", 20.0)],
            },
        )

    def test_timeline_order(self):
        """By time; what one click does within a minute in the order of the flow; what is planned at the end."""
        moments = [
            ("due", "2026-11-25 00:00:00", False),
            ("placed", "2026-11-24 10:00:59", True),
            ("paid", "2026-11-24 12:00:00", True),
            ("confirmed", "2026-11-24 10:00:01", True),
            ("to ship", "2026-11-20 00:00:00", False),
            ("shipped", "2026-11-24 11:00:00", True),
        ]
        events = [{"label": label, "moment": moment, "done": done} for label, moment, done in moments]
        self.assertEqual(
            [event["label"] for event in self.cockpit._sort_events(events)],
            ["placed", "confirmed", "shipped", "paid", "to ship", "due"],
        )

    def test_panel_shows_what_is_planned(self):
        order = self._confirmed([(self.goods, 5)])
        self._drain()
        panel = self.cockpit.get_panel(self._get_flow(order).id)
        self.assertEqual(
            [event["label"] for event in panel["timeline"] if not event["done"]],
            ["Promised to the customer", "To ship"],
        )
        self.assertTrue(panel["promise"]["pending"])

    def test_panel_leaves_cancelled_documents_out_of_the_timeline(self):
        order = self._confirmed([(self.goods, 5)])
        self._cancel(order)
        self._drain()
        panel = self.cockpit.get_panel(self._get_flow(order).id)
        labels = [event["label"] for event in panel["timeline"]]
        self.assertEqual(labels, ["Order placed", "Confirmed", "Cancelled"])
        [section] = panel["documents"]
        self.assertEqual([(item["state"], item["tone"]) for item in section["items"]], [("Cancelled", "muted")])

    def test_panel_shows_the_action_that_failed(self):
        order = self._confirmed([(self.short, 1)])
        values = {"verb": "deliver", "order_id": order.id, "company_id": order.company_id.id, "origin": "user"}
        self.env["oms.job"].create(
            [
                {**values, "state": "failed", "message": "No truck."},
                {**values, "state": "failed", "message": "No stock."},
                {**values, "verb": "reserve", "state": "done"},
            ]
        )
        self._drain()
        panel = self.cockpit.get_panel(self._get_flow(order).id)
        [section] = [section for section in panel["documents"] if section["key"] == "jobs"]
        self.assertEqual([(item["detail"], item["tone"]) for item in section["items"]], [("No stock.", "danger")])
        self.assertIn("Action failed", [event["label"] for event in panel["timeline"]])

    def test_panel_of_an_order_that_is_gone(self):
        self.assertIs(self.cockpit.get_panel(0), False)

    # === THE ORDER'S STRIP === #

    def test_order_strip(self):
        order = self._confirmed()
        self.env.cr.flush()
        strip = self.cockpit.get_order_strip(order.id)
        self.assertEqual(
            (strip["order_id"], strip["stage"]["key"], strip["action"]["key"]), (order.id, "pick", "deliver")
        )
        self.assertEqual([lane["key"] for lane in strip["lanes"]][:2], ["order", "supply"])
        self.assertIs(self.cockpit.get_order_strip(0), False)

    # === RIGHTS === #

    def test_a_salesperson_sees_own_orders(self):
        user = self._make_user("cockpit_sales", "sales_team.group_sale_salesman")
        mine, other = self._place_order(user_id=user.id), self._place_order(user_id=self.env.user.id)
        self._drain()
        cockpit = self.cockpit.with_user(user)
        self.assertEqual(self._get_tiles(self._of(mine + other), user)["quotation"]["count"], 1)
        self.assertTrue(cockpit.get_panel(self._get_flow(mine).id))
        self.assertIs(cockpit.get_panel(self._get_flow(other).id), False)
        self.assertIs(cockpit.get_order_strip(other.id), False)

    def test_a_warehouse_user_sees_no_money(self):
        user = self._make_user("cockpit_stock", "stock.group_stock_user")
        order = self._confirmed([(self.goods, 5)])
        self._ship(order)
        self._invoice(order)
        self._drain()
        cockpit = self.cockpit.with_user(user)
        self.assertEqual({tile["amount"] for tile in self._get_tiles(self._of(order), user).values()}, {False})
        panel = cockpit.get_panel(self._get_flow(order).id)
        self.assertIs(panel["amount_open"], False)
        self.assertEqual([section["key"] for section in panel["documents"]], ["transfers"])
        labels = [event["label"] for event in panel["timeline"] if event.get("type") != "issue_raised"]
        self.assertEqual(labels, ["Order placed", "Confirmed", "Shipped"])
        arch = self.flows.with_user(user).get_view(view_type="list")["arch"]
        self.assertNotIn("amount_open", arch)
        self.assertNotIn("amount_total", arch)

    def test_a_warehouse_user_gets_no_money_by_the_api(self):
        user = self._make_user("cockpit_api", "stock.group_stock_user")
        flow = self._read_flow(self._confirmed([(self.goods, 5)])).with_user(user)
        flow.check_access("read")
        for field in ("amount_open", "amount_total"):
            self.assertNotIn(field, flow.fields_get())
            with self.assertRaises(AccessError):
                flow.read([field])
            with self.assertRaises(AccessError):
                flow.search([(field, ">", 40)])
            with self.assertRaises(AccessError):
                flow.formatted_read_group([], ["stage"], [f"{field}:sum"])

    def test_an_accountant_sees_invoices(self):
        user = self._make_user("cockpit_account", "account.group_account_invoice")
        order = self._confirmed([(self.service, 1)])
        self._invoice(order)
        self._drain()
        panel = self.cockpit.with_user(user).get_panel(self._get_flow(order).id)
        self.assertEqual([section["key"] for section in panel["documents"]], ["invoices"])
        self.assertEqual(panel["amount_open"], 50.0)

    def test_an_employee_without_rights_is_refused(self):
        user = self._make_user("cockpit_nobody", "base.group_user")
        order = self._place_order()
        self._drain()
        cockpit = self.cockpit.with_user(user)
        with self.assertRaises(AccessError):
            cockpit.get_strip([])
        with self.assertRaises(AccessError):
            cockpit.get_panel(self._get_flow(order).id)
        self.assertIs(cockpit.get_order_strip(order.id), False)

    def test_another_company_stays_out(self):
        user = self._make_user("cockpit_all", "sales_team.group_sale_salesman_all_leads")
        orders = self._place_order() + self._place_order(company_id=self._get_foreign_company().id)
        self._drain()
        self.assertTiles(self._of(orders), user, open=(1, 100.0), quotation=(1, 100.0))
