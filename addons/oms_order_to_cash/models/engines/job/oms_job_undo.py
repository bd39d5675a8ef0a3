from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...documents.asked import on_records
from ..transaction import PASSING
from .snapshot import find_unrestored

# How long what was done can be undone by a click.
_HOURS = 24


class OmsJob(models.Model):
    _inherit = "oms.job"

    date_undone = fields.Datetime(string="Undone", readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True)
    can_undo = fields.Boolean(compute="_compute_can_undo", help="Nothing that came after it has to be undone first.")
    undo_obstacle = fields.Char(string="Can't Be Undone", compute="_compute_undo_obstacle")

    # === COMPUTE METHODS === #

    @api.depends("state", "verb", "date_done", "date_undone")
    def _compute_can_undo(self):
        fresh = self._filter_fresh()
        newer = fresh._get_newer()
        for job in self:
            job.can_undo = job in fresh and job not in newer

    @api.depends("state", "verb", "date_done", "date_undone")
    def _compute_undo_obstacle(self):
        fresh = self._filter_fresh()
        for job in self:
            job.undo_obstacle = job in fresh and job._get_seen_obstacle()

    # === ACTIONS === #

    @on_records
    def action_undo(self):
        """Undo what these jobs did, newest first; refused with the reason where something was built on it since.

        Of several those that can be undone are, and the others are named.
        """
        self.check_access("read")
        refused, undone = {}, self.browse()
        for job in self.sorted(lambda job: (str(job.date_done or ""), job.id), reverse=True):
            try:
                with self.env.cr.savepoint():
                    job._undo()
                    undone += job
            except PASSING:
                raise
            except Exception as error:
                if len(self) == 1 and isinstance(error, UserError):
                    raise
                refused[job] = self.env["oms.runner"]._explain_error(job.verb, job._get_subjects(), error)
        if refused and not undone:
            raise UserError("\n".join(refused.values()))
        names = ", ".join(undone.mapped("display_name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "title": self.env._("Undone"),
                "message": "\n".join([names, *refused.values()]),
                "sticky": bool(refused),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _undo(self):
        self.ensure_one()
        runner = self.env["oms.runner"]._with_own_context()
        subject = self._get_subjects().with_env(runner.env)
        if not runner.env["oms.subject"]._filter_there(subject):
            raise UserError(
                self.env._("%(action)s can't be undone: what it was done to is deleted.", action=self.display_name)
            )
        runner._check_rights(self.verb, subject)
        if not self.sudo().try_lock_for_update():
            raise UserError(self.env._("Someone else is working on it right now."))
        runner._lock(self.verb, subject, {})
        self.env["oms.subject"]._bump(subject)
        obstacle = self._get_undo_obstacle()
        if obstacle:
            raise UserError(
                self.env._("%(action)s can't be undone: %(reason)s", action=self.display_name, reason=obstacle)
            )
        with self.env.cr.savepoint():
            self._take_back(subject)
        self.env["oms.event"]._note("undone", self, verb=self.verb)
        # Nobody writes jobs but the runner.
        self.sudo().write({"date_undone": fields.Datetime.now(), "undone_by_id": self.env.uid})
        self._tell_undone()
        self.sudo()._mark_belongings()
        # What it came after can be undone again.
        self.env["oms.job"].invalidate_model(["can_undo", "undo_obstacle"], flush=False)

    def _take_back(self, subject):
        """Undo it, and refuse to where its documents are not as before."""
        service = self.env["oms.subject"]
        now = service._read_snapshots(subject)[subject.id]
        verb = self.env["oms.runner"]._get_verb(self.verb).with_env(subject.env).with_company(self.company_id)
        verb._undo(subject.with_company(self.company_id), self.documents or {}, self.sudo().undo_data or {})
        after = service._read_snapshots(subject)[subject.id]
        wrong = find_unrestored(self.sudo().changes or {}, now, after)  # who undoes it may not see all that it changed
        if wrong:
            raise UserError(
                self.env._(
                    "%(action)s can't be undone: not all would be as before, so nothing was changed. %(differences)s "
                    "Put it right by hand.",
                    action=self.display_name,
                    differences=" ".join(self._get_difference_texts(wrong)),
                )
            )

    def _get_undo_obstacle(self):
        """Return why this job can't be undone, in words; empty when it can."""
        if self.date_undone:
            return self.env._("it is undone already.")
        if self.state != "done":
            return self.env._("it was not done.")
        verb = self.env["oms.runner"]._get_verb(self.verb)
        if not verb._is_reversible():
            return self.env._("a step of this kind can't be taken back.")
        if not self._filter_fresh():
            return self.env._("it was done more than 24 hours ago.")
        newer = self._get_newer().get(self)
        if newer:
            return self.env._(
                "%(newer)s of %(date)s came after it: undo that one first.",
                newer=newer.display_name,
                date=format_datetime(self.env, newer.date_done),
            )
        if not self._filter_there():
            return self.env._("what it was done to is deleted.")
        return verb._can_undo(self._get_subjects(), self.documents or {}, self.sudo().undo_data or {})

    def _get_seen_obstacle(self):
        """Return why the user can't undo this job, be it that they may not see what stands in the way."""
        try:
            return self._get_undo_obstacle()
        except AccessError:
            return self.env._("you may not change what it made.")

    def _filter_fresh(self):
        """Return those of these jobs whose kind is reversible, and that were done a short time ago."""
        since, verbs = fields.Datetime.now() - timedelta(hours=_HOURS), self.env["oms.runner"]._get_verbs()
        reversible = {code for code, verb in verbs.items() if verb._is_reversible()}
        return self.filtered(
            lambda job: (
                job.state == "done"
                and not job.date_undone
                and job.verb in reversible
                and bool(job.date_done)
                and job.date_done >= since
            )
        )

    def _get_newer(self):
        """Return {job: the last step after it that wrote the same on the order and was not undone}, others left out.

        What a step kept to be undone is what it found: written back, it would overwrite what came after it. Steps of
        other verbs don't count, not even of the same lane, unless the verb names them: most write something else, and
        whoever wants one undone should not have to undo them all.
        """
        if not self:
            return {}
        verbs = self.env["oms.runner"]._get_verbs()
        domain = (
            self._get_same_domain()
            & Domain("state", "=", "done")
            & Domain("date_undone", "=", False)
            # A step of the queue may be done after one that was asked for later.
            & Domain("date_done", ">=", min(self.mapped("date_done")))
        )
        # It counts whoever may see it.
        later = (
            self.sudo().search(domain, order="date_done desc, id desc").grouped(lambda job: (job.res_model, job.res_id))
        )
        newer = {}
        for job in self:
            same = {job.verb, *verbs[job.verb]._undo_after}
            last = next((other for other in later.get((job.res_model, job.res_id), ()) if other.verb in same), job)
            if last.id != job.id:
                newer[job] = last
        return newer
