import numpy as np

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.oms_order_to_cash.models.documents.asked import on_one_record, on_records

MODES = [("propose", "Propose"), ("apply", "Apply"), ("locked", "Locked")]
SERVICES = [("fill", "Fill rate"), ("cycle", "Cycle service"), ("cost", "Least cost")]
CLASSES = [
    ("new", "New"),
    ("sparse", "Sparse"),
    ("smooth", "Smooth"),
    ("erratic", "Erratic"),
    ("intermittent", "Intermittent"),
    ("lumpy", "Lumpy"),
]
REASONS = [
    ("planned", "Planned"),
    ("dead", "No demand for a year"),
    ("make_to_order", "To order"),
    ("no_prior", "New: nothing to go by"),
    ("no_history", "No day with stock or demand"),
    ("no_lead_time", "No vendor"),
    ("made", "Made here"),
]
LIMITS = [
    ("economic", "Economic quantity"),
    ("price_break", "Price break"),
    ("min_days", "Shortest cover"),
    ("max_days", "Longest cover"),
    ("moq", "Vendor's minimum"),
    ("shelf_life", "Shelf life"),
]
_SNOOZE_DAYS = 30


class OmsReorderPolicy(models.Model):
    """How a product is reordered in a warehouse: what is wanted, what was found, and why."""

    _name = "oms.reorder.policy"
    _description = "Reordering Policy"
    _check_company_auto = True
    _order = "is_pending desc, stock_value desc, id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", check_company=True)
    warehouse_id = fields.Many2one("stock.warehouse", required=True, ondelete="cascade", check_company=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    categ_id = fields.Many2one(related="product_id.categ_id", store=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", related_sudo=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    orderpoint_id = fields.Many2one("stock.warehouse.orderpoint", index="btree_not_null", ondelete="set null")

    # What is wanted
    mode = fields.Selection(
        MODES,
        required=True,
        default="propose",
        help="Propose: shown for a decision. Apply: written by every run. Locked: never touched.",
    )
    snoozed_until = fields.Date(help="Nothing is proposed or applied before that day.")
    own_target = fields.Float(help="Share of demand to be met at once; 0: what the rules say.")
    analogue_id = fields.Many2one(
        "product.product", string="Sells Like", help="A new product is expected to sell as this one does."
    )
    launch_quantity = fields.Float(
        string="Expected per Day", digits="Product Unit", help="What a new product is expected to sell per day."
    )

    # What was found; written by runs
    last_run_id = fields.Many2one(
        "oms.reorder.run",
        readonly=True,
        ondelete="set null",
        string="Found By",
        help="The run that found these figures; later ones found the same.",
    )
    first_date = fields.Date(readonly=True, help="Its first receipt or issue in the warehouse.")
    reason = fields.Selection(REASONS, readonly=True)
    demand_class = fields.Selection(CLASSES, readonly=True)
    abc = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="ABC", readonly=True)
    xyz = fields.Selection([("x", "X"), ("y", "Y"), ("z", "Z")], string="XYZ", readonly=True)
    days = fields.Integer(readonly=True, string="Days Used")
    left_out = fields.Integer(readonly=True, string="Days Left Out")
    capped = fields.Integer(readonly=True, string="Days Capped")
    mean = fields.Float(readonly=True, digits=0, string="Demand per Day")
    variance = fields.Float(readonly=True, digits=0, string="Variance per Day")
    receipts = fields.Integer(readonly=True)
    declared = fields.Float(readonly=True, digits=0, string="Declared Lead Time")
    lead_mean = fields.Float(readonly=True, digits=0, string="Lead Time")
    lead_deviation = fields.Float(readonly=True, digits=0, string="Deviation of Lead Time")
    lead_demand = fields.Float(readonly=True, digits=0, string="Demand over Lead Time")
    lead_demand_variance = fields.Float(readonly=True, digits=0)
    undershoot = fields.Float(readonly=True, digits=0)
    undershoot_variance = fields.Float(readonly=True, digits=0)
    is_counted = fields.Boolean(readonly=True, help="It is only asked for in whole units.")
    late_days = fields.Float(readonly=True, digits=0)
    order_quantity = fields.Float(readonly=True, digits="Product Unit")
    order_limit = fields.Selection(LIMITS, readonly=True)
    price = fields.Float(readonly=True, digits=0)
    moq = fields.Float(readonly=True, digits="Product Unit", string="Vendor's Minimum")
    pack = fields.Float(readonly=True, digits="Product Unit")
    target = fields.Float(readonly=True, digits=0)
    service = fields.Selection(SERVICES, readonly=True)
    level = fields.Float(readonly=True, digits="Product Unit", string="Reorder Level")
    minimum = fields.Float(readonly=True, digits="Product Unit")
    maximum = fields.Float(readonly=True, digits="Product Unit")
    old_minimum = fields.Float(readonly=True, digits="Product Unit", string="Minimum in Use")
    old_maximum = fields.Float(readonly=True, digits="Product Unit", string="Maximum in Use")
    safety_stock = fields.Float(readonly=True, digits="Product Unit")
    fill = fields.Float(readonly=True, digits=0, string="Expected Fill Rate")
    cycle = fields.Float(readonly=True, digits=0, string="Expected Cycle Service")
    old_fill = fields.Float(readonly=True, digits=0, string="Fill Rate in Use")
    old_stock_value = fields.Monetary(readonly=True, string="Value of Stock in Use")
    measured_asked = fields.Float(
        readonly=True, digits="Product Unit", string="Due in 90 Days", help="What was due to customers in 90 days."
    )
    measured_met = fields.Float(readonly=True, digits="Product Unit", help="What of it left by its day.")
    measured_fill = fields.Float(
        readonly=True,
        digits=0,
        string="Achieved Fill Rate",
        help="Share of the demand of the last 90 days that left by the day it was due.",
    )
    stock = fields.Float(readonly=True, digits="Product Unit", string="Expected Stock")
    stock_value = fields.Monetary(readonly=True, string="Value of Expected Stock")
    warning_bits = fields.Integer(readonly=True)
    is_pending = fields.Boolean(readonly=True, index=True, string="Proposal", help="It differs from what is in use.")
    kept_reason = fields.Char(readonly=True, string="Not Applied", help="Why a run has left it to you.")
    change_ids = fields.One2many("oms.reorder.change", "policy_id", string="Changes")

    in_use = fields.Char(compute="_compute_ranges", help="Minimum and maximum of the reordering rule.")
    proposed = fields.Char(compute="_compute_ranges", help="Minimum and maximum that fit the demand.")
    headline = fields.Char(compute="_compute_explanation")
    can_undo = fields.Boolean(compute="_compute_can_undo")
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    chart = fields.Json(compute="_compute_chart")

    _unique_pair = models.UniqueIndex("(product_id, warehouse_id)", "There is a policy for this product here already.")
    _target_range = models.Constraint(
        "CHECK (own_target >= 0 AND own_target < 1)",
        "A target has to lie between 0 and 99.99 %; 0 means: not decided here.",
    )
    _launch_range = models.Constraint(
        "CHECK (launch_quantity >= 0)", "Nothing is expected to sell less than 0 per day."
    )

    # === COMPUTE METHODS === #

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = f"{policy.product_id.display_name} - {policy.warehouse_id.code}"

    @api.depends("old_minimum", "old_maximum", "minimum", "maximum", "orderpoint_id", "reason")
    def _compute_ranges(self):
        for policy in self:
            policy.in_use = policy._tell_range(policy.old_minimum, policy.old_maximum) if policy.orderpoint_id else ""
            policy.proposed = policy._tell_range(policy.minimum, policy.maximum) if policy._has_result() else ""

    def _compute_explanation(self):
        for policy in self:
            policy.explanation = policy._get_explanation()
            policy.headline = policy._get_headline()

    @api.depends("change_ids.state")
    def _compute_can_undo(self):
        for policy in self:
            policy.can_undo = "done" in policy.change_ids.mapped("state")

    def _compute_chart(self):
        for policy in self:
            policy.chart = policy._get_chart()

    # === ACTIONS === #

    @on_records
    def action_accept(self):
        """Write the proposals of the selected policies to their reordering rules."""
        self.check_access("write")
        proposals = self.filtered("is_pending")
        if not proposals:
            raise UserError(self.env._("None of the selected lines has a proposal to accept."))
        written = self.env["oms.reorder.run"]._apply(proposals, by_hand=True)
        return self._notify(self.env._("Reordering rules changed: %(number)s.", number=written))

    @on_records
    def action_lock(self):
        """Leave the reordering rules of these policies as they are, from now on."""
        self.write({"mode": "locked", "is_pending": False})

    @on_records
    def action_unlock(self):
        """Propose again."""
        self.filtered(lambda policy: policy.mode == "locked").mode = "propose"

    @on_records
    def action_automate(self):
        """Let every run write these policies."""
        self.mode = "apply"

    @on_records
    def action_snooze(self):
        """Leave these policies alone for a month."""
        self.write({"snoozed_until": fields.Date.add(fields.Date.context_today(self), days=_SNOOZE_DAYS)})
        self.is_pending = False

    @on_records
    def action_plan(self):
        """Plan the companies of these policies again, in the background."""
        runs = self.env["oms.reorder.run"]._open(self.company_id or self.env.company)
        return runs._get_started_notification()

    @on_records
    def action_undo(self):
        """Take back the latest change of these policies, but for rules that were changed since."""
        self.check_access("write")
        latest = self.env["oms.reorder.change"]
        for policy in self:
            latest |= policy.change_ids.filtered(lambda change: change.state == "done")[:1]
        if not latest:
            raise UserError(self.env._("None of the selected lines has a change to undo."))
        return self.env["oms.reorder.run"]._undo(latest)

    @on_records
    def action_what_if(self):
        """Show what another service would cost for these policies."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What If"),
            "res_model": "oms.reorder.what.if",
            "view_mode": "form",
            "target": "new",
            "context": {"default_policy_ids": self.ids, "default_company_id": self.company_id[:1].id},
        }

    @on_one_record
    def action_open_orderpoint(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reordering Rule"),
            "res_model": "stock.warehouse.orderpoint",
            "view_mode": "list",
            "domain": [("id", "=", self.orderpoint_id.id)],
        }

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _has_result(self):
        """Return whether there are a minimum and a maximum to propose."""
        self.ensure_one()
        return self.reason in ("planned", "dead", "make_to_order")

    @api.model
    def _get_awake_domain(self):
        """Return the policies that may be touched today: not those of what is archived, either."""
        here = Domain("product_id.active", "=", True) & Domain("warehouse_id.active", "=", True)
        awake = Domain("snoozed_until", "=", False) | Domain("snoozed_until", "<=", fields.Date.context_today(self))
        return here & awake & Domain("mode", "!=", "locked")

    @api.model
    def _read_of_products(self, product_ids, name):
        """Return a number of each product as the current company sees it, as an array; a product may come twice."""
        ids, place = np.unique(np.asarray(product_ids, int), return_inverse=True)
        products = self.env["product.product"].browse(ids.tolist())
        products.fetch([name])
        return np.array(products.mapped(name), float)[place]
