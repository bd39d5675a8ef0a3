from odoo.tests import tagged

from .common import OmsCommon


@tagged("post_install", "-at_install")
class TestOmsRunner(OmsCommon):
    """Verbs, many orders at a time."""

    def _run(self, verb, orders, **params):
        return self.env["oms.runner"]._run(verb, orders, "user", params)

    def assertJobs(self, jobs, *expected):
        """Check the jobs' states, or their states and messages, in the order of their orders."""
        found = [(job.state, job.message or "") for job in jobs.sorted("order_id")]
        self.assertEqual(found, [(e, "") if isinstance(e, str) else e for e in expected])

    def test_whole_way(self):
        orders = self._place_order() + self._place_order([(self.goods, 2), (self.service, 1)])
        self.assertJobs(self._run("confirm", orders), "done", "done")
        self.assertJobs(self._run("confirm", orders), *[("skipped", "It is confirmed already.")] * 2)
        self.assertJobs(self._run("reserve", orders), *[("skipped", "All it needs is reserved.")] * 2)
        self.assertJobs(self._run("plan", orders), *[("skipped", "All of it is planned or delivered.")] * 2)
        self.assertJobs(self._run("deliver", orders), "done", "done")
        self.assertJobs(self._run("deliver", orders), *[("skipped", "Nothing is left to deliver.")] * 2)
        self.assertJobs(self._run("invoice", orders), "done", "done")
        self.assertJobs(self._run("invoice", orders), *[("skipped", "All of it is invoiced.")] * 2)
        self.assertJobs(self._run("post", orders), "done", "done")
        self.assertJobs(self._run("send", orders), "done", "done")
        self.assertJobs(self._run("pay", orders), "done", "done")
        self.assertJobs(self._run("pay", orders), *[("skipped", "All that is invoiced is paid.")] * 2)
        self.assertEqual(orders.invoice_ids.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(orders.mapped("qty_delivered") if False else orders.order_line.mapped("qty_delivered"), [10, 2, 0])
        for order in orders:
            self.assertFlow(order, "closed", "done done done done done none")
