from odoo import fields, models


class OmsJob(models.Model):
    """What people do to the steps of a rule."""

    _inherit = "oms.job"

    def _undo(self):
        """Take back what a rule did, and stop what it would have done next: a person decided otherwise."""
        result = super()._undo()
        if self.cause:
            # Nobody writes jobs but the runner.
            self.sudo().search(
                [
                    ("order_id", "=", self.order_id.id),
                    ("rule_id", "=", self.rule_id.id),
                    ("event_id", "=", self.event_id),
                    ("state", "in", ("queued", "waiting")),
                ]
            )._stop(self.env._("%(action)s was undone by %(user)s.", action=self.display_name, user=self.env.user.name))
        return result

    def _stop(self, reason):
        """Take these jobs off the queue for good, and say why."""
        self.write({"state": "stopped", "message": reason, "next_try": False, "date_done": fields.Datetime.now()})
