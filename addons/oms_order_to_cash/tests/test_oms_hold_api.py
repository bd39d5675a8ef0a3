import json

from odoo.tests import tagged

from .common import OmsHttpCommon
from .hold_case import OmsHoldCase


@tagged("post_install", "-at_install")
class TestOmsHoldApi(OmsHoldCase, OmsHttpCommon):
    """Whoever calls from outside holds, releases and is refused by the same words as on the screens."""

    def setUp(self):
        super().setUp()
        user = self._make_user("oms_api", "sales_team.group_sale_salesman_all_leads,stock.group_stock_user")
        self.key = self.env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "test", None)

    def _call(self, model, method, **arguments):
        """Return (status, answer) of a call by JSON-2, with an API key."""
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        return response.status_code, response.json()

    def _run_verb(self, verb, orders, **params):
        return self._call("oms.runner", "run", verb=verb, order_ids=orders.ids, params=params)

    def test_held_refused_released_and_shipped(self):
        order = self._confirmed()
        picking = self._get_open_pickings(order)
        status, answer = self._run_verb("hold", order, hold_reason_id=self.address.id, note="Which street?")
        self.assertEqual((status, answer[0]["order_id"], answer[0]["state"]), (200, order.id, "done"))
        self.assertEqual(answer[0]["documents"], {"oms.hold": self.env["oms.hold"]._get_active(order).ids})
        status, answer = self._call("stock.picking", "button_validate", ids=picking.ids)
        self.assertEqual(status, 422)
        self.assertIn(f"{order.name} is on hold (Address to check. Which street?)", answer["message"])
        _status, answer = self._run_verb("deliver", order)
        self.assertEqual((answer[0]["state"], answer[0]["message"]), ("skipped", "It is on hold: release it first."))
        self.env.invalidate_all()
        self.assertEqual(picking.state, "assigned")
        _status, answer = self._run_verb("release", order)
        self.assertEqual(answer[0]["state"], "done")
        _status, answer = self._run_verb("deliver", order)
        self.env.invalidate_all()
        self.assertEqual((answer[0]["state"], picking.state), ("done", "done"))

    def test_not_released_by_who_may_not(self):
        order = self._confirmed()
        self._hold(order, self.credit)
        _status, answer = self._run_verb("release", order)
        group = self.env.ref("account.group_account_manager").full_name
        self.assertEqual(
            (answer[0]["state"], answer[0]["message"]), ("skipped", f"Credit: only {group} may release it.")
        )

    def test_ids_that_are_none_of_orders(self):
        order = self._confirmed()
        last = self.env["sale.order"].search([], order="id desc", limit=1).id
        asked = {"verb": "hold", "order_ids": [last + 1, order.id], "params": {"hold_reason_id": self.address.id}}
        status, answer = self._call("oms.runner", "run", **asked)
        self.assertEqual((status, answer[0]["order_id"], answer[0]["state"]), (200, order.id, "done"))
        gone = {"order_id": last + 1, "state": "failed", "message": "There is no such order.", "documents": {}}
        self.assertEqual(answer[1:], [gone])
        for wrong in (order.id, [order.name], order.name, None):
            status, answer = self._call("oms.runner", "run", verb="release", order_ids=wrong)
            self.assertEqual(
                (status, answer["message"]), (422, "Orders are given by a list of their ids, as in [7, 12].")
            )
        self.assertTrue(order.oms_is_held)
