import re
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .runner_case import OmsRunnerCase

# Who did it, and when to the second: all that may differ, but for ids and what numbers are made of.
_MAY_DIFFER = {
    "access_token",
    "create_date",
    "create_uid",
    "date_last_stock_update",
    "has_deadline_issue",  # of two moments in the same second
    "id",
    "made_sequence_gap",
    "matching_number",  # the id of what "full_reconcile_id" compares
    "message_id",
    "record_name",
    "reply_to",
    "sequence",  # goes on from order to order; the lines are compared in the order that it makes
    "sequence_number",
    "write_date",
    "write_uid",
}
# What belongs to the order besides: read on its own, or a record of ours.
_LEFT_OUT = ("oms_", "audit_trail_", "message_", "activity_", "website_message_")
_NUMBERED = ("order", "transfer", "invoice", "payment", "payment entry")
_VERBS = ("confirm", "deliver", "invoice", "post", "pay")


@tagged("post_install", "-at_install")
class TestOmsAutomationEqual(OmsRunnerCase):
    """What the queue does to many orders at once equals what a person does with core's buttons, field by field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={})  # with chatter and tracking
        cls.maxDiff = None
        cls._stop_waves()

    @classmethod
    def _stop_waves(cls):
        """Have each transfer go alone: which ones share a wave depends on which others, of any order, are ready."""
        cls.env["stock.picking.type"].search([]).auto_batch = False

    # === BOTH WAYS === #

    def _drive(self, orders):
        for verb in _VERBS:
            self._run_all(verb, orders)
            while verb == "deliver" and "assigned" in orders.picking_ids.mapped("state"):  # the next step is ready
                self._run_all(verb, orders)

    def _run_all(self, verb, orders):
        jobs = self._queue(verb, orders.with_env(self.env))
        self._run_queue()
        self.assertEqual(set(jobs.mapped("state")), {"done"}, jobs.mapped("message"))

    def _press(self, order):
        """Do what the buttons on an order's, a transfer's and an invoice's form do."""
        order.action_confirm()
        self._commit()
        while ready := order.picking_ids.filtered(lambda picking: picking.state == "assigned"):
            ready.button_validate()
            self._commit()
        context = {"active_model": "sale.order", "active_id": order.id, "active_ids": order.ids}
        self.env["sale.advance.payment.inv"].with_context(**context).create({}).create_invoices()
        self._commit()
        order.invoice_ids.action_post()
        self._commit()
        context = {"active_model": "account.move", "active_ids": order.invoice_ids.ids}
        wizard = self.env["account.payment.register"].with_context(**context).create({})
        if wizard.installments_mode == "next":  # and all the others
            wizard.amount = order.invoice_ids.amount_residual
        wizard.action_create_payments()
        self._commit()

    def _commit(self):
        """End a request as far as the chatter is concerned."""
        self.env.cr.flush()
        self.env.invalidate_all()

    # === COMPARING === #

    def assertTwins(self, driven, pressed):
        driven, pressed = self._read_all(driven), self._read_all(pressed)
        self.assertEqual(list(driven), list(pressed), "the same documents")
        for label, values in pressed.items():
            different = {
                name: (driven[label][name], value) for name, value in values.items() if driven[label][name] != value
            }
            self.assertFalse(different, f"{label}: by the queue, by hand")

    def _read_all(self, order):
        """Return {label: {field: value}} of all documents of an order; records of its own are told by their labels."""
        documents = self._get_documents(order)
        labels = {
            record: f"{kind} {index}" for kind, records in documents.items() for index, record in enumerate(records)
        }
        names = {
            record.name: f"<{kind} {index}>"
            for kind in _NUMBERED
            for index, record in enumerate(documents[kind])
            if record.name
        }
        values = {label: self._read(record, labels, names) for record, label in labels.items()}
        for kind in _NUMBERED:
            for index, record in enumerate(documents[kind]):
                values[f"{kind} {index} chatter"] = self._read_chatter(record, labels, names)
        return values

    def _get_documents(self, order):
        moves, invoices = order.picking_ids.move_ids, order.invoice_ids
        payments = invoices.matched_payment_ids
        items = (invoices + payments.move_id).line_ids
        partials = items.matched_debit_ids + items.matched_credit_ids
        return {
            kind: records.sorted(lambda record: (record._name == items._name and record.sequence, record.id))
            for kind, records in {
                "order": order,
                "reference": order.stock_reference_ids,
                "order line": order.order_line,
                "transfer": order.picking_ids,
                "move": moves,
                "move line": moves.move_line_ids,
                "invoice": invoices,
                "payment": payments,
                "payment entry": payments.move_id,
                "journal item": items,
                "partial": partials,
                "full": partials.full_reconcile_id,
                "exchange entry": partials.exchange_move_id,
            }.items()
        }

    def _read(self, record, labels, names):
        return {
            name: self._simplify(record[name], labels, names)
            for name, field in record._fields.items()
            if field.store and name not in _MAY_DIFFER and not name.startswith(_LEFT_OUT)
        }

    def _simplify(self, value, labels, names):
        if hasattr(value, "_name"):
            return sorted(labels.get(record, f"{record._name} {record.id}") for record in value)
        if isinstance(value, str):
            return self._hide_names(value, names)
        return str(value) if hasattr(value, "year") and not hasattr(value, "hour") else self._hide_moment(value)

    def _hide_moment(self, value):
        return "a moment" if hasattr(value, "hour") else value

    def _hide_names(self, text, names):
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, names[name])
        return re.sub(r'data-oe-id="\d+"|/odoo/[^"]+|[0-9a-f]{8}-[0-9a-f-]{27}', "", text)

    def _read_chatter(self, record, labels, names):
        messages = record.message_ids.sorted("id")
        return {
            "followers": sorted(
                (follower.partner_id.id, follower.subtype_ids.ids)
                for follower in record.message_follower_ids
                if follower.partner_id not in (self.env.user + self.env.ref("base.user_root")).partner_id
            ),
            "messages": [
                {
                    "subtype": message.subtype_id.id,
                    "type": message.message_type,
                    "subject": self._hide_names(message.subject or "", names),
                    "body": self._hide_names(message.body, names),
                    "attachments": len(message.attachment_ids),
                    "answers": messages.ids.index(message.parent_id.id) if message.parent_id else None,
                    "internal": message.is_internal,
                    "reply to": self._hide_names(message.reply_to or "", names),
                    "told": sorted(message.notification_ids.res_partner_id.ids),
                    "tracking": [
                        self._read_tracking(value, names) for value in message.tracking_value_ids.sorted("id")
                    ],
                }
                for message in messages
            ],
            "activities": record.activity_ids.mapped("activity_type_id.id"),
        }

    def _read_tracking(self, value, names):
        texts = [value.old_value_char, value.new_value_char]
        numbers = (value.old_value_integer, value.new_value_integer)
        amounts = [value.old_value_float, value.new_value_float]
        is_date = value.field_id.ttype in ("date", "datetime")
        return [
            value.field_id.name,
            *(self._hide_names(text or "", names) for text in texts),
            *(() if value.field_id.relation else numbers),  # the names tell
            *amounts,
            is_date,
        ]

    # === TESTS === #

    def _test(self, *variants):
        """Place each order twice; drive the first ones together, press buttons for the others one by one."""
        driven, pressed = (
            self.env["sale.order"].union(*(self._place_order(lines, **vals) for lines, vals in variants))
            for _twin in range(2)
        )
        self._commit()
        self._drive(driven)
        for order in pressed:
            self._press(order)
        for ours, theirs in zip(driven, pressed, strict=True):
            self.assertEqual(theirs.invoice_ids.mapped("payment_state"), ["paid"] * len(theirs.invoice_ids))
            self.assertTwins(ours, theirs)

    def test_plain_orders_of_several_customers(self):
        others = {"partner_id": self._make_customer("Test Other Customer").id}
        self._test(
            ([(self.goods, 3), (self.delivered_goods, 2)], {}),
            ([(self.goods, 1, 7.77)], others),
            ([(self.goods, 2), (self.service, 1)], {"client_order_ref": "PO 4711"}),
        )

    def test_followers_are_told(self):
        seller = self._make_user("oms_equal_seller", "sales_team.group_sale_salesman_all_leads")
        subtypes = self.env["mail.message.subtype"].search([]).ids
        real = type(self)._place_order

        def place_followed(case, *args, **vals):
            order = real(case, *args, **vals)
            order.message_subscribe(seller.partner_id.ids, subtype_ids=subtypes)
            return order

        with patch.object(type(self), "_place_order", place_followed):
            self._test(([(self.goods, 3)], {"user_id": seller.id}), ([(self.goods, 1)], {"user_id": seller.id}))
        self.assertTrue(seller.partner_id in self.env["mail.notification"].search([]).res_partner_id)

    def test_taxes_discounts_and_notes(self):
        tax = self.env["account.tax"].create({"name": "Test 7.7%", "amount": 7.7, "type_tax_use": "sale"})
        lines = [
            {"display_type": "line_section", "name": "Office"},
            {
                "product_id": self.goods.id,
                "product_uom_qty": 3,
                "price_unit": 9.99,
                "discount": 12.5,
                "tax_ids": [Command.set(tax.ids)],
            },
            {"display_type": "line_note", "name": "Handle with care"},
            {"product_id": self.delivered_goods.id, "product_uom_qty": 1, "tax_ids": [Command.set(tax.ids)]},
        ]
        self._test((lines, {}), (lines[1:2], {}))

    def test_foreign_currency(self):
        foreign = {"pricelist_id": self.foreign_pricelist.id}
        self._test(([(self.goods, 3)], foreign), ([(self.goods, 1)], foreign), ([(self.goods, 2)], {}))

    def test_instalments_and_early_discount(self):
        percent = {"value": "percent", "value_amount": 50, "delay_type": "days_after"}
        halves = self.env["account.payment.term"].create(
            {
                "name": "Test halves",
                "line_ids": [Command.create({**percent, "nb_days": 0}), Command.create({**percent, "nb_days": 30})],
            }
        )
        early = self.env["account.payment.term"].create(
            {
                "name": "Test early",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "line_ids": [Command.create({**percent, "value_amount": 100, "nb_days": 30})],
            }
        )
        self._test(
            ([(self.goods, 3)], {"payment_term_id": halves.id}), ([(self.goods, 1)], {"payment_term_id": early.id})
        )

    def test_two_steps(self):
        vals = {"warehouse_id": self.two_step_warehouse.id}
        self._stop_waves()
        self._test(([(self.goods, 3)], vals), ([(self.goods, 1)], vals))
