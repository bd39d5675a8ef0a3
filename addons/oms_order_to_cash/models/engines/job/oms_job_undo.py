from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

# How long what was done can be undone by a click.
_HOURS = 24


class OmsJob(models.Model):
    _inherit = "oms.job"

    date_undone = fields.Datetime(string="Undone", readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True)
    can_undo = fields.Boolean(compute="_compute_can_undo")

    # === COMPUTE METHODS === #

    @api.depends("state", "verb", "date_done", "date_undone")
    def _compute_can_undo(self):
        runner, since = self.env["oms.runner"], fields.Datetime.now() - timedelta(hours=_HOURS)
        verbs = runner._get_verbs()
        reversible = {verb for verb in verbs if runner._is_reversible(verb)}
        for job in self:
            job.can_undo = (
                job.state == "done"
                and not job.date_undone
                and job.verb in reversible
                and bool(job.date_done)
                and job.date_done >= since
            )

    # === ACTIONS === #

    def action_undo(self):
        """Undo what these jobs did, newest first; refused with the reason where something was built on it since."""
        self.check_access("read")
        for job in self.sorted(lambda job: (str(job.date_done or ""), job.id), reverse=True):
            job._undo()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Undone"),
                "message": ", ".join(self.mapped("display_name")),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _undo(self):
        self.ensure_one()
        runner, order = self.env["oms.runner"], self.order_id
        runner._check_rights(self.verb, order)
        if not self.sudo().try_lock_for_update():
            raise UserError(self.env._("Someone else is working on it right now."))
        runner._lock(runner._get_verb(self.verb), order, {})
        self.env["oms.order.guard"]._bump(order.ids)
        obstacle = self._get_undo_obstacle()
        if obstacle:
            raise UserError(
                self.env._("%(action)s can't be undone: %(reason)s", action=self.display_name, reason=obstacle)
            )
        lane = self.env[runner._get_verb(self.verb)["lane"]].with_company(self.company_id)
        getattr(lane, f"_undo_{self.verb}")(
            order.with_company(self.company_id), self.documents or {}, self.undo_data or {}
        )
        self.env["oms.event"]._note("undone", self, verb=self.verb)
        # Nobody writes jobs but the runner.
        self.sudo().write({"date_undone": fields.Datetime.now(), "undone_by_id": self.env.uid})

    def _get_undo_obstacle(self):
        """Return why this job can't be undone, in words; empty when it can."""
        if self.date_undone:
            return self.env._("it is undone already.")
        if not self.can_undo:
            return self.env._("this step is not reversible, or it was done more than 24 hours ago.")
        newer = self._get_newer()
        if newer:
            return self.env._(
                "%(newer)s of %(date)s came after it: undo that one first.",
                newer=newer.display_name,
                date=format_datetime(self.env, newer.date_done),
            )
        lane = self.env[self.env["oms.runner"]._get_verb(self.verb)["lane"]]
        check = getattr(lane, f"_can_undo_{self.verb}", None)
        return check(self.order_id, self.documents or {}, self.undo_data or {}) if check else ""

    def _get_newer(self):
        """Return the last step after this one that wrote the same on the order and was not undone.

        What a step kept to be undone is what it found: written back, it would overwrite what came after it. Steps of
        other verbs don't count, not even of the same lane, unless the verb names them: most write something else, and
        whoever wants one undone should not have to undo them all.
        """
        verbs = [self.verb, *self.env["oms.runner"]._get_verb(self.verb).get("undo_after", ())]
        domain = (
            Domain("order_id", "=", self.order_id.id)
            & Domain("verb", "in", verbs)
            & Domain("state", "=", "done")
            & Domain("date_undone", "=", False)
            # A step of the queue may be done after one that was asked for later.
            & (
                Domain("date_done", ">", self.date_done)
                | (Domain("date_done", "=", self.date_done) & Domain("id", ">", self.id))
            )
        )
        # It counts whoever may see it.
        return self.sudo().search(domain, order="date_done desc, id desc", limit=1)
