from odoo.exceptions import AccessError
from odoo.tests import tagged

from .runner_case import OmsRunnerCase

_ROLES = {
    "own": "sales_team.group_sale_salesman",
    "all": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "stock": "stock.group_stock_user",
    "stock_manager": "stock.group_stock_manager",
    "invoicing": "account.group_account_invoice",
    "accountant": "account.group_account_manager",
    "manager": "oms_order_to_cash.oms_group_manager",
    "admin": "oms_order_to_cash.oms_group_admin",
    "nobody": "base.group_user",
    "portal": "base.group_portal",
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(OmsRunnerCase):
    """Every verb, for every role, on an order of one's own company and of another: whoever adds a verb is in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._make_user(cls, f"oms_matrix_{role}", groups) for role, groups in _ROLES.items()}

    def setUp(self):
        super().setUp()
        self.order = self._confirmed(user_id=self.users["own"].id)
        self.foreign = self._place_order(
            company_id=self.other_company.id, partner_id=self.other_customer.id, user_id=self.users["own"].id
        )

    def _each(self):
        """Go through all verbs and roles, each with the runner as that user has it."""
        for verb, spec in self.runner._get_verbs().items():
            for role, user in self.users.items():
                with self.subTest(verb=verb, role=role):
                    yield verb, spec, user, self.runner.with_user(user)

    def _run_for(self, runner, verb, order):
        savepoint = self.env.cr.savepoint()
        try:
            return runner._run(verb, order.with_env(runner.env), "user").mapped("state")
        finally:
            savepoint.rollback()
            savepoint.close()

    def test_whose_verb_it_is(self):
        refused, passed = set(), set()
        for verb, spec, user, runner in self._each():
            if user.has_groups(spec._groups):
                self.assertEqual(len(self._run_for(runner, verb, self.order)), 1)
                passed.add(user)
            else:
                text = f"You may not run {spec._get_label()}: ask an administrator for the right."
                with self.assertRaises(AccessError) as raised:
                    self._run_for(runner, verb, self.order)
                self.assertEqual(str(raised.exception), text)
                refused.add(user)
        self.assertEqual(
            {user.login for user in self.users.values()} - {user.login for user in passed},
            {"oms_matrix_nobody", "oms_matrix_portal"},
        )
        self.assertGreaterEqual(len(refused), 2)

    def test_nobody_runs_it_on_an_order_of_another_company(self):
        for verb, _spec, _user, runner in self._each():
            with self.assertRaises(AccessError):
                self._run_for(runner, verb, self.foreign)
        self.assertFalse(self.jobs.search([("order_id", "=", self.foreign.id)]))

    def test_a_salesperson_of_own_orders_runs_nothing_on_others(self):
        other = self._confirmed(user_id=self.users["all"].id)
        runner = self.runner.with_user(self.users["own"])
        for verb in self.runner._get_verbs():
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                self._run_for(runner, verb, other)

    def test_what_was_done_is_not_undone_by_who_may_not_do_it(self):
        for verb, spec, user, _runner in self._each():
            if not user.has_groups(spec._groups):
                job = self.jobs.create(
                    {
                        "verb": verb,
                        "order_id": self.order.id,
                        "company_id": self.company.id,
                        "origin": "user",
                        "state": "done",
                    }
                )
                with self.assertRaises(AccessError):
                    job.with_user(user).action_undo()

    def test_what_the_runner_keeps_is_nobody_s_to_write(self):
        names = ("oms.job", "oms.hold", "oms.issue", "oms.flow", "oms.event")
        for name in (name for name in names if name in self.env):
            for role, user in self.users.items():
                for operation in ("write", "create", "unlink"):
                    with self.subTest(model=name, role=role, operation=operation):
                        self.assertFalse(self.env[name].with_user(user).has_access(operation))
