from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class OmsDemo(models.AbstractModel):
    """Orders in each trouble of the order lane; their references begin with its code."""

    _inherit = "oms.demo"

    @api.model
    def _make_order_issues(self):
        if self._make_issue_order("Q1-30412", "fulton", 12, [("lamp", 4)], is_sent=True):
            self._make_offer_issues()
            self._make_held_issues()
            self._make_data_issues()

    @api.model
    def _make_issue_order(self, ref, customer, days_ago, goods, is_sent=False, **vals):
        """Return a new quotation of the demo company, none where it is there already.

        :param goods: list of (product, quantity) or (product, quantity, values of the line)
        """
        if ref and self.env["sale.order"].search_count([("client_order_ref", "=", ref)], limit=1):
            return self.env["sale.order"]
        ordered = self._get_moment(days_ago)
        order = self.env["sale.order"].create(
            {
                "client_order_ref": ref,
                "partner_id": self._get_record("partner", customer).id,
                "user_id": self._get_record("user", "sales").id,
                "warehouse_id": self._get_warehouse("main").id,
                "date_order": ordered,
                "validity_date": fields.Date.today() + timedelta(days=20),
                "require_payment": False,
                "order_line": [Command.create(self._prepare_issue_line(*line)) for line in goods],
                **vals,
            }
        )
        if is_sent:
            order.action_quotation_sent()
            order.oms_sent_on = ordered
        return order

    @api.model
    def _prepare_issue_line(self, product, quantity, vals=None):
        return {"product_id": self._get_record("product", product).id, "product_uom_qty": quantity, **(vals or {})}

    @api.model
    def _make_offer_issues(self):
        """Q2 a deposit awaited, O6 paid and not confirmed, X1 an automation that failed."""
        make = self._make_issue_order
        make("Q2-8841", "pinnacle", 2, [("bench", 2)], True, require_payment=True, prepayment_percent=0.3)
        self._pay_online(make("O6-2718", "lakeside", 1, [("trolley", 1)], True, require_payment=True))
        failed = make("X1-5520", "ironwood", 1, [("monitor", 2)], True)
        job = self.env["oms.job"]._queue("confirm", failed, "automation")
        job.sudo().write(
            {
                "state": "failed",
                "attempts": 6,
                "date_done": self._get_moment(0),
                "message": self.env._("The delivery address was changed by someone else at the same time."),
            }
        )
        self.env["oms.flow.dirty"]._mark("sale.order", failed.ids)

    @api.model
    def _pay_online(self, order):
        """Have a quotation paid, and left unconfirmed: what Odoo does after a payment is over."""
        self.env["payment.transaction"].create(
            {
                "provider_id": self.env.ref("payment.payment_provider_transfer").id,
                "payment_method_id": self.env.ref("payment.payment_method_bank_transfer").id,
                "reference": f"DEMO-{order.name}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
                "is_post_processed": True,
            }
        )

    @api.model
    def _make_held_issues(self):
        """O2 a credit hold, O3 a hold for fraud, O4 a price under cost, O7 a promise that nobody made."""
        make, holds = self._make_issue_order, self.env["oms.hold"]
        credit = make("O2-1177", "granite", 3, [("trolley", 2)])
        holds._place(
            credit,
            self.env.ref("oms_order_to_cash.oms_hold_reason_credit"),
            self.env._("Two invoices are late; waiting for their bank."),
        )
        fraud = make("O3-6092", "kingsley", 1, [("drill", 12)])
        holds._place(
            fraud,
            self.env.ref("oms_order_to_cash.oms_hold_reason_fraud"),
            self.env._("Ten times the usual quantity, new contact."),
        )
        make("O4-2205", "harbor", 1, [("chair", 6, {"price_unit": 139})])
        unpromised = make("O7-4410", "evergreen", 2, [("chair", 1)])
        unpromised.action_confirm()
        unpromised.oms_date_promised = False

    @api.model
    def _make_data_issues(self):
        """O1 a delivery address without a street, O5 an order placed twice."""
        customer = self._get_record("partner", "juniper")
        address = self.env["res.partner"].create(
            {
                "name": "Juniper Robotics, test hall",
                "type": "delivery",
                "parent_id": customer.id,
                "city": "Austin",
                "country_id": customer.country_id.id,
            }
        )
        self._make_issue_order("O1-7731", "juniper", 1, [("lamp", 10)], partner_shipping_id=address.id)
        for ref, days_ago in (("O5-9015", 2), ("", 1)):
            self._make_issue_order(ref, "delmar", days_ago, [("shelf", 7), ("lamp", 7)])
