from odoo import api, fields, models
from odoo.tools import SQL

from ..transaction import LOST, take_and_commit
from .oms_job import PRIORITIES

# How many jobs a worker takes at a time.
_BATCH = 50
# The first half of the keys of the advisory locks that workers hold.
_LOCKS = 0x6F6D73
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


class OmsJob(models.Model):
    """Which of the jobs that wait a worker takes."""

    _inherit = "oms.job"

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
