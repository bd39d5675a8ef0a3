from odoo.tests import tagged

from .concurrency_case import OmsConcurrencyCase


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyRunner(OmsConcurrencyCase):
    """Two people, or a person and the queue, on the same order at the same time: it is done once."""

    def _read(self, order_ids, read):
        with self._committed() as env:
            return read(env["sale.order"].browse(order_ids))

    def test_late_reader_does_not_invoice_again(self):
        [order_id] = self._make_orders()
        self._open_both()  # both see an order that is not invoiced
        done = self.first.ask("run_as_rpc", "invoice", [order_id])["answer"]
        self.assertEqual(done, {"tries": 1, "jobs": [[order_id, "done", ""]]})
        late = self.second.ask("run_as_rpc", "invoice", [order_id])["answer"]
        self.assertEqual(late, {"tries": 2, "jobs": [[order_id, "skipped", "All of it is invoiced."]]})
        self.assertEqual(self._read([order_id], lambda order: len(order.invoice_ids)), 1)

    def test_late_reader_does_not_plan_again(self):
        # Planning one line anew beside another that is planned still changes nothing on the order or its lines: only
        # the guard row tells the late one.
        [order_id] = self._make_orders(products=(1, 2))
        self._read([order_id], lambda order: order.order_line[1].move_ids._action_cancel())
        self._open_both()
        done = self.first.ask("run_as_rpc", "plan", [order_id])["answer"]
        self.assertEqual(done, {"tries": 1, "jobs": [[order_id, "done", ""]]})
        late = self.second.ask("run_as_rpc", "plan", [order_id])["answer"]
        self.assertEqual(late, {"tries": 2, "jobs": [[order_id, "skipped", "All of it is planned or delivered."]]})
        states = self._read([order_id], lambda order: order.order_line[1].move_ids.mapped("state"))
        self.assertEqual(sorted(states), ["assigned", "cancel"])

    def test_order_somebody_works_on_waits_and_the_others_run(self):
        held_id, free_id = self._make_orders(2)
        self._open_both()
        self.first.ask("run", "invoice", [held_id])  # and does not commit yet
        jobs = self.second.ask("run_as_rpc", "invoice", [held_id, free_id])["answer"]["jobs"]
        self.assertEqual(sorted(jobs), [[held_id, "queued", ""], [free_id, "done", ""]])
        self.first.ask("commit")
        self.assertEqual(
            self._read([held_id, free_id], lambda orders: [len(order.invoice_ids) for order in orders]), [1, 1]
        )
        self.first.ask("run_queue")
        states = self._read([held_id], lambda order: order.oms_job_ids.sorted("id").mapped("state"))
        self.assertEqual(sorted(states), ["done", "skipped"])
        self.assertEqual(self._read([held_id], lambda order: len(order.invoice_ids)), 1)

    def test_both_at_once(self):
        order_ids = self._make_orders(6)
        self._open_both()
        self.first.tell("run_as_rpc", "invoice", order_ids)
        self.second.tell("run_as_rpc", "invoice", order_ids)
        for worker in self.workers:
            worker.hear()
        self.first.ask("run_queue")
        self.assertEqual(self._read(order_ids, lambda orders: [len(order.invoice_ids) for order in orders]), [1] * 6)

    def test_two_workers_share_the_queue(self):
        order_ids = self._make_orders(30)
        with self._committed() as env:
            env["oms.job"]._queue("invoice", env["sale.order"].browse(order_ids), "bulk")
        self._open_both()
        for worker in self.workers:
            worker.tell("run_queue")
        for worker in self.workers:
            self.assertEqual(worker.hear(), {"answer": True})
        self.assertEqual(self._read(order_ids, lambda orders: [len(order.invoice_ids) for order in orders]), [1] * 30)
        jobs = self._read(order_ids, lambda orders: orders.oms_job_ids.mapped(lambda job: (job.state, job.attempts)))
        self.assertEqual(jobs, [("done", 1)] * 30)

    def test_request_of_a_transaction_still_open_is_not_lost(self):
        # A delivery asks for its invoice while the request of the confirmation waits: the worker leaves that one alone
        # until the delivery is committed, and then sees it.
        [order_id] = self._make_orders(products=(1,))
        with self._committed() as env:
            env["oms.job"]._queue("invoice", env["sale.order"].browse(order_id), "automation")
        with self._committed() as env:
            env["oms.job"]._queue("invoice", env["sale.order"].browse(order_id), "automation")
            self._open_both()
            self.first.ask("run_queue")
            self.first.ask("commit")
            env.cr.execute("SELECT state FROM oms_job WHERE order_id = %s", [order_id])
            self.assertEqual(env.cr.fetchall(), [("queued",)])
        self.first.ask("run_queue")
        self.assertEqual(self._read([order_id], lambda order: order.oms_job_ids.mapped("state")), ["done"])

    def test_core_and_the_runner_do_not_invoice_both(self):
        order_id, other_id = self._make_orders(2)
        self._open_both()
        self.first.ask("invoice_as_core", [order_id])
        jobs = self.second.ask("run_as_rpc", "invoice", [order_id, other_id])["answer"]["jobs"]
        self.assertEqual(sorted(jobs), [[order_id, "queued", ""], [other_id, "done", ""]], "its lines are held")
        self.first.ask("commit")
        self.assertEqual(self._read([order_id], lambda order: len(order.invoice_ids)), 1)
        # and the other way round: core is the late one, and starts again
        [order_id] = self._make_orders()
        self.first.ask("commit")
        self.second.ask("commit")
        self.first.ask("open")
        self.second.ask("open")
        self.second.ask("run_as_rpc", "invoice", [order_id])
        self.assertEqual(self.first.ask("invoice_as_core", [order_id]), {"error": "SerializationFailure"})
        self.assertEqual(self._read([order_id], lambda order: len(order.invoice_ids)), 1)

    def test_invoice_somebody_pays_is_left_to_them(self):
        [order_id] = self._make_orders()
        invoice_ids = self._read([order_id], lambda order: self._make_posted_invoice(order))
        self._open_both()
        self.first.ask("pay_as_core", invoice_ids)
        jobs = self.second.ask("run_as_rpc", "pay", [order_id])["answer"]["jobs"]
        self.assertEqual(jobs, [[order_id, "queued", ""]])
        self.first.ask("commit")
        self.first.ask("run_queue")
        self.assertEqual(
            self._read([order_id], lambda order: order.invoice_ids.matched_payment_ids.mapped("amount")), [10]
        )
        messages = self._read([order_id], lambda order: order.oms_job_ids.mapped("message"))
        self.assertEqual(messages, ["All that is invoiced is paid."])

    def test_late_payer_does_not_pay_again(self):
        [order_id] = self._make_orders()
        invoice_ids = self._read([order_id], lambda order: self._make_posted_invoice(order))
        self._open_both()
        self.first.ask("pay_as_core", invoice_ids)
        self.first.ask("commit")
        late = self.second.ask("run_as_rpc", "pay", [order_id])["answer"]
        self.assertEqual(late, {"tries": 2, "jobs": [[order_id, "skipped", "All that is invoiced is paid."]]})
        self.assertEqual(self._read([order_id], lambda order: len(order.invoice_ids.matched_payment_ids)), 1)

    def _make_posted_invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice.ids
