from odoo import api, fields, models
from odoo.fields import Command

# One order for each of the rules that come along: customer, goods, values.
_STORIES = (
    ("cash_sale", "petersen", [("lamp", 2)]),
    ("credit_sale", "hansa", [("monitor", 2)]),
    ("invoice_on_confirmation", "klinik", [("drill", 1)]),
    ("web_order_paid", "werft", [("monitor", 1)]),
    ("drop_ship", "hansa", [("pallet", 1)]),
    ("ship_complete", "klinik", [("lamp", 3), ("monitor", 1)]),
    ("small_order", "werft", [("lamp", 1)]),
)
# More steps than any rule has.
_MOST_ROUNDS = 12


class OmsDemo(models.AbstractModel):
    """Rules at work in the second company: each has taken an order; one stays on, one stays in shadow."""

    _inherit = "oms.demo"

    @api.model
    def _make_issues(self):
        result = super()._make_issues()
        self.env.cr.flush()  # no rule is to look at what happened so far
        demo = self._in_company(self, self._get_record("company"))
        for name, customer, goods in _STORIES:
            demo._play_rule(name, customer, goods)
        demo._leave_running()
        return result

    @api.model
    def _date_events(self, orders):
        """Leave the orders of rules alone: what happened to them happened just now, and bears the rule's name."""
        return super()._date_events(
            orders.filtered(lambda order: not (order.client_order_ref or "").startswith("RULE-"))
        )

    @api.model
    def _get_rule(self, name):
        return self.env.ref(f"oms_order_to_cash.oms_rule_{name}")

    @api.model
    def _play_rule(self, name, customer, goods):
        """Have one rule alone take a new order, from the event that starts it to its last step."""
        rule = self._get_rule(name)
        rule.write({"company_id": self._get_record("company").id, "mode": "live"})
        order = self._make_rule_order(f"RULE-{rule.sequence}", customer, goods, **self._prepare_story_vals(name))
        self.env["oms.flow"]._refresh(order.ids)
        getattr(self, f"_start_{name}", lambda order: None)(order)
        self._run_rules(order)
        rule.write({"company_id": False, "mode": "off"})

    @api.model
    def _make_rule_order(self, ref, customer, goods, **vals):
        company = self._get_record("company")
        return self._make_issue_order(
            ref,
            customer,
            0,
            goods,
            company_id=company.id,
            warehouse_id=self._get_warehouse("hamburg").id,
            user_id=self._get_record("user", "salesmanager").id,
            **vals,
        )

    # === WHAT STARTS THEM === #

    @api.model
    def _prepare_story_vals(self, name):
        immediate = self.env.ref("account.account_payment_term_immediate")
        return {"payment_term_id": immediate.id} if name == "cash_sale" else {}

    @api.model
    def _start_invoice_on_confirmation(self, order):
        order.action_confirm()

    @api.model
    def _start_web_order_paid(self, order):
        order.action_quotation_sent()
        self._pay_online(order)
        self.env["oms.flow"]._refresh(order.ids)  # finds it paid and not confirmed

    @api.model
    def _start_drop_ship(self, order):
        order.action_confirm()
        line = order.order_line
        self.env["purchase.order"].create(
            {
                "partner_id": self._get_record("partner", "kestrel").id,
                "picking_type_id": order.warehouse_id.in_type_id.id,
                "order_line": [
                    Command.create(
                        {"product_id": line.product_id.id, "product_qty": line.product_uom_qty, "sale_line_id": line.id}
                    )
                ],
            }
        )

    @api.model
    def _start_ship_complete(self, order):
        order.picking_policy = "one"
        order.action_confirm()
        self.env["oms.flow"]._refresh(order.ids)  # finds its goods reserved

    # === RUNNING === #

    @api.model
    def _run_rules(self, orders):
        """Do what the scheduled actions do, for these orders, grace periods over."""
        for _round in range(_MOST_ROUNDS):
            self.env.cr.flush()
            self.env["oms.flow"]._refresh(orders.ids)
            jobs = (
                self.env["oms.job"]
                .sudo()
                .search([("order_id", "in", orders.ids), ("rule_id", "!=", False), ("state", "=", "queued")])
            )
            for batch in jobs._get_batches():
                batch.write({"state": "running", "attempts": 1, "date_started": fields.Datetime.now()})
                batch._work()

    @api.model
    def _leave_running(self):
        """Leave one rule on and one in shadow, each with something that waits for a person."""
        company = self._get_record("company")
        live, shadow = self._get_rule("web_order_paid"), self._get_rule("small_order")
        live.write({"company_id": company.id, "mode": "live"})
        shadow.write({"company_id": company.id, "mode": "shadow"})
        watched = self._make_rule_order("RULE-SHADOW", "petersen", [("drill", 1)])
        self._run_rules(watched)
        self._fail_step(live, self._make_rule_order("RULE-X1", "klinik", [("trolley", 1)]))

    @api.model
    def _fail_step(self, rule, order):
        """Have the first step of a rule given up on an order."""
        row = {"event_id": 0, "order_id": order.id, "date": order.date_order, "date_due": order.date_order}
        self.env["oms.job"]._queue_rule(rule, [row])
        job = self.env["oms.job"].sudo().search([("order_id", "=", order.id), ("rule_id", "=", rule.id)])
        job.write(
            {
                "state": "failed",
                "attempts": 6,
                "date_done": self._get_moment(0),
                "message": self.env._("The delivery address was changed by someone else at the same time."),
            }
        )
        self.env["oms.flow"]._refresh(order.ids)
