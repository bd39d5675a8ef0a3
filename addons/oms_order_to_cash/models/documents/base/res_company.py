from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    oms_invoice_on_confirmation = fields.Boolean(
        string="Invoice on Confirmation",
        help="Make and post the invoice of an order as soon as it is confirmed; "
        "what is invoiced on delivery follows on delivery.",
    )
    oms_invoice_send = fields.Boolean(
        string="Send Invoices Automatically",
        help="Send the invoices made on confirmation to the customer.",
    )
