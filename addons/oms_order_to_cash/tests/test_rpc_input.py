import inspect
import json
from functools import cached_property

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .runner_case import OmsRunnerCase
from .test_oms_runner_failures import RUNNER_LOG

_OURS = tuple(f"odoo.addons.oms_order_to_cash{suffix}." for suffix in ("", "_reorder", "_queue_job"))
_HUGE = 2**70
_NOT_IDS = ([], [-1], [0], [None], ["x"], "abc", None, [_HUGE], [10**9], [[1]], {"a": 1})
_VALUES = (
    *(None, True, -1, 0, _HUGE, 10**9, 1.5, float("nan"), float("inf"), "", "x", "2026-13-45", "0001-01-01"),
    *([], [-1], ["x"], [None], [[1]], [["id", "=", "x"]], [["none", "=", 1]], {}, {"a": []}),
)


@tagged("post_install", "-at_install")
class TestRpcInput(OmsRunnerCase):
    """Whatever a program sends, it is answered, or told in words what is wrong with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "oms_order_to_cash.oms_group_admin,stock.group_stock_manager,account.group_account_manager"
        cls.user = cls._make_user(cls, "oms_rpc", f"{groups},purchase.group_purchase_manager,base.group_system")

    def _get_methods(self):
        """Return (model, name) of each method that clients may call and that is no core method's."""
        found = []
        for name, model in sorted(self.env.registry.items()):
            for method in dir(model):
                where = [cls for cls in model.mro() if method in vars(cls) and callable(vars(cls)[method])]
                is_ours = where and all(cls.__module__.startswith(_OURS) for cls in where)
                if is_ours and not method.startswith("_") and not getattr(where[0], "_api_private", False):
                    found.append((name, method))
        return found

    def _try(self, model, method, *args):
        """Call a method as a client does; anything but an answer or words fails. What it did is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            json.dumps(call_kw(self.env[model].with_user(self.user), method, list(args), {}), default=str)
        except UserError as error:
            self.assertTrue(str(error.args[0]).strip())
        except Exception as error:  # noqa: BLE001 - what this test is for
            self.fail(f"{model}.{method}{args}: {error!r}")
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()

    def _get_parameters(self, model, method):
        return list(inspect.signature(getattr(self.env.registry[model], method)).parameters.values())[1:]

    def _is_for_model(self, model, method):
        return getattr(getattr(self.env.registry[model], method), "_api_model", False)

    def _get_sample(self, model):
        """Return a record of a model."""
        return self.samples.get(model) or self.env[model].search([], limit=1)

    @cached_property
    def samples(self):
        order = self._confirmed()
        mine = self.env(user=self.user)
        bulk = mine["oms.bulk.run"].create({"verb": "deliver", "order_ids": order.ids})
        return {
            "oms.bulk.run": bulk,
            "oms.bulk.run.line": bulk.line_ids[:1],
            "oms.complete": mine["oms.complete"].create({"order_id": order.id, "missing": "email"}),
            "oms.freight.data": mine["oms.freight.data"].create({"order_ids": order.ids}),
        }

    def test_ids_that_are_none(self):
        tried = set()
        for model, method in self._get_methods():
            if self._is_for_model(model, method) or not self.env.registry[model]._auto and model != "oms.queue":
                continue
            count = len(self._get_parameters(model, method))
            for ids in _NOT_IDS:
                with self.subTest(model=model, method=method, ids=ids):
                    self._try(model, method, ids, *["x"] * count)
            tried.add((model, method))
        self.assertLessEqual(
            {("oms.job", "action_undo"), ("oms.flow", "action_next"), ("sale.order", "action_oms_hold")}, tried
        )

    def test_arguments_of_any_type(self):
        self._drain()
        for model, method in self._get_methods():
            parameters = self._get_parameters(model, method)
            ids = [] if self._is_for_model(model, method) else [self._get_sample(model).ids]
            for place, parameter in enumerate(parameters):
                for value in _VALUES:
                    args = [other.default if other.default is not other.empty else "x" for other in parameters]
                    args[place] = value
                    with self.subTest(model=model, method=method, argument=parameter.name, value=value):
                        self._try(model, method, *ids, *args)

    def test_every_method_on_a_record(self):
        for model, method in self._get_methods():
            if not self._get_parameters(model, method) and not self._is_for_model(model, method):
                with self.subTest(model=model, method=method):
                    self._try(model, method, self._get_sample(model).ids)

    def test_nobody_outside_is_answered(self):
        outsiders = [self._make_user(f"oms_rpc_{role}", f"base.group_{role}") for role in ("portal", "public")]
        for model, method in self._get_methods():
            arguments = [
                "x" if each.default is each.empty else each.default for each in self._get_parameters(model, method)
            ]
            ids = [] if self._is_for_model(model, method) else [self._get_sample(model).ids]
            for user in outsiders:
                with self.subTest(model=model, method=method, user=user.login):
                    try:
                        answer = call_kw(self.env[model].with_user(user), method, [*ids, *arguments], {})
                    except UserError:
                        continue
                    self.assertFalse(answer)

    def test_choices_of_verbs_of_any_type(self):
        order = self._confirmed()
        for verb, spec in self.runner._get_verbs().items():
            for name in spec._get_param_names():
                for value in _VALUES:
                    with self.subTest(verb=verb, choice=name, value=value), mute_logger(RUNNER_LOG):
                        self._try_verb(verb, order, {name: value})

    def _try_verb(self, verb, order, params):
        savepoint = self.env.cr.savepoint()
        try:
            answers = self.runner.with_user(self.user).run(verb, order.ids, params)
            self.assertNotIn("Unexpected error", " ".join(answer["message"] for answer in answers))
        except UserError as error:
            self.assertTrue(str(error.args[0]).strip())
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()

    def test_orders_named_twice_are_run_once(self):
        order = self._place_order()
        answers = self.runner.run("confirm", [order.id, order.id])
        self.assertEqual([answer["state"] for answer in answers], ["done"])
        for ids in ([True], [-order.id], [_HUGE], [str(order.id)], order.id, None, {"id": order.id}):
            with self.assertRaisesRegex(UserError, r"Orders are given by a list of their ids, as in \[7, 12\]."):
                self.runner.run("confirm", ids)
        for verb in (None, ["confirm"], {"confirm": 1}, 5, "", "unlink"):
            with self.assertRaisesRegex(UserError, "There is no action called"):
                self.runner.run(verb, order.ids)

    def test_documents_are_told_as_far_as_they_may_be_read(self):
        order = self._confirmed([(self.purchased, 3)])
        buyer = self._make_user(
            "oms_rpc_buyer", "purchase.group_purchase_user,sales_team.group_sale_salesman_all_leads"
        )
        job = self._run("buy", order)
        self.assertJobs(job, "done")
        seller = self._make_user("oms_rpc_seller", "sales_team.group_sale_salesman_all_leads")
        self.assertEqual(job.with_user(buyer)._get_readable_documents()[job], job.documents)
        self.assertEqual(job.with_user(seller)._get_readable_documents(), {job: {}})
