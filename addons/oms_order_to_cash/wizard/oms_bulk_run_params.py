from odoo import api, fields, models

# What a verb may ask for, as named in its ``params``; the form shows the fields of the verb chosen.
_ASKED = ("journal_id", "payment_date", "date", "note", "percent", "product_id", "carrier_id", "hold_reason_id")


class OmsBulkRun(models.TransientModel):
    _inherit = "oms.bulk.run"

    asked_params = fields.Char(
        compute="_compute_asked_params", help="Names of what the verb asks for, each between spaces."
    )
    date = fields.Date(string="New Date")
    note = fields.Char(help="The reason, kept with the result.")
    percent = fields.Float()
    product_id = fields.Many2one("product.product")
    carrier_id = fields.Many2one("delivery.carrier")
    hold_reason_id = fields.Many2one("oms.hold.reason", string="Reason")

    # === COMPUTE METHODS === #

    @api.depends("verb")
    def _compute_asked_params(self):
        verbs = self.env["oms.runner"]._get_verbs()
        for run in self:
            params = verbs[run.verb].get("params", ()) if run.verb else ()
            run.asked_params = "".join(f" {name} " for name in _ASKED if name in params)

    # === BUSINESS METHODS === #

    def _get_params(self):
        """Return what the user chose, in plain values that a job can keep."""
        asked = (self.asked_params or "").split()
        return {name: self._to_plain(self[name]) for name in asked if self[name]}

    @api.model
    def _to_plain(self, value):
        if isinstance(value, models.BaseModel):
            return value.id
        return fields.Date.to_string(value) if hasattr(value, "isoformat") else value
