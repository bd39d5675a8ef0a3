from odoo.tests import tagged

from odoo.addons.oms_order_to_cash.tests.rule_case import OmsRuleCase


@tagged("post_install", "-at_install")
class TestGiftEvent(OmsRuleCase):
    """A kind of event of another addon is told, starts rules and ends their waiting like those of the product."""

    def _wanted(self):
        order = self._confirm(self._place_order())
        order.gift_wrap = "wanted"
        return order

    def _get_lines(self, order):
        self.env.cr.flush()
        timeline = self.env["oms.cockpit"].get_panel(self._read_flow(order).id)["timeline"]
        return [line for line in timeline if line.get("type") in ("act", "gift_wrapped")]

    def test_the_timeline_tells_it_by_its_name_and_sign(self):
        order = self._wanted()
        order.gift_wrap = "done"
        order.gift_wrap = "done"
        [line] = self._get_lines(order)
        self.assertEqual((line["label"], line["icon"]), ("Gift-wrapped", "fa-gift"))
        self.assertEqual((line["job_id"], line["can_undo"]), (False, False))
        self.assertEqual(self._get_lines(self._wanted()), [])

    def test_the_act_behind_it_is_told_with_it(self):
        order = self._wanted()
        job = self._run("gift_wrap", order)
        [line] = self._get_lines(order)
        self.assertEqual((line["label"], line["job_id"], line["can_undo"]), ("Gift-wrapped", job.id, True))

    def test_a_rule_starts_on_it(self):
        rule = self._make_rule(event="gift_wrapped", steps=["invoice"], stop_on_touch=False)
        self.assertIn("When: an order is gift-wrapped", rule.sentence)
        order, other = self._wanted(), self._wanted()
        order.gift_wrap = "done"
        self._let_it_run()
        self.assertEqual(self._get_jobs(rule).order_id, order)
        self.assertNotIn(other, self._get_jobs(rule).order_id)

    def test_a_rule_waits_no_longer_once_it_happened(self):
        order, other = self._wanted(), self._wanted()
        rule = self._make_rule(
            event="time_passed",
            delay=3,
            delay_unit="days",
            since_event="confirmed",
            unless_event="gift_wrapped",
            domain=str([("id", "in", (order + other).ids)]),
            steps=["notify_user"],
        )
        self.assertIn("unless the order is gift-wrapped", rule.sentence)
        self._start_earlier(rule, days=10)
        order.gift_wrap = "done"
        for each in order + other:
            self._age_events(each, days=4)
        rule._cron_time_passed()
        self.assertEqual(self._get_jobs(rule).order_id, other)

    def test_it_is_offered_wherever_kinds_are(self):
        kinds = self.env["oms.event"].fields_get(["type"])["type"]["selection"]
        self.assertIn(("gift_wrapped", "Gift-wrapped"), kinds)
        choices = self.rules.fields_get(["event", "since_event", "unless_event"])
        self.assertIn(("gift_wrapped", "An order is gift-wrapped"), choices["event"]["selection"])
        self.assertIn(("gift_wrapped", "An order is gift-wrapped"), choices["since_event"]["selection"])
        self.assertIn(("gift_wrapped", "the order is gift-wrapped"), choices["unless_event"]["selection"])
        self.assertIn(("time_passed", "Time has passed"), choices["event"]["selection"])
        self.assertNotIn("time_passed", dict(choices["since_event"]["selection"]))
        self.assertNotIn("act", dict(choices["event"]["selection"]), "only what is said to start a rule does")
