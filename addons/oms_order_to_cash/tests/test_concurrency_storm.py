from odoo.tests import tagged

from .committed_case import OmsCommittedCase


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyStorm(OmsCommittedCase):
    """Three workers whose orders all want the same goods: who loses starts again, and nothing is lost or made twice."""

    def test_all_orders_of_one_product(self):
        workers = [self._start_worker() for _number in range(3)]
        for worker in workers:
            worker.ask("take_at_most", 5)
        rule = self._make_rule(("confirm", "deliver", "invoice", "post"), event="placed")
        self._put_in_stock(self.purchased, 24)
        orders = self._place_many(24, [(self.purchased, 1, 19.99)])
        self._let_rules_look()
        self._run_to_the_end(*workers)
        self.assertEqual(
            self._count_jobs(rule), {(verb, "done"): 24 for verb in ("confirm", "deliver", "invoice", "post")}
        )
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(orders.order_line.mapped("qty_delivered"), [1] * 24)
        self.assertEqual([len(order.picking_ids) for order in orders], [1] * 24)
        self.assertEqual(orders.invoice_ids.mapped("amount_total"), [19.99] * 24)
        quants = self.env["stock.quant"]._gather(self.purchased, self.warehouse.lot_stock_id)
        self.assertEqual(sum(quants.mapped("quantity")), 0)
        self.assertEqual(sum(quants.mapped("reserved_quantity")), 0)
        self.assertFlowsHold(orders)
