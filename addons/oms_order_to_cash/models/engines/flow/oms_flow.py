from odoo import fields, models

from ....const import LANE_STATES, MONEY_GROUPS, NEXT_ACTIONS, SEVERITIES, STAGES

# What the regular look for issues goes through: few of very many orders. Those that are closed, and of which nobody owes anybody
# anything, stay out; what happens to them marks them.
UNFINISHED = """(stage NOT IN ('closed', 'cancelled') OR lane_return IN ('todo', 'doing')
    OR lane_payment IN ('todo', 'doing', 'blocked') OR issue_count > 0 OR amount_owed > 0)"""


class OmsFlow(models.Model):
    """Where a sale order stands on its way to cash: a reading of its documents.

    One row per order, in a table of its own so that warehouse, billing and sales never collide on the order's row. Nothing
    sets a row by hand: :meth:`_refresh` rebuilds it from the documents, and docs/flow.md defines each figure.
    """

    _name = "oms.flow"
    _description = "Order Flow"
    _order = "issue_rank desc, next_deadline, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    date_order = fields.Datetime(string="Order Date", readonly=True)

    stage = fields.Selection(list(STAGES), required=True, readonly=True)
    stage_since = fields.Datetime(readonly=True)
    lane_order = fields.Selection(list(LANE_STATES), string="Order Lane", required=True, readonly=True)
    lane_supply = fields.Selection(list(LANE_STATES), string="Supply Lane", required=True, readonly=True)
    lane_delivery = fields.Selection(list(LANE_STATES), string="Delivery Lane", required=True, readonly=True)
    lane_invoice = fields.Selection(list(LANE_STATES), string="Invoice Lane", required=True, readonly=True)
    lane_payment = fields.Selection(list(LANE_STATES), string="Payment Lane", required=True, readonly=True)
    lane_return = fields.Selection(list(LANE_STATES), string="Return Lane", required=True, readonly=True)

    is_held = fields.Boolean(string="On Hold", readonly=True)
    next_action = fields.Selection(list(NEXT_ACTIONS), readonly=True)
    next_deadline = fields.Datetime(readonly=True)
    date_promised = fields.Datetime(string="Promised", readonly=True)
    amount_total = fields.Monetary(string="Total", readonly=True, groups=MONEY_GROUPS)
    amount_open = fields.Monetary(string="Value at Stake", readonly=True, groups=MONEY_GROUPS)
    amount_owed = fields.Monetary(
        string="Owed to Customer",
        readonly=True,
        default=0.0,
        groups=MONEY_GROUPS,
        help="What the customer has to get back: for goods returned and not credited, credit notes not paid out, overpayments, "
        "money on a cancelled order; less what is open of the order's invoices.",
    )

    read_error = fields.Char(
        string="Not Read", readonly=True, help="Why it can't be read now; what is shown is what was known before."
    )

    # What its issues add up to, kept by the issue engine; snoozed and dismissed ones don't count.
    issue_count = fields.Integer(string="Issues", readonly=True)
    issue_type_id = fields.Many2one("oms.issue.type", string="Worst Issue", readonly=True)
    issue_band = fields.Selection(list(SEVERITIES), string="Severity", readonly=True)
    issue_score = fields.Integer(string="Score", readonly=True, help="Score of the worst issue, 0 to 600.")
    issue_rank = fields.Float(
        string="Rank", readonly=True, groups=MONEY_GROUPS, help="Money at stake x urgency of the worst issue."
    )

    _order_unique = models.UniqueIndex("(order_id)")
    # Lists that are not limited to a stage, in their order; the open ones have an index of their own.
    _rank_idx = models.Index("(issue_rank DESC, next_deadline, id DESC)")
    _customer_idx = models.Index(f"(partner_id, order_id) WHERE {UNFINISHED}")
    _owed_idx = models.Index("(amount_owed DESC, id DESC) WHERE amount_owed > 0")
    _unfinished_idx = models.Index(f"(stage, order_id) WHERE {UNFINISHED}")
