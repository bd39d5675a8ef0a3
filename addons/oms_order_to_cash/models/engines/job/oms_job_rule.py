from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, split_every

from .oms_job import PRIORITIES

# A step of a rule is queued once per event, however often the event is looked at and whatever runs twice.
_QUEUE_STEP = """
    INSERT INTO oms_job (verb, res_model, res_id, order_id, company_id, user_id, origin, priority, state, message, attempts,
                         next_try, params, rule_id, step_id, event_id, cause, date_event, date_done, create_uid, create_date,
                         write_uid, write_date) VALUES %s
    ON CONFLICT (order_id, verb, cause) WHERE cause IS NOT NULL DO NOTHING RETURNING id"""
_ROWS = 2000
# A rule that goes on until all is done asks for its steps again, each time as a cause of its own. So many deliveries has no order.
_ROUND, _MOST_ROUNDS = ", round ", 200


class OmsJob(models.Model):
    _inherit = "oms.job"

    rule_id = fields.Many2one("oms.rule", readonly=True, ondelete="set null")
    step_id = fields.Many2one("oms.rule.step", readonly=True, index="btree_not_null", ondelete="set null")
    event_id = fields.Integer(
        string="Event Id", readonly=True, help="What started the rule; a plain integer, see oms.event."
    )
    cause = fields.Char(readonly=True, help="The rule and the event that asked for it.")
    date_event = fields.Datetime(string="Event", readonly=True)

    # A rule's figures are read from this alone.
    _rule_idx = models.Index("(rule_id, order_id, state, date_undone) WHERE rule_id IS NOT NULL")
    _waiting_idx = models.Index("(order_id) WHERE state = 'waiting'")
    _stopped_idx = models.Index("(date_done) WHERE state = 'stopped'")
    _cause_unique = models.UniqueIndex("(order_id, verb, cause) WHERE cause IS NOT NULL")

    # === QUEUEING === #

    @api.model
    def _queue_rule(self, rule, events):
        """Queue the first step of a rule for these events; in shadow, record what all its steps would be."""
        steps = rule.step_ids.sorted("sequence")
        if rule.mode == "shadow":
            requests = [(step, event) for event in events for step in steps]
        else:
            requests = [(steps[:1], event) for event in events]
        orders = self.env["sale.order"].browse(event["order_id"] for event in events)
        companies = {order.id: order.company_id.id for order in orders}
        tries = rule._get_first_tries(event["date_due"] for event in events)
        self._insert_steps(
            [
                {
                    "step": step,
                    "order_id": event["order_id"],
                    "company_id": companies[event["order_id"]],
                    "event_id": event["event_id"],
                    "date_event": event["date"],
                    "next_try": tries[event["date_due"]],
                    "is_shadow": rule.mode == "shadow",
                }
                for step, event in requests
            ]
        )

    def _queue_next_steps(self):
        """Queue the step after each of these jobs, of those a rule asked for; after the last one what is left of the order."""
        requests, ended = [], self.browse()
        for job in self.filtered("step_id"):
            steps = job.rule_id.step_ids.sorted("sequence")
            later = steps[steps.ids.index(job.step_id.id) + 1 :]
            if later:
                requests.append(job._prepare_next(later[0], job._get_round()))
            elif job.rule_id.is_repeated:
                ended += job
        self._insert_steps(requests + ended._get_next_rounds())

    def _prepare_next(self, step, number):
        return {
            "step": step,
            "order_id": self.order_id.id,
            "company_id": self.company_id.id,
            "event_id": self.event_id,
            "date_event": self.date_event,
            # Before what happened later: the order that began first is finished first.
            "next_try": self.date_event,
            "is_shadow": False,
            "number": number,
        }

    def _get_next_rounds(self):
        """Return the first steps that are still to be done, of rules that go on until all is."""
        facts = self.env["oms.flow"]._read_lanes(self.order_id.ids) if self else {}
        requests = []
        for job in self:
            steps = job.rule_id.step_ids.sorted("sequence")
            left = steps.filtered(lambda step, fact=facts[job.order_id.id]: self._is_left(step.verb, fact))
            if left and job._get_round() < _MOST_ROUNDS:
                requests.append(job._prepare_next(left[0], job._get_round() + 1))
        return requests

    @api.model
    def _is_left(self, verb, fact):
        # None of what has no end.
        return self.env["oms.runner"]._get_verb(verb)._is_done(fact) is False

    def _get_round(self):
        return int(self.cause.rpartition(_ROUND)[2]) if _ROUND in self.cause else 1

    @api.model
    def _insert_steps(self, requests):
        params = {step: step._get_params() for step in {request["step"] for request in requests}}
        tries = set()
        for batch in split_every(_ROWS, requests):
            rows = SQL(", ").join(
                SQL("%s", self._prepare_step_row(params=params[request["step"]], **request)) for request in batch
            )
            self.env.cr.execute(SQL(_QUEUE_STEP, rows))
            if self.env.cr.rowcount:
                tries |= {self._get_full_minute(request["next_try"]) for request in batch if not request["is_shadow"]}
        if tries:
            self._wake(sorted(tries))

    @api.model
    def _get_full_minute(self, moment):
        """Return a moment to come as its next full minute, so that many orders need one awakening; one gone by as now."""
        now = fields.Datetime.now()
        # The clock is read to the second: what happened in this one is not to come.
        is_gone = moment.replace(microsecond=0) <= now
        return now if is_gone else (moment + timedelta(seconds=59)).replace(second=0, microsecond=0)

    @api.model
    def _prepare_step_row(
        self, step, params, order_id, company_id, event_id, date_event, next_try, is_shadow, number=1
    ):
        now = fields.Datetime.now()
        cause = f"rule {step.rule_id.id}, event {event_id}, step {step.id}" + (
            f"{_ROUND}{number}" if number > 1 else ""
        )
        shadow_text = self.env._("In shadow: the rule would do this, and did nothing.")
        return (
            *(step.verb, "sale.order", order_id, order_id, company_id),
            *(SUPERUSER_ID, "automation", PRIORITIES["automation"]),
            *(("shadow", shadow_text) if is_shadow else ("queued", None)),
            # To the second, as the clock is read: what happens now is due now.
            *(0, next_try.replace(microsecond=0), self._fields["params"].convert_to_column(params or None, self)),
            *(step.rule_id.id, step.id, event_id, cause, date_event, now if is_shadow else None),
            *(SUPERUSER_ID, now, SUPERUSER_ID, now),
        )

    # === RUNNING === #

    def _get_batches(self):
        """Return these jobs in groups that one call can run; each order once in each, since what one of its rules may not do
        another may."""
        return [batch for same in super()._get_batches() for batch in same._split_by_order()]

    def _split_by_order(self):
        rest, batches = self, []
        while rest:
            first = self.browse({job.res_id: job.id for job in reversed(rest)}.values()).sorted("id")
            batches.append(first)
            rest -= first
        return batches

    def _get_params(self):
        """Return the choices of a batch; a rule's day is counted from today on."""
        params = super()._get_params()
        if "in_days" in params:
            taken = self.env["oms.runner"]._get_verb(self[0].verb)._get_param_names()
            today = fields.Date.context_today(self.with_context(tz=self[0].user_id.tz))
            day = today + timedelta(days=params.pop("in_days"))
            params["payment_date" if "payment_date" in taken else "date"] = fields.Date.to_string(day)
        return params

    def _get_stopped(self):
        """Return {order id: outcome} of those of these jobs whose rule has to leave the order alone by now."""
        outcomes = {}
        for (rule, is_first), jobs in (
            self.filtered("cause").grouped(lambda job: (job.rule_id, job._is_first())).items()
        ):
            if not rule:
                reasons = dict.fromkeys(jobs.order_id.ids, self.env._("The rule was deleted."))
            else:
                since = {job.order_id.id: job.date_event for job in jobs}
                reasons = rule._get_stop_reasons(since, is_first, {job.order_id.id: job.event_id for job in jobs})
            outcomes.update({order_id: {"state": "stopped", "message": text} for order_id, text in reasons.items()})
        return outcomes

    def _is_first(self):
        return self.step_id == self.rule_id.step_ids.sorted("sequence")[:1]

    def _read_waiting(self, outcomes):
        """Return {order id: facts} of the orders that can't do a rule's step yet; one whose goal is reached is left out."""
        skipped = self.filtered(lambda job: job.cause and outcomes[job.res_id]["state"] == "skipped")
        if not skipped:
            return {}
        facts = self.env["oms.flow"]._read_lanes(skipped.order_id.ids)
        return {order_id: fact for order_id, fact in facts.items() if self._is_left(self[0].verb, fact)}

    @api.model
    def _let_wait(self, outcomes, readings):
        """Return the outcomes of the steps that wait for their order."""
        return {order_id: {"state": "waiting", "message": outcomes[order_id]["message"]} for order_id in readings}

    @api.model
    def _wake_overtaken(self, readings):
        """Let the steps try again whose orders changed before anybody could see that a step waits for them."""
        if not readings:
            return
        now = self.env["oms.flow"]._read_lanes(list(readings))
        overtaken = [
            order_id
            for order_id, fact in now.items()
            if (fact.stage, fact.lanes) != (readings[order_id].stage, readings[order_id].lanes)
        ]
        if overtaken:
            self._wake_waiting(overtaken)
            self.env["ir.cron"]._commit_progress()

    def _tell_rule(self):
        """Say on the orders which rule did it."""
        labels = dict(self._selection_verb())
        for verb, jobs in self.filtered("rule_id").grouped("verb").items():
            jobs._log_on_subjects(
                lambda job, label=labels[verb]: self.env._(
                    "%(action)s: done by the rule %(rule)s.", action=label, rule=job.rule_id.name
                )
            )

    def _tell_undone(self):
        """Say on the order that what a rule did is taken back: the chatter tells that it was done."""
        for job in self.filtered("rule_id"):
            body = self.env._(
                "%(action)s by the rule %(rule)s: undone.",
                action=dict(self._selection_verb())[job.verb],
                rule=job.sudo().rule_id.name,
            )
            job.order_id._message_log(body=body)

    @api.model
    def _wake_waiting(self, order_ids):
        """Let the steps that wait for these orders try again: something about the orders has changed."""
        self.env.cr.execute(
            SQL(
                """UPDATE oms_job SET state = 'queued', next_try = %s
                    WHERE state = 'waiting' AND order_id = ANY(%s) RETURNING id""",
                fields.Datetime.now(),
                list(order_ids),
            )
        )
        if self.env.cr.fetchall():
            self.invalidate_model(["state", "next_try"], flush=False)
            self._wake()
