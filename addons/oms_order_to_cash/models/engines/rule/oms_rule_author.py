from odoo import api, fields, models
from odoo.exceptions import AccessError

# What decides of a rule which orders it reaches, and what it does to them.
_DECISIVE = {
    *("mode", "company_id", "domain", "step_ids", "event", "stage", "issue_type_id", "is_repeated", "grace_hours"),
    *("delay", "delay_unit", "since_event", "unless_event"),
}


class OmsRule(models.Model):
    """Who may write a rule: it acts for the company, so nobody lets it do, or reach, what they may not themselves."""

    _inherit = "oms.rule"

    company_id = fields.Many2one(default=lambda self: self._get_default_company())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._check_author()
        return rules

    def write(self, vals):
        self._check_reach()
        result = super().write(vals)
        if not _DECISIVE.isdisjoint(vals):
            self._check_author()
        return result

    def unlink(self):
        self._check_reach()
        return super().unlink()

    def copy_data(self, default=None):
        """Copy a rule of all companies for one's own, where one works in some of them only."""
        company = self._get_default_company()
        return super().copy_data({**({"company_id": company.id} if company else {}), **(default or {})})

    # === BUSINESS METHODS === #

    @api.model
    def _get_default_company(self):
        return self.env["res.company"] if self._is_everywhere() else self.env.company

    @api.model
    def _is_everywhere(self):
        """Tell whether the user may act in all companies."""
        # Counted, not read: there may be companies that the user knows nothing of.
        others = self.env["res.company"].sudo().search_count([("id", "not in", self.env.user.company_ids.ids)], limit=1)
        return self.env.su or not others

    def _check_author(self):
        """Raise unless the user may decide for the orders of these rules, and run themselves what they do."""
        self._check_reach()
        if self.env.su:
            return
        verbs = self.env["oms.runner"]._get_verbs()
        for step in self.filtered(lambda rule: rule.mode == "live").step_ids:
            if not self.env.user.has_groups(verbs[step.verb]._groups):
                raise AccessError(
                    self.env._(
                        "%(rule)s: you may not run %(verb)s yourself. Leave it off, and have somebody switch it on who may.",
                        rule=step.rule_id.name,
                        verb=verbs[step.verb]._get_label(),
                    )
                )

    def _check_reach(self):
        """Raise unless the user may act in the companies whose orders these rules are for."""
        if self.env.su:
            return
        mine = self.env.user.company_ids
        for rule in self.filtered(lambda rule: rule.company_id not in mine):
            if not rule.company_id and self._is_everywhere():
                continue
            raise AccessError(
                self.env._(
                    "%(rule)s is for orders of companies that you do not work in. Make one of your own, for your company.",
                    rule=rule.name,
                )
            )
