from odoo.tests import tagged

from odoo.addons.oms_order_to_cash.tests.committed_case import OmsCommittedCase

from .common import OmsReorderPast


class OmsReorderCommitted(OmsReorderPast, OmsCommittedCase):
    def _open_run(self):
        """Return the first run of a company, on a year of moves."""
        self._make_year(self.purchased)
        self.company.write({"oms_reorder_mode": "apply", "oms_reorder_cap_factor": 0, "oms_reorder_cap_value": 0})
        self.env["oms.reorder.policy"].search([]).unlink()
        self.env["oms.reorder.run"].search([]).unlink()
        run = self.env["oms.reorder.run"].create({"company_id": self.company.id})
        self._commit()
        return run


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyReorder(OmsReorderCommitted):
    """Two processes that plan the same company at once, really committing: one run, each rule written once."""

    def test_two_processes_share_no_run(self):
        run, products = self._open_run(), self.purchased
        workers = [self._start_worker() for _number in range(2)]
        for worker in workers:
            worker.tell("run_cron", "oms.reorder.run", "_cron_run")
        for worker in workers:
            worker.hear()
        self._commit()
        self.assertEqual((run.state, run.planned), ("done", run.total))
        self.assertEqual(self.env["oms.reorder.run"].search([("company_id", "=", self.company.id)]), run)
        changes = self.env["oms.reorder.change"].search([("product_id", "=", products.id)])
        self.assertEqual((len(changes), changes.run_id), (1, run))
        self.assertEqual(len(self.env["stock.warehouse.orderpoint"].search([("product_id", "=", products.id)])), 1)
        # On unchanged data another run writes nothing.
        self.env["oms.reorder.run"].create({"company_id": self.company.id})
        self._commit()
        workers[0].ask("run_cron", "oms.reorder.run", "_cron_run")
        self._commit()
        self.assertEqual(self.env["oms.reorder.change"].search([("product_id", "=", products.id)]), changes)

    def test_the_scheduler_ends_after_it_bought(self):
        product = self.purchased
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": product.id, "product_min_qty": 5, "product_max_qty": 9, "warehouse_id": self.warehouse.id}
        )
        self._commit()
        self.env["stock.rule"].run_scheduler(use_new_cursor=True, company_id=self.company.id)
        self._commit()
        lines = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        self.assertEqual(sum(lines.mapped("product_qty")), 9)


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyReorderCompanies(OmsReorderCommitted):
    """Two processes that plan several companies at once."""

    def test_runs_of_two_companies_do_not_take_each_other_for_the_scheduler(self):
        other = self.env["res.company"].create({"name": "Test Other Planner"})
        run = self._open_run()
        first, second = self._start_worker(), self._start_worker()
        first.ask("stop_after", "oms.reorder.run", "_keep_scheduler_away")
        first.tell("run_cron", "oms.reorder.run", "_cron_run")
        self.assertEqual(first.hear(), "stopped")  # it is about to write the rules of the company
        second.ask("run_cron", "oms.reorder.run", "_cron_run")
        self._commit()
        others = self.env["oms.reorder.run"].search([("company_id", "=", other.id)])
        self.assertEqual((run.state, others.state), ("applying", "done"))
        self.assertEqual(first.ask("go on"), {"answer": True})
        self._commit()
        self.assertEqual(run.state, "done")
