from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...documents.asked import on_one_record, on_records
from ...documents.handed import Handed

# Requests nobody waits for on a screen: they are tried again by themselves, and act for the company.
UNATTENDED = ("automation", "cron")
# What tells a verb that it is run for nobody in particular.
UNASKED = Handed()
# Who is served first, by who asks: people before rules.
PRIORITIES = {"user": 0, "bulk": 1, "api": 1, "automation": 2, "cron": 2}


class OmsJob(models.Model):
    """What was done, or is to be done, to one order, or to another document: the memory of the runner and its queue."""

    _name = "oms.job"
    _description = "Order Job"
    _order = "id desc"

    verb = fields.Selection(selection="_selection_verb", string="Action", required=True, readonly=True)
    res_model = fields.Char(string="Document Model", required=True, readonly=True, default="sale.order")
    res_id = fields.Many2oneReference(
        model_field="res_model",
        string="Document Id",
        required=True,
        compute="_compute_res_id",
        store=True,
        precompute=True,
        readonly=False,  # else what is given of another model would be left out; nobody writes jobs but the runner
        help="What the action is done to: the order, or whatever else it is for.",
    )
    subject_name = fields.Char(string="Document", compute="_compute_subject_name")
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The order that it is done to, or that the document belongs to; none where it belongs to several.",
    )
    order_ids = fields.Many2many(
        *("sale.order", "oms_job_order_rel", "job_id", "order_id"),
        string="Orders",
        readonly=True,
        help="The orders that the document belongs to, of actions that are not done to an order itself.",
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Runs As", readonly=True)
    origin = fields.Selection(
        [
            ("user", "Click"),
            ("bulk", "Bulk action"),
            ("automation", "Automation"),
            ("cron", "Scheduled action"),
            ("api", "API"),
        ],
        required=True,
        readonly=True,
    )
    priority = fields.Integer(required=True, readonly=True, default=PRIORITIES["cron"], help="The lowest goes first.")
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("waiting", "Waiting for the order"),
            ("running", "Running"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
            ("shadow", "Shadow"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Text(string="Result", readonly=True, help="Why it failed, was skipped, or is tried again.")
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    date_started = fields.Datetime(string="Started", readonly=True)
    worker_pid = fields.Integer(
        string="Worker", readonly=True, help="The database session that runs it, or ran it last."
    )
    date_done = fields.Datetime(string="Finished", readonly=True)
    params = fields.Json(readonly=True)
    follow = fields.Json(string="Then", readonly=True, help="The actions to queue once this one is done.")
    documents = fields.Json(string="Document Ids", readonly=True)
    document_names = fields.Char(string="Documents", compute="_compute_document_names")
    undo_data = fields.Json(readonly=True, groups="base.group_system", help="What it found, to be put back.")
    changes = fields.Json(
        readonly=True,
        groups="base.group_system",  # prices and invoices that not everybody may see who sees the order
        help="What it changed of the order's documents: an undo brings that back.",
    )
    is_retrying = fields.Boolean(compute="_compute_is_retrying", search="_search_is_retrying")
    can_retry = fields.Boolean(compute="_compute_can_retry")

    # At most one request waits per order and verb. One that runs is no longer waiting: what is asked meanwhile queues
    # up behind it, since it may not see what the asker changed.
    # A rule's step is a request of its own, unique by its cause.
    # By its id alone: what a verb acts on is of one model.
    _queued_unique = models.UniqueIndex("(res_id, verb) WHERE state = 'queued' AND cause IS NULL")
    _subject_idx = models.Index("(res_model, res_id) WHERE res_model != 'sale.order'")
    _turn_idx = models.Index("(company_id, priority, next_try, order_id, id, verb) WHERE state = 'queued'")
    _running_idx = models.Index("(date_started) WHERE state = 'running'")
    _failed_idx = models.Index("(order_id, verb) WHERE state = 'failed'")
    _done_idx = models.Index("(date_done) WHERE state IN ('done', 'skipped')")

    @api.model
    def _selection_verb(self):
        return [(code, verb._get_label()) for code, verb in self.env["oms.runner"]._get_verbs().items()]

    # === COMPUTE METHODS === #

    @api.depends("res_model", "order_id")
    def _compute_res_id(self):
        for job in self:
            job.res_id = job.order_id.id if job.res_model == "sale.order" else job.res_id

    @api.depends("res_model", "res_id", "order_id.name")
    def _compute_subject_name(self):
        of_order = self.filtered(lambda job: job.res_model == "sale.order")
        for job in of_order:
            job.subject_name = job.order_id.name
        for model, jobs in (self - of_order).grouped("res_model").items():
            there = jobs._get_subjects().exists()._filtered_access("read") if model in self.env else ()
            names = {record.id: record.display_name for record in there}
            for job in jobs:
                job.subject_name = names.get(job.res_id, "")

    @api.depends("verb", "subject_name")
    def _compute_display_name(self):
        labels = dict(self._selection_verb())
        for job in self:
            job.display_name = f"{labels.get(job.verb, job.verb)} {job.subject_name or ''}".rstrip()

    @api.depends("documents")
    def _compute_document_names(self):
        names = self._read_document_names()
        for job in self:
            job.document_names = ", ".join(
                names[model][record_id]
                for model, ids in (job.documents or {}).items()
                for record_id in ids
                if record_id in names[model]
            )

    def _get_readable_documents(self):
        """Return {job: {model: ids}} of what these jobs made or changed, as far as the user may read it."""
        readable = {model: set(records.ids) for model, records in self._read_documents().items()}
        return {
            job: {
                model: seen
                for model, ids in (job.documents or {}).items()
                if (seen := [record_id for record_id in ids if record_id in readable[model]])
            }
            for job in self
        }

    def _read_document_names(self):
        """Return {model: {id: name}} of the documents that still exist and the user may read."""
        return {
            model: {record.id: record.display_name for record in records}
            for model, records in self._read_documents().items()
        }

    def _read_documents(self):
        """Return {model: the documents that still exist and the user may read}, one read per model."""
        ids_by_model = {}
        for documents in self.mapped("documents"):
            for model, ids in (documents or {}).items():
                ids_by_model.setdefault(model, set()).update(ids)
        return {
            model: self.env[model].browse(ids).exists()._filtered_access("read") if model in self.env else self.browse()
            for model, ids in ids_by_model.items()
        }

    @api.depends("state", "attempts")
    def _compute_is_retrying(self):
        for job in self:
            job.is_retrying = job.state == "queued" and job.attempts > 0

    def _search_is_retrying(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "queued"), ("attempts", ">", 0)]

    @api.depends("state")
    def _compute_can_retry(self):
        for job in self:
            job.can_retry = job.state in ("failed", "queued")

    # === ACTIONS === #

    @on_records
    def action_retry(self):
        """Run what failed or waits again, now and with the rights of the user who asks.

        An action that needs a choice asks for it again: the one made before may be what was wrong.
        """
        self.check_access("read")
        jobs = self.sudo().filtered("can_retry").try_lock_for_update()  # nobody writes jobs but the runner
        if not jobs:
            raise UserError(self.env._("Only an action that failed or waits can be tried again."))
        verbs = self.env["oms.runner"]._get_verbs()
        asking = jobs.filtered(lambda job: verbs[job.verb]._asks_first())
        latest = (jobs - asking)._get_latest()
        for batch in latest._get_batches():
            batch._retry(self.env)
        if asking:
            return asking.with_env(self.env)._open_choice()
        return latest.with_env(self.env)._get_notification()

    def _open_choice(self):
        """Open the window in which a person chooses again what these jobs need."""
        of_orders = self.filtered(lambda job: job.res_model == "sale.order")
        if of_orders == self:
            return self.env["oms.bulk.run"]._open_plan(
                list(dict.fromkeys((job.order_id, job.verb, "") for job in self))
            )
        if len(set(self.mapped("verb"))) > 1:
            raise UserError(self.env._("These ask for different things: try again those of one action at a time."))
        return self.env["oms.bulk.run"]._open(self[0].verb, self._get_subjects())

    @on_one_record
    def action_open_order(self):
        """Open the order, or what else the action was done to."""
        return self._get_subjects()._get_records_action()

    @on_one_record
    def action_open_documents(self):
        """Open what the action made or changed."""
        model, ids = next(iter((self.documents or {}).items()), (self.res_model, [self.res_id]))
        return self.env[model].browse(ids).exists()._get_records_action(name=self.display_name)

    # === WHAT IT IS DONE TO === #

    def _get_subjects(self):
        """Return what these jobs, all of one model, are done to; some of it may be deleted by now."""
        if not self:
            return self.env["sale.order"]
        return self.env[self[0].res_model].browse(dict.fromkeys(job.res_id for job in self))

    def _get_orders(self):
        """Return all orders that these jobs concern."""
        return self.order_id | self.filtered(lambda job: job.res_model != "sale.order").order_ids

    def _get_same_domain(self):
        """Return the domain of all jobs that were done to the same as these."""
        of_orders = self.filtered(lambda job: job.res_model == "sale.order")
        domains = [Domain("order_id", "in", of_orders.order_id.ids) & Domain("res_model", "=", "sale.order")]
        for model, jobs in (self - of_orders).grouped("res_model").items():
            domains.append(Domain("res_model", "=", model) & Domain("res_id", "in", jobs.mapped("res_id")))
        return Domain.OR(domains[0 if of_orders else 1 :])

    # === BUSINESS METHODS === #

    def _get_latest(self):
        """Return the last of these jobs per subject and verb: its result answers for the others."""
        same = self.grouped(lambda job: (job.verb, job.res_id)).values()
        return self.browse().union(*(jobs.sorted("id")[-1] for jobs in same))

    def _get_notification(self):
        """Return the client action that tells what became of these jobs."""
        failed = self.filtered(lambda job: job.state == "failed")
        skipped = self.filtered(lambda job: job.state == "skipped")
        queued = self.filtered(lambda job: job.state == "queued")
        done = self.filtered(lambda job: job.state == "done")
        return {
            "type": "ir.actions.client",
            "tag": "oms_job_result",
            "params": {
                "type": "danger" if failed else "warning" if skipped else "info" if queued else "success",
                "title": self.display_name if len(self) == 1 else self._get_count_text(done, skipped, failed, queued),
                "message": self._get_result_text(failed or skipped or queued or done),
                "sticky": bool(failed),
                "undo_job_id": len(self) == 1 and self.can_undo and self.id,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_count_text(self, done, skipped, failed, queued):
        counts = [
            (len(done), self.env._("done")),
            (len(skipped), self.env._("skipped")),
            (len(failed), self.env._("failed")),
            (len(queued), self.env._("waiting")),
        ]
        return ", ".join(f"{count} {label}" for count, label in counts if count)

    def _get_result_text(self, jobs):
        if len(self) == 1:
            waiting = self.env._("It waits for its turn in the background.")
            return self.message or self.document_names or (waiting if self.state == "queued" else self.env._("Done."))
        shown = [f"{job.subject_name}: {job.message or job.document_names or self.env._('done')}" for job in jobs[:5]]
        return "\n".join(shown + (["..."] if len(jobs) > 5 else []))
