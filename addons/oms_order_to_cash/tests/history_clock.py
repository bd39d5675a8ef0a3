"""Steps of random histories that let time pass: documents are moved back by days; orders are looked at as the clock has them."""

from datetime import timedelta

from odoo import fields


class OmsHistoryClock:
    def _look_again(self, order):
        self.env.flush_all()
        self.env["oms.flow"]._refresh(order.ids)

    # === QUOTATIONS === #

    def step_expire(self, order, fraction):
        self._need(order.state in ("draft", "sent"))
        order.validity_date = fields.Date.today() + timedelta(days=9 if fraction == 1 else -1)

    def step_leave_unanswered(self, order, fraction):
        self._need(order.state == "sent")
        order.oms_sent_on = order.oms_reminded_on = fields.Datetime.now() - timedelta(days=10 * fraction)
        self._look_again(order)

    # === TRANSFERS === #

    def step_leave_transfers(self, order, fraction):
        pickings = self._need(self._get_open_pickings(order))
        pickings.scheduled_date = fields.Datetime.now() + timedelta(days=3 if fraction == 1 else -3)
        self._look_again(order)

    def step_leave_return(self, order, fraction):
        pickings = self._need(self._get_open_pickings(order, returns=True))
        pickings.move_ids.date_deadline = False
        pickings.scheduled_date = fields.Datetime.now() + timedelta(days=3 if fraction == 1 else -9)
        self._look_again(order)

    # === INVOICES === #

    def step_leave_draft(self, order, _fraction):
        drafts = self._need(self._get_invoices(order, "draft"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET create_date = create_date - INTERVAL '2 days' WHERE id = ANY(%s)", [drafts.ids]
        )
        drafts.invalidate_recordset(["create_date"])
        self._look_again(order)

    def step_leave_promise_to_pay(self, order, fraction):
        invoices = self._get_posted_invoice(order)
        invoices.oms_payment_promise_date = fields.Date.today() + timedelta(days=3 if fraction == 1 else -3)
        self._look_again(order)
