from odoo import fields, models


class OmsJob(models.Model):
    """What people do to the steps of a rule."""

    _inherit = "oms.job"

    def _requeue(self):
        """Have a rule's own step tried again as what it is, so that its chain goes on; anything else is asked for anew."""
        # Nobody writes jobs but the runner.
        steps = self.sudo().filtered(lambda job: job.cause and job.rule_id and job.state == "failed")
        if steps:
            steps.write({"state": "queued", "attempts": 0, "message": False, "next_try": fields.Datetime.now()})
            self.env["oms.flow.dirty"]._mark("sale.order", steps.order_id.ids)
            self._wake()
        rest = self - steps.with_env(self.env)
        return steps.with_env(self.env) + (super(OmsJob, rest)._requeue() if rest else rest)

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
