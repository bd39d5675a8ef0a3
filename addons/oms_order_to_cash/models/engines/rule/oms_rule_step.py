from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...documents.base.res_company import MOST_DAYS

# What a step may choose beforehand: its field, and the name under which the runner takes it. A day is told by its distance: it
# counts from the moment the step is run.
_CHOICES = {
    "hold_reason_id": "hold_reason_id",
    "template_id": "template_id",
    "user_id": "user_id",
    "journal_id": "journal_id",
    "carrier_id": "carrier_id",
    "percent": "percent",
    "days": "in_days",
    "is_told": "notify",
    "note": "note",
}
_DAYS = {"date", "payment_date"}


class OmsRuleStep(models.Model):
    """One verb that a rule runs, with its choices."""

    _name = "oms.rule.step"
    _description = "Automation Step"
    _order = "sequence, id"

    rule_id = fields.Many2one("oms.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id")
    sequence = fields.Integer(default=10)
    verb = fields.Selection(selection="_selection_verb", string="Action", required=True)
    asked_choices = fields.Char(
        compute="_compute_asked_choices", help="Names of what the action lets choose, each between spaces."
    )
    needed_choices = fields.Char(
        compute="_compute_asked_choices", help="Names of what it can't do without, each between spaces."
    )
    hold_reason_id = fields.Many2one("oms.hold.reason", string="Reason")
    template_id = fields.Many2one("mail.template", string="Mail", domain="[('model', '=', 'sale.order')]")
    user_id = fields.Many2one("res.users", string="Who", domain="[('share', '=', False)]")
    journal_id = fields.Many2one(
        "account.journal", domain="[('type', 'in', ('bank', 'cash', 'credit'))]", help="Where a payment is registered."
    )
    carrier_id = fields.Many2one("delivery.carrier")
    percent = fields.Float(help="Of the order's total, 0 to 100.")
    days = fields.Integer(help="The date that the action takes lies so many days after the day it is run.")
    is_told = fields.Boolean(string="Tell the Customer")
    note = fields.Char(help="Kept with the result, where the action takes a note.")

    @api.model
    def _selection_verb(self):
        """Offer what needs no window."""
        return [
            (code, verb._get_label())
            for code, verb in self.env["oms.runner"]._get_verbs_for("sale.order").items()
            if verb._is_for_rules and not verb._has_window()
        ]

    # === COMPUTE METHODS === #

    @api.depends("verb")
    def _compute_asked_choices(self):
        for step in self:
            step.asked_choices = "".join(f" {name} " for name in sorted(step._get_offered()))
            step.needed_choices = "".join(f" {name} " for name in sorted(step._get_needed()))

    @api.depends("verb", *_CHOICES)
    def _compute_display_name(self):
        labels = dict(self._selection_verb())
        for step in self:
            choices = ", ".join(step._get_choice_texts())
            step.display_name = labels.get(step.verb, step.verb or "") + (f" ({choices})" if choices else "")

    def _get_choice_texts(self):
        """Return this step's choices in words; what the reader may not see is left out."""
        records = [self.hold_reason_id, self.template_id, self.user_id, self.journal_id, self.carrier_id]
        names = [record._filtered_access("read").display_name for record in records]
        days = self.env._("%(days)s days later", days=self.days) if self.days else ""
        percent = f"{self.percent:g} %" if self.percent else ""
        told = self.env._("the customer is told") if self.is_told else ""
        return [text for text in (*names, percent, days, told, self.note) if text]

    # === ONCHANGE METHODS === #

    @api.onchange("verb")
    def _onchange_verb(self):
        """Forget what the action chosen now does not take."""
        for name in _CHOICES.keys() - self._get_offered():
            self[name] = False

    # === CONSTRAINS === #

    @api.constrains("verb", *_CHOICES)
    def _check_choices(self):
        for step in self:
            offered, labels = step._get_offered(), self._fields
            unused = [name for name in _CHOICES if step[name] and name not in offered]
            if unused:
                label = labels[unused[0]]._description_string(self.env)
                raise ValidationError(
                    self.env._("%(step)s takes no %(name)s: leave it empty.", step=step.display_name, name=label)
                )
            missing = [name for name in step._get_needed() if not step[name]]
            if missing:
                label = labels[missing[0]]._description_string(self.env)
                raise ValidationError(
                    self.env._("%(step)s: choose %(name)s, nobody can be asked.", step=step.display_name, name=label)
                )

    @api.constrains("days", "percent")
    def _check_amounts(self):
        for step in self:
            if not 0 <= step.days <= MOST_DAYS or not 0 <= step.percent <= 100:
                raise ValidationError(
                    self.env._(
                        "%(step)s: days are 0 to %(most)s, and a share is 0 to 100 %%.",
                        step=step.display_name,
                        most=MOST_DAYS,
                    )
                )

    @api.constrains("rule_id", "journal_id", "carrier_id")
    def _check_choice_company(self):
        """Refuse what can be chosen for the orders of one company only, in a rule for others."""
        if self.env["res.company"].sudo().search_count([], limit=2) == 1:
            return
        for step in self:
            for record in (
                step.journal_id.sudo(),
                step.carrier_id.sudo(),
            ):  # an administrator of rules is no accountant
                company = record.company_id
                if company and company not in step.rule_id.company_id.sudo().parent_ids:
                    raise ValidationError(
                        self.env._(
                            "%(name)s belongs to %(company)s: let the rule be for the orders of that company.",
                            name=record.display_name,
                            company=company.name,
                        )
                    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.rule_id._check_author()
        return steps

    def write(self, vals):
        self.rule_id._check_reach()
        result = super().write(vals)
        self.rule_id._check_author()
        return result

    def unlink(self):
        self.rule_id._check_reach()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _get_offered(self):
        """Return the names of the fields in which this step's verb lets choose."""
        verb = self.env["oms.runner"]._get_verbs().get(self.verb)
        return self._get_names(verb._get_param_names() if verb is not None else set())

    def _get_needed(self):
        """Return the names of the fields without which this step's verb can't be run: nobody is there to be asked."""
        verb = self.env["oms.runner"]._get_verbs().get(self.verb)
        return self._get_names(verb._get_required() if verb is not None else set())

    def _get_names(self, params):
        params = params | {"in_days"} if params & _DAYS else params
        return {name for name, param in _CHOICES.items() if param in params}

    def _get_params(self):
        """Return this step's choices in plain values that a job can keep."""
        self.ensure_one()
        values = self._convert_to_write({name: self[name] for name in _CHOICES})
        params = {_CHOICES[name]: value for name, value in values.items() if value}
        issue_type = self.rule_id.issue_type_id
        taken = self.env["oms.runner"]._get_verb(self.verb)._get_param_names()
        if issue_type and self.rule_id._get_moment() == "issue_raised" and "issue_type_id" in taken:
            params["issue_type_id"] = issue_type.id
        return params
