from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# By which event of the timeline a person is seen to have done what a verb does.
_DONE_BY = {
    "cancel": "cancelled",
    "confirm": "confirmed",
    "confirm_purchase": "purchase_ordered",
    "deliver": "shipped",
    "hold": "held",
    "invoice": "invoiced",
    "pay": "paid",
    "post": "invoiced",
    "release": "released",
    "reserve": "reserved",
    "send": "invoice_sent",
}
# What people did that no step of a rule would have: these orders are the ones to look at.
_INSTEAD = ("cancelled", "held", "return_received", "credited")


class OmsRule(models.Model):
    _inherit = "oms.rule"

    def _replay(self, days, limit=None):
        """Tell what this rule would have done in the last days, and what people did instead. It only reads.

        Orders are matched as they are now. An event counts as it was noted, or as it was reconstructed from the documents for the
        time before the addon.

        :param int limit: how many of the events to tell of at most, the latest ones
        :return: list of dicts, one per event, latest first: ``order``, ``date`` (when it would have started), ``amount`` (company
            currency), ``instead`` (event types: what became of the order that the rule would not have done) and ``steps``, a
            list of dicts ``verb``, ``label``, ``date`` (when it was done after all, None when nobody did), ``user``, ``hours`` (from
            the start)
        """
        self.ensure_one()
        now = fields.Datetime.now()
        events = self._filter_events(self._read_past(now - timedelta(days=days), now, is_replay=True))
        # Who administers rules of one company sees no orders of another.
        orders = self.env["sale.order"].browse({event["order_id"] for event in events})._filtered_access("read")
        order_ids = set(orders.ids)
        events = [event for event in events if event["order_id"] in order_ids][:limit]
        order_ids = {event["order_id"] for event in events}
        steps = self.step_ids.sorted("sequence")
        done, amounts = self._read_done(order_ids, steps), self._read_amounts(order_ids)
        return [
            {
                "order": self.env["sale.order"].browse(event["order_id"]),
                "date": event["date_due"],
                "amount": amounts.get(event["order_id"], 0.0),
                "instead": [kind for kind in _INSTEAD if self._find_done(event, kind, done)[0]],
                "steps": [self._prepare_past_step(step, event, done) for step in steps],
            }
            for event in events
        ]

    def _read_done(self, order_ids, steps):
        """Return {(order id, event type): [(date, user id)]}, oldest first, of what these steps would have done and what they would
        not."""
        kinds = {_DONE_BY.get(step.verb) for step in steps} - {None} | set(_INSTEAD)
        self.env.cr.execute(
            SQL(
                """SELECT order_id, type, date, user_id FROM oms_event WHERE order_id = ANY(%s) AND type = ANY(%s)
                 ORDER BY date, id""",
                list(order_ids),
                list(kinds),
            )
        )
        done = defaultdict(list)
        for order_id, kind, date, user_id in self.env.cr.fetchall():
            done[order_id, kind].append((date, user_id))
        return done

    def _read_amounts(self, order_ids):
        """Return {order id: total in company currency}."""
        flows = self.env["oms.flow"].search_fetch([("order_id", "in", list(order_ids))], ["order_id", "amount_total"])
        return {flow.order_id.id: flow.amount_total for flow in flows}

    def _find_done(self, event, kind, done):
        """Return (date, user id) of when an event of this type followed first, (None, None) when it never did."""
        passed = done.get((event["order_id"], kind), ())
        return next((found for found in passed if found[0] >= event["date_due"]), (None, None))

    def _prepare_past_step(self, step, event, done):
        date, user_id = self._find_done(event, _DONE_BY.get(step.verb), done)
        return {
            "verb": step.verb,
            "label": step.display_name,
            "date": date,
            "user": self.env["res.users"].browse(user_id or []),
            "hours": (date - event["date_due"]).total_seconds() / 3600 if date else None,
        }
