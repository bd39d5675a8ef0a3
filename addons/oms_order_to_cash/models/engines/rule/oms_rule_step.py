from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OmsRuleStep(models.Model):
    """One verb that a rule runs, with its choices."""

    _name = "oms.rule.step"
    _description = "Automation Step"
    _order = "sequence, id"

    rule_id = fields.Many2one("oms.rule", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    verb = fields.Selection(selection="_selection_verb", string="Action", required=True)
    note = fields.Char(help="Kept with the result, where the action takes a note.")
    hold_reason_id = fields.Many2one("oms.hold.reason", string="Reason")
    journal_id = fields.Many2one(
        "account.journal", domain="[('type', 'in', ('bank', 'cash', 'credit'))]", help="Where a payment is registered."
    )

    @api.model
    def _selection_verb(self):
        """Offer what needs no window."""
        verbs = self.env["oms.runner"]._get_verbs()
        return [(verb, spec["label"]) for verb, spec in verbs.items() if not spec.get("window")]

    # === COMPUTE METHODS === #

    @api.depends("verb", "hold_reason_id", "journal_id", "note")
    def _compute_display_name(self):
        labels = dict(self._selection_verb())
        for step in self:
            details = [step.hold_reason_id.name, step.journal_id.name, step.note]
            choices = ", ".join(filter(None, details))
            step.display_name = labels.get(step.verb, step.verb or "") + (f" ({choices})" if choices else "")

    # === CONSTRAINS === #

    @api.constrains("verb", "note", "hold_reason_id", "journal_id")
    def _check_choices(self):
        for step in self:
            taken = self.env["oms.runner"]._get_verb(step.verb).get("params", ())
            unused = [name for name in ("note", "hold_reason_id", "journal_id") if step[name] and name not in taken]
            if unused:
                raise ValidationError(
                    self.env._("%(step)s takes no %(names)s: leave it empty.", step=step.display_name, names=unused[0])
                )
            if step.verb == "hold" and not step.hold_reason_id:
                raise ValidationError(self.env._("Choose the reason of the hold."))

    # === BUSINESS METHODS === #

    def _get_params(self):
        """Return this step's choices as the runner takes them."""
        self.ensure_one()
        params = {"note": self.note, "hold_reason_id": self.hold_reason_id.id, "journal_id": self.journal_id.id}
        return {name: value for name, value in params.items() if value}
