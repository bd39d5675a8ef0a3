from odoo import api, fields, models
from odoo.fields import Command


class OmsBulkRun(models.TransientModel):
    """Rows that each have a verb of their own: the remedies of many issues, the next steps of many orders."""

    _inherit = "oms.bulk.run"

    plan = fields.Json(help="What is wanted, the most urgent first: order_id, verb, and the name of the issue it ends.")
    is_mixed = fields.Boolean(compute="_compute_is_mixed")

    # === COMPUTE METHODS === #

    @api.depends("plan")
    def _compute_is_mixed(self):
        for run in self:
            run.is_mixed = bool(run.plan)

    # === BUSINESS METHODS === #

    @api.model
    def _open_plan(self, wanted):
        """Open what orders want, each its own verb; verbs that ask something are opened where all want the same.

        :param list wanted: triples of an order, a verb or False, and the name of the issue it ends or an empty text
        """
        orders = self.env["sale.order"].union(*(order for order, _verb, _subject in wanted))
        verbs = {verb for _order, verb, _subject in wanted}
        verb = self.env["oms.runner"]._get_verbs().get(next(iter(verbs))) if len(verbs) == 1 else None
        if verb is not None and verb._has_window() and (len(orders) == 1 or not verb._is_single):
            return self.env["oms.runner"]._open_window(verbs.pop(), orders)
        if verb is not None and verb._asks:
            return self._open(verbs.pop(), orders)
        plan = [{"order_id": order.id, "verb": verb, "subject": subject} for order, verb, subject in wanted]
        run = self.with_context(default_verb=None).create({"plan": plan, "order_ids": [Command.set(orders.ids)]})
        return run._get_window()

    def _prepare_planned_rows(self):
        """Return the rows of the plan. An order gets one verb at a time: what comes after it was not looked at yet."""
        orders = self.order_ids._origin.sudo(False)
        rows = [
            {"res_id": row["order_id"], "verb": row["verb"], "subject": row["subject"], "obstacle": False}
            for row in self.plan
            if row["order_id"] in orders.ids
        ]
        for verb in dict.fromkeys(row["verb"] for row in rows):
            same = [row for row in rows if row["verb"] == verb]
            obstacles = self._get_plan_obstacles(verb, orders.browse(dict.fromkeys(row["res_id"] for row in same)))
            for row in same:
                row["obstacle"] = obstacles.get(row["res_id"]) or False
        labels, first = dict(self.env["oms.job"]._selection_verb()), {}
        for row in rows:
            verb = first.setdefault(row["res_id"], row["verb"]) if not row["obstacle"] else row["verb"]
            if verb != row["verb"]:
                row["obstacle"] = self.env._(
                    "%(action)s runs first: choose this one again after it.", action=labels[verb]
                )
        return rows

    @api.model
    def _get_plan_obstacles(self, verb, orders):
        """Return {order id: why it is left out}, also where the user may not run the verb, or it asks something."""
        runner = orders.env["oms.runner"]  # the user's own, see _compute_preview
        wanted = runner._get_verbs().get(verb)
        text = (
            self.env._("No remedy is recommended: open it and choose one.")
            if wanted is None
            else runner._get_right_text(verb) or self._get_question_text(wanted)
        )
        return dict.fromkeys(orders.ids, text) if text else runner._get_obstacles(verb, orders)

    @api.model
    def _get_question_text(self, verb):
        """Return what a verb asks, in words, empty when it asks nothing."""
        if verb._has_window():
            alone = self.env._("It asks in a form of its own: choose it alone.")
            return alone if verb._is_single else self.env._("It asks in a form of its own: choose these alone.")
        if not verb._asks:
            return ""
        params = [param for param in verb._params if param.is_required] or verb._params
        names = [
            param.get_label(self.env)
            if param.name == "date"
            else self._fields[param.name]._description_string(self.env)
            for param in params
            if param.name in self._fields
        ]
        return self.env._("It asks for this: %(names)s. Choose these alone.", names=", ".join(names))

    def _get_plan_title(self):
        if self.job_ids:
            return self.env._("Results")
        count = len(self.plan)
        if any(row["subject"] for row in self.plan):
            return self.env._("Remedies of %(count)s issues", count=count)
        return self.env._("Run on %(count)s orders", count=count)
