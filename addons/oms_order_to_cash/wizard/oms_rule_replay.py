from statistics import median

from odoo import api, fields, models

_SHOWN = 100
# More events than this are not looked at: the latest ones tell enough, and the answer has to come at once.
_MOST = 20_000
# Further back than any order; keeps the date that is asked for one that exists.
_MAX_DAYS = 36500


class OmsRuleReplay(models.TransientModel):
    """What a rule would have done in the past. Nothing is stored, not even what is shown."""

    _name = "oms.rule.replay"
    _inherit = ("oms.window",)
    _description = "Replay of an Automation Rule"

    rule_id = fields.Many2one("oms.rule", required=True, readonly=True)
    sentence = fields.Text(related="rule_id.sentence", related_sudo=False)
    days = fields.Integer(string="Last Days", required=True, default=30)
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    order_count = fields.Integer(string="Orders", compute="_compute_result")
    step_count = fields.Integer(string="Steps", compute="_compute_result")
    by_hand_count = fields.Integer(string="Done by Hand", compute="_compute_result")
    instead_count = fields.Integer(
        string="Orders That Went Another Way",
        compute="_compute_result",
        help="Cancelled, held, credited or sent back since: look at these before you switch the rule on.",
    )
    hours_waited = fields.Float(
        string="Median Hours", compute="_compute_result", help="From the event until a person did the step."
    )
    amount_total = fields.Monetary(string="Value", compute="_compute_result")
    hidden_count = fields.Integer(compute="_compute_result")
    is_cut = fields.Boolean(compute="_compute_result")
    result = fields.Html(compute="_compute_result", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("rule_id", "days")
    def _compute_result(self):
        for replay in self:
            days = min(max(replay.days, 0), _MAX_DAYS)
            rows = replay.rule_id._replay(days, _MOST) if replay.rule_id else []
            replay._set_figures(rows)
            replay.hidden_count = max(len(rows) - _SHOWN, 0)
            replay.is_cut = len(rows) == _MOST
            replay.result = replay._render(rows[:_SHOWN])

    def _set_figures(self, rows):
        steps = [step for row in rows for step in row["steps"]]
        hours = [step["hours"] for step in steps if step["hours"] is not None]
        self.order_count = len({row["order"].id for row in rows})
        self.step_count = len(steps)
        self.by_hand_count = len(hours)
        self.instead_count = len({row["order"].id for row in rows if row["instead"]})
        self.hours_waited = median(hours) if hours else 0.0
        self.amount_total = sum(self._get_amounts(rows).values())

    def _get_amounts(self, rows):
        """Return {order: total in the currency of the reader's company}, at today's rate."""
        today = fields.Date.context_today(self)
        return {
            row["order"]: row["order"].company_id.currency_id._convert(
                row["amount"], self.currency_id, self.env.company, today
            )
            for row in rows
        }

    def _render(self, rows):
        labels = dict(self.env["oms.event"]._fields["type"]._description_selection(self.env))
        return self.env["ir.qweb"]._render(
            "oms_order_to_cash.rule_replay_result",
            {"rows": rows, "labels": labels, "amounts": self._get_amounts(rows), "currency": self.currency_id},
        )
