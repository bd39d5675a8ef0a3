import logging
from datetime import timedelta

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.oms_order_to_cash.models.documents.asked import on_one_record, on_records

_logger = logging.getLogger(__name__)

_PART = 25_000
_BATCH = 1000
_AFTER_SCHEDULER = timedelta(minutes=1)
OPEN_STATES = ("waiting", "planning", "applying")


class OmsReorderRun(models.Model):
    """One planning of all products of a company: it goes on where it stopped, and can be taken back."""

    _name = "oms.reorder.run"
    _description = "Reordering Run"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("planning", "Planning"),
            ("applying", "Writing"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    started = fields.Datetime(readonly=True)
    finished = fields.Datetime(readonly=True)
    last_policy_id = fields.Integer(readonly=True, help="Where it goes on.")
    total = fields.Integer(readonly=True, string="Policies")
    planned = fields.Integer(readonly=True)
    pending = fields.Integer(readonly=True, string="Proposals", help="Policies that differ from what is in use.")
    written = fields.Integer(readonly=True, string="Rules Changed")
    kept = fields.Integer(readonly=True, string="Left to You", help="Changes above the limits of an automatic run.")
    progress = fields.Float(compute="_compute_progress")
    error = fields.Text(readonly=True)
    change_ids = fields.One2many("oms.reorder.change", "run_id", string="Changes", readonly=True)
    can_undo = fields.Boolean(compute="_compute_can_undo")

    _one_open = models.UniqueIndex(
        "(company_id) WHERE state IN ('waiting', 'planning', 'applying')", "A run of this company is going on already."
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "create_date")
    def _compute_display_name(self):
        for run in self:
            moment = fields.Datetime.context_timestamp(run, run.create_date) if run.create_date else False
            run.display_name = self.env._("Reordering %(moment)s", moment=moment and moment.strftime("%Y-%m-%d %H:%M"))

    @api.depends("planned", "total", "state")
    def _compute_progress(self):
        for run in self:
            run.progress = 100 if run.state == "done" else 100 * run.planned / (run.total or 1)

    @api.depends("change_ids.state")
    def _compute_can_undo(self):
        for run in self:
            run.can_undo = "done" in run.change_ids.mapped("state")

    # === ACTIONS === #

    @on_records
    def action_start(self):
        """Plan the companies that are chosen, in the background."""
        return self._open(self.env.companies)._get_started_notification()

    @on_records
    def action_retry(self):
        """Let failed runs go on where they stopped."""
        self.env["oms.reorder.policy"].check_access("write")
        failed = self.filtered(lambda run: run.state == "failed")
        failed.sudo().write({"state": "planning", "error": False})  # nobody writes runs by hand
        self._wake()

    @on_records
    def action_undo(self):
        """Take back what these runs wrote, but for rules that were changed since."""
        return self._undo(self.change_ids)

    @on_one_record
    def action_open_changes(self):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash_reorder.oms_reorder_change_action"),
            "domain": [("run_id", "=", self.id)],
        }

    def _get_started_notification(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Reordering is being planned; the proposals will be here in a moment."),
            },
        }

    # === CRON === #

    @api.model
    def _cron_run(self):
        """Open tonight's runs, and go on with those that are open until time is up."""
        self._open_nightly()
        self.env["ir.cron"]._commit_progress(remaining=1)
        ends = set()
        for run in self.search([("state", "in", OPEN_STATES)], order="id"):
            ends.add(run._work())
            if "time" in ends:
                break
        left = self.search_count([("state", "in", OPEN_STATES)])
        if left and "scheduler" in ends and "time" not in ends:
            self._wake(fields.Datetime.now() + _AFTER_SCHEDULER)
            left = 0
        self.env["ir.cron"]._commit_progress(remaining=left)

    @api.model
    def _wake(self, at=None):
        """Have runs be worked on, now or at a moment."""
        self.env.ref("oms_order_to_cash_reorder.oms_reorder_cron").sudo()._trigger(at)

    @api.model
    def _open_nightly(self):
        """Open tonight's runs, unless another process does it just now."""
        companies = self.env["res.company"].search([("oms_reorder_nightly", "=", True)])
        try:
            # The cron that asks works on them: were it woken by itself, it would never end.
            self._find_or_make(companies - self._get_planned_today().company_id)
            self.env.flush_all()
        except (IntegrityError, OperationalError):
            self.env.cr.rollback()

    @api.model
    def _get_planned_today(self):
        return self.search([("create_date", ">=", fields.Date.today()), ("state", "!=", "failed")])

    @api.model
    def _open(self, companies):
        """Return the open runs of companies, new ones where there is none, and wake the cron."""
        runs = self._find_or_make(companies)
        self._wake()
        return runs

    @api.model
    def _find_or_make(self, companies):
        self.check_access("read")
        open_runs = self.search([("company_id", "in", companies.ids), ("state", "in", OPEN_STATES)])
        missing = companies - open_runs.company_id
        # Who may see runs may start them; nobody writes them by hand.
        return open_runs + self.sudo().create([{"company_id": company.id} for company in missing]).sudo(False)

    def _work(self):
        """Do all steps of a run, committing after each.

        :return: why there is no more to do: the run is "over" or in other hands, "time" is up, or the "scheduler" is at work
        """
        self.ensure_one()
        run_id = self.id
        while True:
            run = self.browse(run_id).try_lock_for_update()
            if not run or run.state not in OPEN_STATES:
                return "over"
            if run.state == "applying" and not self._keep_scheduler_away():
                return "scheduler"
            try:
                run._step()
                self.env.flush_all()
            except OperationalError:
                # Somebody changed the same rows: the step is done again.
                self.env.cr.rollback()
                raise
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Reordering run %s failed", run_id)
                self.browse(run_id).write({"state": "failed", "error": str(error)})
            if not self.env["ir.cron"]._commit_progress(1, remaining=1):
                return "time"

    @api.model
    def _keep_scheduler_away(self):
        """Have Odoo's scheduler start after this transaction; return False where it runs already.

        It writes to the same reordering rules, and of two that do, one fails: the scheduler would buy nothing that day.
        """
        scheduler = self.env.ref("stock.ir_cron_scheduler_action", raise_if_not_found=False)
        if not scheduler:
            return True
        # Shared: runs of several companies write at the same time, to rules of their own.
        self.env.cr.execute("SELECT FROM ir_cron WHERE id = %s FOR SHARE SKIP LOCKED", [scheduler.id])
        return bool(self.env.cr.rowcount)

    # === STEPS === #

    def _step(self):
        """Do the next step of a run."""
        self.ensure_one()
        step = {"waiting": self._prepare, "planning": self._plan_part, "applying": self._apply_part}
        step[self.state]()

    def _prepare(self):
        """Find the products to plan, and their value classes."""
        company = self.company_id
        self._find_policies(company)
        self.write(
            {
                "state": "planning",
                "started": fields.Datetime.now(),
                "total": self.env["oms.reorder.policy"].search_count([("company_id", "=", company.id)]),
                "last_policy_id": 0,
                "planned": 0,
            }
        )

    def _plan_part(self):
        """Plan the next policies."""
        policies = self.env["oms.reorder.policy"].search(
            [("company_id", "=", self.company_id.id), ("id", ">", self.last_policy_id)], order="id", limit=_PART
        )
        if not policies:
            self.write({"state": "applying", "last_policy_id": 0})
            return
        self._plan(policies)
        self.write({"last_policy_id": policies[-1].id, "planned": self.planned + len(policies)})

    def _apply_part(self):
        """Write the next policies that are to be applied."""
        domain = Domain("company_id", "=", self.company_id.id) & Domain("is_pending", "=", True)
        domain &= self.env["oms.reorder.policy"]._get_awake_domain()
        policies = self.env["oms.reorder.policy"].search(
            domain & Domain("mode", "=", "apply") & Domain("id", ">", self.last_policy_id), order="id", limit=_BATCH
        )
        if policies:
            written = self._apply(policies, run=self)
            kept = len(policies.filtered("kept_reason"))
            self.write(
                {
                    "last_policy_id": policies[-1].id,
                    "written": self.written + written,
                    "kept": self.kept + kept,
                }
            )
            return
        self._ask_for_vendors()
        pending = self.env["oms.reorder.policy"].search_count(domain)
        self.write({"state": "done", "finished": fields.Datetime.now(), "pending": pending, **self._read_totals()})

    # === CHECKS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(run.state in OPEN_STATES for run in self):
            raise UserError(self.env._("A run that is going on can't be deleted; wait until it is done."))
