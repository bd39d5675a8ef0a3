from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, frozendict

from ...documents.asked import on_one_record

# One number per verb and company that stays the same from one reading to the next: buttons act on it.
_ID = "(hashtext(verb)::bigint + 2147483648) * 100000 + company_id"
# Each part is read from an index of its own; together they leave the finished ones of other days alone.
_PARTS = """
    SELECT verb, company_id, state, next_try, create_date, date_done FROM oms_job WHERE state = 'queued'
     UNION ALL
    SELECT verb, company_id, state, NULL, create_date, NULL FROM oms_job WHERE state = 'waiting'
     UNION ALL
    SELECT verb, company_id, state, NULL, create_date, NULL FROM oms_job WHERE state = 'running'
     UNION ALL
    SELECT verb, company_id, state, NULL, create_date, date_done FROM oms_job WHERE state = 'failed'
     UNION ALL
    SELECT verb, company_id, state, NULL, NULL, date_done FROM oms_job
     WHERE state IN ('done', 'skipped') AND date_done > NOW() AT TIME ZONE 'UTC' - INTERVAL '1 hour'
     UNION ALL
    SELECT verb, company_id, state, NULL, NULL, date_done FROM oms_job
     WHERE state = 'stopped' AND date_done > NOW() AT TIME ZONE 'UTC' - INTERVAL '1 day'
"""


class OmsQueue(models.Model):
    """What waits, runs and failed in the background, per verb and company, as it is right now."""

    _name = "oms.queue"
    _description = "Queue of Actions"
    _auto = False
    _order = "failed_count desc, due_count desc, waiting_count desc, verb"
    _rec_name = "verb"
    _depends = frozendict({"oms.job": ("verb", "company_id", "state", "next_try", "create_date", "date_done")})

    verb = fields.Selection(selection="_selection_verb", string="Action", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    due_count = fields.Integer(string="Waiting", readonly=True, help="It is their turn: as soon as a worker is free.")
    later_count = fields.Integer(
        string="Later", readonly=True, help="In a grace period, or to be tried again after a failure."
    )
    waiting_count = fields.Integer(string="For Order", readonly=True, help="Steps of rules that wait for their order.")
    running_count = fields.Integer(string="Running", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    stopped_count = fields.Integer(string="Stopped", readonly=True, help="In the last 24 hours.")
    done_count = fields.Integer(string="Done / h", readonly=True, help="Done or left out, in the last hour.")
    date_oldest = fields.Datetime(
        string="Oldest", readonly=True, help="Since when the oldest of those whose turn it is waits."
    )
    duration_left = fields.Float(
        string="Hours Left",
        compute="_compute_duration_left",
        help="Until those whose turn it is are done, at the pace of the last hour; empty where none was done.",
    )

    # === SQL VIEW === #

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT %(id)s AS id, verb, company_id,
                   COUNT(*) FILTER (WHERE state = 'queued' AND next_try <= %(now)s) AS due_count,
                   COUNT(*) FILTER (WHERE state = 'queued' AND next_try > %(now)s) AS later_count,
                   COUNT(*) FILTER (WHERE state = 'waiting') AS waiting_count,
                   COUNT(*) FILTER (WHERE state = 'running') AS running_count,
                   COUNT(*) FILTER (WHERE state = 'failed') AS failed_count,
                   COUNT(*) FILTER (WHERE state = 'stopped') AS stopped_count,
                   COUNT(*) FILTER (WHERE state IN ('done', 'skipped')) AS done_count,
                   MIN(GREATEST(create_date, next_try)) FILTER (WHERE state = 'queued' AND next_try <= %(now)s) AS date_oldest
              FROM (%(parts)s) job GROUP BY verb, company_id
            """,
            id=SQL(_ID),
            now=fields.Datetime.now(),
            parts=SQL(_PARTS),
        )

    @api.model
    def _selection_verb(self):
        return self.env["oms.job"]._selection_verb()

    # === COMPUTE METHODS === #

    @api.depends("due_count", "done_count")
    def _compute_duration_left(self):
        for queue in self:
            queue.duration_left = queue.due_count / queue.done_count if queue.done_count else 0.0

    # === ACTIONS === #

    @on_one_record
    def action_open_jobs(self):
        """Open the actions behind these figures."""
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_job_action")
        domain = [*self._get_jobs_domain(), ("state", "in", ("queued", "waiting", "running", "failed"))]
        return {**action, "domain": domain, "context": {}}

    @on_one_record
    def action_retry(self):
        """Have what failed tried again in the background, each as it was asked for."""
        self._check_manager()
        jobs = self.env["oms.job"].search([*self._get_jobs_domain(), ("state", "=", "failed")])
        jobs._requeue()

    @on_one_record
    def action_hurry(self):
        """Have what would be tried later tried now; a grace period is left alone, since people count on it."""
        self._check_manager()
        jobs = self.env["oms.job"].search([*self._get_jobs_domain(), ("is_retrying", "=", True)])
        jobs.sudo().next_try = fields.Datetime.now()  # nobody writes jobs but the runner
        jobs._wake()

    @on_one_record
    def action_stop(self):
        """Take what waits off the queue for good; what runs already is finished."""
        self._check_manager()
        jobs = self.env["oms.job"].search([*self._get_jobs_domain(), ("state", "in", ("queued", "waiting"))])
        # Nobody writes jobs but the runner; one that a worker has just taken is left to it.
        jobs.sudo().try_lock_for_update()._stop(self.env._("Stopped by %(user)s.", user=self.env.user.name))

    # === BUSINESS METHODS === #

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("oms_order_to_cash.oms_group_manager"):
            raise AccessError(self.env._("Only a manager of Order to Cash may retry or stop what waits for everybody."))

    def _get_jobs_domain(self):
        self.ensure_one()
        return [("verb", "=", self.verb), ("company_id", "=", self.company_id.id)]
