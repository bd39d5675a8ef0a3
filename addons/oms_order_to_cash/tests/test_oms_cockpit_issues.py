from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsCockpitIssues(OmsIssueCase):
    """What people see of issues: each only as far as the rights allow, the number is the list, and it costs little."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cockpit = cls.env["oms.cockpit"]
        cls.flows = cls.env["oms.flow"]
        cls.o6 = cls.env.ref("oms_order_to_cash.oms_issue_type_o6")
        # The orders of these tests are alike on purpose, and no twins to ask about.
        cls.env.ref("oms_order_to_cash.oms_issue_type_o5").active = False

    def _get_paid(self):
        order = self._place_order()
        self._pay_online(order, "done")
        self._drain()
        return order

    def _get_card(self, order, code="O6", user=None):
        cockpit = self.cockpit.with_user(user) if user else self.cockpit
        return next(card for card in cockpit.get_issue_cards(order.id) if card["code"] == code)

    def _get_chips(self, domain, stages=()):
        return {chip["key"]: chip["count"] for chip in self.cockpit.get_strip(domain, stages)["issues"]}

    def _search_as(self, user, domain):
        return self.flows.with_user(user).search(domain).order_id

    # === CARDS === #

    def test_a_card_tells_what_is_wrong_and_what_to_do(self):
        order = self._get_paid()
        card = self._get_card(order)
        issue = self._get_issue(order, "O6")
        expected = {
            "id": issue.id,
            "type_id": self.o6.id,
            "name": "Paid but not confirmed",
            "lane": "order",
            "state": "open",
            "band": "critical",
            "band_label": "Critical",
            "amount": 100.0,
            "currency_id": self.currency.id,
            "turn": "Sales",
            "owner": False,
            "is_mine": False,
            "sla_breached": False,
            "snoozed_until": False,
            "comments": [],
        }
        self.assertEqual({key: card[key] for key in expected}, expected)
        self.assertEqual(sum(addend["score"] for addend in card["addends"]), card["score"])
        self.assertEqual([addend["of"] for addend in card["addends"]], [360, 120, 80, 40])
        self.assertEqual(card["chain"][-1]["text"], "The quotation is not confirmed.")
        self.assertEqual(card["chain"][-1]["document"]["model"], "sale.order")
        [remedy] = [remedy for remedy in card["remedies"] if remedy["recommended"]]
        self.assertEqual((remedy["verb"], remedy["label"], remedy["obstacle"]), ("confirm", "Confirm", ""))
        self.assertEqual(card["remedies"][0], remedy, "the recommended one comes first")

    def test_a_card_tells_why_a_remedy_can_not_run(self):
        order = self._get_paid()
        order.action_cancel()
        issue = self._get_issue(order, "O6") or self.env["oms.issue"].search([("order_id", "=", order.id)], limit=1)
        remedy = self.cockpit._prepare_remedies(issue)[0]
        self.assertIn("cancelled", remedy["obstacle"])
        self.assertEqual(remedy["changes"], [])

    def test_what_was_put_away_comes_last(self):
        order = self._get_paid()
        issue = self._get_issue(order, "O6")
        issue.action_snooze(days=2)
        card = self._get_card(order)
        self.assertEqual(card["snoozed_until"], fields.Datetime.to_string(issue.snoozed_until))
        issue.action_wake()
        issue.action_dismiss("agreed", "By phone")
        card = self._get_card(order)
        self.assertEqual(
            (card["state"], card["close_label"], card["close_note"]),
            ("dismissed", "Agreed with the customer", "By phone"),
        )
        self.assertIs(self.cockpit.get_order_strip(order.id)["issue"], False)

    def test_a_card_shows_the_owner_and_the_last_comments(self):
        order = self._get_paid()
        issue = self._get_issue(order, "O6")
        issue.action_assign()
        for number in range(4):
            issue.action_comment(f"Call {number}")
        card = self._get_card(order)
        self.assertEqual(card["owner"], {"id": self.env.uid, "name": self.env.user.name})
        self.assertTrue(card["is_mine"])
        self.assertEqual([comment["text"] for comment in card["comments"]], ["Call 3", "Call 2", "Call 1"])

    # === WHO SEES WHAT === #

    def test_a_warehouse_user_sees_no_money(self):
        order = self._get_paid()
        user = self._make_user("oms_picker", "stock.group_stock_user")
        card = self._get_card(order, user=user)
        self.assertEqual((card["amount"], card["cost_per_day"]), (False, False))
        self.assertEqual(card["remedies"][0]["obstacle"], "This is for: Sales / User: Own Documents Only.")
        self.assertFalse(any(link["document"] for link in card["chain"] if "payment" in link["text"]))
        for view_type in ("list", "form", "kanban", "pivot", "graph"):
            arch = self.env["oms.issue"].with_user(user).get_view(view_type=view_type)["arch"]
            self.assertNotIn('name="amount"', arch, view_type)

    def test_lists_stand_in_the_order_of_money_nobody_tells(self):
        orders = self._get_paid() + self._get_paid()
        dear, cheap = self.flows.search([("order_id", "in", orders.ids)])
        self.assertEqual(orders.ids, [cheap.order_id.id, dear.order_id.id], "the younger of two alike comes first")
        cheap.sudo().issue_rank += 1
        self._get_issue(cheap.order_id, "O6").sudo().rank += 1
        self.env.flush_all()
        user = self._make_user("oms_rank_picker", "stock.group_stock_user")
        issues = self._get_issue(cheap.order_id, "O6") + self._get_issue(dear.order_id, "O6")
        self.assertSortedOnly((cheap + dear).with_user(user), "issue_rank")
        self.assertSortedOnly(issues.with_user(user), "rank")

    def assertSortedOnly(self, records, field):
        """Check that a list stands in the order of a field by default and on request, and that nothing else tells it."""
        domain = [("id", "in", records.ids)]
        self.assertEqual(records.search(domain), records, "worst first, for everybody")
        rows = records.web_search_read(domain, {"order_id": {}}, order=f"{field} desc")["records"]
        self.assertEqual([row["id"] for row in rows], records.ids)
        self.assertNotIn(field, records.fields_get())
        with self.assertRaises(AccessError):
            records.read([field])
        with self.assertRaises(AccessError):
            records.search([(field, ">", 0)])
        with self.assertRaises(AccessError):
            records._read_group(domain, [], [f"{field}:sum"])

    def test_an_order_out_of_sight_has_no_cards(self):
        order = self._get_paid()
        order.user_id = self.env.ref("base.user_admin")
        self._drain()
        seller = self._make_user("oms_other_seller", "sales_team.group_sale_salesman")
        self.assertEqual(self.cockpit.with_user(seller).get_issue_cards(order.id), [])

    # === ABOVE THE LIST === #

    def test_the_number_is_the_list(self):
        orders = self._get_paid() + self._get_paid() + self._place_order()
        self._drain()
        domain = Domain("order_id", "in", orders.ids)
        chips = self._get_chips(list(domain))
        self.assertEqual(list(chips), ["critical", "high", "medium", "low"])
        self.assertEqual(chips["critical"], 2)
        arch = etree.fromstring(self.flows.get_view(view_type="search")["arch"])
        for band, count in chips.items():
            [node] = arch.findall(f".//filter[@name='band_{band}']")
            listed = self.flows.search_count(domain & Domain(safe_eval(node.get("domain"))))
            self.assertEqual(listed, count, band)
            self.assertEqual(listed, self.flows.search_count(domain & self.cockpit._get_bands_domain([band])))

    def test_tiles_and_chips_follow_each_other(self):
        paid, calm, closed = self._get_paid(), self._place_order(), self._get_paid()
        self._drain()
        self.flows.search([("order_id", "=", closed.id)]).sudo().stage = "closed"
        domain = [("order_id", "in", (paid + calm + closed).ids)]

        def count(stages, bands):
            strip = self.cockpit.get_strip(domain, stages, bands)
            tiles = {tile["key"]: tile["count"] for tile in strip["tiles"]}
            chips = {chip["key"]: chip["count"] for chip in strip["issues"]}
            return tiles["open"], tiles["check"], tiles["closed"], chips["critical"], chips["low"]

        self.assertEqual(count([], []), (3, 1, 1, 2, 0), "nothing chosen: closed ones in trouble count as well")
        self.assertEqual(count(["open"], []), (3, 1, 1, 2, 0))
        self.assertEqual(count(["open"], ["critical"]), (2, 1, 1, 2, 0), "a chosen chip stays what it is")
        self.assertEqual(count(["closed"], ["low"]), (0, 0, 0, 1, 0))
        self.assertEqual(count(["closed", "check"], []), (3, 1, 1, 2, 0))
        self.assertEqual(count(["pick"], []), (3, 1, 1, 0, 0))

    def test_a_closed_order_in_trouble_is_work_to_be_done(self):
        order, calm = self._finish(self._confirmed()), self._finish(self._confirmed())
        self._return(order, 2)
        self.assertEqual([self._read_flow(one).stage for one in (order, calm)], ["closed", "closed"])
        domain = Domain("order_id", "in", (order + calm).ids)
        strip = self.cockpit.get_strip(list(domain), ["open"])
        tiles = {tile["key"]: tile["count"] for tile in strip["tiles"] if tile["count"]}
        self.assertEqual(tiles, {"open": 1, "closed": 2})
        self.assertEqual(self._get_issue(order, "R2").band, self._read_flow(order).issue_band)
        self._get_issue(order, "R2").action_dismiss("agreed")
        tiles = {tile["key"]: tile["count"] for tile in self.cockpit.get_strip(list(domain))["tiles"]}
        self.assertEqual(tiles["open"], 0)

    def test_the_strip_of_an_order_names_the_worst(self):
        order = self._get_paid()
        self.assertEqual(
            self.cockpit.get_order_strip(order.id)["issue"],
            {
                "name": "O6 Paid but not confirmed",
                "band": "critical",
                "band_label": "Critical",
                "score": self._get_issue(order, "O6").score,
                "count": 1,
            },
        )

    # === FILTERS === #

    def test_orders_are_found_by_their_issues(self):
        mine, free, calm = self._get_paid(), self._get_paid(), self._place_order()
        self._drain()
        issue = self._get_issue(mine, "O6")
        issue.action_assign()
        of_orders = Domain("order_id", "in", (mine + free + calm).ids)
        arch = etree.fromstring(self.flows.get_view(view_type="search")["arch"])

        def find(name):
            [node] = arch.findall(f".//filter[@name='{name}']")
            return self.flows.search(of_orders & Domain(safe_eval(node.get("domain")))).order_id

        self.assertEqual(find("issue_mine"), mine)
        self.assertEqual(find("issue_unassigned"), free)
        self.assertEqual(find("lane_order_issue"), mine + free)
        self.assertFalse(find("lane_payment_issue"))
        self.assertFalse(find("issue_sla_breached"))
        issue.sudo().date_sla = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(find("issue_sla_breached"), mine)
        issue.action_snooze()
        self.assertFalse(find("issue_mine"), "what is put away asks for nothing")

    def test_orders_are_found_by_kind_and_owner(self):
        order, calm = self._get_paid(), self._place_order()
        self._drain()
        self._get_issue(order, "O6").action_assign()
        of_orders = Domain("order_id", "in", (order + calm).ids)
        for condition in (
            Domain("open_issue_type_id", "=", self.o6.id),
            Domain("open_issue_type_id", "ilike", "paid but"),
            Domain("open_issue_owner_id", "=", self.env.uid),
            Domain("open_issue_ids", "in", self._get_issue(order, "O6").ids),
        ):
            self.assertEqual(self.flows.search(of_orders & condition).order_id, order, condition)
        flow = self._get_flow(order)
        self.assertEqual((flow.open_issue_type_id, flow.open_issue_owner_id), (self.o6, self.env.user))
        self.assertFalse(self._get_flow(calm).open_issue_ids)

    def test_my_team_are_those_who_have_the_role(self):
        order = self._get_paid()
        seller = self._make_user("oms_team_seller", "sales_team.group_sale_salesman_all_leads")
        picker = self._make_user("oms_team_picker", "stock.group_stock_user")
        domain = [("open_issue_ids", "any", [("is_my_team", "=", True)]), ("order_id", "=", order.id)]
        self.assertEqual(self._search_as(seller, domain), order)
        self.assertFalse(self._search_as(picker, domain))

    def test_groups_of_severity_stand_worst_first(self):
        orders = self._get_paid() + self._place_order()
        self._drain()
        groups = self.flows.web_read_group([("order_id", "in", orders.ids)], ["issue_band"], ["__count"])["groups"]
        self.assertEqual([group["issue_band"] for group in groups], ["critical", False])

    # === WHAT IT COSTS === #

    def test_tiles_and_chips_come_from_one_query(self):
        domain = [("order_id", "in", self._get_paid().ids)]
        self.cockpit.get_strip(domain, ["open"])
        self.env.invalidate_all()
        # As the tiles alone, see test_oms_cockpit.
        with self.assertQueryCount(5):
            self.cockpit.get_strip(domain, ["open"], ["critical"])

    def test_cards_cost_the_same_whoever_else_is_in_trouble(self):
        order = self._get_paid()
        self._get_paid()
        self.cockpit.get_issue_cards(order.id)
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            self.cockpit.get_issue_cards(order.id)

    def test_cards_read_their_order_once(self):
        order = self._confirm(self._place_order([(self._make_product("Scarce goods", 10), 5), (self.goods, 2)]))
        order.oms_date_promised = order.order_line.oms_date_promised = "2026-01-01"
        self._drain()
        self._look(order)
        cards = self.cockpit.get_issue_cards(order.id)
        self.assertEqual([len(card["remedies"]) for card in cards], [2, 3])
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            self.cockpit.get_issue_cards(order.id)

    # === ROLES === #

    def test_each_role_opens_the_same_screen(self):
        """Each saved cockpit is a list of flows whose default filters exist, drawn by the cockpit."""
        for role in ("sales", "warehouse", "purchase", "billing", "collection", "manager"):
            action = self.env.ref(f"oms_order_to_cash.oms_flow_action_{role}")
            self.assertEqual(action.res_model, "oms.flow")
            arch = etree.fromstring(self.flows.get_view(action.view_id.id, "list")["arch"])
            self.assertEqual(arch.get("js_class"), "oms_cockpit_list")
            search = etree.fromstring(self.flows.get_view(view_type="search")["arch"])
            names = {node.get("name") for node in search.iter("filter")}
            wanted = {key.removeprefix("search_default_") for key in safe_eval(action.context)}
            self.assertLessEqual(wanted, names, role)
