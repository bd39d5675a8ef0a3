from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.documents.asked import check_ids, on_one_record

# Rows shown; the figures above them count all orders.
_SHOWN = 200
_UNFINISHED, _LEFT_OUT = ("queued", "waiting", "running"), ("skipped", "stopped")
_RESULT_ORDER = {"failed": 0, **dict.fromkeys(_UNFINISHED, 1), **dict.fromkeys(_LEFT_OUT, 2), "done": 3}
# The lists in which orders are selected.
_LISTS = ("sale.order", "oms.flow", "oms.issue", "oms.job")
# Who may see amounts of money.
AMOUNT_GROUPS = "sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly"


class OmsBulkRun(models.TransientModel):
    """Run one verb on many orders: what will happen, then what happened."""

    _name = "oms.bulk.run"
    _inherit = ("oms.window",)
    _description = "Run on Several Orders"

    verb = fields.Selection(selection="_selection_verb", string="Action", required=True)
    is_verb_given = fields.Boolean(help="Whoever opened the window said what to do: it asks how, and not what.")
    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    job_ids = fields.Many2many("oms.job", readonly=True)
    line_ids = fields.One2many("oms.bulk.run.line", "run_id", compute="_compute_preview", store=True)
    ready_count = fields.Integer(string="Will Run", compute="_compute_preview", store=True)
    obstacle_count = fields.Integer(string="Left Out", compute="_compute_preview", store=True)
    hidden_count = fields.Integer(compute="_compute_preview", store=True)
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    amount_ready = fields.Monetary(string="Total", compute="_compute_preview", store=True, groups=AMOUNT_GROUPS)
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
        """Offer what the user has the rights to run."""
        return [
            (verb, spec["label"])
            for verb, spec in self.env["oms.runner"]._get_verbs().items()
            if (self.env.su or self.env.user.has_groups(spec["groups"])) and not spec.get("window")
        ]

    # === COMPUTE METHODS === #

    @api.depends("verb", "order_ids")
    def _compute_preview(self):
        for run in self:
            # What is stored is computed as the superuser; what is told is what the user may read.
            orders = run.order_ids._origin.sudo(False)
            runner = orders.env["oms.runner"]
            obstacles = runner._get_obstacles(run.verb, orders) if run.verb else {}
            ready = orders.browse(order.id for order in orders if not obstacles.get(order.id))
            run.ready_count = len(ready)
            run.obstacle_count = len(orders) - len(ready)
            run.hidden_count = max(len(orders) - _SHOWN, 0)
            run.amount_ready = run._get_amount(ready)
            shown = (ready + (orders - ready))[:_SHOWN]
            changes = run._get_changes(ready & shown)
            run.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "order_id": order.id,
                        "obstacle": obstacles.get(order.id),
                        "changes": "\n".join(changes.get(order.id, [])),
                    }
                )
                for order in shown
            ]

    def _get_changes(self, orders):
        """Return {order id: what will change, in words}."""
        return orders.env["oms.runner"]._get_preview(self.verb, orders) if self.verb and orders else {}

    def _get_amount(self, orders):
        """Return the orders' total in the currency of the user's company."""
        today = fields.Date.context_today(self)
        return sum(
            order.currency_id._convert(order.amount_total, self.currency_id, self.env.company, today)
            for order in orders
        )

    @api.depends("order_ids")
    def _compute_company_id(self):
        for run in self:
            companies = run.order_ids.company_id
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
        obstacles = self.env["oms.runner"]._get_obstacles(self.verb, self.order_ids)
        ready = self.order_ids.filtered(lambda order: not obstacles.get(order.id))
        if not ready:
            raise UserError(self.env._("None of these orders can go on with this action."))
        self.job_ids = self.env["oms.runner"]._run(self.verb, ready, "bulk", self._get_params())
        self._show_results({order_id: text for order_id, text in obstacles.items() if text})
        return self._get_window()

    def _show_results(self, left_out):
        """Make the lines anew, what needs a look first.

        :param dict left_out: {order id: why it did not run}
        """
        jobs = self.job_ids.sorted(lambda job: _RESULT_ORDER[job.state])
        rows = [{"order_id": job.order_id.id, "job_id": job.id} for job in jobs]
        rows += [{"order_id": order_id, "obstacle": text} for order_id, text in left_out.items()]
        # Nobody writes lines by hand: they tell of orders and results.
        self.sudo().line_ids = [Command.clear(), *(Command.create(row) for row in rows[:_SHOWN])]
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
        if model not in _LISTS:
            raise UserError(self.env._("Choose orders in a list first."))
        records = self.env[model].browse(check_ids(self.env, ids))
        orders = records if model == "sale.order" else records.order_id
        orders.check_access("read")
        return self._open(self.env.context.get("default_verb"), orders)

    @api.model
    def _open(self, verb, orders):
        """Open the preview of a verb on orders; without a verb, of the one most of them need next."""
        offered = [code for code, _label in self._selection_verb()]
        if not offered:
            raise UserError(self.env._("You have no right to run any action on orders."))
        is_given = verb in offered
        if not is_given:
            verb = next((code for code in self._get_wanted_verbs(orders) if code in offered), offered[0])
        run = self.with_context(default_verb=None).create(
            {"verb": verb, "is_verb_given": is_given, "order_ids": [Command.set(orders.ids)]}
        )
        return run._get_window()

    @api.model
    def _get_wanted_verbs(self, orders):
        self.env["oms.flow"]._drain()
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
        }

    def _get_title(self):
        label = dict(self._selection_verb())[self.verb]
        if self.job_ids:
            return self.env._("%(action)s: results", action=label)
        names = {"action": label, "order": self.order_ids.name if len(self.order_ids) == 1 else ""}
        names["count"] = len(self.order_ids)
        if self.is_verb_given:
            one, many = (
                self.env._("%(action)s: %(order)s", **names),
                self.env._("%(action)s: %(count)s orders", **names),
            )
        else:
            one, many = self.env._("Run on %(order)s", **names), self.env._("Run on %(count)s orders", **names)
        return one if names["order"] else many
