from collections import Counter
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from ..const import LANES, NEXT_ACTIONS, STAGES

_COUNTED = (
    "account.move",
    "account.payment",
    "purchase.order",
    "res.company",
    "res.partner",
    "sale.order",
    "stock.move",
    "stock.picking",
    "stock.quant",
)


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo company, loaded here where the database has none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref("oms_order_to_cash.demo_company", raise_if_not_found=False):
            for path in Manifest.for_addon("oms_order_to_cash")["demo"]:
                convert_file(cls.env, "oms_order_to_cash", path, {}, "init", noupdate=True)
        cls._drain()
        cls.rows = cls.env["oms.demo"]._read_table("orders")
        cls.orders = cls.env["sale.order"].search([("client_order_ref", "in", [row["ref"] for row in cls.rows])])
        cls.flows = cls.env["oms.flow"].search([("order_id", "in", cls.orders.ids)])
        # A database with demo data may have been made on another day than today.
        cls.loaded_on = min(cls.orders.mapped("create_date"))

    @classmethod
    def _drain(cls):
        cls.env.cr.flush()
        while cls.env["oms.flow"]._drain():
            pass

    def _get_user(self, role):
        return self.env.ref(f"oms_order_to_cash.demo_user_{role}")

    def _get_flow(self, ref):
        return self.flows.filtered(lambda flow: flow.order_id.client_order_ref == ref)

    # === WHAT IS THERE === #

    def test_every_row_became_one_order(self):
        self.assertEqual(len(self.rows), 97)
        self.assertEqual(Counter(self.orders.mapped("client_order_ref")), Counter(row["ref"] for row in self.rows))
        self.assertEqual(len(self.flows), 97)

    def test_orders_in_every_stage(self):
        self.assertEqual(
            Counter(self.flows.mapped("stage")),
            {
                "quotation": 11,
                "check": 4,
                "supply": 14,
                "pick": 12,
                "ship": 6,
                "invoice": 9,
                "payment": 19,
                "closed": 18,
                "cancelled": 4,
            },
        )
        self.assertEqual(set(self.flows.mapped("stage")), {code for code, _label in STAGES})

    def test_every_state_of_every_lane(self):
        every = {"none", "todo", "doing", "blocked", "done"}
        expected = {code: every for code, _label in LANES}
        expected["invoice"] = expected["return"] = every - {"blocked"}
        found = {code: set(self.flows.mapped(f"lane_{code}")) for code, _label in LANES}
        self.assertEqual(found, expected)

    def test_every_next_action(self):
        found = set(self.env["oms.flow"].search([]).mapped("next_action"))
        self.assertEqual(found - {False}, {code for code, _label in NEXT_ACTIONS})

    def test_every_issue(self):
        issues = self.env["oms.issue"].search([("state", "=", "open")])
        types = self.env["oms.issue.type"].search([])
        own = types.browse(
            res_id for res_id, name in types.get_external_id().items() if name.startswith("oms_order_to_cash.")
        )
        self.assertEqual(set(issues.mapped("code")), set(own.mapped("code")))

    def test_stored_equals_recomputed(self):
        self.assertEqual(self.env["oms.flow"]._audit([]), [])

    def test_timelines_tell_each_thing_once_and_when_it_happened(self):
        events = self.env["oms.event"].search(
            [("order_id", "in", self.orders.ids), ("type", "in", ("placed", "confirmed"))]
        )
        found = Counter((event.type, event.order_id) for event in events)
        self.assertEqual(set(found.values()), {1})
        confirmed = self.orders.filtered(lambda order: order.state == "sale").ids
        self.assertLessEqual({("placed", order_id) for order_id in self.orders.ids}, found.keys())
        self.assertLessEqual({("confirmed", order_id) for order_id in confirmed}, found.keys())
        dates = {order.id: order.date_order for order in self.orders}
        self.assertEqual([event.date for event in events], [dates[event.order_id] for event in events])

    def test_variety(self):
        company, hamburg = self.env.ref("base.main_company"), self.env.ref("oms_order_to_cash.demo_company")
        self.assertEqual(self.orders.company_id, company + hamburg)
        self.assertEqual(len(self.orders.warehouse_id), 3)
        self.assertEqual(len(self.orders.carrier_id), 3)
        self.assertEqual(len(self.orders.partner_id), 19)
        self.assertEqual(self.orders.user_id, self._get_user("sales") + self._get_user("salesmanager"))
        self.assertEqual(hamburg.currency_id.name, "EUR")
        exported = self.orders.filtered(lambda order: order.company_id == company and order.currency_id.name == "EUR")
        self.assertEqual(len(exported), 4)

    # === STORIES === #

    def test_shortages(self):
        action = {
            "CMW-30233": ("blocked", "purchase"),  # nobody bought it
            "BUS-7835": ("todo", "purchase"),  # a request for quotation
            "GPC-4511": ("doing", "wait"),  # on its way
            "OHW-89": ("doing", "wait"),  # on its way, and late
            "IW-266": ("doing", "wait"),  # bought for this order
            "AF-1158": ("todo", "purchase"),  # to be bought for this order
            "LCC-8879": ("todo", "reserve"),  # there, reserved a few days before it leaves
        }
        found = {ref: (self._get_flow(ref).lane_supply, self._get_flow(ref).next_action) for ref in action}
        self.assertEqual(found, action)

    def test_two_orders_want_the_same_goods(self):
        winner = self.env["oms.issue"].search([("order_id.client_order_ref", "=", "S5-WINNER"), ("code", "=", "S5")])
        loser = self.env["sale.order"].search([("client_order_ref", "=", "S5-LOSER")])
        preview = self.env["oms.runner"]._get_preview("swap", winner.order_id)[winner.order_id.id]
        self.assertEqual(preview, [f"Takes 6 Units of Bar Stool Walnut from {loser.name} (Juniper Robotics)."])

    def test_each_rule_has_taken_an_order(self):
        names = ("cash_sale", "credit_sale", "invoice_on_confirmation", "web_order_paid", "drop_ship", "ship_complete")
        rules = {name: self.env.ref(f"oms_order_to_cash.oms_rule_{name}") for name in (*names, "small_order")}
        found = {name: (rule.touched_count, rule.done_count, rule.failed_count) for name, rule in rules.items()}
        self.assertEqual(
            found,
            {
                "cash_sale": (1, 4, 0),
                "credit_sale": (1, 5, 0),
                "invoice_on_confirmation": (1, 3, 0),
                "web_order_paid": (2, 3, 1),
                "drop_ship": (1, 1, 0),
                "ship_complete": (1, 4, 0),
                "small_order": (2, 1, 0),
            },
        )
        self.assertEqual((rules["web_order_paid"].mode, rules["small_order"].mode), ("live", "shadow"))
        self.assertEqual(rules["cash_sale"].hours_saved, 0.2)
        cash = self.env["sale.order"].search([("client_order_ref", "=", "RULE-10")])
        # Nobody said that the money is in.
        self.assertEqual((cash.state, cash.invoice_ids.amount_residual), ("sale", cash.amount_total))
        flow = self.env["oms.flow"].search([("order_id", "=", cash.id)])
        lines = self.env["oms.cockpit"].get_panel(flow.id)["timeline"]
        self.assertIn("Rule: Cash sale", {line["actor"] for line in lines if line["done"]})

    def test_partial_deliveries(self):
        followed, dropped = self._get_flow("IW-271").order_id, self._get_flow("GPC-4518").order_id
        self.assertEqual(followed.picking_ids.sorted("id").mapped("state"), ["done", "assigned"])
        self.assertEqual(followed.picking_ids.sorted("id")[1].backorder_id, followed.picking_ids.sorted("id")[0])
        self.assertEqual(dropped.picking_ids.mapped("state"), ["done"])
        self.assertEqual([(move.product_uom_qty, move.quantity) for move in dropped.picking_ids.move_ids], [(6, 3)] * 2)
        self.assertEqual(self._get_flow("GPC-4518").lane_delivery, "blocked")

    def test_returns(self):
        lanes = {"LCC-8842": "todo", "CMW-30177": "doing", "FRL-312": "done"}
        self.assertEqual({ref: self._get_flow(ref).lane_return for ref in lanes}, lanes)
        credit = self._get_flow("FRL-312").order_id.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(credit.mapped("payment_state"), ["paid"])

    def test_late_purchases(self):
        late = self.env["purchase.order"].search(
            [
                ("user_id", "=", self._get_user("purchaser").id),
                ("state", "=", "purchase"),
                ("date_planned", "<", self.loaded_on),
                ("picking_ids.state", "=", "assigned"),
            ]
        )
        self.assertEqual(len(late), 2)

    def test_overdue_invoices_in_every_age_bucket(self):
        invoices = self.orders.invoice_ids.filtered(lambda move: move.state == "posted" and move.amount_residual)
        buckets = Counter()
        for invoice in invoices:
            days = (self.loaded_on.date() - invoice.invoice_date_due).days
            buckets[next(limit for limit in (0, 30, 60, 90, 999) if days <= limit)] += 1
        self.assertEqual(set(buckets), {0, 30, 60, 90, 999})

    def test_part_payments_and_down_payments(self):
        partial = self.orders.invoice_ids.filtered(lambda move: move.payment_state == "partial")
        self.assertEqual(len(partial), 3)
        self.assertEqual(len(self.orders.filtered("order_line.is_downpayment")), 2)

    def test_nothing_happened_in_the_future(self):
        now = fields.Datetime.now()
        self.assertLessEqual(max(self.orders.mapped("date_order")), now)
        done = self.orders.picking_ids.filtered(lambda picking: picking.state == "done")
        self.assertLessEqual(max(done.mapped("date_done")), now)
        self.assertLessEqual(max(done.move_ids.mapped("date")), now)
        dates = [date for date in self.orders.invoice_ids.mapped("invoice_date") if date]
        self.assertLessEqual(max(dates), now.date())
        self.assertLess(min(self.orders.mapped("date_order")), self.loaded_on - timedelta(days=90))

    def test_stages_have_an_age(self):
        days = {
            ref: (self.loaded_on.date() - self._get_flow(ref).stage_since.date()).days
            for ref in ("GPC-4410", "BUS-7690", "IW-260", "LCC-8842", "FRL-355")
        }
        # Invoiced, invoiced (paid in part since), shipped, paid (a return was announced since), confirmed.
        self.assertEqual(days, {"GPC-4410": 127, "BUS-7690": 98, "IW-260": 10, "LCC-8842": 9, "FRL-355": 2})

    def test_the_nightly_scheduler_leaves_the_stages(self):
        before = {flow.id: flow.stage for flow in self.flows}
        for company in self.orders.company_id:
            self.env["stock.rule"].run_scheduler(company_id=company.id)
        self._drain()
        self.assertEqual({flow.id: flow.stage for flow in self.flows}, before)

    # === WHO SEES IT === #

    def test_a_salesperson_sees_own_orders(self):
        flows = self.env["oms.flow"].with_user(self._get_user("sales")).search([("id", "in", self.flows.ids)])
        self.assertEqual(flows.user_id, self._get_user("sales"))
        self.assertEqual(len(flows), sum(row["seller"] == "sales" for row in self.rows))

    def test_a_manager_sees_the_orders_of_all_companies(self):
        manager = self._get_user("salesmanager")
        flows = self.env["oms.flow"].with_user(manager).with_context(allowed_company_ids=manager.company_ids.ids)
        self.assertEqual(flows.search([("id", "in", self.flows.ids)]), self.flows)

    def test_every_role_works_in_the_cockpit(self):
        for role in ("sales", "salesmanager", "warehouse", "purchaser", "accountant"):
            with self.subTest(role=role):
                self.assertTrue(self._get_user(role).has_group("oms_order_to_cash.oms_group_user"))

    # === LOADING === #

    def _count_records(self):
        return {model: self.env[model].with_context(active_test=False).search_count([]) for model in _COUNTED}

    def test_second_run_changes_nothing(self):
        before = self._count_records()
        demo = self.env["oms.demo"]
        demo._load_accounts()
        demo._load()
        self.assertEqual(self._count_records(), before)

    def test_a_story_that_can_not_be_is_refused(self):
        shipped = self._get_flow("AF-1102").order_id
        steps = self.env["oms.demo"]._read_steps(shipped, {"steps": "ship@3"}, 0)
        with self.assertRaises(UserError):
            self.env["oms.demo"]._order_ship([(shipped, step) for step in steps])
