import gc
import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ..transaction import LOST, run_and_commit, take_and_commit
from .oms_job import PRIORITIES, UNASKED, UNATTENDED
from .oms_runner import MAX_AT_ONCE

_logger = logging.getLogger(__name__)

# How many jobs a worker takes at a time.
_BATCH = 50
# Seconds until a worker looks again that found another one in its way, and until it goes ahead all the same.
_PAUSE, _PATIENCE = 0.2, 15
# The first half of the keys of the advisory locks that workers hold.
_LOCKS = 0x6F6D73
# A job that runs for longer and that no worker holds was left behind, even if its worker's connection lives on.
_STALE_MINUTES = 15

# The row of a request that waits is updated, not left alone: its worker can't start before this transaction is over, and
# so sees what it changed. What the company asked for stays the company's.
_QUEUE = """
    INSERT INTO oms_job AS job (verb, order_id, company_id, user_id, origin, priority, state, attempts, next_try, params,
                                follow, create_uid, create_date, write_uid, write_date) VALUES %s
    ON CONFLICT (order_id, verb) WHERE state = 'queued' AND cause IS NULL DO UPDATE SET
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
    RETURNING id"""
# The first of each company and priority, which the index gives: whether there are any is not asked of all that wait.
_TURNS = """
    SELECT company.id, urgency.priority FROM res_company company CROSS JOIN UNNEST(%s) urgency (priority)
     CROSS JOIN LATERAL (
        SELECT FROM oms_job WHERE state = 'queued' AND company_id = company.id AND priority = urgency.priority
           AND next_try <= %s AND (rule_id IS NULL OR %s)
         ORDER BY next_try, order_id, id LIMIT 1) due"""
# Verb by verb: what is done to many orders in one go costs a third of what it costs one by one.
_HEAD = """
    SELECT verb FROM oms_job WHERE state = 'queued' AND company_id = %s AND priority = %s AND next_try <= %s
       AND (rule_id IS NULL OR %s) AND verb != ALL(%s)
     ORDER BY next_try, order_id, id LIMIT 1"""
# Materialized: a subquery of the update may be evaluated for each of its rows, and take more each time.
_CLAIM = """
    WITH taken AS MATERIALIZED (
        SELECT id FROM oms_job WHERE state = 'queued' AND company_id = %s AND priority = %s AND next_try <= %s
           AND (rule_id IS NULL OR %s) AND verb = %s
         ORDER BY next_try, order_id, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE oms_job SET state = 'running', attempts = attempts + 1, date_started = %s, worker_pid = pg_backend_pid()
      FROM taken WHERE oms_job.id = taken.id
    RETURNING oms_job.id"""
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
        is_bulk = len(requests) > MAX_AT_ONCE
        rows = [
            self._prepare_queued_row(request, self._get_priority(request["origin"], is_bulk))
            for request in sorted(requests, key=lambda request: request["order"].id)
        ]
        self.env.cr.execute(SQL(_QUEUE, SQL(", ").join(rows), SUPERUSER_ID, SUPERUSER_ID))
        jobs = self.browse(job_id for (job_id,) in self.env.cr.fetchall())
        jobs.invalidate_recordset()
        self._wake()
        return jobs

    @api.model
    def _get_priority(self, origin, is_bulk=False):
        """Return the priority of a request: a click for many orders is a bulk action, and lets clicks for a few pass."""
        return PRIORITIES["bulk" if origin == "user" and is_bulk else origin]

    @api.model
    def _prepare_queued_row(self, request, priority):
        order, origin = request["order"], request["origin"]
        user_id = SUPERUSER_ID if origin in UNATTENDED else self.env.uid
        now = fields.Datetime.now()
        params = self._fields["params"].convert_to_column(request["params"], self)
        follow = self._fields["follow"].convert_to_column(request["follow"], self)
        row = (
            *(request["verb"], order.id, order.company_id.id, user_id, origin, priority),
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

    # === WHOSE TURN === #

    @api.model
    def _claim(self, company_id=0, limit=None, is_patient=True):
        """Take jobs off the queue and commit, so that a try counts even if the worker dies of it.

        They have to be run by :meth:`_run_claimed`, which lets other workers have again what these jobs hold.

        :param company_id: whose jobs were taken last: the companies take turns
        :param is_patient: leave to another worker what it holds; else the database decides who has to begin again
        :return: jobs of one company, priority and verb; empty when nothing is due that no other worker stands in the way of
        """
        jobs = take_and_commit(self.env, lambda: self._take_due(company_id, limit or _BATCH, is_patient))
        return self.browse() if jobs is None else jobs

    @api.model
    def _take_due(self, company_id, limit, is_patient=True):
        now = fields.Datetime.now()
        may_run_rules = not self.env["oms.rule"]._is_stopped()
        for turn in self._get_turns(company_id, now, may_run_rules):
            busy = []
            while verb := self._get_head(*turn, now, may_run_rules, busy):
                is_free = self._hold(turn[0], verb) or not is_patient
                jobs = is_free and self._take(*turn, now, may_run_rules, verb, limit)
                if jobs:
                    return jobs
                busy.append(verb)
        return self.browse()

    @api.model
    def _get_turns(self, company_id, now, may_run_rules):
        """Return pairs (company id, priority) in the order in which to look for jobs.

        A click anywhere goes first. Else it is the next company's turn, with its most urgent jobs, however many wait of the
        others.
        """
        self.env.cr.execute(SQL(_TURNS, sorted(set(PRIORITIES.values())), now, may_run_rules))
        return sorted(
            self.env.cr.fetchall(), key=lambda turn: (turn[1] != PRIORITIES["user"], turn[0] <= company_id, turn)
        )

    @api.model
    def _get_head(self, company_id, priority, now, may_run_rules, busy):
        """Return the verb of the job whose turn it is, those of verbs that another worker stands in the way of left out."""
        self.env.cr.execute(SQL(_HEAD, company_id, priority, now, may_run_rules, busy))
        return (self.env.cr.fetchone() or [None])[0]

    @api.model
    def _take(self, company_id, priority, now, may_run_rules, verb, limit):
        query = SQL(_CLAIM, company_id, priority, now, may_run_rules, verb, limit, now)
        try:
            self.env.cr.execute(query, log_exceptions=False)
            jobs = self.browse(sorted(job_id for (job_id,) in self.env.cr.fetchall()))
        except LOST:
            self.env.cr.rollback()
            self._let_go()
            raise
        if not jobs:  # another worker is taking them
            self._let_go()
        return jobs

    # === WHAT WORKERS SHARE === #

    @api.model
    def _hold(self, company_id, verb):
        """Have what orders of a company share to this worker alone, as long as it runs a verb that changes it.

        Two transactions that take goods off the same shelf, or the next number of the same journal, wait for each other, and
        then one of them has to begin again. So workers rather do different things at the same time.

        :return: False when another worker has it
        """
        shared = self._get_shared(company_id, verb)
        if not shared:
            return True
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, HASHTEXT(%s))", [_LOCKS, shared])
        return self.env.cr.fetchone()[0]

    @api.model
    def _let_go(self):
        """Let other workers have it. The lock is the connection's, not the transaction's: who dies lets go as well."""
        self.env.cr.execute("SELECT pg_advisory_unlock_all()")

    @api.model
    def _get_shared(self, company_id, verb):
        verbs = self.env["oms.runner"]._get_verbs()
        shared = verb in verbs and verbs[verb]._shares
        return shared and f"{shared} of company {company_id}"

    @api.model
    def _is_held_up(self):
        """Tell whether another worker holds something that jobs may wait for."""
        self.env.cr.execute(
            """SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND pid != pg_backend_pid()
                  AND database = (SELECT oid FROM pg_database WHERE datname = CURRENT_DATABASE()) LIMIT 1""",
            [_LOCKS],
        )
        return bool(self.env.cr.rowcount)

    # === ONE BATCH === #

    @api.model
    def _release_stale(self):
        """Put back what a worker took and did not finish because it died."""
        self.env.flush_all()
        self.env.cr.execute(_LEFT_BEHIND, [fields.Datetime.now() - timedelta(minutes=_STALE_MINUTES)])
        message = self.env._("The server stopped while it ran.")
        for job in self.browse(job_id for (job_id,) in self.env.cr.fetchall()):
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
            jobs._store({jobs.order_id.id: jobs._get_failure(error)})
            self.env["ir.cron"]._commit_progress()

    def _work(self):
        """Run these jobs; return what was read of the orders that they now wait for."""
        jobs = self.try_lock_for_update().filtered(lambda job: job.state == "running")
        if jobs:
            outcomes = jobs._get_stopped()
            orders = jobs.order_id.filtered(lambda order: order.id not in outcomes)
            if orders:
                outcomes.update(jobs._get_runner()._run_queued(jobs[0].verb, orders, jobs._get_params()))
            readings = jobs._read_waiting(outcomes)
            jobs._store({**outcomes, **jobs._let_wait(outcomes, readings)})
            self.env.flush_all()
            return readings
        return {}

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
        text = self.env["oms.runner"]._explain_error(self.verb, self.order_id, error)
        return {"state": "failed", "message": text}

    def _retry(self, user_env):
        """Run a batch of these jobs again in the transaction of the user who asks."""
        for job in self:
            job.attempts += 1
        orders = self.order_id.with_env(user_env)
        user_env["oms.runner"]._run(self[0].verb, orders, "user", self._get_params(), self)
