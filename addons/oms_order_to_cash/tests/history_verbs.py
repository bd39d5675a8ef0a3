"""Steps of random histories that the product offers: the next action, remedies of issues, undo; each checked as it is run."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError


class OmsHistoryVerbs:
    def step_next(self, order, _fraction):
        """Run what the flow calls the next step, where that is a verb."""
        verb = self._read_flow(order).next_action
        self._need(verb in self.env["oms.runner"]._get_verbs())
        self._run_verb(verb, order)

    def step_remedy(self, order, fraction):
        """Run one of the remedies that an open issue of the order offers."""
        self._drain()
        issues = self.env["oms.issue"].search([("order_id", "=", order.id), ("state", "=", "open")], order="id")
        verbs = self.env["oms.runner"]._get_verbs()
        offered = [
            verb
            for issue in issues
            for verb in (issue.type_id.verb, *issue.type_id.remedy_ids.mapped("verb"))
            if verb and not verbs[verb]._has_window()
        ]
        self._run_verb(self._need(offered)[int(fraction * 100) % len(offered)], order)

    def _run_verb(self, verb, order):
        """Run a verb; check that its preview holds, that a second run changes nothing, and that undo restores what was."""
        runner, params = self.env["oms.runner"], self._get_choices(verb)
        self._need(not runner._get_obstacles(verb, order, params).get(order.id))
        preview, before = runner._get_preview(verb, order, params).get(order.id, []), self._take_snapshot()
        job = runner._run(verb, order, "user", params)
        if job.state != "done":
            raise UserError(job.message)
        self.env.flush_all()
        self.assertPreviewHolds(job, preview)
        with self._aside():
            self.assertSecondRunChangesNothing(job, params)
        with self._aside():
            self.assertUndoRestores(job, before)

    def _get_choices(self, verb):
        """Return what a person would choose in the window of a verb."""
        soon = str(fields.Date.today() + timedelta(days=9))
        note = {"note": "The customer called."}
        choices = {
            **{verb: {"date": soon} for verb in ("extend", "repromise", "promise_to_pay")},
            **{verb: note for verb in ("dispute", "resolve_dispute")},
            "ask_deposit": {"percent": 30},
            "assign": {"user_id": self.env.user.id},
            "assign_issues": {"user_id": self.env.user.id},
            "hold": {"hold_reason_id": self.env.ref("oms_order_to_cash.oms_hold_reason_address").id},
            "set_carrier": {"carrier_id": self.carrier.id},
            "substitute": {"product_id": self.goods.id},
        }
        return choices.get(verb, {})

    def step_undo(self, order, _fraction):
        """Undo what was done last by a click, if it can be undone."""
        jobs = self.env["oms.job"].search([("order_id", "=", order.id), ("state", "=", "done")])
        self._need(jobs.filtered("can_undo"))[:1].action_undo()
