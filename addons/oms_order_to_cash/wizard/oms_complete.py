from odoo import api, fields, models

from ..models.documents.asked import on_one_record

_ASKED = ("street", "city", "zip", "country_id", "email", "vat", "carrier_id", "taxes")


class OmsComplete(models.TransientModel):
    """Ask for the data that an order lacks, and for nothing else."""

    _name = "oms.complete"
    _inherit = ("oms.window",)
    _description = "Complete an Order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    missing = fields.Char(required=True, readonly=True, help="Names of what is missing, by spaces.")
    hint = fields.Text(compute="_compute_hint")
    street = fields.Char()
    city = fields.Char()
    zip = fields.Char(string="ZIP")
    country_id = fields.Many2one("res.country")
    email = fields.Char(string="Email for Invoices")
    vat = fields.Char(string="Tax ID")
    carrier_id = fields.Many2one("delivery.carrier", domain="[('id', 'in', carrier_ids)]")
    carrier_ids = fields.Many2many("delivery.carrier", string="Carriers That Serve It", compute="_compute_carrier_ids")
    taxes = fields.Boolean(string="Set the Products' Taxes", default=True)

    # === COMPUTE METHODS === #

    @api.depends("order_id", "missing")
    def _compute_hint(self):
        texts = self.env["oms.lane.order"]._get_missing_texts()
        for complete in self:
            names = (complete.missing or "").split()
            complete.hint = texts["product"] % {"name": complete.order_id.name} if "product" in names else False

    @api.depends("order_id")
    def _compute_carrier_ids(self):
        for complete in self:
            order = complete.order_id
            carriers = self.env["delivery.carrier"].search(
                self.env["delivery.carrier"]._check_company_domain(order.company_id)
            )
            complete.carrier_ids = carriers.available_carriers(order.partner_shipping_id, order)

    # === ACTIONS === #

    @on_one_record
    def action_save(self):
        """Write what was entered where it belongs, and tell the result."""
        asked = [name for name in _ASKED if name in self.missing.split()]
        params = {name: self[name].id if name.endswith("_id") else self[name] for name in asked if self[name]}
        return self.env["oms.runner"]._run("complete", self.order_id, "user", params)._get_notification()

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, order):
        """Open the form of an order with the fields it lacks."""
        self.env.flush_all()
        missing = self.env["sale.order"]._oms_read_missing(order.ids).get(order.id, ["nothing"])
        complete = self.create({"order_id": order.id, "missing": " ".join(missing)})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complete %(order)s", order=order.name),
            "res_model": self._name,
            "res_id": complete.id,
            "views": [(False, "form")],
            "target": "new",
        }
