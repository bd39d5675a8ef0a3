import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..transaction import PASSING, find_culprits, get_error_text

_logger = logging.getLogger(__name__)


class OmsRule(models.Model):
    _inherit = "oms.rule"

    # === ON AN EVENT === #

    @api.model
    def _take_events(self, order_ids):
        """Ask the running rules, in their order, about what happened to these orders, and queue what they want.

        An event is looked at once, by the rules that run by then.
        """
        if not self._get_running_events() or self._is_stopped():
            return
        events, taken = self.env["oms.rule.inbox"]._take(order_ids), set()
        if not events:
            return
        for rule in self.sudo().search([("mode", "!=", "off"), ("event", "!=", "time_passed")]):
            rule._take_own(events, taken)

    def _take_own(self, events, taken):
        """Queue what this rule wants of these events; whatever it runs into stops no other rule, and no reading of an order."""
        try:
            with self.env.cr.savepoint():
                left = [event for event in events if event["event_id"] not in taken and self._is_started_by(event)]
                self._take_rows(left, taken)
        except PASSING:
            raise
        except Exception as error:
            _logger.exception("Rules: %s broke", self.name)
            self._report_error(self._get_error_text(get_error_text(error)))
            self._keep_missed(events)

    def _filter_events(self, events):
        """Return those of these events that happened to orders of this rule.

        An order of which the rule can't tell whether it is its own is taken for one: it is asked again before the step, which
        fails there for that order to see.
        """
        self.ensure_one()
        matching = set()
        errors = find_culprits(
            lambda order_ids: matching.update(self._filter_orders(order_ids)), {event["order_id"] for event in events}
        )
        if errors and (error := self._get_reading_error()):
            raise UserError(error)
        return [event for event in events if event["order_id"] in matching | errors.keys()]

    def _is_started_by(self, event):
        if event["event"] != self.event or event["date"] < self.date_started:
            return False
        if self.event == "stage":
            return event["detail"] == self.stage
        return self.event != "issue_raised" or not self.issue_type_id or event["detail"] == str(self.issue_type_id.id)

    def _get_first_tries(self, dates):
        """Return {date: when the first step of this rule is due, after the grace period} of the dates that started it."""
        return {date: self._get_first_try(date) for date in set(dates)}

    def _get_first_try(self, date):
        if not self.grace_hours:
            return date
        by_clock = date + timedelta(hours=self.grace_hours)
        if self.calendar_id:
            # A calendar that has not so many hours: at least the time itself.
            return self.calendar_id.plan_hours(self.grace_hours, date, compute_leaves=True) or by_clock
        return by_clock

    # === BEFORE A STEP === #

    def _get_stop_reasons(self, since, is_first=True, event_ids=None):
        """Tell which orders this rule has to leave alone by now.

        :param dict since: {order id: when the event happened}
        :param bool is_first: before its first step
        :param dict event_ids: {order id: the event}
        :return: {order id: reason}
        """
        self.ensure_one()
        if self.mode != "live":
            return dict.fromkeys(since, self.env._("The rule was switched off."))
        reasons = {}
        if self.stop_on_touch:
            reasons.update(
                self._get_reasons("oms.event", "_oms_read_touched", since, self.env._("A person took over."))
            )
        if self.stop_on_return:
            reasons.update(self._get_reasons("stock.move", "_oms_read_returned", since, self.env._("Goods came back.")))
        if self.stop_on_credit:
            reasons.update(
                self._get_reasons("account.move", "_oms_read_credited", since, self.env._("A credit note was made."))
            )
        if is_first:
            reasons.update(self._get_ended_reasons(event_ids or {}))
        gone = set(since) - set(self._filter_orders(since, is_first))
        return {**reasons, **dict.fromkeys(gone, self.env._("The rule is not for this order any more."))}

    def _get_ended_reasons(self, event_ids):
        ended = self._read_ended(event_ids.values())
        text = self.env._("It happened meanwhile: %(event)s.", event=self._get_label("unless_event", self.unless_event))
        return {order_id: text for order_id, event_id in event_ids.items() if event_id in ended}

    @api.model
    def _get_reasons(self, model, reader, since, text):
        """Return {order id: text} of the orders to which something happened after their event.

        :param str reader: method of ``model`` that returns {order id: datetime of the latest}
        """
        latest = getattr(self.env[model], reader)(list(since))
        return {order_id: text for order_id, date in latest.items() if date > since[order_id]}
