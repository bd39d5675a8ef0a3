from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, no_retry, tagged

from .common import OmsHttpCommon

_SUITE = "@oms_order_to_cash"


def _get_hoot_id(name):
    """Return the id Hoot gives to a suite or test of this name."""
    result = 0
    for character in name:
        result = ((result << 5) - result + ord(character)) & 0xFFFFFFFF
    return f"{result:08x}"


@tagged("post_install", "-at_install")
class TestCockpitUnits(HttpCase):
    @no_retry
    def test_components(self):
        """Run the Hoot tests of this addon; one that fails is printed and fails this."""
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={_get_hoot_id(_SUITE)}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )


@tagged("post_install", "-at_install")
class TestCockpitTours(OmsHttpCommon):
    """What a person does in the cockpit, in a browser."""

    def _place_named(self, *names):
        customer = self._make_customer("Tour Customer")
        orders = self.env["sale.order"].concat(
            *(self._place_order([(self.delivered_goods, 1)], name=name, partner_id=customer.id) for name in names)
        )
        self._drain()
        return orders

    def _start(self, tour, url="/odoo/order-to-cash"):
        self.start_tour(url, tour, login="admin", timeout=120)
        self.env.invalidate_all()

    def test_filter_by_stage_and_run_the_next_action(self):
        """A second click on the same spot does not hit the next order, which moves up once the person has left."""
        order, other = self._confirm(self._place_named("TOUR-1")), self._place_named("OTHER-2")
        other.partner_id = self.customer
        self._confirm(other)
        self._drain()
        self._start("oms_cockpit_tour")
        self.assertEqual(other.picking_ids.state, "assigned")
        self.assertEqual(order.picking_ids.state, "done")
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice")
        job = self.env["oms.job"].search([("order_id", "=", order.id)])
        self.assertEqual((job.verb, job.state, job.origin), ("deliver", "done", "user"))

    def test_run_on_selected_orders(self):
        orders = self._place_named("TOUR-1", "TOUR-2", "TOUR-3")
        orders[2].partner_id = self.customer
        orders[2].name = "LEFT-3"
        self._confirm(self._place_named("OTHER-4"))
        self._drain()
        self._start("oms_bulk_tour")
        self.assertEqual(orders.mapped("state"), ["sale", "sale", "draft"])
        jobs = self.env["oms.job"].search([("order_id", "in", orders.ids)])
        self.assertEqual(jobs.mapped(lambda job: (job.verb, job.state, job.origin)), [("confirm", "done", "bulk")] * 2)

    def _place_paid(self, name):
        order = self._place_named(name)
        # Worth more than all else, it stands first, however many issues the database has.
        order.order_line.price_unit = 1_000_000
        self._pay_online(order).state = "done"
        self._place_named("CALM-2").partner_id = self.customer
        self._drain()
        return order

    def test_solve_an_issue(self):
        order = self._place_paid("TOUR-1")
        self._start("oms_issue_tour")
        self.assertEqual(order.state, "sale")
        issue = self.env["oms.issue"].search([("order_id", "=", order.id), ("code", "=", "O6")])
        self.assertEqual((issue.state, issue.close_code), ("closed", "cleared"))
        self.assertEqual(issue.owner_id, self.env.ref("base.user_admin"))
        job = self.env["oms.job"].search([("order_id", "=", order.id)])
        self.assertEqual((job.verb, job.state, job.origin), ("confirm", "done", "user"))

    def test_put_an_issue_away_and_run_the_remedies_of_several(self):
        """A choice of issues is shown first, each with its own remedy; what can be undone is undone from the results."""
        order, late = self._place_paid("TOUR-1"), self._place_named("LATE-2")
        late.partner_id = self.customer
        late.order_line.price_unit = 900_000
        late.write({"validity_date": fields.Date.today() - timedelta(days=1), "state": "sent"})
        self._drain()
        self._start("oms_issue_list_tour", "/odoo/order-issues")
        issue = self.env["oms.issue"].search([("order_id", "=", order.id), ("code", "=", "O6")])
        self.assertEqual((issue[:1].state, order.state), ("open", "draft"))
        jobs = self.env["oms.job"].search([("order_id", "in", (order + late).ids)])
        self.assertEqual(
            [(job.verb, job.state, job.origin, bool(job.date_undone)) for job in jobs.sorted("verb")],
            [("confirm", "done", "bulk", True), ("remind", "done", "bulk", False)],
        )

    def test_solve_an_issue_and_undo_it(self):
        order = self._confirm(self._place_named("TOUR-1"))
        self._ship(order)
        self._drain()
        self._start("oms_issue_undo_tour")
        self.assertFalse(order.invoice_ids)
        self.assertFlow(order, "invoice", "done done done todo todo none", "invoice")
        job = self.env["oms.job"].search([("order_id", "=", order.id)])
        self.assertEqual((job.verb, job.state, job.undone_by_id), ("invoice", "done", self.env.ref("base.user_admin")))
