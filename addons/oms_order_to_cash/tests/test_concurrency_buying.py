from odoo.fields import Command
from odoo.tests import tagged

from .concurrency_case import OmsConcurrencyCase

_SOLD = 3  # the product of the vendor, after those of the base class


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyBuying(OmsConcurrencyCase):
    """Two orders that lack the same goods, bought for at the same time: one draft, and nothing bought twice."""

    def setUp(self):
        super().setUp()
        with self._committed() as env:
            vendor = env["res.partner"].create({"name": "Test Shared Vendor"})
            product = env["product.product"].create(
                {
                    "name": "Test Bought Goods",
                    "type": "consu",
                    "is_storable": True,
                    "taxes_id": [Command.clear()],
                    "seller_ids": [Command.create({"partner_id": vendor.id, "price": 3, "min_qty": 4})],
                }
            )
            self.vendor_id = vendor.id
            self.product_ids.append(product.id)

    def _delete_all(self):
        with self._committed() as env:
            purchases = env["purchase.order"].search([("partner_id", "=", self.vendor_id)])
            purchases.button_cancel()
            purchases.unlink()
            env["oms.vendor.guard"].search([("partner_id", "=", self.vendor_id)]).unlink()
        result = super()._delete_all()
        with self._committed() as env:
            env["res.partner"].browse(self.vendor_id).unlink()
        return result

    def _read_drafts(self):
        with self._committed() as env:
            purchases = env["purchase.order"].search([("partner_id", "=", self.vendor_id)])
            return [purchase.order_line.mapped("product_qty") for purchase in purchases]

    def test_the_late_one_joins_the_draft(self):
        [order_id, other_id] = self._make_orders(2, products=(_SOLD,))
        self._open_both()  # both see that nothing is drafted
        done = self.first.ask("run_as_rpc", "buy", [order_id])["answer"]
        self.assertEqual(done, {"tries": 1, "jobs": [[order_id, "done", ""]]})
        late = self.second.ask("run_as_rpc", "buy", [other_id])["answer"]
        self.assertEqual(late["tries"], 2, "it begins again, and sees what the first one drafted")
        self.assertEqual(self._read_drafts(), [[4]], "the minimum of the first serves the second")

    def test_both_at_once(self):
        order_ids = self._make_orders(10, products=(_SOLD,))
        self._open_both()
        self.first.tell("run_as_rpc", "buy", order_ids[:5])
        self.second.tell("run_as_rpc", "buy", order_ids[5:])
        for worker in self.workers:
            worker.hear()
        self.assertEqual(self._read_drafts(), [[10]])

    def test_two_workers_of_the_queue(self):
        order_ids = self._make_orders(12, products=(_SOLD,))
        with self._committed() as env:
            env["oms.job"]._queue("buy", env["sale.order"].browse(order_ids), "automation")
        self._open_both()
        for worker in self.workers:
            worker.tell("run_queue")
        for worker in self.workers:
            self.assertEqual(worker.hear(), {"answer": True})
        self.assertEqual(self._read_drafts(), [[12]])
