from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .hold_case import OmsHoldCase


@tagged("post_install", "-at_install")
class TestOmsTimeline(OmsHoldCase):
    """What the panel tells of an order: what happened, who did it, what can be undone, what is planned."""

    def _get_lines(self, order, user=None):
        flow = self._read_flow(order)
        self.env.cr.flush()
        return self.env["oms.cockpit"].with_user(user or self.env.user).get_panel(flow.id)["timeline"]

    def _get_labels(self, order, user=None):
        return [
            line["label"]
            for line in self._get_lines(order, user)
            if line["done"] and line.get("type") not in ("issue_raised", "issue_closed")
        ]

    def _get_line(self, order, label, user=None):
        return next(line for line in self._get_lines(order, user) if line["label"] == label)

    def test_from_placed_to_paid(self):
        order = self._finish(self._confirmed())
        self.assertEqual(self._get_labels(order), ["Order placed", "Confirmed", "Shipped", "Invoice posted", "Paid"])
        line = self._get_line(order, "Invoice posted")
        self.assertEqual((line["amount"], line["currency_id"]), (100, self.currency.id))
        self.assertEqual(line["document"]["id"], order.invoice_ids.id)
        self.assertEqual((line["job_id"], line["can_undo"]), (False, False))

    def _read_passed(self, order):
        self.env.cr.flush()
        self.env.cr.execute(
            """SELECT type, detail FROM oms_event WHERE order_id = %s AND type IN ('stage', 'reserved', 'delivered')
             ORDER BY id""",
            [order.id],
        )
        return self.env.cr.fetchall()

    def test_what_a_connector_brings_at_once_is_told(self):
        """Placed, confirmed, perhaps shipped and billed in one transaction: its flow is read for the first time after that."""
        order, shipped = self._confirmed(), self._confirmed()
        self._ship(shipped)
        self._drain()
        self.assertEqual(self._read_passed(order), [("stage", "pick"), ("reserved", None)])
        self.assertEqual(self._read_passed(shipped), [("stage", "invoice"), ("reserved", None), ("delivered", None)])
        quotation = self._place_order()
        self._drain()
        self.assertEqual(self._read_passed(quotation), [], "it is what it was placed as")

    def test_what_is_read_anew_invents_nothing(self):
        """A flow that was thrown away, orders from before the addon, one that was forgotten for long."""
        orders = self._confirmed() + self._confirmed() + self._confirmed() + self._place_order()
        known, old, forgotten, quotation = orders
        self._read_flow(known)
        told = [self._read_passed(order) for order in orders]
        self.env.cr.execute(
            "DELETE FROM oms_event WHERE order_id = ANY(%s) AND type != 'placed'", [(old + forgotten).ids]
        )
        self.env.cr.execute("UPDATE oms_event SET is_reconstructed = TRUE WHERE order_id = %s", [old.id])
        self.env.cr.execute("UPDATE oms_event SET date = date - INTERVAL '8 days' WHERE order_id = %s", [forgotten.id])
        self.env.cr.execute("DELETE FROM oms_flow WHERE order_id = ANY(%s)", [orders.ids])
        self.env.invalidate_all()
        self.env["oms.flow"]._fill()
        self.assertEqual([self._read_passed(order) for order in orders], [told[0], [], [], []])
        quotation.action_confirm()
        self._drain()
        self.assertEqual(self._read_passed(quotation), [("stage", "pick"), ("reserved", None)])

    def test_an_act_and_its_milestone_are_one_line(self):
        order = self._place_order()
        seller = self.seller
        job = self.runner.with_user(seller)._run("confirm", order.with_user(seller), "user")
        self.assertEqual(self._get_labels(order, seller), ["Order placed", "Confirmed"])
        line = self._get_line(order, "Confirmed", seller)
        self.assertEqual((line["actor"], line["job_id"]), (seller.name, job.id))
        self.assertEqual(line["can_undo"], job.can_undo)

    def test_what_one_minute_brought_stands_in_the_order_it_came(self):
        order = self._confirmed()
        self._run("invoice", order)
        self._run("post", order)
        self.assertEqual(self._get_labels(order), ["Order placed", "Confirmed", "Invoice", "Invoice posted"])

    def test_what_one_second_brought_stands_in_the_order_it_came(self):
        order = self._confirmed()
        self.env.cr.flush()
        # Issues are dated by the second, documents by its fractions.
        self.env.cr.execute(
            """UPDATE oms_event SET date = date_trunc('second', date) + (type = 'placed')::int * INTERVAL '0.5 seconds'
                WHERE order_id = %s""",
            [order.id],
        )
        self.env["oms.event"].invalidate_model()
        self.assertEqual(self._get_labels(order), ["Order placed", "Confirmed"])

    def test_held_released_and_undone(self):
        order = self._confirmed()
        self._hold(order, user=self.seller)
        line = self._get_line(order, "Put on hold: Address to check", self.seller)
        self.assertEqual((line["actor"], line["can_undo"]), (self.seller.name, True))
        self.env["oms.job"].browse(line["job_id"]).with_user(self.seller).action_undo()
        labels = self._get_labels(order, self.seller)
        self.assertEqual(
            labels[2:], ["Put on hold: Address to check", "Hold released: Address to check", "Undone: Hold"]
        )
        self.assertFalse(self._get_line(order, "Put on hold: Address to check", self.seller)["can_undo"])

    def test_undo_is_offered_where_it_can_be_done(self):
        order = self._place_order()
        first, second = (
            self._run("extend", order, date=str(fields.Date.today() + timedelta(days=days))) for days in (9, 19)
        )
        offered = lambda: {line["job_id"]: line["can_undo"] for line in self._get_lines(order) if line.get("job_id")}
        self.assertEqual(offered(), {first.id: False, second.id: True})
        self.assertRegex(first.undo_obstacle, "Extend validity .* came after it: undo that one first")
        self.assertFalse(second.undo_obstacle)
        second.action_undo()
        self.assertEqual((first + second).mapped("can_undo"), [True, False])
        self.assertEqual(offered(), {first.id: True, second.id: False})
        self._confirm(order)
        self.assertEqual(offered()[first.id], False, "what the lane refuses is not offered either")
        first.invalidate_recordset()
        self.assertEqual(first.undo_obstacle, "it is no quotation any more.")

    def test_who_may_not_run_a_verb_is_offered_no_undo(self):
        order = self._confirmed()
        self._run("deliver", order)
        self.assertFalse(self._get_line(order, "Shipped", self.seller)["can_undo"])
        self.assertTrue(self._get_line(order, "Shipped", self.seller)["job_id"])

    def test_who_may_not_read_a_document_is_not_told_of_it(self):
        order = self._finish(self._confirmed())
        self.assertEqual(self._get_labels(order, self.picker), ["Order placed", "Confirmed", "Shipped"])

    def test_what_happened_stays(self):
        order = self._confirmed()
        self.env.cr.flush()
        events = self.env["oms.event"].sudo().search([("order_id", "=", order.id)])
        with self.assertRaises(UserError):
            events.write({"type": "paid"})
        with self.assertRaises(UserError):
            events.unlink()
        with self.assertRaises(AccessError):
            events.with_user(self.seller).sudo(False).search([])
        draft = self._place_order()
        self.env.cr.flush()
        draft.unlink()
        self.assertFalse(events.search([("order_id", "=", draft.id)]))

    # === ORDERS THAT WERE THERE BEFORE === #

    def _forget(self, orders):
        """Make the orders as if they were older than the addon."""
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM oms_event WHERE order_id = ANY(%s)", [orders.ids])
        self.env.cr.execute("DELETE FROM oms_flow WHERE order_id = ANY(%s)", [orders.ids])
        self.env["oms.flow"].invalidate_model()

    def _read_events(self, orders):
        self.env.cr.execute(
            """SELECT type, res_model, res_id, order_id, amount FROM oms_event
                WHERE order_id = ANY(%s) AND type NOT IN ('issue_raised', 'issue_closed', 'stage', 'reserved', 'delivered')
             ORDER BY order_id, type, res_id""",
            [orders.ids],
        )
        return self.env.cr.fetchall()

    def test_reconstructed_as_it_was_noted(self):
        done, foreign = self._finish(self._confirmed()), self._confirmed(pricelist_id=self.foreign_pricelist.id)
        self._return(done, {self.goods: 2})
        self._credit(self._invoice(foreign), 1)
        cancelled = self._place_order()
        self._cancel(cancelled)
        stepped = self._confirmed([(self.goods, 3), (self.to_order, 2)], warehouse_id=self.two_step_warehouse.id)
        stepped._get_purchase_orders().button_confirm()
        self._ship(stepped)
        orders = done + foreign + cancelled + stepped
        self.env.cr.flush()
        noted = self._read_events(orders)
        self._forget(orders)
        self.env["oms.flow"]._fill()
        self.assertEqual(self.env["oms.event"]._fill_past(), 4)
        self.assertEqual(self._read_events(orders), noted)
        self.assertEqual(self.env["oms.event"]._fill_past(), 0, "all is known by now")
        self.env["oms.event"]._reconstruct(orders.ids)
        self.assertEqual(self._read_events(orders), noted, "a second run tells nothing twice")
        events = self.env["oms.event"].sudo().search([("order_id", "=", done.id), ("is_reconstructed", "=", True)])
        self.assertEqual(
            set(events.mapped("type")), {"placed", "confirmed", "shipped", "invoiced", "paid", "return_received"}
        )

    def test_the_past_goes_on_where_it_stopped(self):
        orders = self._confirmed() + self._confirmed()
        self._forget(orders)
        with patch("odoo.addons.oms_order_to_cash.models.documents.oms_event_past._BATCH", 1):
            self.assertEqual(self.env["oms.event"]._fill_past(commit=lambda done, remaining: 0), 1, "its time is up")
            self.assertEqual(self.env["oms.event"]._fill_past(), 1)
        for order in orders:
            self.assertEqual(
                len(self.env["oms.event"].sudo().search([("order_id", "=", order.id), ("type", "=", "placed")])), 1
            )

    def test_known_orders_are_left_alone(self):
        order = self._confirmed()
        self.env.cr.flush()
        noted = self._read_events(order)
        self.env["oms.event"]._reconstruct(order.ids)
        self.assertEqual(self._read_events(order), noted)

    def test_one_statement_for_many(self):
        orders = self._confirmed() + self._confirmed() + self._confirmed()
        self._forget(orders)
        with self.assertQueryCount(1):
            self.env["oms.event"]._reconstruct(orders.ids)
