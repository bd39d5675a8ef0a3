import random
from datetime import timedelta

from odoo import api, fields, models
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
        """Keep what became of orders.

        :param dict outcomes: as ``oms.runner._execute`` returns them
        :param jobs: those to keep it on; new ones by default
        :return: one job per order
        """
        if jobs:
            jobs._store(outcomes)
            return jobs.with_env(self.env)
        orders = {order.id: order for order in self.env["sale.order"].browse(list(outcomes))}
        shared = {"verb": verb, "origin": origin, "params": params, "user_id": self.env.uid}
        vals_list = [
            {
                "order_id": order_id,
                "company_id": orders[order_id].company_id.id,
                "attempts": 1,
                "date_started": fields.Datetime.now(),
                **shared,
                **self._prepare_result(outcome),
            }
            for order_id, outcome in outcomes.items()
            if outcome["state"] != "busy"
        ]
        created = self.sudo().create(vals_list)  # nobody writes jobs but the runner
        created.filtered(lambda job: job.state == "done")._close_failed()
        created._note_acts()
        busy = self.env["sale.order"].browse(
            order_id for order_id, outcome in outcomes.items() if outcome["state"] == "busy"
        )
        return created.with_env(self.env) + self._queue(verb, busy, origin, params)

    def _store(self, outcomes):
        """Write what became of these jobs, and have what follows run."""
        undone = self.filtered(lambda job: outcomes[job.order_id.id]["state"] in ("busy", "failed"))
        waiting = undone._get_requested_again()
        for job in self:
            job.write(job._prepare_outcome(outcomes[job.order_id.id], job in waiting))
        done = self.filtered(lambda job: job.state == "done")
        done._close_failed()
        done._note_acts()
        done._tell_rule()
        done._queue_follow()
        self.filtered(lambda job: job.state in ("done", "skipped"))._queue_next_steps()
        failed = self.filtered(lambda job: job.state == "failed")
        failed._tell_failure()
        self.env["oms.flow.dirty"]._mark("sale.order", failed.order_id.ids)
        tries = self.filtered(lambda job: job.state == "queued").mapped("next_try")
        if tries:
            self._wake(tries)

    def _get_requested_again(self):
        """Return those of these jobs whose action was asked for again since they started."""
        if not self:
            return self
        twins = [
            ("state", "=", "queued"),
            ("order_id", "in", self.order_id.ids),
            ("verb", "in", self.mapped("verb")),
            ("id", "not in", self.ids),
        ]
        keys = set(self._read_group(twins, ["order_id", "verb"]))
        return self.filtered(lambda job: (job.order_id, job.verb) in keys)

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
            [
                ("state", "=", "failed"),
                ("order_id", "in", self.order_id.ids),
                ("verb", "in", self.mapped("verb")),
            ]
        )
        done = {(job.order_id, job.verb) for job in self}
        closed = failed.filtered(lambda job: (job.order_id, job.verb) in done)
        closed.write({"state": "skipped", "message": self.env._("Done by a later run.")})
        self.env["oms.flow.dirty"]._mark("sale.order", closed.order_id.ids)

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
            {"verb": job.verb, "order": job.order_id, "origin": job.origin, "params": job.params, "follow": job.follow}
            for job in others._get_latest()
        ]
        others.write({"state": "skipped", "message": self.env._("It was asked for again.")})
        self.env["oms.flow.dirty"]._mark("sale.order", failed.order_id.ids)
        return (steps + self._insert_queued(requests)).with_env(self.env)

    def _queue_follow(self):
        """Queue what comes after these jobs, for the documents they made."""
        self._insert_queued(
            [
                {
                    "verb": job.follow[0],
                    "order": job.order_id,
                    "origin": job.origin,
                    "params": {"move_ids": invoice_ids} if (invoice_ids := job.documents.get("account.move")) else None,
                    "follow": job.follow[1:] or None,
                }
                for job in self
                if job.follow and job.documents
            ]
        )

    def _tell_failure(self):
        """Say on the order what the company's automation could not do; whoever clicks sees it on the screen."""
        given_up = len(_BACKOFF) + 1  # tries; who runs it again after that by hand, sees the result
        unattended = self.filtered(lambda job: job.origin in UNATTENDED and job.attempts <= given_up)
        if not unattended:
            return
        unattended.order_id._message_log_batch(
            bodies={
                job.order_id.id: self.env._(
                    "%(action)s failed and needs a person: %(reason)s",
                    action=dict(self._selection_verb())[job.verb],
                    reason=job.message,
                )
                for job in unattended
            }
        )

    # === CLEANING === #

    @api.autovacuum
    def _gc_done(self):
        """Delete what was finished long ago; what failed stays until somebody has dealt with it."""
        days = int(self.env["ir.config_parameter"].sudo().get_param("oms_order_to_cash.job_keep_days", _KEEP_DAYS))
        limit = fields.Datetime.now() - timedelta(days=days)
        jobs = self.search([("state", "in", _FINISHED), ("date_done", "<", limit)], limit=GC_UNLINK_LIMIT)
        jobs.unlink()
        return len(jobs), len(jobs) == GC_UNLINK_LIMIT
