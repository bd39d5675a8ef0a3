"""What the tests of verbs, jobs and automation share."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import OmsCommon


@tagged("post_install", "-at_install")
class OmsRunnerCase(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runner = cls.env["oms.runner"]
        cls.jobs = cls.env["oms.job"]
        cls.jobs.search([]).unlink()
        cls.cron = cls.env.ref("oms_order_to_cash.oms_job_cron")

    def _run(self, verb, orders, origin="user", **params):
        return self.runner._run(verb, orders, origin, params)

    def _run_queue(self):
        """Run all that is due, as the scheduled action does."""
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _queue(self, verb, orders, origin="automation", **values):
        return self.jobs._queue(verb, orders, origin, **values)

    def _break(self, verb, *, on=None, error=None):
        """Make a verb raise for an order, or for all."""
        model = self.env.registry[f"oms.verb.{verb}"]
        real = model._do
        error = error or UserError("The printer is on fire.")

        def broken(verb, orders, **params):
            if on is None or on in orders:
                raise error
            return real(verb, orders, **params)

        return patch.object(model, "_do", broken)

    def _make_user(self, login, groups):
        return new_test_user(self.env, login=login, groups=groups, email=f"{login}@example.com")

    def assertJobs(self, jobs, *expected):
        """Check the jobs' states, and their messages where given, in the order of their orders."""
        found = [(job.state, job.message or "") for job in jobs.sorted(lambda job: job.order_id.id)]
        self.assertEqual(found, [(state, "") if isinstance(state, str) else state for state in expected])

    def _get_lot_product(self):
        """Goods that can't leave before somebody says which lot: an order of them fails where others pass."""
        product = self._make_product("Goods with lots", 15, tracking="lot")
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id, "company_id": self.company.id} for name in ("TESTLOT1",)]
        )
        self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, 50, lot_id=lots)
        return product
