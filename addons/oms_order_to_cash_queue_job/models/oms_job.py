import hashlib

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

_CHANNEL = "root.oms"
# What nobody waits for gets the queue's usual priority, 10; what people ask for comes before it, as in our own queue.
_PRIORITY = 8
# How many orders a job of the queue runs at most, and how many it takes over at a time.
_BATCH, _HAND_OVER = 20, 200

# Due, and either new or left behind by a job of the queue that has ended.
_DUE = """
      FROM oms_job job
     WHERE state = 'queued' AND next_try <= %s AND (rule_id IS NULL OR %s) AND NOT EXISTS (
           SELECT FROM queue_job
            WHERE uuid = job.queue_job_uuid AND state IN ('wait_dependencies', 'pending', 'enqueued', 'started'))"""
# What runs and is not locked was left behind by a run of this very job that died: nobody else has it.
_TAKE = """
    UPDATE oms_job SET state = 'running', attempts = attempts + 1, date_started = %s WHERE id IN (
        SELECT id FROM oms_job WHERE id = ANY(%s) AND state IN ('queued', 'running') AND (rule_id IS NULL OR %s)
           FOR UPDATE SKIP LOCKED
    ) RETURNING id"""


class OmsJob(models.Model):
    """Jobs of orders, run by OCA's queue: it decides when and how many at a time, the runner decides all the rest."""

    _inherit = "oms.job"

    queue_job_uuid = fields.Char(string="Job of the Queue", readonly=True, index="btree_not_null")

    @api.model
    def _make_channels(self):
        """Make a channel for each verb."""
        root = self.env.ref("oms_order_to_cash_queue_job.queue_job_channel_oms")
        channels = self.env["queue.job.channel"]
        missing = set(self.env["oms.runner"]._get_verbs()) - set(
            channels.search([("parent_id", "=", root.id)]).mapped("name")
        )
        channels.create([{"name": verb, "parent_id": root.id} for verb in sorted(missing)])

    # === HANDING OVER === #

    @api.model
    def _cron_run(self):
        """Hand over to the queue what is due; nothing is run here."""
        self._release_stale()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._count_due())
        while count := self._hand_over():
            if not cron._commit_progress(count, remaining=self._count_due()):
                break

    @api.model
    def _count_due(self):
        self.env.cr.execute(SQL("SELECT COUNT(*) %s", self._get_due_sql()))
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_due_sql(self):
        self.env.flush_all()
        return SQL(_DUE, fields.Datetime.now(), not self.env["oms.rule"]._is_stopped())

    @api.model
    def _hand_over(self):
        """Make jobs of the queue for what is due; return how many of ours they run."""
        query = "SELECT id %s ORDER BY next_try, id LIMIT %s FOR UPDATE SKIP LOCKED"
        self.env.cr.execute(SQL(query, self._get_due_sql(), _HAND_OVER))
        jobs = self.browse(job_id for (job_id,) in self.env.cr.fetchall())
        for batch in jobs._get_batches():
            for start in range(0, len(batch), _BATCH):
                batch[start : start + _BATCH]._delay()
        return len(jobs)

    def _delay(self):
        verb = self[0].verb
        label = dict(self._selection_verb())[verb]
        delayed = (
            self.with_user(SUPERUSER_ID)
            .with_delay(
                channel=f"{_CHANNEL}.{verb}",
                priority=_PRIORITY + min(self.mapped("priority")),
                description=f"{label}: {', '.join(self.mapped('subject_name'))}",
                identity_key=self._get_identity(),
            )
            ._run_handed_over()
        )
        self.queue_job_uuid = delayed.uuid

    def _get_identity(self):
        """Return what a job of the queue for these jobs is known by: what each of them is unique by."""
        keys = [f"{job.res_id},{job.verb},{job.cause or job.id},{job.attempts}" for job in self.sorted("id")]
        return "oms " + hashlib.sha256(";".join(keys).encode()).hexdigest()

    # === RUNNING === #

    def _run_handed_over(self):
        """Run these jobs as the queue of Order to Cash does: those that wait still, in one transaction if it goes well."""
        may_run_rules = not self.env["oms.rule"]._is_stopped()
        self.env.cr.execute(SQL(_TAKE, fields.Datetime.now(), self.ids, may_run_rules))
        jobs = self.browse(sorted(job_id for (job_id,) in self.env.cr.fetchall()))
        self.env["ir.cron"]._commit_progress()
        jobs.invalidate_recordset()
        for batch in jobs._get_batches():
            batch._process()
