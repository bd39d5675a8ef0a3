from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class OmsDemo(models.AbstractModel):
    """Orders of services whose invoices are in a trouble that the tables can't tell."""

    _inherit = "oms.demo"

    @api.model
    def _make_service_order(self, ref, customer, product, quantity, days):
        """Return an order of so many days ago, confirmed then."""
        order = self.env["sale.order"].create(
            {
                "client_order_ref": ref,
                "partner_id": self._get_record("partner", customer).id,
                "user_id": self._get_record("user", "sales").id,
                "date_order": self._get_moment(days),
                "order_line": [
                    Command.create({"product_id": self._get_record("product", product).id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        order.date_order = self._get_moment(days)
        return order

    @api.model
    def _make_service_invoice(self, order, days, due=None, **changes):
        """Invoice an order so many days ago, with changes somebody made on its line.

        :param due: days from today; by the customer's terms where not given
        """
        invoice = order._create_invoices(grouped=True)
        invoice.invoice_line_ids.write(changes)
        invoice.invoice_date = fields.Date.today() - timedelta(days=days)
        if due is not None:
            invoice.invoice_payment_term_id = False
            invoice.invoice_date_due = fields.Date.today() + timedelta(days=due)
        invoice.action_post()
        return invoice

    @api.model
    def _make_invoice_issues(self):
        self._make_forgotten_draft()
        self._make_bounced_invoice()
        self._make_high_draft()
        dear = self._make_service_order("I4-2093", "alder", "assembly", 12, 9)
        self._make_service_invoice(dear, 6, price_unit=110)
        early = self._make_service_order("I5-1180", "cascade", "planning", 10, 12)
        early.order_line.qty_delivered = 6
        self._make_service_invoice(early, 5, quantity=10)

    @api.model
    def _make_forgotten_draft(self):
        order = self._make_service_order("I2-4711", "juniper", "assembly", 8, 7)
        draft = order._create_invoices(grouped=True)
        draft.flush_recordset()
        # The day a record was made is nobody's to write, and no draft is forgotten the minute it is made.
        self.env.cr.execute("UPDATE account_move SET create_date = %s WHERE id = %s", (self._get_moment(4), draft.id))
        draft.invalidate_recordset(["create_date"])

    @api.model
    def _make_high_draft(self):
        """Less is ordered after all, and the draft still says what was ordered first."""
        order = self._make_service_order("DRAFT-5530", "alder", "assembly", 10, 3)
        order._create_invoices(grouped=True)
        order.order_line.product_uom_qty = 7

    @api.model
    def _make_bounced_invoice(self):
        order = self._make_service_order("I3-3302", "evergreen", "maintenance", 2, 8)
        invoice = self._make_service_invoice(order, 8)
        invoice.is_move_sent = True
        message = self.env["mail.message"].create(
            {
                "model": "account.move",
                "res_id": invoice.id,
                "message_type": "comment",
                "subject": invoice.name,
                "body": self.env._("Here is your invoice."),
                "author_id": order.user_id.partner_id.id,
            }
        )
        self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": invoice.partner_id.id,
                "notification_type": "email",
                "notification_status": "bounce",
                "failure_type": "mail_bounce",
                "failure_reason": self.env._("The mailbox does not exist."),
            }
        )
