from odoo import api, fields, models

# What a verb may ask for, as named in its ``params``; the form shows the fields of the verb chosen.
_ASKED = (
    "refund_by",
    "journal_id",
    "payment_date",
    "date",
    "note",
    "percent",
    "product_id",
    "carrier_id",
    "hold_reason_id",
    "notify",
    "template_id",
    "user_id",
)


class OmsBulkRun(models.TransientModel):
    _inherit = "oms.bulk.run"

    asked_params = fields.Char(
        compute="_compute_asked_params", help="Names of what the verb asks for, each between spaces."
    )
    required_params = fields.Char(
        compute="_compute_asked_params", help="Names of what it can't do without, each between spaces."
    )
    refund_by = fields.Selection(
        [
            ("pay", "Pay it out"),
            ("match", "Apply it to other open invoices"),
            ("keep", "Keep it for the next invoice"),
        ],
        string="Give It Back By",
        default="pay",
    )
    date_label = fields.Char(compute="_compute_asked_params", help="What the date means to the verb.")
    date = fields.Date()
    note = fields.Char(help="The reason, kept with the result.")
    percent = fields.Float(string="Percent of the Total")
    product_id = fields.Many2one("product.product", string="Product to Send")
    carrier_id = fields.Many2one("delivery.carrier")
    hold_reason_id = fields.Many2one("oms.hold.reason", string="Reason")
    notify = fields.Boolean(string="Tell the Customer by Mail")
    template_id = fields.Many2one("mail.template", string="Mail", domain="[('model', '=', 'sale.order')]")
    user_id = fields.Many2one("res.users", string="Who", domain="[('share', '=', False)]")

    # === COMPUTE METHODS === #

    @api.depends("verb")
    def _compute_asked_params(self):
        verbs = self.env["oms.runner"]._get_verbs()
        for run in self:
            params = {param.name: param for param in verbs[run.verb]._params} if run.verb else {}
            asked = [params[name] for name in _ASKED if name in params]
            run.asked_params = "".join(f" {param.name} " for param in asked)
            run.required_params = "".join(f" {param.name} " for param in asked if param.is_required)
            run.date_label = ("date" in params and params["date"].get_label(self.env)) or self.env._("Date")

    # === BUSINESS METHODS === #

    def _get_choice(self):
        """Return the params on which it depends what can be done and what it will change."""
        params = self.env["oms.runner"]._get_verb(self.verb)._params if self.verb else ()
        return {param.name: self[param.name] for param in params if param.is_leading and self[param.name]}

    def _get_params(self):
        """Return what the user chose, in plain values that a job can keep."""
        asked = (self.asked_params or "").split()
        return {name: self._to_plain(self[name]) for name in asked if self[name]}

    @api.model
    def _to_plain(self, value):
        if isinstance(value, models.BaseModel):
            return value.id
        return fields.Date.to_string(value) if hasattr(value, "isoformat") else value
