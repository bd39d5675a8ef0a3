import logging
import random
import time
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .oms_job import UNATTENDED
from .oms_runner import REFUSALS

_logger = logging.getLogger(__name__)

# Another transaction was first: only a new one sees what it did.
_LOST = (OperationalError, ConcurrencyError)
# How many jobs a worker takes at a time, and how often it starts a transaction again that lost against another one.
_BATCH = 20
_TRIES = 4
# A job that runs for longer and that no worker holds was left behind by a worker that died.
_STALE_MINUTES = 15

# The row of a request that waits is updated, not left alone: its worker can't start before this transaction is over, and
# so sees what it changed. What the company asked for stays the company's.
_QUEUE = """
    INSERT INTO oms_job AS job (verb, order_id, company_id, user_id, origin, state, attempts, next_try, params, follow,
                                create_uid, create_date, write_uid, write_date) VALUES %s
    ON CONFLICT (order_id, verb) WHERE state = 'queued' AND cause IS NULL DO UPDATE SET
        attempts = 0,
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
    RETURNING id"""
# As an array the rows are chosen once; a plan that chose them again for each row would take more than the limit.
_CLAIM = """
    UPDATE oms_job SET state = 'running', attempts = attempts + 1, date_started = %s WHERE id = ANY(ARRAY(
        SELECT id FROM oms_job WHERE state = 'queued' AND next_try <= %s
           AND (rule_id IS NULL OR %s)
         ORDER BY next_try, id LIMIT %s FOR UPDATE SKIP LOCKED
    )) RETURNING id"""


class OmsJob(models.Model):
    _inherit = "oms.job"

    # === QUEUE === #

    @api.model
    def _queue(self, verb, orders, origin, params=None, follow=None):
        """Have orders run in the background; an order that waits already for the verb is not queued twice.

        :param list follow: verbs to queue, one after the other, once this one is done
        :return: the jobs that wait now
        """
        return self._insert_queued(
            [{"verb": verb, "order": order, "origin": origin, "params": params, "follow": follow} for order in orders]
        )

    @api.model
    def _insert_queued(self, requests):
        if not requests:
            return self.browse()
        self.flush_model(["state"])
        rows = [
            self._prepare_queued_row(request) for request in sorted(requests, key=lambda request: request["order"].id)
        ]
        self.env.cr.execute(SQL(_QUEUE, SQL(", ").join(rows), SUPERUSER_ID, SUPERUSER_ID))
        jobs = self.browse(job_id for (job_id,) in self.env.cr.fetchall())
        jobs.invalidate_recordset()
        self._wake()
        return jobs

    @api.model
    def _prepare_queued_row(self, request):
        order, origin = request["order"], request["origin"]
        user_id = SUPERUSER_ID if origin in UNATTENDED else self.env.uid
        now = fields.Datetime.now()
        params = self._fields["params"].convert_to_column(request["params"], self)
        follow = self._fields["follow"].convert_to_column(request["follow"], self)
        return SQL(
            "%s",
            (
                request["verb"],
                order.id,
                order.company_id.id,
                user_id,
                origin,
                "queued",
                0,
                now,
                params,
                follow,
                self.env.uid,
                now,
                self.env.uid,
                now,
            ),
        )

    @api.model
    def _wake(self, at=None):
        """Have the queue run, now or at a moment."""
        cron = self.env.ref("oms_order_to_cash.oms_job_cron", raise_if_not_found=False)
        if cron:
            cron._trigger(at)

    # === RUN === #

    @api.model
    def _cron_run(self):
        """Run what waits, a few orders per transaction, until nothing is due or the time is up."""
        self._release_stale()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._count_due())
        while jobs := self._claim():
            first_tries = jobs.filtered(lambda job: job.attempts == 1)
            for batch in first_tries._get_batches() + list(jobs - first_tries):
                batch._process()
            if not cron._commit_progress(len(jobs), remaining=self._count_due()):
                break

    @api.model
    def _get_due_domain(self):
        domain = Domain("state", "=", "queued") & Domain("next_try", "<=", fields.Datetime.now())
        return domain & Domain("rule_id", "=", False) if self.env["oms.rule"]._is_stopped() else domain

    @api.model
    def _count_due(self):
        return self.search_count(self._get_due_domain())

    @api.model
    def _claim(self, limit=_BATCH):
        """Take jobs off the queue and commit, so that a try counts even if the worker dies of it."""
        now = fields.Datetime.now()
        for _attempt in range(_TRIES):
            try:
                may_run_rules = not self.env["oms.rule"]._is_stopped()
                self.env.cr.execute(SQL(_CLAIM, now, now, may_run_rules, limit), log_exceptions=False)
                jobs = self.browse(sorted(job_id for (job_id,) in self.env.cr.fetchall()))
                self.env["ir.cron"]._commit_progress()
                return jobs
            except _LOST:
                self.env.cr.rollback()  # another worker took the same ones between two glances
        return self.browse()

    @api.model
    def _release_stale(self):
        """Put back what a worker took and did not finish because it died."""
        limit = fields.Datetime.now() - timedelta(minutes=_STALE_MINUTES)
        stale = self.search([("state", "=", "running"), ("date_started", "<", limit)]).try_lock_for_update()
        message = self.env._("The server stopped while it ran.")
        for job in stale:
            job._store({job.order_id.id: {"state": "busy", "message": message}})

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
        """Run a batch in one transaction; if that fails, each of its jobs in its own."""
        for attempt in range(_TRIES):
            try:
                self._work()
                self.env["ir.cron"]._commit_progress()
                return
            except _LOST as lost:
                self.env.cr.rollback()
                error = lost
                time.sleep(random.uniform(0, 0.1 * 2**attempt))
            except Exception as refused:  # noqa: BLE001 - whatever one order runs into, the others go on
                self.env.cr.rollback()
                error = refused
                break
        jobs = self.exists()  # an order deleted meanwhile took its jobs along
        if len(jobs) > 1:
            for job in jobs:
                job._process()
        elif jobs:
            jobs._store({jobs.order_id.id: jobs._get_failure(error)})
            self.env["ir.cron"]._commit_progress()

    def _work(self):
        jobs = self.try_lock_for_update().filtered(lambda job: job.state == "running")
        if jobs:
            outcomes = jobs._get_stopped()
            orders = jobs.order_id.filtered(lambda order: order.id not in outcomes)
            if orders:
                outcomes.update(jobs._get_runner()._run_queued(jobs[0].verb, orders, jobs._get_params()))
            jobs._store(jobs._let_wait(outcomes))
            self.env.flush_all()

    def _get_runner(self):
        """Return the runner as the user who asked sees it."""
        user = self.user_id
        if not user or not (user.active or user.id == SUPERUSER_ID):
            raise UserError(self.env._("The user who asked for it is gone: run it again as another."))
        context = {"lang": user.lang, "tz": user.tz, "allowed_company_ids": self.company_id.ids}
        return self.env(user=user.id, su=False, context=context)["oms.runner"]

    @api.model
    def _get_failure(self, error):
        if isinstance(error, (*_LOST, LockError)):
            return {"state": "busy", "message": self.env._("Someone else is working on it right now.")}
        if isinstance(error, REFUSALS):
            return {"state": "failed", "message": self.env["oms.runner"]._get_error_text(error)}
        _logger.error("%s failed", self.display_name, exc_info=error)
        return {"state": "failed", "message": self.env._("Unexpected error: %(error)s", error=repr(error))}

    def _retry(self, user_env):
        """Run a batch of these jobs again in the transaction of the user who asks."""
        for job in self:
            job.attempts += 1
        orders = self.order_id.with_env(user_env)
        user_env["oms.runner"]._run(self[0].verb, orders, "user", self._get_params(), self)
