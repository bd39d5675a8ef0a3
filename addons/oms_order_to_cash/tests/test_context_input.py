import json
import re
from pathlib import Path

from odoo.tests import tagged

from ..models.documents.handed import Handed, HandedText, get_handed, keep_handed
from .common import OmsHttpCommon
from .runner_case import OmsRunnerCase

# What the addons hand themselves, as a client would send it.
_SENT = {
    "oms_shipment": {"exact_price": -99999, "tracking_number": "STOLEN"},
    "oms_client_reference": "OMS-1-1",
    "oms_book_later": True,
    "oms_at_once": True,
    "oms_confirmation": {"rules": {}, "move_ids": []},
    "oms_unattended": True,
    "oms_posts": {"is_open": True, "waiting": []},
    "oms_origin": "automation",
    "oms_payment_asked": {"link": "https://evil.example.com", "amount": 1},
    "oms_payment_link": "https://evil.example.com",
    "oms_payment_amount": 1,
    "oms_needed": {"1": "2030-01-01"},
}
# What a screen sends to be told, or offered, no more than what it shows.
_SHOWN = {"oms_next_action", "oms_state", "oms_subject"}
_READ = re.compile(r"""context(?:\.get\(|\[)\s*["'](oms_\w+)|["'](oms_\w+)["'] in [\w.]*context""")


@tagged("post_install", "-at_install")
class TestContextInput(OmsRunnerCase, OmsHttpCommon):
    """The context is a client's to choose: nothing in it changes what is written, or which checks run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,account.group_account_invoice"
        cls.user = cls._make_user(cls, "oms_context", groups)

    def setUp(self):
        super().setUp()
        self.key = self.env["res.users.apikeys"].with_user(self.user).sudo()._generate("rpc", "test", None)

    def _call(self, records, method, context=None, **arguments):
        """Call a method by JSON-2 with a context; return (status, answer)."""
        ids = {"ids": records.ids} if records.ids else {}
        response = self.url_open(
            f"/json/2/{records._name}/{method}",
            data=json.dumps({**ids, **arguments, "context": context or {}}),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        return response.status_code, response.json()

    def _run_sent(self, verb, orders, context=None, **params):
        """Run a verb on orders as a client does; return its states."""
        arguments = {"verb": verb, "order_ids": orders.ids, "params": params}
        sent = {**_SENT, "oms_plan_quantities": {}, "oms_invoice_quantities": {}, **(context or {})}
        status, answer = self._call(self.runner, "run", sent, **arguments)
        self.assertEqual(status, 200, answer)
        return [result["state"] for result in answer]

    def test_a_freight_price_is_the_carrier_s(self):
        order = self._confirmed(carrier_id=self.carrier.id)
        total = order.amount_total
        status, answer = self._call(order.picking_ids, "button_validate", {"skip_backorder": True, **_SENT})
        self.assertEqual((status, order.picking_ids.state), (200, "done"), answer)
        self.assertEqual(order.picking_ids.carrier_price, self.carrier.fixed_price)
        self.assertFalse(order.picking_ids.carrier_tracking_ref)
        self.assertGreaterEqual(order.amount_total, total)

    def test_the_reference_of_a_booking_is_the_outbox_s(self):
        seen = []

        def send(carrier, pickings):
            seen.append((carrier.env.context.get("oms_client_reference"), pickings.env.context))
            return [{"exact_price": 12, "tracking_number": "T"} for _picking in pickings]

        self.patch(self.env.registry["delivery.carrier"], "fixed_send_shipping", send)
        order = self._confirmed(carrier_id=self.carrier.id)
        picking = order.picking_ids.with_context(oms_client_reference="OMS-7-1")
        picking.carrier_id.send_shipping(picking)
        self.assertEqual((seen[0][0], "oms_client_reference" in seen[0][1]), (None, False))
        picking = picking.with_context(oms_client_reference=HandedText("OMS-8-1"))
        picking.carrier_id.send_shipping(picking)
        self.assertEqual((seen[1][0], seen[1][1]["oms_client_reference"]), ("OMS-8-1", "OMS-8-1"))

    def test_quantities_are_those_of_the_documents(self):
        order = self._confirmed()
        line = order.order_line
        lied = {"oms_invoice_quantities": {str(line.id): 99}, "oms_plan_quantities": {str(line.id): 99}}
        self.assertEqual(self._run_sent("invoice", order, lied), ["done"])
        self.assertEqual(order.invoice_ids.invoice_line_ids.mapped("quantity"), [10])
        status, _answer = self._call(line, "write", {**_SENT, **lied}, vals={"product_uom_qty": 12})
        self.assertEqual((status, sum(order.picking_ids.move_ids.mapped("product_uom_qty"))), (200, 12))

    def test_orders_run_as_without_it(self):
        orders = self._place_order() + self._place_order()
        for verb in ("confirm", "deliver", "invoice", "post", "pay"):
            self.assertEqual(self._run_sent(verb, orders), ["done", "done"], verb)
        for order in orders:
            self.assertEqual(order.picking_ids.state, "done")
            self.assertEqual(order.invoice_ids.amount_residual, 0)
        jobs = self.jobs.search([("order_id", "in", orders.ids)])
        self.assertEqual(set(jobs.mapped("origin")), {"api"})
        events = self.env["oms.event"].search([("order_id", "in", orders.ids), ("type", "=", "act")])
        self.assertEqual(set(events.mapped("origin")), {"api"})

    def test_core_s_own_keys_do_not_reach_a_verb(self):
        order = self._confirmed([(self.goods, 150)])
        picking = order.picking_ids
        context = {"picking_ids_not_to_backorder": picking.ids, "default_state": "cancel", "tracking_disable": True}
        self.assertEqual(self._run_sent("deliver", order, context), ["done"])
        self.assertEqual((picking.state, len(order.picking_ids)), ("done", 2))
        self.assertEqual((order.picking_ids - picking).move_ids.product_uom_qty, 50)

    def test_mails_say_what_the_product_says(self):
        order = self._place_order()
        sent = order.with_context(**_SENT)
        asked = sent._oms_get_payment_asked()
        self.assertEqual((asked["amount"], asked["link"][:4]), (order.amount_total, order.get_base_url()[:4]))
        self.assertNotIn("evil", asked["link"])
        self.assertEqual(self.env["purchase.order"].with_context(**_SENT)._oms_get_needed(), {})
        self.env["oms.verb"]._write_to_partners("oms_mail_template_payment_link", sent)
        self.assertNotIn("evil", order.message_ids[0].body)

    def test_only_the_product_hands_itself_something(self):
        env = self.env(context={"plain": 1, "handed": Handed(2), "text": "a", "own": HandedText("b")})
        records = env["res.partner"]
        self.assertEqual(
            (get_handed(env, "plain"), get_handed(env, "handed"), get_handed(env, "none", 3)), (None, 2, 3)
        )
        self.assertNotIn("text", keep_handed(records, "text").env.context)
        self.assertEqual(keep_handed(records, "own").env.context, records.env.context)
        self.assertNotIsInstance(json.loads(json.dumps(HandedText("b"))), HandedText)

    def test_no_other_key_is_read(self):
        addons = Path(__file__).parents[2]
        found = set()
        for path in addons.glob("*/**/*.py"):
            if "tests" not in path.parts:
                found |= {name for names in _READ.findall(path.read_text()) for name in names if name}
        self.assertEqual(found - _SHOWN, {"oms_drafts", "oms_posts"})  # whose class is checked where they are read
