from odoo import api, models
from odoo.exceptions import UserError


class OmsLaneOrder(models.AbstractModel):
    """Whose an order is, and whose its issues are."""

    _inherit = "oms.lane.order"

    @api.model
    def _get_verbs(self):
        groups = "sales_team.group_sale_salesman,stock.group_stock_user,account.group_account_invoice"
        return {
            **super()._get_verbs(),
            "assign": {
                "label": self.env._("Assign salesperson"),
                # Who sees only their own orders would lose this one from sight.
                "groups": "sales_team.group_sale_salesman_all_leads",
                "params": ("user_id",),
                "required": ("user_id",),
                "ask": True,
            },
            "assign_issues": {
                "label": self.env._("Assign issues"),
                "groups": groups,
                "params": ("user_id", "issue_type_id"),
                "required": ("user_id",),
                "ask": True,
            },
        }

    @api.model
    def _get_assignee(self, user_id):
        """Return the user to assign; raise when there is none who works on orders."""
        user = self.env["res.users"].browse(user_id or []).exists()
        if not user or user.sudo().share:
            raise UserError(self.env._("Choose somebody who works on orders."))
        return user

    # === THE ORDER === #

    @api.model
    def _can_assign(self, orders, user_id=None):
        theirs = self.env._("It is theirs already.")
        return {order.id: theirs if user_id and order.user_id.id == user_id else "" for order in orders}

    @api.model
    def _preview_assign(self, orders, user_id=None):
        nobody = self.env._("Nobody")
        return {
            order.id: [self.env._("%(user)s hands it over.", user=order.user_id.sudo().name or nobody)]
            for order in orders
        }

    @api.model
    def _before_assign(self, orders):
        return {order.id: {name: order[name].id for name in ("user_id", "team_id")} for order in orders}

    @api.model
    def _do_assign(self, orders, user_id=None):
        """Make somebody the salesperson of these orders."""
        user = self._get_assignee(user_id)
        self._write_salesperson(orders, {"user_id": user.id})
        return {order.id: user for order in orders}

    @api.model
    def _write_salesperson(self, orders, values):
        """Write who sells: a quotation would take its warehouse from them, and nobody asked for another one."""
        warehouses = [(order, order.warehouse_id) for order in orders]
        orders.write(values)
        for order, warehouse in warehouses:
            if order.warehouse_id != warehouse:
                order.warehouse_id = warehouse

    @api.model
    def _can_undo_assign(self, order, documents, before):
        is_theirs = order.user_id.id in documents.get("res.users", [])
        return "" if is_theirs else self.env._("somebody else was assigned since.")

    @api.model
    def _undo_assign(self, order, documents, before):
        self._write_salesperson(order, before)

    # === ITS ISSUES === #

    @api.model
    def _get_open_issues(self, orders, issue_type_id=None):
        """Return {order: its open issues}, of one type if that is given."""
        domain = [("order_id", "in", orders.ids), ("state", "=", "open")]
        if issue_type_id:
            domain.append(("type_id", "=", issue_type_id))
        return self.env["oms.issue"].search(domain).grouped("order_id")

    @api.model
    def _can_assign_issues(self, orders, user_id=None, issue_type_id=None):
        issues = self._get_open_issues(orders, issue_type_id)
        nothing, theirs = self.env._("It has no open issue like this."), self.env._("They are theirs already.")
        return {
            order.id: nothing
            if order not in issues
            else theirs
            if user_id and all(issue.owner_id.id == user_id for issue in issues[order])
            else ""
            for order in orders
        }

    @api.model
    def _preview_assign_issues(self, orders, user_id=None, issue_type_id=None):
        issues = self._get_open_issues(orders, issue_type_id)
        return {
            order.id: [
                self.env._("%(issue)s gets an owner.", issue=issue.type_id.name) for issue in issues.get(order, ())
            ]
            for order in orders
        }

    @api.model
    def _before_assign_issues(self, orders):
        return {
            order.id: {"owners": {str(issue.id): issue.owner_id.id for issue in issues}}
            for order, issues in self._get_open_issues(orders).items()
        }

    @api.model
    def _do_assign_issues(self, orders, user_id=None, issue_type_id=None):
        """Make somebody the owner of what is wrong with these orders; they get an activity for each."""
        user, issues = self._get_assignee(user_id), self._get_open_issues(orders, issue_type_id)
        changed = {order: mine.filtered(lambda issue: issue.owner_id != user) for order, mine in issues.items()}
        every = self.env["oms.issue"].union(*changed.values())
        if every:
            every.action_assign(user.id)
        theirs = self.env._("They are theirs already.")
        return {order.id: changed.get(order) or theirs for order in orders}

    @api.model
    def _can_undo_assign_issues(self, order, documents, before):
        is_open = self._get_assigned(documents)
        return "" if is_open else self.env._("the issues are closed by now.")

    @api.model
    def _undo_assign_issues(self, order, documents, before):
        for issue in self._get_assigned(documents):
            issue.action_assign(before["owners"].get(str(issue.id)) or 0)

    @api.model
    def _get_assigned(self, documents):
        issues = self.env["oms.issue"].browse(documents.get("oms.issue", [])).exists()
        return issues.filtered(lambda issue: issue.state == "open")
