from odoo.tests import tagged

from .common import OmsHttpCommon


@tagged("post_install", "-at_install")
class TestOmsRuleTour(OmsHttpCommon):
    """An administrator writes a rule and switches it on; an order goes through; a person takes it back. In a browser."""

    def _run_all(self):
        for _round in range(3):
            self._drain()
            self.env.ref("oms_order_to_cash.oms_job_cron").method_direct_trigger()
        self.env.invalidate_all()

    def test_from_writing_a_rule_to_undoing_it(self):
        self.env["oms.rule"].search([]).mode = "off"
        customer = self._make_customer("Tour Customer")
        past = self._place_order(name="TOUR-PAST", partner_id=self._make_customer("Past").id)
        self._confirm(past)
        self._drain()
        self.start_tour("/odoo/order-rules", "oms_rule_write_tour", login="admin", timeout=120)
        self.env.invalidate_all()
        rule = self.env["oms.rule"].search([("name", "=", "Tour rule")])
        self.assertEqual((rule.mode, rule.event, rule.step_ids.mapped("verb")), ("live", "placed", ["confirm"]))
        # To this test, whose transaction began before, it is the browser that is ahead of the time.
        rule.date_started = self.env.cr.now()
        order = self._place_order(name="TOUR-1", partner_id=customer.id)
        self._run_all()
        job = self.env["oms.job"].search([("rule_id", "=", rule.id), ("state", "=", "done")])
        self.assertEqual((job.order_id, order.state), (order, "sale"))
        self.start_tour("/odoo/order-to-cash", "oms_rule_undo_tour", login="admin", timeout=120)
        self.env.invalidate_all()
        self.assertEqual((order.state, job.undone_by_id), ("draft", self.env.ref("base.user_admin")))
        self._run_all()
        self.assertEqual((order.state, rule.undone_count), ("draft", 1))
