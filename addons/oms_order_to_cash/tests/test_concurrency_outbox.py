from unittest.mock import patch

from odoo.tests import tagged

from .carrier_server import CarrierServer
from .committed_case import OmsCommittedCase


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyOutbox(OmsCommittedCase):
    """A carrier books each parcel once, whenever the worker that asks it dies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier_server = CarrierServer()
        cls.addClassCleanup(cls.carrier_server.stop)
        cls.startClassPatcher(patch.object(cls.registry["delivery.carrier"], "_oms_is_remote", lambda carrier: True))
        cls.warehouse.out_type_id.print_label = True

    def setUp(self):
        super().setUp()
        self.server = self.carrier_server
        self.server.bookings.clear()
        self.first, self.second = self._start_worker(), self._start_worker()
        for worker in (self.first, self.second):
            worker.ask("use_carrier", self.server.port)

    def _deliver(self, count):
        """Have a verb deliver orders; return their transfers, which nobody has booked yet."""
        orders = self._confirm(self._place_many(count, [(self.goods, 1)], carrier_id=self.carrier.id))
        self._commit()
        jobs = self.env["oms.runner"]._run("deliver", orders, "user")
        self.assertEqual(jobs.mapped("state"), ["done"] * count)
        self._commit()
        self.assertFalse(self.server.bookings)
        return orders.picking_ids

    def _ask(self, worker):
        worker.tell("run_cron", "oms.outbox", "_cron_run")

    def _let_lease_end(self):
        self._commit()
        self.cr.execute("UPDATE oms_outbox SET next_try = next_try - INTERVAL '1 day' WHERE next_try IS NOT NULL")
        self._commit()

    def assertBookedOnce(self, pickings):
        self._commit()
        references = {f"OMS-{picking.id}-1": 1 for picking in pickings}
        self.assertEqual(dict(self.server.bookings), references)
        for picking in pickings:
            self.assertEqual(picking.carrier_tracking_ref, f"TRACK OMS-{picking.id}-1")
            self.assertEqual(picking.carrier_price, 7.5)
        requests = self.env["oms.outbox"].search([("res_id", "in", pickings.ids)])
        self.assertEqual(requests.mapped("state"), ["done"] * len(pickings))

    def _kill(self, pickings):
        """Kill the first worker, and have the second one see it through."""
        self.first.kill()
        self._ask(self.second)
        self.assertEqual(self.second.hear(), {"answer": True})
        self._commit()
        taken = self.env["oms.outbox"].search([("state", "in", ("calling", "answered"))])
        self.assertEqual(len(taken), 1, "nobody asks again what may be alive")
        self._let_lease_end()
        self._ask(self.second)
        self.assertEqual(self.second.hear(), {"answer": True})
        self.assertBookedOnce(pickings)

    def test_killed_while_the_carrier_answers(self):
        pickings = self._deliver(3)
        self.server.holding.set()
        self._ask(self.first)
        self.assertTrue(self.server.booked.wait(60))
        self._kill(pickings)

    def test_killed_before_the_answer_is_kept(self):
        pickings = self._deliver(3)
        self.first.ask("stop_after", "stock.picking", "_send_booking")
        self._ask(self.first)
        self.assertEqual(self.first.hear(), "stopped")
        self._kill(pickings)

    def test_killed_before_the_answer_is_entered(self):
        pickings = self._deliver(3)
        self.first.ask("stop_after", "stock.picking", "_receive_booking")
        self._ask(self.first)
        self.assertEqual(self.first.hear(), "stopped")
        self._kill(pickings)

    def test_slow_carrier_is_not_asked_by_another(self):
        pickings = self._deliver(1)
        self.first.ask("stop_after", "stock.picking", "_send_booking")
        self._ask(self.first)
        self.assertEqual(self.first.hear(), "stopped")
        self._let_lease_end()
        with patch.object(self.registry["stock.picking"], "_find_booking", side_effect=AssertionError("asked again")):
            self.env["oms.outbox"]._cron_run()
        self.first.tell("go on")
        self.assertEqual(self.first.hear(), {"answer": True})
        self.assertBookedOnce(pickings)
