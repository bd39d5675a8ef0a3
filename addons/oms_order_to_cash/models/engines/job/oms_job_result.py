import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

from .oms_job import UNATTENDED

# Minutes until the next try; after the last one a person has to look. Up to a quarter is added at random, so that those who
# failed together don't all come back together.
_BACKOFF = (1, 5, 30, 120, 720)
_JITTER = 0.25
_KEEP_DAYS = 90
_FINISHED = ("done", "skipped", "stopped", "shadow")


class OmsJob(models.Model):
    _inherit = "oms.job"

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, verb, outcomes, origin, params=None, jobs=None):
        """Keep what became of orders, or what else the verb is for.

        :param dict outcomes: as ``oms.runner._execute`` returns them
        :param jobs: those to keep it on; new ones by default
        :return: one job per subject
        """
        if jobs:
            jobs._store(outcomes)
            return jobs.with_env(self.env)
        subjects = self.env[self.env["oms.runner"]._get_verb(verb)._subject].browse(list(outcomes))
        busy = subjects.filtered(lambda subject: outcomes[subject.id]["state"] == "busy")
        shared = {"verb": verb, "origin": origin, "params": params, "user_id": self.env.uid, "attempts": 1}
        belongs = self._prepare_belongings(subjects - busy)
        vals_list = [
            {
                **belongs[subject.id],
                "date_started": fields.Datetime.now(),
                **shared,
                **self._prepare_result(outcomes[subject.id]),
            }
            for subject in subjects - busy
        ]
        created = self.sudo().create(vals_list)  # nobody writes jobs but the runner
        done = created.filtered(lambda job: job.state == "done")
        done._close_failed()
        created._note_acts()
        done._mark_belongings()
        return created.with_env(self.env) + self._queue(verb, busy, origin, params)

    @api.model
    def _prepare_belongings(self, subjects):
        """Return {subject id: the values that say what a job was done to}."""
        service = self.env["oms.subject"]
        is_order = subjects._name == "sale.order"
        there = service._filter_there(subjects)
        found = {} if is_order else service._read_order_ids(there)
        vals = {}
        for subject in subjects:
            company = service._get_company(subject) if subject in there else self.env.company
            vals[subject.id] = {"res_model": subject._name, "res_id": subject.id, "company_id": company.id}
            if is_order:
                vals[subject.id]["order_id"] = subject.id
            else:
                vals[subject.id].update(self._prepare_orders(found.get(subject.id, [])))
        return vals

    @api.model
    def _prepare_orders(self, order_ids):
        return {"order_id": order_ids[0] if len(order_ids) == 1 else False, "order_ids": [Command.set(order_ids)]}

    def _mark_belongings(self):
        """Have the orders refreshed that something else was done to than the order itself, as its own documents do."""
        others = self.filtered(lambda job: job.res_model != "sale.order")
        self.env["oms.flow.dirty"]._mark("sale.order", others.order_ids.ids)

    def _store(self, outcomes):
        """Write what became of these jobs, and have what follows run."""
        undone = self.filtered(lambda job: outcomes[job.res_id]["state"] in ("busy", "failed"))
        waiting = undone._get_requested_again()
        for job in self:
            job.write(job._prepare_outcome(outcomes[job.res_id], job in waiting))
        done = self.filtered(lambda job: job.state == "done")
        done._close_failed()
        done._note_acts()
        done._mark_belongings()
        done._tell_rule()
        done._queue_follow()
        self.filtered(lambda job: job.state in ("done", "skipped"))._queue_next_steps()
        failed = self.filtered(lambda job: job.state == "failed")
        failed._tell_failure()
        self.env["oms.flow.dirty"]._mark("sale.order", failed._get_orders().ids)
        tries = self.filtered(lambda job: job.state == "queued").mapped("next_try")
        if tries:
            self._wake(tries)

    def _get_requested_again(self):
        """Return those of these jobs whose action was asked for again since they started."""
        if not self:
            return self
        twins = (
            Domain("state", "=", "queued")
            & self._get_same_domain()
            & Domain("verb", "in", self.mapped("verb"))
            & Domain("id", "not in", self.ids)
        )
        keys = set(self._read_group(twins, ["res_id", "verb"]))
        return self.filtered(lambda job: (job.res_id, job.verb) in keys)

    def _prepare_outcome(self, outcome, is_requested_again):
        self.ensure_one()
        again = outcome["state"] == "busy" or (outcome["state"] == "failed" and self.origin in UNATTENDED)
        if outcome["state"] == "waiting":
            return {"state": "waiting", "message": outcome["message"], "next_try": False}
        if again and is_requested_again:
            return self._prepare_result(
                {"state": "skipped", "message": self.env._("It was asked for again meanwhile.")}
            )
        if again and self.attempts <= len(_BACKOFF):
            delay = _BACKOFF[max(self.attempts, 1) - 1] * random.uniform(1, 1 + _JITTER)
            next_try = fields.Datetime.now() + timedelta(minutes=delay)
            return {"state": "queued", "message": outcome["message"], "next_try": next_try}
        if outcome["state"] == "busy":
            outcome = {**outcome, "state": "failed"}
        return self._prepare_result(outcome)

    @api.model
    def _prepare_result(self, outcome):
        return {
            "state": outcome["state"],
            "message": outcome["message"],
            "documents": outcome.get("documents"),
            "undo_data": outcome.get("undo_data"),
            "changes": outcome.get("changes"),
            "next_try": False,
            "date_done": fields.Datetime.now(),
            **(self._prepare_orders(outcome["order_ids"]) if "order_ids" in outcome else {}),
        }

    def _note_acts(self):
        """Enter what these jobs did into their orders' timelines."""
        done = self.filtered(lambda job: job.state == "done")
        for (verb, origin, user), jobs in done.grouped(lambda job: (job.verb, job.origin, job.user_id)).items():
            self.env["oms.event"].with_user(user)._note("act", jobs.with_user(user), verb=verb, origin=origin)

    def _close_failed(self):
        """Close earlier failures of what is done now."""
        if not self:
            return
        failed = self.search(
            Domain("state", "=", "failed") & self._get_same_domain() & Domain("verb", "in", self.mapped("verb"))
        )
        done = {(job.res_id, job.verb) for job in self}
        closed = failed.filtered(lambda job: (job.res_id, job.verb) in done)
        closed.write({"state": "skipped", "message": self.env._("Done by a later run.")})
        self.env["oms.flow.dirty"]._mark("sale.order", closed._get_orders().ids)

    def _requeue(self):
        """Have these failed jobs run again in the background, each as it was asked for; return what waits now.

        A rule's step waits again itself, so that the steps after it follow.
        """
        failed = self.sudo().filtered(lambda job: job.state == "failed")  # nobody writes jobs but the runner
        steps = failed.filtered("cause")
        now = fields.Datetime.now()
        steps.write({"state": "queued", "attempts": 0, "next_try": now, "date_done": False, "message": False})
        if steps:
            self._wake()
        others = failed - steps
        requests = [
            {
                "verb": job.verb,
                "subject": job._get_subjects(),
                "origin": job.origin,
                "params": job.params,
                "follow": job.follow,
            }
            for job in others._get_latest()._filter_there()
        ]
        others.write({"state": "skipped", "message": self.env._("It was asked for again.")})
        self.env["oms.flow.dirty"]._mark("sale.order", failed._get_orders().ids)
        return (steps + self._insert_queued(requests)).with_env(self.env)

    def _queue_follow(self):
        """Queue what comes after these jobs, for the documents they made."""
        self._insert_queued(
            [
                {
                    "verb": job.follow[0],
                    "subject": job.order_id,
                    "origin": job.origin,
                    "params": {"move_ids": invoice_ids} if (invoice_ids := job.documents.get("account.move")) else None,
                    "follow": job.follow[1:] or None,
                }
                for job in self
                if job.follow and job.documents
            ]
        )

    def _tell_failure(self):
        """Say on the order, or what else it is, what the company's automation could not do; who clicks sees it on the screen."""
        given_up = len(_BACKOFF) + 1  # tries; who runs it again after that by hand, sees the result
        unattended = self.filtered(lambda job: job.origin in UNATTENDED and job.attempts <= given_up)
        if not unattended:
            return
        unattended._log_on_subjects(
            lambda job: self.env._(
                "%(action)s failed and needs a person: %(reason)s",
                action=dict(self._selection_verb())[job.verb],
                reason=job.message,
            )
        )

    def _log_on_subjects(self, get_text):
        """Say something in the chatter of what these jobs were done to.

        :param get_text: takes a job
        """
        for jobs in self._filter_there().grouped("res_model").values():
            self.env["oms.subject"]._log(jobs._get_subjects(), {job.res_id: get_text(job) for job in jobs})

    def _filter_there(self):
        """Return those of these jobs whose subject is not deleted."""
        there = {
            model: set(self.env["oms.subject"]._filter_there(jobs._get_subjects()).ids) if model in self.env else set()
            for model, jobs in self.grouped("res_model").items()
        }
        return self.filtered(lambda job: job.res_id in there[job.res_model])

    # === CLEANING === #

    @api.autovacuum
    def _gc_done(self):
        """Delete what was finished long ago; what failed stays until somebody has dealt with it."""
        days = int(self.env["ir.config_parameter"].sudo().get_param("oms_order_to_cash.job_keep_days", _KEEP_DAYS))
        limit = fields.Datetime.now() - timedelta(days=days)
        jobs = self.search([("state", "in", _FINISHED), ("date_done", "<", limit)], limit=GC_UNLINK_LIMIT)
        jobs.unlink()
        return len(jobs), len(jobs) == GC_UNLINK_LIMIT
