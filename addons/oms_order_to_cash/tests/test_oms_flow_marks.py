from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .billing_case import OmsBillingCase


class TestOmsFlowMarks(OmsBillingCase):
    """What orders have in common - a customer, a product, a company - marks them all: issues follow, both ways, by themselves."""

    def assertHas(self, code, *orders):
        for order in orders:
            self.assertIssue(order, code)
        self.assertIssuesHold(self.env["sale.order"].union(*orders))

    def assertHasNo(self, code, *orders):
        for order in orders:
            self.assertNoIssue(order, code)
        self.assertIssuesHold(self.env["sale.order"].union(*orders))

    # === MONEY WITHOUT AN ORDER === #

    def _book_money(self, amount, customer=None):
        """Return a posted entry as a bank reconciles it: money of a customer that names no invoice."""
        line = {"partner_id": (customer or self.customer).id}
        receivable = self.customer.property_account_receivable_id
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "journal_id": bank.id,
                "line_ids": [
                    Command.create({**line, "account_id": receivable.id, "credit": amount}),
                    Command.create({**line, "account_id": bank.default_account_id.id, "debit": amount}),
                ],
            }
        )
        entry.action_post()
        return entry

    def test_money_of_a_customer_that_names_no_order(self):
        order, invoice = self._invoiced(due=20)
        other, _invoice = self._invoiced(due=20, partner_id=self._make_customer("Somebody Else").id)
        self.assertHasNo("A3", order, other)
        entry = self._book_money(30)
        self.assertHas("A3", order)
        self.assertHasNo("A3", other)
        entry.button_draft()
        self.assertHasNo("A3", order)
        entry.action_post()
        self.assertHas("A3", order)
        entry.button_draft()
        entry.unlink()
        self.assertHasNo("A3", order)
        payment = self._receive_money(30).payment_id
        self.assertHas("A3", order)
        payment.action_draft()
        payment.action_cancel()
        self.assertHasNo("A3", order)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_money_matched_and_unmatched_with_what_has_no_order(self):
        order, _invoice = self._invoiced(due=20)
        lines = [Command.create({"name": "Rent", "quantity": 1, "price_unit": 30, "tax_ids": False})]
        rent = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id, "invoice_line_ids": lines}
        )
        rent.action_post()
        self.assertHasNo("A3", order)
        entry = self._book_money(30)
        self.assertHas("A3", order)
        matched = (rent + entry).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        matched.reconcile()
        self.assertHasNo("A3", order)
        matched.remove_move_reconcile()
        self.assertHas("A3", order)
        entry.line_ids.filtered("credit").partner_id = self._make_customer("Somebody Else")
        self.assertHasNo("A3", order)

    # === CREDIT === #

    def test_credit_follows_the_customers_other_orders(self):
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 250
        order, calm = self._confirmed(), self._confirmed(partner_id=self._make_customer("Somebody Else").id)
        self.assertHasNo("O2", order, calm)
        second = self._confirmed([(self.service, 4)])
        self.assertHas("O2", order)
        self.assertHasNo("O2", calm)
        self._cancel(second)
        self.assertHasNo("O2", order)
        third, invoice = self._invoiced([(self.service, 4)])
        self.assertHas("O2", order)
        self._pay(invoice)
        self.assertHasNo("O2", order, third)
        lines = [Command.create({"name": "Rent", "quantity": 1, "price_unit": 400, "tax_ids": False})]
        rent = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id, "invoice_line_ids": lines}
        )
        self.assertHas("O2", order)
        rent.unlink()
        self.assertHasNo("O2", order)
        self.customer.credit_limit = 50
        self.assertHas("O2", order)
        self.customer.credit_limit = 500
        self.assertHasNo("O2", order)
        self.customer.oms_account_hold = True
        self.assertHas("O2", order)
        self.customer.oms_account_hold = False
        self.assertHasNo("O2", order, calm)

    def test_credit_follows_the_companys_settings(self):
        order = self._confirmed()
        self._invoiced(due=-10)
        self.assertHasNo("O2", order)
        self.company.oms_credit_overdue_days = 5
        self.assertHas("O2", order)
        self.company.oms_credit_overdue_days = 20
        self.assertHasNo("O2", order)
        self.company.account_use_credit_limit = True
        self.env["ir.default"].set("res.partner", "credit_limit", 10, company_id=self.company.id)
        self.assertHas("O2", order)
        self.company.account_use_credit_limit = False
        self.assertHasNo("O2", order)

    def test_customers_that_become_one(self):
        twin = self._make_customer("Test Customer Again")
        self.company.account_use_credit_limit = True
        self.customer.credit_limit = 250
        order, other = self._confirmed([(self.goods, 20)]), self._confirmed([(self.service, 2)], partner_id=twin.id)
        self.assertHasNo("O2", order, other)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.customer + twin).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(other.partner_id, self.customer)
        self.assertHas("O2", order)

    # === DATA OF CUSTOMERS AND PRODUCTS === #

    def test_data_of_the_customer(self):
        order = self._confirmed()
        self.assertHasNo("O1", order)
        for name in ("email", "street", "city", "country_id"):
            before = self.customer[name]
            self.customer[name] = False
            self.assertHas("O1", order)
            self.customer[name] = before
            self.assertHasNo("O1", order)
        self.customer.email = False
        self.customer.invoice_sending_method = "manual"
        self.assertHasNo("O1", order)

    def test_data_of_somebody_elses_address(self):
        address = self._make_customer("Somebody Else")
        order = self._confirmed(partner_shipping_id=address.id, partner_invoice_id=address.id)
        address.street = False
        self.assertHas("O1", order)
        address.street = "1 Short Street"
        address.email = False
        self.assertHas("O1", order)
        order.partner_invoice_id = self.customer
        self.assertHasNo("O1", order)

    def test_costs_and_floors(self):
        order, other = self._confirmed(), self._confirmed([(self.service, 1)])
        self.assertHasNo("O4", order, other)
        self.goods.standard_price = 11
        self.assertHas("O4", order)
        self.assertHasNo("O4", other)
        self.goods.standard_price = 5
        self.assertHasNo("O4", order)
        self.company.oms_min_margin = 150
        self.assertHas("O4", order, other)
        self.company.oms_min_margin = 0
        self.assertHasNo("O4", order, other)

    def test_products_no_longer_sold(self):
        order = self._place_order()
        self.goods.sale_ok = False
        self.assertHas("O1", order)
        self.goods.sale_ok = True
        self.assertHasNo("O1", order)
        self.goods.action_archive()
        self.assertHas("O1", order)
        self.goods.action_unarchive()
        self.assertHasNo("O1", order)

    def test_settings_of_other_apps(self):
        order = self._confirmed()
        self.customer.zip = False
        country = self.customer.country_id
        country.zip_required = False
        self.assertHasNo("O1", order)
        country.zip_required = True
        self.assertHas("O1", order)
        self.customer.zip = "12345"
        self.assertHasNo("D1", order)
        self.company.oms_carrier_required = True
        self.assertHas("D1", order)
        order.carrier_id = self.carrier
        self.assertHasNo("D1", order)
        self.carrier.country_ids = self.env.ref("base.fr")
        self.assertHas("D1", order)

    def test_a_closed_order_is_not_read_again(self):
        """A customer with very many closed orders costs what its open ones cost."""
        closed, order = self._confirmed(), self._confirmed()
        self._finish(closed)
        self._drain()
        self.assertEqual(self._get_flow(closed).stage, "closed")
        self.customer.email = False
        self.goods.standard_price = 100
        self.company.oms_min_margin = 10
        self.env.cr.flush()
        read, real = [], self.env.registry["oms.flow"]._refresh
        self.patch(
            self.env.registry["oms.flow"],
            "_refresh",
            lambda flows, ids, *args: [read.extend(ids), real(flows, ids, *args)][1],
        )
        self._drain()
        self.assertIn(order.id, read)
        self.assertNotIn(closed.id, read)

    # === SUPPLY === #

    def test_a_receipt_put_off_on_the_transfer(self):
        order = self._confirmed([(self.short, 2)], commitment_date=fields.Datetime.now() + timedelta(days=10))
        purchase = self._buy(self.short, 2)
        self.assertHasNo("S3", order)
        receipt = purchase.picking_ids
        day = receipt.scheduled_date
        receipt.scheduled_date = day + timedelta(days=20)
        self.assertHas("S3", order)
        receipt.scheduled_date = day
        self.assertHasNo("S3", order)
        purchase.order_line.date_planned = day + timedelta(days=20)
        self.assertHas("S3", order)
        purchase.order_line.date_planned = day + timedelta(days=1)
        self.assertHasNo("S3", order)

    def test_a_reserved_lot_that_is_counted_out(self):
        product = self._get_lot_product()
        order = self._confirmed([(product, 1)])
        self.assertHasNo("P4", order)
        lot = order.picking_ids.move_line_ids.lot_id
        self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, -50, lot_id=lot)
        self.assertHas("P4", order)

    # === MAILS AND ACTIVITIES === #

    def test_a_mail_that_fails_and_one_that_arrives(self):
        order, invoice = self._invoiced()
        self._make_sent(invoice)
        self.assertHasNo("I3", order)
        notification = self._fail_mail(invoice)
        self.assertHas("I3", order)
        notification.notification_status = "sent"
        self.assertHasNo("I3", order)

    def test_the_order_it_repeats_is_deleted(self):
        first, second = self._place_order(), self._place_order()
        self.assertHas("O5", second)
        first.unlink()
        self.assertHasNo("O5", second)
        third = self._place_order()
        self.assertHas("O5", third)
        (second + third).write({"client_order_ref": "A"})
        third.client_order_ref = "B"
        self.assertHasNo("O5", third)

    def test_what_kind_of_hold_a_reason_is(self):
        order = self._confirmed()
        reason = self.env["oms.hold.reason"].create({"name": "Test"})
        self._run("hold", order, hold_reason_id=reason.id)
        self.assertHas("O3", order)
        reason.is_credit = True
        self.assertHasNo("O3", order)
        self.assertIssue(order, "O2")
