import gc
import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ..transaction import LOST, run_and_commit
from .oms_job import PRIORITIES, UNASKED, UNATTENDED
from .oms_runner import MAX_AT_ONCE

_logger = logging.getLogger(__name__)

# Seconds until a worker looks again that found another one in its way, and until it goes ahead all the same.
_PAUSE, _PATIENCE = 0.2, 15
# A job that runs for longer and that no worker holds was left behind, even if its worker's connection lives on.
_STALE_MINUTES = 15

# The row of a request that waits is updated, not left alone: its worker can't start before this transaction is over, and
# so sees what it changed. What the company asked for stays the company's.
_QUEUE = """
    INSERT INTO oms_job AS job (verb, res_model, res_id, order_id, company_id, user_id, origin, priority, state, attempts,
                                next_try, params, follow, create_uid, create_date, write_uid, write_date) VALUES %s
    ON CONFLICT (res_id, verb) WHERE state = 'queued' AND cause IS NULL DO UPDATE SET
        attempts = 0,
        priority = LEAST(job.priority, EXCLUDED.priority),
        message = NULL,
        next_try = LEAST(job.next_try, EXCLUDED.next_try),
        user_id = CASE WHEN job.user_id = %s THEN job.user_id ELSE EXCLUDED.user_id END,
        origin = CASE WHEN job.user_id = %s THEN job.origin ELSE EXCLUDED.origin END,
        follow = COALESCE(EXCLUDED.follow, job.follow),
        params = CASE
            WHEN job.params ? 'move_ids' AND EXCLUDED.params ? 'move_ids' THEN jsonb_set(
                EXCLUDED.params, '{move_ids}', (job.params -> 'move_ids') || (EXCLUDED.params -> 'move_ids'))
            WHEN COALESCE(job.params, '{}') ? 'move_ids' THEN EXCLUDED.params
            WHEN COALESCE(EXCLUDED.params, '{}') ? 'move_ids' THEN job.params
            ELSE COALESCE(EXCLUDED.params, job.params) END
    RETURNING id, res_model, res_id"""
_BELONG = "INSERT INTO oms_job_order_rel (job_id, order_id) VALUES %s ON CONFLICT DO NOTHING"
# With its session a worker's transaction is gone, too: whatever it did and did not commit can be done again.
_LEFT_BEHIND = """
    SELECT id FROM oms_job
     WHERE state = 'running' AND (date_started < %s OR worker_pid != 0 AND NOT EXISTS (
           SELECT FROM pg_stat_activity WHERE pid = worker_pid))
       FOR UPDATE SKIP LOCKED"""


@contextmanager
def _pausing_gc():
    """Look for no garbage: all that a batch makes lives until its end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class OmsJob(models.Model):
    _inherit = "oms.job"

    # === QUEUE === #

    @api.model
    def _queue(self, verb, subjects, origin, params=None, follow=None):
        """Have a verb run on orders, or what else it is for, in the background; what waits for it already is not queued twice.

        :param list follow: verbs to queue, one after the other, once this one is done
        :return: the jobs that wait now
        """
        return self._insert_queued(
            [
                {"verb": verb, "subject": subject, "origin": origin, "params": params, "follow": follow}
                for subject in subjects
            ]
        )

    @api.model
    def _insert_queued(self, requests):
        if not requests:
            return self.browse()
        self.flush_model(["state"])
        is_bulk = len(requests) > MAX_AT_ONCE
        order_ids = self._read_request_orders(requests)
        rows = [
            self._prepare_queued_row(request, self._get_priority(request["origin"], is_bulk), order_ids)
            for request in sorted(requests, key=lambda request: request["subject"].id)
        ]
        self.env.cr.execute(SQL(_QUEUE, SQL(", ").join(rows), SUPERUSER_ID, SUPERUSER_ID))
        inserted = self.env.cr.fetchall()
        jobs = self.browse(job_id for job_id, *_subject in inserted)
        if order_ids:
            self._insert_belongings(inserted, order_ids)
        jobs.invalidate_recordset()
        self._wake()
        return jobs

    @api.model
    def _read_request_orders(self, requests):
        """Return {subject: the ids of its orders} of requests for something else than an order."""
        others, order_ids = {}, {}
        for request in requests:
            if request["subject"]._name != "sale.order":
                others.setdefault(request["subject"]._name, []).append(request["subject"])
        for model, subjects in others.items():
            found = self.env["oms.subject"]._read_order_ids(self.env[model].union(*subjects))
            order_ids.update({subject: found.get(subject.id, []) for subject in subjects})
        return order_ids

    @api.model
    def _get_only_order(self, subject, order_ids):
        """Return the id of the order that a subject is, or the only one that it belongs to."""
        ids = [subject.id] if subject._name == "sale.order" else order_ids[subject]
        return ids[0] if len(ids) == 1 else None

    @api.model
    def _insert_belongings(self, jobs, order_ids):
        """Keep which orders what waits belongs to.

        :param list jobs: triples (job id, model and id of its subject)
        """
        belongs = {(subject._name, subject.id): ids for subject, ids in order_ids.items()}
        rows = [
            SQL("%s", (job_id, order_id)) for job_id, *subject in jobs for order_id in belongs.get(tuple(subject), ())
        ]
        if rows:
            self.env.cr.execute(SQL(_BELONG, SQL(", ").join(rows)))

    @api.model
    def _get_priority(self, origin, is_bulk=False):
        """Return the priority of a request: a click for many orders is a bulk action, and lets clicks for a few pass."""
        return PRIORITIES["bulk" if origin == "user" and is_bulk else origin]

    @api.model
    def _prepare_queued_row(self, request, priority, order_ids):
        subject, origin = request["subject"], request["origin"]
        user_id = SUPERUSER_ID if origin in UNATTENDED else self.env.uid
        now = fields.Datetime.now()
        params = self._fields["params"].convert_to_column(request["params"], self)
        follow = self._fields["follow"].convert_to_column(request["follow"], self)
        row = (
            *(request["verb"], subject._name, subject.id, self._get_only_order(subject, order_ids)),
            *(self.env["oms.subject"]._get_company(subject).id, user_id, origin, priority),
            *("queued", 0, now, params, follow, self.env.uid, now, self.env.uid, now),
        )
        return SQL("%s", row)

    @api.model
    def _wake(self, at=None):
        """Have the queue run, now or at a moment (or each of several)."""
        for name in ("oms_job_cron", "oms_job_cron_second"):
            cron = self.env.ref(f"oms_order_to_cash.{name}", raise_if_not_found=False)
            if cron and cron.sudo().active:  # whoever asks for something may not read scheduled actions
                cron._trigger(at)

    # === RUN === #

    @api.model
    def _cron_run(self):
        """Run what waits, a few orders per transaction, until nothing is due or the time is up."""
        self._release_stale()
        cron, company_id, since = self.env["ir.cron"], 0, time.monotonic()
        left = cron._commit_progress(remaining=self._is_due())
        while left:
            jobs = self._claim(company_id, is_patient=time.monotonic() < since + _PATIENCE)
            if jobs:
                company_id = jobs.exists().company_id.id or company_id
                jobs._run_claimed()
                since = time.monotonic()
            elif self._is_due() and self._is_held_up():
                time.sleep(_PAUSE)
            else:
                break
            left = cron._commit_progress(len(jobs), remaining=self._is_due())

    def _run_claimed(self):
        """Run jobs taken off the queue; those that failed before each in a transaction of its own."""
        try:
            jobs = self.exists()  # an order deleted meanwhile took its jobs along
            first_tries = jobs.filtered(lambda job: job.attempts == 1)
            for batch in first_tries._get_batches() + list(jobs - first_tries):
                batch._process()
        finally:
            self.env.cr.rollback()  # what is left when even keeping the result failed
            self._let_go()

    @api.model
    def _is_due(self):
        """Tell whether anything is due, as the 1 or 0 that is left to do: to count it all takes longer the more waits."""
        self.flush_model(["state", "next_try"])
        return int(bool(self._get_turns(0, fields.Datetime.now(), not self.env["oms.rule"]._is_stopped())))

    # === ONE BATCH === #

    @api.model
    def _release_stale(self):
        """Put back what a worker took and did not finish because it died."""
        self.env.flush_all()
        self.env.cr.execute(_LEFT_BEHIND, [fields.Datetime.now() - timedelta(minutes=_STALE_MINUTES)])
        message = self.env._("The server stopped while it ran.")
        for job in self.browse(job_id for (job_id,) in self.env.cr.fetchall()):
            job._store({job.res_id: {"state": "busy", "message": message}})

    def _get_batches(self):
        """Return these jobs in groups that one call can run."""
        batches = self.grouped(
            lambda job: (
                job.verb,
                job.company_id,
                job.user_id,
                "move_ids" in (job.params or {}),
                str(sorted((name, value) for name, value in (job.params or {}).items() if name != "move_ids")),
            )
        )
        return list(batches.values())

    def _get_params(self):
        """Return the choices of a batch: the same in all its jobs, but for the documents, which are put together."""
        params = dict(self[0].params or {})
        if "move_ids" in params:
            params["move_ids"] = sorted({move_id for job in self for move_id in job.params["move_ids"]})
        return params

    def _process(self):
        """Run a batch in one transaction; if that fails, each half in its own, down to the job that is to blame."""
        with _pausing_gc():
            readings, error = run_and_commit(self.env, self._work)
        if not error:
            _done, error = run_and_commit(self.env, lambda: self._wake_overtaken(readings))
            if error:
                _logger.error("Orders %s: steps that wait may start late", sorted(readings), exc_info=error)
            return
        jobs = self.exists()  # an order deleted meanwhile took its jobs along
        if len(jobs) > 1:
            middle = len(jobs) // 2
            jobs[:middle]._process()
            jobs[middle:]._process()
        elif jobs:
            jobs._store({jobs.res_id: jobs._get_failure(error)})
            self.env["ir.cron"]._commit_progress()

    def _work(self):
        """Run these jobs; return what was read of the orders that they now wait for."""
        jobs = self.try_lock_for_update().filtered(lambda job: job.state == "running")
        if jobs:
            outcomes = jobs._get_stopped() | jobs._get_gone()
            subjects = jobs._get_subjects().filtered(lambda subject: subject.id not in outcomes)
            if subjects:
                outcomes.update(jobs._get_runner()._run_queued(jobs[0].verb, subjects, jobs._get_params()))
            readings = jobs._read_waiting(outcomes)
            jobs._store({**outcomes, **jobs._let_wait(outcomes, readings)})
            self.env.flush_all()
            return readings
        return {}

    def _get_gone(self):
        """Return {id: outcome} of those of these jobs whose subject was deleted meanwhile."""
        subjects = self._get_subjects()
        gone = subjects - self.env["oms.subject"]._filter_there(subjects)
        text = self.env._("It was deleted meanwhile.")
        return {record_id: {"state": "skipped", "message": text} for record_id in gone.ids}

    def _get_runner(self):
        """Return the runner as the user who asked sees it."""
        user = self.user_id
        if not user or not (user.active or user.id == SUPERUSER_ID):
            raise UserError(self.env._("The user who asked for it is gone: run it again as another."))
        context = {
            "lang": user.lang,
            "tz": user.tz,
            "allowed_company_ids": self.company_id.ids,
        }
        if user.id == SUPERUSER_ID:  # requests that nobody made act for the company, see _prepare_queued_row
            context.update(oms_is_unasked=UNASKED)
        return self.env(user=user.id, su=False, context=context)["oms.runner"]

    @api.model
    def _get_failure(self, error):
        if isinstance(error, (*LOST, LockError)):
            return {"state": "busy", "message": self.env._("Someone else is working on it right now.")}
        text = self.env["oms.runner"]._explain_error(self.verb, self._get_subjects(), error)
        return {"state": "failed", "message": text}

    def _retry(self, user_env):
        """Run a batch of these jobs again in the transaction of the user who asks."""
        for job in self:
            job.attempts += 1
        gone = self._get_gone()
        left = self.filtered(lambda job: job.res_id not in gone)
        (self - left)._store(gone)
        if left:
            subjects = left._get_subjects().with_env(user_env)
            user_env["oms.runner"]._run(self[0].verb, subjects, "user", self._get_params(), left)
