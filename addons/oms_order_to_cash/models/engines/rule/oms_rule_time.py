from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...documents.base.res_company import MOST_DAYS

# An event bears the time its transaction began, and is seen when that is over: how long one may take.
_LONGEST_TRANSACTION = timedelta(hours=1)
_FAR = "infinity"
_LONGEST_DELAY = {"hours": 24 * MOST_DAYS, "days": MOST_DAYS}


class OmsRule(models.Model):
    """Rules that start when something is so long ago, and nothing came of it."""

    _inherit = "oms.rule"

    delay = fields.Integer(string="Time", default=3)
    delay_unit = fields.Selection([("hours", "Hours"), ("days", "Days")], required=True, default="days")
    since_event = fields.Selection(selection="_selection_moment", string="Since", default="confirmed")
    unless_event = fields.Selection(
        selection="_selection_meanwhile", string="Unless Meanwhile", help="Empty: whatever happened."
    )
    date_looked = fields.Datetime(readonly=True, copy=False, help="Up to when the passing of time was looked at.")

    @api.model
    def _selection_meanwhile(self):
        """Return what may happen meanwhile, so that nothing is left for the rule to do."""
        return self.env["oms.event"]._get_kind_words("meanwhile")

    # === CONSTRAINS === #

    @api.constrains("event", "delay", "delay_unit", "since_event")
    def _check_delay(self):
        for rule in self.filtered(lambda rule: rule.event == "time_passed"):
            if rule.delay <= 0 or not rule.since_event:
                raise ValidationError(
                    self.env._("%(rule)s: say how much time has to pass, and since what.", rule=rule.name)
                )
            if rule.delay > _LONGEST_DELAY[rule.delay_unit]:
                raise ValidationError(self.env._("%(rule)s: no more than ten years can have to pass.", rule=rule.name))

    # === BUSINESS METHODS === #

    def _get_moment(self):
        """Return the event of the timeline that this rule starts from, or that it counts from."""
        return self.since_event if self.event == "time_passed" else self.event

    def _get_delay(self):
        return timedelta(**{self.delay_unit: self.delay}) if self.event == "time_passed" else timedelta()

    @api.model
    def _cron_time_passed(self):
        """Start the rules whose time has passed for an order since the last look, and those that are mended."""
        if self._is_stopped():
            return
        now, taken = fields.Datetime.now(), set()
        for rule in self.search([("mode", "!=", "off"), ("date_missed", "!=", False)]):
            rule._take_missed()
        for rule in self.search([("mode", "!=", "off"), ("event", "=", "time_passed")]):
            since = max(rule.date_started, (rule.date_looked or rule.date_started) - _LONGEST_TRANSACTION)
            rows = [row for row in rule._read_past(since, now) if row["event_id"] not in taken]
            if rule._take_rows(rows, taken):
                rule.date_looked = now

    def _take_rows(self, rows, taken):
        """Queue what this rule wants of these events; events of a last rule are added to ``taken``.

        :return: False when its orders can't be read: what it could not look at waits for it
        """
        if not rows:
            return True
        try:
            mine = self._filter_events(rows)
        except UserError as error:  # one rule that can't be read stops no other
            self._report_error(str(error))
            self._keep_missed(rows)
            return False
        if self.domain_error:
            self.domain_error = False
        if self.is_exclusive:
            taken.update(row["event_id"] for row in mine)
        if mine:
            self.env["oms.job"]._queue_rule(self, mine)
        return True

    def _keep_missed(self, rows):
        """Remember since when events wait for this rule; one of time reads them again by itself."""
        if self.event != "time_passed":
            first = min(row["date"] for row in rows).replace(microsecond=0)
            self.date_missed = min(self.date_missed or first, first)

    def _take_missed(self):
        """Look at what happened while this rule's orders could not be read, but for what a last rule before it took."""
        since = max(self.date_started, self.date_missed) - timedelta(microseconds=1)  # that moment itself included
        rows = self._read_past(since, fields.Datetime.now() + _LONGEST_TRANSACTION)
        taken = self.env["oms.job"].search(
            [("event_id", "in", [row["event_id"] for row in rows]), ("rule_id", "in", self._get_last_rules().ids)]
        )
        taken_ids = set(taken.mapped("event_id"))
        if self._take_rows([row for row in rows if row["event_id"] not in taken_ids], set()):
            self.date_missed = False

    def _get_last_rules(self):
        """Return the rules that are asked before this one and leave their events to no other."""
        rules = self.search([("is_exclusive", "=", True), ("mode", "!=", "off"), ("event", "=", self.event)])
        return rules.filtered(lambda rule: (rule.sequence, rule.id) < (self.sequence, self.id))

    def _read_past(self, since, until, is_replay=False):
        """Read what started this rule, or would have, in a time.

        :param bool is_replay: leave out what happened after the rule would have started
        :return: list of dicts ``event_id``, ``order_id``, ``event``, ``detail``, ``date`` of the event, ``date_due`` when it started
            the rule; latest first
        """
        self.env.flush_all()
        delay = self._get_delay()
        until_text = SQL("event.date + %s", delay) if is_replay else SQL("%s::timestamp", _FAR)
        conditions = [
            SQL("event.type = %s", self._get_moment()),
            SQL("event.date > %s AND event.date <= %s", since - delay, until - delay),
            *self._get_detail_conditions(),
            *(self._get_meanwhile_conditions(until_text) if self.event == "time_passed" else ()),
        ]
        self.env.cr.execute(
            SQL(
                """SELECT event.id AS event_id, event.order_id, event.type AS event, event.detail, event.date,
                          event.date + %s AS date_due
                     FROM oms_event event WHERE %s ORDER BY event.date DESC, event.id DESC""",
                delay,
                SQL(" AND ").join(conditions),
            )
        )
        return self.env.cr.dictfetchall()

    def _get_detail_conditions(self):
        moment = self._get_moment()
        if moment == "stage":
            yield SQL("event.detail = %s", self.stage)
        if moment == "issue_raised" and self.issue_type_id:
            yield SQL("event.detail = %s", str(self.issue_type_id.id))

    def _get_meanwhile_conditions(self, until):
        """Yield what says that time really passed: it happened not again, and what would end it did not happen."""
        yield SQL(
            """NOT EXISTS (
                SELECT FROM oms_event again
                 WHERE again.order_id = event.order_id AND again.type = event.type AND again.id != event.id
                   AND again.res_model IS NOT DISTINCT FROM event.res_model AND again.res_id = event.res_id
                   AND (again.date, again.id) > (event.date, event.id) AND again.date <= %s)""",
            until,
        )
        if self.unless_event:
            yield SQL("NOT EXISTS (%s)", self._get_meanwhile_query(until))

    def _get_meanwhile_query(self, until):
        """Return the SELECT of what ended the wait that began with an ``event``."""
        ending = self.env["oms.event"]._get_kinds().get(self.unless_event)
        is_same = ending is not None and self.since_event in ending.ends
        return SQL(
            """SELECT FROM oms_event later
                WHERE later.order_id = event.order_id AND later.type = %s AND later.date >= event.date AND later.date <= %s %s""",
            self.unless_event,
            until,
            SQL("AND later.res_id = event.res_id") if is_same else SQL(),
        )

    def _read_ended(self, event_ids):
        """Return the ids of those of these events whose wait was ended by what may happen meanwhile."""
        if self.event != "time_passed" or not self.unless_event:
            return set()
        query = self._get_meanwhile_query(SQL("%s::timestamp", _FAR))
        self.env.cr.execute(
            SQL("SELECT id FROM oms_event event WHERE id = ANY(%s) AND EXISTS (%s)", list(event_ids), query)
        )
        return {event_id for (event_id,) in self.env.cr.fetchall()}
