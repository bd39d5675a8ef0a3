from unittest.mock import patch

from markupsafe import Markup

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.oms_order_to_cash.tests.runner_case import OmsRunnerCase

from ..models import mail_thread
from ..models.mail_thread import Posts

_IGNORED = {"id", "res_id", "message_id", "create_date", "write_date", "date", "parent_id", "record_name"}


@tagged("post_install", "-at_install")
class TestOmsAtOnce(OmsRunnerCase):
    """What orders that are worked on at once save is nothing that anybody would miss."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={})  # with chatter and tracking
        cls.runner = cls.env["oms.runner"]

    # === CHATTER === #

    def _read_messages(self, records):
        """Return what the messages of each record say, by whom and to whom; a parent is told by its place."""
        fields = [name for name, field in records.message_ids._fields.items() if field.store and name not in _IGNORED]
        read = []
        for record in records:
            messages = record.message_ids.sorted("id")
            read.append(
                [
                    {
                        **{
                            name: str(values[name]).replace(record.name, "<name>")
                            for name in fields
                            if not isinstance(values[name], list)
                        },
                        "parent": messages.ids.index(message.parent_id.id) if message.parent_id else None,
                        "told": message.notification_ids.res_partner_id.ids,
                        "tracking": message.tracking_value_ids.mapped("new_value_char"),
                    }
                    for message in messages
                    for values in [message.read(fields, load="")[0]]
                ]
            )
        return read

    def _place_followed(self, follower):
        orders = self._place_order() + self._place_order()
        orders.message_subscribe(follower.ids, subtype_ids=self.env["mail.message.subtype"].search([]).ids)
        self.env.cr.flush()
        return orders

    def _post_all(self, orders):
        note = self.env.ref("mail.mt_note").id
        for order in orders:
            order.message_post(body="First")
            order.message_post(body=Markup("<b>Second</b>"), subtype_id=note, author_id=self.customer.id)
            order.message_post(body="<i>Third</i>", subtype_xmlid="mail.mt_comment")

    def test_lines_equal_those_posted_one_by_one(self):
        follower = self._make_user("oms_follower", "sales_team.group_sale_salesman_all_leads").partner_id
        ours, theirs = self._place_followed(follower), self._place_followed(follower)
        posts = Posts()
        self._post_all(ours.with_context(oms_posts=posts))
        self.assertEqual(len(posts.waiting), 6)
        posts.send()
        self._post_all(theirs)
        read = self._read_messages(ours)
        self.assertEqual([len(messages) for messages in read], [3, 3])
        self.assertEqual([message["told"] for message in read[0]], [follower.ids] * 3)
        self.assertEqual([message["parent"] for message in read[0]], [None, 0, 1])
        self.assertEqual(read, self._read_messages(theirs))

    def test_what_has_an_effect_of_its_own_does_not_wait(self):
        posts = Posts()
        order = self._place_order().with_context(oms_posts=posts)
        self.assertTrue(order.message_post(body="To you", partner_ids=self.customer.ids))
        self.assertTrue(order.message_post(body="A mail", message_type="comment"))
        self.assertFalse(posts.waiting)
        posts.send()
        self.assertTrue(order.message_post(body="Too late"))

    def test_lines_keep_their_order(self):
        posts = Posts()
        order, other = self._place_order(), self._place_order()
        waiting = (order + other).with_context(oms_posts=posts)
        for one in waiting:
            one.message_post(body="First")
        waiting[0]._message_log(body="Second")
        self.assertFalse(posts.waiting)
        for one in waiting:
            one.message_post(body="Third")
        waiting[0].message_post(body="Fourth", partner_ids=self.customer.ids)
        waiting[1].message_post(body="Last")
        posts.send()
        bodies = [one.message_ids.sorted("id").mapped("body") for one in (order, other)]
        expected = (("First", "Second", "Third", "Fourth"), ("First", "Third", "Last"))
        self.assertEqual(bodies, [[f"<p>{text}</p>" for text in texts] for texts in expected])

    def test_another_addon_that_adds_to_posting_is_asked_each_time(self):
        posts = Posts()
        order = self._place_order().with_context(oms_posts=posts)
        self.addCleanup(self.env.registry.clear_cache)
        self.env.registry.clear_cache()
        with patch.object(mail_thread, "_KNOWN", ("mail", "sale", "oms_order_to_cash_fast")):
            self.assertTrue(order.message_post(body="As it comes"))
        self.assertFalse(posts.waiting)

    def test_changes_are_posted_at_once(self):
        orders = self._place_order() + self._place_order()
        self.env.cr.flush()
        self._run("confirm", orders)
        self.env.cr.flush()
        tracked = [order.message_ids.tracking_value_ids.mapped("new_value_char") for order in orders]
        self.assertEqual(tracked, [["Sales Order"], ["Sales Order"]])
        self.assertEqual(
            [len(order.picking_ids.message_ids.filtered("body")) for order in orders],
            [2, 2],
            "made, and made from the order",
        )

    # === QUERIES === #

    def _count(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_order_confirmed_alone_costs_what_it_costs_core(self):
        warm, core, ours = (self._place_order() for _number in range(3))
        verb = self.env["oms.verb.confirm"]
        for order in warm:
            order.action_confirm()
        verb._do(self._place_order())
        self.assertLessEqual(self._count(lambda: verb._do(ours)), self._count(core.action_confirm))

    def test_orders_confirmed_at_once_look_for_no_transfer_and_post_at_once(self):
        verb = self.env["oms.verb.confirm"]
        verb._do(self._place_order() + self._place_order())
        few = self._place_order() + self._place_order()
        many = self.env["sale.order"].union(*(self._place_order() for _number in range(12)))
        cost = {len(orders): self._count(lambda orders=orders: self._run("confirm", orders)) for orders in (few, many)}
        self.assertLessEqual((cost[12] - cost[2]) / 10, 24, "queries of one order more")

    def test_transfer_that_is_there_is_found(self):
        """Two warehouses make two transfers of one order; a line added later joins the one that fits."""
        orders = self._place_order([(self.goods, 1)]) + self._place_order([(self.goods, 1), (self.goods, 2)])
        self._run("confirm", orders)
        self.assertEqual([len(order.picking_ids) for order in orders], [1, 1])
        self.assertEqual(set(orders.picking_ids.move_ids.mapped("state")), {"assigned"})
        orders[0].order_line = [Command.create({"product_id": self.delivered_goods.id, "product_uom_qty": 1})]
        self.assertEqual(len(orders[0].picking_ids), 1)

    def test_what_is_short_is_reserved_in_part(self):
        orders = self._place_order([(self.short, 3)]) + self._place_order([(self.goods, 1), (self.short, 1)])
        self.env["stock.quant"]._update_available_quantity(self.short, self.warehouse.lot_stock_id, 2)
        self._run("confirm", orders)
        moves = orders.picking_ids.move_ids.sorted("id")
        self.assertEqual(
            moves.mapped(lambda move: (move.state, move.quantity)),
            [("partially_available", 2), ("assigned", 1), ("confirmed", 0)],
        )
