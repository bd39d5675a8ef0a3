from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain


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
        for rule in self.sudo().search([("mode", "!=", "off")]):
            mine = rule._filter_events([event for event in events if event["event_id"] not in taken])
            if rule.is_exclusive:
                taken.update(event["event_id"] for event in mine)
            if mine:
                self.env["oms.job"]._queue_rule(rule, mine)

    def _filter_events(self, events):
        """Return those of these events that start this rule."""
        self.ensure_one()
        mine = [event for event in events if self._is_started_by(event)]
        matching = set(self._filter_orders({event["order_id"] for event in mine}))
        return [event for event in mine if event["order_id"] in matching]

    def _is_started_by(self, event):
        if event["event"] != self.event or event["date"] < self.date_started:
            return False
        if self.event == "stage":
            return event["detail"] == self.stage
        return self.event != "issue_raised" or not self.issue_type_id or event["detail"] == str(self.issue_type_id.id)

    def _filter_orders(self, order_ids):
        """Return the ids of those of these orders that the rule is for."""
        if not order_ids:
            return []
        return self.env["sale.order"].search(self._get_order_domain() & Domain("id", "in", list(order_ids))).ids

    def _get_first_try(self, event_date):
        """Return when the first step of this rule is due for an event: after the grace period."""
        if not self.grace_hours:
            return event_date
        if self.calendar_id:
            return self.calendar_id.plan_hours(self.grace_hours, event_date, compute_leaves=True) or event_date
        return event_date + timedelta(hours=self.grace_hours)

    # === BEFORE A STEP === #

    def _get_stop_reasons(self, since):
        """Tell which orders this rule has to leave alone by now.

        :param dict since: {order id: when the event happened}
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
        gone = set(since) - set(self._filter_orders(since))
        return {**reasons, **dict.fromkeys(gone, self.env._("The rule is not for this order any more."))}

    @api.model
    def _get_reasons(self, model, reader, since, text):
        """Return {order id: text} of the orders to which something happened after their event.

        :param str reader: method of ``model`` that returns {order id: datetime of the latest}
        """
        latest = getattr(self.env[model], reader)(list(since))
        return {order_id: text for order_id, date in latest.items() if date > since[order_id]}
