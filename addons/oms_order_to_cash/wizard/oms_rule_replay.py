from statistics import median

from odoo import api, fields, models

_SHOWN = 100
# Further back than any order; keeps the date that is asked for one that exists.
_MAX_DAYS = 36500


class OmsRuleReplay(models.TransientModel):
    """What a rule would have done in the past. Nothing is stored, not even what is shown."""

    _name = "oms.rule.replay"
    _description = "Replay of an Automation Rule"

    rule_id = fields.Many2one("oms.rule", required=True, readonly=True)
    days = fields.Integer(string="Last Days", required=True, default=30)
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    order_count = fields.Integer(string="Orders", compute="_compute_result")
    step_count = fields.Integer(string="Steps", compute="_compute_result")
    by_hand_count = fields.Integer(string="Done by Hand", compute="_compute_result")
    hours_waited = fields.Float(
        string="Median Hours", compute="_compute_result", help="From the event until a person did the step."
    )
    amount_total = fields.Monetary(string="Value", compute="_compute_result")
    hidden_count = fields.Integer(compute="_compute_result")
    result = fields.Html(compute="_compute_result", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("rule_id", "days")
    def _compute_result(self):
        for replay in self:
            rows = replay.rule_id._replay(min(max(replay.days, 0), _MAX_DAYS)) if replay.rule_id else []
            steps = [step for row in rows for step in row["steps"]]
            hours = [step["hours"] for step in steps if step["hours"] is not None]
            replay.order_count = len({row["order"].id for row in rows})
            replay.step_count = len(steps)
            replay.by_hand_count = len(hours)
            replay.hours_waited = median(hours) if hours else 0.0
            replay.amount_total = sum({row["order"].id: row["amount"] for row in rows}.values())
            replay.hidden_count = max(len(rows) - _SHOWN, 0)
            replay.result = self.env["ir.qweb"]._render(
                "oms_order_to_cash.rule_replay_result",
                {"rows": rows[:_SHOWN], "labels": dict(self.env["oms.rule.step"]._selection_verb())},
            )
