from unittest.mock import patch

import requests

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .issue_case import OmsIssueCase

_CALLS = "odoo.addons.oms_order_to_cash.models.engines.outbox.oms_outbox_call"


@tagged("post_install", "-at_install")
class TestOmsOutbox(OmsIssueCase):
    """A carrier is asked once, after the transaction that wants it, and every way it can answer is dealt with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outbox = cls.env["oms.outbox"]
        cls.outbox.search([]).unlink()
        cls.outbox_cron = cls.env.ref("oms_order_to_cash.oms_outbox_cron")
        cls.warehouse.out_type_id.print_label = True

    def setUp(self):
        super().setUp()
        carrier_class = self.env.registry["delivery.carrier"]
        self.calls, self.answers, self.found = [], [], []
        self.startPatcher(patch.object(carrier_class, "_oms_is_remote", lambda carrier: True))
        self.startPatcher(patch.object(carrier_class, "fixed_send_shipping", self._make_sender()))
        self.startPatcher(patch.object(carrier_class, "_oms_find_shipping", self._make_finder()))

    def _make_sender(self):
        def send(carrier, pickings):
            self.calls.append(pickings.env.context.get("oms_client_reference"))
            answer = self.answers.pop(0) if self.answers else "TRACK"
            if isinstance(answer, Exception):
                raise answer
            return [{"exact_price": 12, "tracking_number": answer}]

        return send

    def _make_finder(self):
        def find(carrier, picking, reference):
            return self.found.pop(0) if self.found else None

        return find

    def _deliver(self, count=1):
        """Have a verb deliver orders that go by a carrier; return their transfers."""
        pickings = self.env["stock.picking"]
        for _number in range(count):
            order = self._confirmed([(self.goods, 2)], carrier_id=self.carrier.id)
            self.assertJobs(self._run("deliver", order), "done")
            pickings += order.picking_ids
        return pickings

    def _ask(self, due=True):
        if due:
            self.outbox.search([("next_try", "!=", False)]).next_try = "2020-01-01"
        with self.enter_registry_test_mode():
            self.outbox_cron.method_direct_trigger()
        self.env.invalidate_all()

    def assertRequest(self, picking, state, message=False, number=1):
        request = self.outbox.search([("res_id", "=", picking.id)], limit=1)
        self.assertEqual(
            (request.reference, request.state, request.message), (f"OMS-{picking.id}-{number}", state, message)
        )
        return request

    # === ONCE === #

    def test_asked_after_the_delivery_and_once(self):
        first, second = self._deliver(2)
        self.assertEqual((first + second).mapped("state"), ["done", "done"])
        self.assertEqual(self.calls, [], "not in the transaction of the delivery")
        self.assertNoIssue(first.sale_id, "D2")
        self._ask()
        self.assertEqual(self.calls, [f"OMS-{first.id}-1", f"OMS-{second.id}-1"])
        self.assertRequest(first, "done")
        self.assertEqual((first.carrier_tracking_ref, first.carrier_price), ("TRACK", 12))
        self.assertIn("TRACK", first.message_ids[0].body)
        self._ask()
        self.assertEqual(len(self.calls), 2)
        self.assertIssuesHold(first.sale_id + second.sale_id)

    def test_delivery_undone_asks_nothing(self):
        good, bad = (self._confirmed([(self.goods, 2)], carrier_id=self.carrier.id) for _number in range(2))
        verb = self.env.registry["oms.verb.deliver"]
        deliver = verb._do

        def break_late(self, orders):
            transfers = deliver(self, orders)
            if bad in orders:
                raise UserError("The printer is on fire.")
            return transfers

        with patch.object(verb, "_do", break_late):
            self.assertJobs(self._run("deliver", good + bad), "done", ("failed", "The printer is on fire."))
        self.assertEqual(self.outbox.search([]).mapped("res_id"), good.picking_ids.ids)
        self._ask()
        self.assertEqual(len(self.calls), 1)

    def test_a_click_in_odoo_books_as_ever(self):
        order = self._confirmed([(self.goods, 2)], carrier_id=self.carrier.id)
        self._ship(order)
        self.assertEqual(self.calls, [None])
        self.assertEqual(order.picking_ids.carrier_tracking_ref, "TRACK")
        self.assertFalse(self.outbox.search([]))

    def test_booked_by_hand_meanwhile(self):
        picking = self._deliver()
        picking.carrier_tracking_ref = "BY HAND"
        self._ask()
        self.assertEqual((self.calls, picking.carrier_tracking_ref), ([], "BY HAND"))
        self.assertRequest(picking, "done")

    def test_requested_twice_is_one_request(self):
        picking = self._deliver()
        self.assertEqual(picking._oms_book(), self.assertRequest(picking, "queued"))
        self._ask()
        self.assertEqual(len(self.calls), 1)

    def test_another_reference_for_another_booking(self):
        picking = self._deliver()
        self._ask()
        picking.carrier_tracking_ref = False
        picking._oms_book()
        self._ask()
        self.assertEqual(self.calls, [f"OMS-{picking.id}-1", f"OMS-{picking.id}-2"])

    # === REFUSED === #

    def test_refused_needs_a_person(self):
        picking, fine = self._deliver(2)
        self.answers = [UserError("Wrong zip code.")]
        self._ask()
        self.assertRequest(picking, "failed", "Wrong zip code.")
        self.assertRequest(fine, "done")
        self.assertIn("Wrong zip code.", self._get_chain(picking.sale_id, "D2")[1])
        self._ask()
        self.assertEqual(len(self.calls), 2, "nobody asks again by himself")
        [job] = self._run("retry_label", picking.sale_id)
        self.assertEqual((job.state, job.message), ("done", "Its carrier is asked within a minute."))
        self.assertNoIssue(picking.sale_id, "D2")
        self.assertJobs(
            self._run("retry_label", picking.sale_id), ("skipped", "All that left is booked with its carrier.")
        )
        self._ask()
        self.assertEqual(self.calls.count(f"OMS-{picking.id}-1"), 2)
        self.assertRequest(picking, "done")
        self.assertEqual(picking.carrier_tracking_ref, "TRACK")

    # === NO ANSWER === #

    def test_never_sent_is_sent_again(self):
        picking = self._deliver()
        self.answers = [ConnectionRefusedError(), requests.ConnectTimeout()]
        self._ask()
        self.assertRequest(picking, "queued", "No answer: ConnectionRefusedError()")
        self._ask(due=False)
        self.assertEqual(len(self.calls), 1, "not before its time")
        self._ask()
        self._ask()
        self.assertRequest(picking, "done")
        self.assertEqual(self.calls, [f"OMS-{picking.id}-1"] * 3)

    def test_never_sent_fails_in_the_end(self):
        picking = self._deliver()
        self.answers = [ConnectionRefusedError() for _try in range(6)]
        for _try in range(7):
            self._ask()
        self.assertRequest(picking, "failed", "No answer: ConnectionRefusedError()")
        self.assertEqual(len(self.calls), 6)
        self.assertIssue(picking.sale_id, "D2")

    def test_no_answer_is_looked_up(self):
        picking = self._deliver()
        self.answers = [requests.ReadTimeout("slow")]
        self.found = [{"exact_price": 12, "tracking_number": "FOUND"}]
        self._ask()
        self._ask()
        self.assertRequest(picking, "done")
        self.assertEqual((len(self.calls), picking.carrier_tracking_ref), (1, "FOUND"))

    def test_no_answer_and_not_there_is_sent_again(self):
        picking = self._deliver()
        self.answers, self.found = [requests.ReadTimeout("slow")], [{}]
        self._ask()
        self._ask()
        self.assertRequest(picking, "done")
        self.assertEqual(self.calls, [f"OMS-{picking.id}-1"] * 2)

    def test_no_answer_and_no_way_to_know(self):
        picking = self._deliver()
        self.answers = [requests.ReadTimeout("slow")]
        self._ask()
        self._ask()
        request = self.outbox.search([("res_id", "=", picking.id)])
        self.assertEqual((request.state, request.is_asked, len(self.calls)), ("unsure", True, 1))
        self.assertIn("Look there for the reference", request.message)
        self.assertIssue(picking.sale_id, "D2")
        self._ask()
        self.assertEqual(len(self.calls), 1)
        [job] = self._run("retry_label", picking.sale_id)
        self.assertEqual(job.state, "skipped")
        self.assertIn(f"whether the carrier booked OMS-{picking.id}-1", job.message)
        request.with_user(self._make_user("oms_picker", "stock.group_stock_user")).action_ask_again()
        self._ask()
        self.assertRequest(picking, "done")
        self.assertEqual(len(self.calls), 2)

    @mute_logger(_CALLS)
    def test_answer_that_can_not_be_entered_is_not_lost(self):
        picking = self._deliver()
        error = UserError("The order is locked.")
        with patch.object(self.env.registry["stock.picking"], "_receive_booking", side_effect=error):
            self._ask()
        request = self.assertRequest(picking, "answered", "Answered, but it can't be entered: The order is locked.")
        self.assertEqual(request.answer["tracking_number"], "TRACK")
        self._ask()
        self.assertRequest(picking, "done")
        self.assertEqual((len(self.calls), picking.carrier_tracking_ref), (1, "TRACK"))

    @mute_logger(_CALLS)
    def test_error_in_the_carriers_addon(self):
        first, second = self._deliver(2)
        self.answers = [KeyError("zip")]
        self._ask()
        self.assertRequest(first, "queued", "No answer: KeyError('zip')")
        self.assertRequest(second, "done")

    # === PEOPLE, COPIES === #

    def test_who_decides(self):
        picking = self._deliver()
        request = self.assertRequest(picking, "queued")
        manager = self._make_user("oms_manager", "oms_order_to_cash.oms_group_manager")
        with self.assertRaises(AccessError):
            request.with_user(manager).action_cancel()
        with self.assertRaises(AccessError):
            request.with_user(manager).write({"state": "done"})
        picker = self._make_user("oms_picker", "stock.group_stock_user")
        self.assertEqual(request.with_user(picker).document_name, picking.name)
        with self.assertRaisesRegex(UserError, "Only what was refused"):
            request.with_user(picker).action_ask_again()
        request.with_user(picker).action_cancel()
        self._ask()
        self.assertEqual(self.calls, [])
        with self.assertRaisesRegex(UserError, "or done"):
            request.with_user(picker).action_cancel()

    def test_other_company_sees_nothing(self):
        request = self.assertRequest(self._deliver(), "queued")
        user = self._make_user("oms_picker", "stock.group_stock_user")
        user.write({"company_ids": [(6, 0, self.other_company.ids)], "company_id": self.other_company.id})
        self.assertNotIn(request, self.outbox.with_user(user).search([]))

    def test_a_copy_asks_nobody(self):
        request = self.assertRequest(self._deliver(), "queued")
        with file_open("oms_order_to_cash/data/neutralize.sql") as statements:
            self.env.cr.execute(statements.read())
        request.invalidate_recordset()
        self.assertEqual(request.state, "cancelled")
        self._ask()
        self.assertEqual(self.calls, [])
