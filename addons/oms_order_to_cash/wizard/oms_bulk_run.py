from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import MONEY_GROUPS
from ..models.documents.asked import check_ids, on_one_record

# Rows shown; the figures above them count all orders.
_SHOWN = 200
_UNFINISHED, _LEFT_OUT = ("queued", "waiting", "running"), ("skipped", "stopped")
_RESULT_ORDER = {"failed": 0, **dict.fromkeys(_UNFINISHED, 1), **dict.fromkeys(_LEFT_OUT, 2), "done": 3}
# The lists in which orders are selected.
_LISTS = ("sale.order", "oms.flow", "oms.issue", "oms.job")


class OmsBulkRun(models.TransientModel):
    """Run one verb on many orders, or on each its own: what will happen, then what happened."""

    _name = "oms.bulk.run"
    _inherit = ("oms.window",)
    _description = "Run on Several Orders"

    verb = fields.Selection(selection="_selection_verb", string="Action")
    is_verb_given = fields.Boolean(help="Whoever opened the window said what to do: it asks how, and not what.")
    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    res_model = fields.Char(default="sale.order", readonly=True, help="What the action is for.")
    res_ids = fields.Json(readonly=True, help="Which of them, where they are no orders.")
    job_ids = fields.Many2many("oms.job", readonly=True)
    line_ids = fields.One2many("oms.bulk.run.line", "run_id", compute="_compute_preview", store=True)
    ready_count = fields.Integer(string="Will Run", compute="_compute_preview", store=True)
    obstacle_count = fields.Integer(string="Left Out", compute="_compute_preview", store=True)
    final_count = fields.Integer(string="Can't Be Undone", compute="_compute_preview", store=True)
    hidden_count = fields.Integer(compute="_compute_preview", store=True)
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    amount_ready = fields.Monetary(string="Total", compute="_compute_preview", store=True, groups=MONEY_GROUPS)
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', 'in', ('bank', 'cash', 'credit')), ('company_id', 'parent_of', company_id)]",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    payment_date = fields.Date(default=fields.Date.context_today)
    done_count = fields.Integer(string="Done", compute="_compute_results")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_results")
    failed_count = fields.Integer(string="Failed", compute="_compute_results")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_results")

    @api.model
    def _selection_verb(self):
        """Offer what the user has the rights to run on what the window was opened for."""
        model = self.env.context.get("oms_subject") or "sale.order"
        return [
            (code, verb._get_label())
            for code, verb in self.env["oms.runner"]._get_verbs_for(model).items()
            if (self.env.su or self.env.user.has_groups(verb._groups)) and not verb._has_window()
        ]

    # === COMPUTE METHODS === #

    @api.depends("verb", "order_ids", "res_ids", "plan", "refund_by")
    def _compute_preview(self):
        for run in self:
            # What is stored is computed as the superuser; what is told is what the user may read.
            rows = run._prepare_rows()
            ready = [row for row in rows if not row["obstacle"]]
            orders = run._get_subjects().sudo(False).browse(dict.fromkeys(row["res_id"] for row in ready))
            run.ready_count = len(ready)
            run.obstacle_count = len(rows) - len(ready)
            run.final_count = sum(not run._is_reversible(row["verb"]) for row in ready)
            run.hidden_count = max(len(rows) - _SHOWN, 0)
            run.amount_ready = run._get_amount(orders)
            shown = (ready + [row for row in rows if row["obstacle"]])[:_SHOWN]
            run._describe_rows(shown)
            run.line_ids = [Command.clear(), *(Command.create(run._prepare_line(row)) for row in shown)]

    def _get_subjects(self):
        """Return what the verb is to run on, as far as it is there and the user may read it."""
        if self.res_model in (False, "sale.order") or not self.env["oms.runner"]._get_verbs_for(self.res_model):
            return self.order_ids
        records = self.env[self.res_model].browse(check_ids(self.env, self.res_ids or []))
        return records.exists().sudo(False)._filtered_access("read").sudo(self.env.su)

    def _prepare_line(self, row):
        is_order = self._get_subjects()._name == "sale.order"
        return {**row, "res_model": self.res_model or "sale.order", "order_id": is_order and row["res_id"]}

    def _prepare_rows(self):
        """Return what would run, as the values of lines: what has an ``obstacle`` is left out."""
        self.ensure_one()
        if self.plan:
            return self._prepare_planned_rows()
        subjects = self._get_subjects()._origin.sudo(False)
        obstacles = self._get_obstacles(subjects)
        choose = not self.verb and self.env._("Choose an action first.")
        return [
            {"res_id": record.id, "verb": self.verb, "obstacle": choose or obstacles.get(record.id) or False}
            for record in subjects
        ]

    def _describe_rows(self, rows):
        """Write into rows that will run what each will change, in words, one read per verb."""
        for verb in {row["verb"] for row in rows if not row["obstacle"]}:
            same = [row for row in rows if row["verb"] == verb and not row["obstacle"]]
            orders = self._get_subjects().sudo(False).browse(dict.fromkeys(row["res_id"] for row in same))
            changes = self._get_changes(verb, orders)
            final = [] if self._is_reversible(verb) else [self.env._("This can't be undone.")]
            for row in same:
                row["changes"] = "\n".join(changes.get(row["res_id"], []) + final)

    @api.model
    def _is_reversible(self, verb):
        return self.env["oms.runner"]._is_reversible(verb)

    def _get_changes(self, verb, orders):
        """Return {order id: what will change, in words}."""
        return orders.env["oms.runner"]._get_preview(verb, orders, {} if self.plan else self._get_choice())

    def _get_obstacles(self, orders):
        """Return {order id: why the verb can't run as it was chosen}, empty where it can."""
        if not self.verb:
            return {}
        return orders.env["oms.runner"]._get_obstacles(self.verb, orders, self._get_choice())

    def _get_amount(self, orders):
        """Return the orders' total in the currency of the user's company."""
        if orders._name != "sale.order":
            return 0.0
        today = fields.Date.context_today(self)
        return sum(
            order.currency_id._convert(order.amount_total, self.currency_id, self.env.company, today)
            for order in orders
        )

    @api.depends("order_ids", "res_ids")
    def _compute_company_id(self):
        for run in self:
            subjects = run._get_subjects()
            companies = subjects.company_id if "company_id" in subjects else self.env.company
            run.company_id = companies if len(companies) == 1 else False

    @api.depends("job_ids.state")
    def _compute_results(self):
        for run in self:
            states = Counter(run.job_ids.mapped("state"))
            run.done_count = states["done"]
            run.skipped_count = sum(states[state] for state in _LEFT_OUT)
            run.failed_count = states["failed"]
            run.waiting_count = sum(states[state] for state in _UNFINISHED)

    # === ACTIONS === #

    @on_one_record
    def action_run(self):
        """Run the verb on the orders that can go on, and show what became of each, and why the others were left out."""
        self.check_access("write")
        rows = self._prepare_rows()
        ready = [row for row in rows if not row["obstacle"]]
        if not ready:
            raise UserError(self.env._("None of these orders can go on with this action."))
        for verb in dict.fromkeys(row["verb"] for row in ready):
            orders = self._get_subjects().browse(dict.fromkeys(row["res_id"] for row in ready if row["verb"] == verb))
            params = {} if self.plan else self._get_params()
            self.job_ids += self.env["oms.runner"]._run(verb, orders, "bulk", params)
        self._show_results(rows)
        return self._get_window()

    def _show_results(self, rows):
        """Make the lines anew, what needs a look first; what did not run says why.

        :param list rows: as :meth:`_prepare_rows` returns them
        """
        jobs = {(job.verb, job.res_id): job for job in self.job_ids}
        left_out = [row for row in rows if row["obstacle"]]
        done = [{**row, "job_id": jobs[row["verb"], row["res_id"]].id} for row in rows if not row["obstacle"]]
        done.sort(key=lambda row: _RESULT_ORDER[jobs[row["verb"], row["res_id"]].state])
        # Nobody writes lines by hand: they tell of orders and results.
        shown = [self._prepare_line(row) for row in (done + left_out)[:_SHOWN]]
        self.sudo().line_ids = [Command.clear(), *map(Command.create, shown)]
        self.obstacle_count = len(left_out)

    @on_one_record
    def action_refresh(self):
        """Show how far the orders are that run in the background."""
        return self._get_window()

    @on_one_record
    def action_open_jobs(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_job_action")
        return {**action, "domain": [("id", "in", self.job_ids.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _open_from_context(self):
        """Open the preview for the records selected in a list."""
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        is_list = model in _LISTS
        if not is_list and not (isinstance(model, str) and self.env["oms.runner"]._get_verbs_for(model)):
            raise UserError(self.env._("Choose orders in a list first."))
        records = self.env[model].browse(check_ids(self.env, ids))
        orders = records.order_id if is_list and model != "sale.order" else records
        orders.check_access("read")
        return self._open(self.env.context.get("default_verb"), orders)

    @api.model
    def _open(self, verb, orders):
        """Open the preview of a verb on orders, or on records of another model; without a verb, of the one that most of them
        need next and the user may run.

        Never of another one: where the user may run none of these, nothing is chosen for them.
        """
        window = self.with_context(oms_subject=orders._name, default_verb=None)
        offered = [code for code, _label in window._selection_verb()]
        if not offered:
            raise UserError(self.env._("You have no right to run any action on orders."))
        is_given = bool(verb)
        if is_given:
            self.env["oms.runner"]._check_rights(verb, orders)
            if verb not in offered:
                return self.env["oms.runner"]._open_window(verb, orders)
        else:
            verb = next((code for code in self._get_wanted_verbs(orders) if code in offered), False)
        return window.create({"verb": verb, "is_verb_given": is_given, **self._prepare_subjects(orders)})._get_window()

    @api.model
    def _prepare_subjects(self, subjects):
        if subjects._name == "sale.order":
            return {"order_ids": [Command.set(subjects.ids)]}
        return {"res_model": subjects._name, "res_ids": subjects.ids}

    @api.model
    def _get_wanted_verbs(self, orders):
        if orders._name != "sale.order":
            return list(self.env["oms.runner"]._get_verbs_for(orders._name))
        self.env["oms.flow"]._catch_up()
        flows = self.env["oms.flow"].search([("order_id", "in", orders.ids)])
        return [verb for verb, _count in Counter(flows.mapped("next_action")).most_common()]

    def _get_window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._get_title(),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"oms_subject": self.res_model or "sale.order"},
        }

    def _get_title(self):
        if self.plan:
            return self._get_plan_title()
        label = dict(self.with_context(oms_subject=self.res_model)._selection_verb()).get(self.verb, "")
        if self.job_ids:
            return self.env._("%(action)s: results", action=label)
        subjects = self._get_subjects()
        names = {"action": label, "order": subjects.display_name if len(subjects) == 1 else "", "count": len(subjects)}
        if subjects._name != "sale.order":
            many = self.env._("%(action)s: %(count)s records", **names)
            return self.env._("%(action)s: %(order)s", **names) if names["order"] else many
        if self.is_verb_given:
            one, many = (
                self.env._("%(action)s: %(order)s", **names),
                self.env._("%(action)s: %(count)s orders", **names),
            )
        else:
            one, many = self.env._("Run on %(order)s", **names), self.env._("Run on %(count)s orders", **names)
        return one if names["order"] else many
