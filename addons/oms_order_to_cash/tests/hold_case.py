"""What the tests of holds share."""

from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class OmsHoldCase(OmsIssueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("credit", "fraud", "address", "compliance", "customer", "deposit"):
            setattr(cls, name, cls.env.ref(f"oms_order_to_cash.oms_hold_reason_{name}"))
        cls.seller = cls._make_role("oms_hold_seller", "sales_team.group_sale_salesman_all_leads")
        cls.picker = cls._make_role("oms_hold_picker", "stock.group_stock_user")
        cls.accountant = cls._make_role("oms_hold_accountant", "account.group_account_manager")

    @classmethod
    def _make_role(cls, login, groups):
        return cls._make_user(cls, login, groups)

    def _hold(self, orders, reason=None, user=None, **params):
        """Place a hold as a user would; return the holds."""
        runner = self.runner.with_user(user or self.env.user)
        reason = reason or self.address
        orders = orders.with_env(runner.env)
        jobs = runner._run("hold", orders, "user", {"hold_reason_id": reason.id, **params})
        self.assertEqual(set(jobs.mapped("state")), {"done"}, jobs.mapped("message"))
        return self.env["oms.hold"].browse(id for job in jobs.sudo() for id in job.documents["oms.hold"])

    def _release(self, orders, user=None, **params):
        runner = self.runner.with_user(user or self.env.user)
        return runner._run("release", orders.with_env(runner.env), "user", params).sudo()

    def _get_reserved(self, order):
        return sum(order.order_line.move_ids.filtered(lambda move: move.state != "cancel").mapped("quantity"))
