from odoo import api, models


class OmsCockpit(models.AbstractModel):
    _inherit = "oms.cockpit"

    @api.model
    def _get_actor(self, event):
        """Return the name of who did it: of a rule's step, the rule."""
        if event.res_model == "oms.job" and event.type == "act":
            rule = self.env["oms.job"].sudo().browse(event.res_id).exists().rule_id  # its name only
            if rule and event.origin == "automation":
                return self.env._("Rule: %(rule)s", rule=rule.name)
        return super()._get_actor(event)
