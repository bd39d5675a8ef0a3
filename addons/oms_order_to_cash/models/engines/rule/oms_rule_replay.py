from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# By which event of the timeline a person is seen to have done what a verb does.
_DONE_BY = {
    "confirm": "confirmed",
    "confirm_purchase": "purchase_ordered",
    "deliver": "shipped",
    "hold": "held",
    "invoice": "invoiced",
    "pay": "paid",
    "post": "invoiced",
    "release": "released",
    "send": "invoice_sent",
}


class OmsRule(models.Model):
    _inherit = "oms.rule"

    def _replay(self, days):
        """Tell what this rule would have done in the last days, and what people did instead. It only reads.

        Orders are matched as they are now. An event counts once per order and day of the timeline, as it was noted, or
        reconstructed from the documents for the time before the addon.

        :return: list of dicts, one per event, latest first: ``order``, ``date``, ``amount`` (company currency) and ``steps``, a
            list of dicts ``verb``, ``date`` (when it was done after all, None when nobody did), ``user``, ``hours`` (from the event)
        """
        self.ensure_one()
        self.env.flush_all()
        events = self._read_past_events(fields.Datetime.now() - timedelta(days=days))
        matching = set(self._filter_orders({event["order_id"] for event in events}))
        events = [event for event in events if event["order_id"] in matching]
        done = self._read_done({event["order_id"] for event in events})
        flows = self.env["oms.flow"].sudo().search([("order_id", "in", list(matching))])
        amounts = {flow.order_id.id: flow.amount_total for flow in flows}
        return [
            {
                "order": self.env["sale.order"].browse(event["order_id"]),
                "date": event["date"],
                "amount": amounts.get(event["order_id"], 0.0),
                "steps": [self._prepare_past_step(step.verb, event, done) for step in self.step_ids.sorted("sequence")],
            }
            for event in events
        ]

    def _read_past_events(self, since):
        conditions = [SQL("type = %s AND date >= %s", self.event, since)]
        if self.event == "stage":
            conditions.append(SQL("detail = %s", self.stage))
        if self.event == "issue_raised" and self.issue_type_id:
            conditions.append(SQL("detail = %s", str(self.issue_type_id.id)))
        self.env.cr.execute(
            SQL(
                "SELECT id AS event_id, order_id, date FROM oms_event WHERE %s ORDER BY date DESC, id DESC",
                SQL(" AND ").join(conditions),
            )
        )
        return self.env.cr.dictfetchall()

    def _read_done(self, order_ids):
        """Return {(order id, event type): [(date, user id)]}, oldest first."""
        self.env.cr.execute(
            SQL(
                "SELECT order_id, type, date, user_id FROM oms_event WHERE order_id = ANY(%s) ORDER BY date, id",
                list(order_ids),
            )
        )
        done = defaultdict(list)
        for order_id, kind, date, user_id in self.env.cr.fetchall():
            done[order_id, kind].append((date, user_id))
        return done

    def _prepare_past_step(self, verb, event, done):
        found = next(
            (
                (date, user_id)
                for date, user_id in done.get((event["order_id"], _DONE_BY.get(verb)), ())
                if date >= event["date"]
            ),
            (None, None),
        )
        date, user_id = found
        return {
            "verb": verb,
            "date": date,
            "user": self.env["res.users"].browse(user_id or []),
            "hours": (date - event["date"]).total_seconds() / 3600 if date else None,
        }
