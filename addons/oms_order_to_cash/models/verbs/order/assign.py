from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from .. import param

_lt = LazyTranslate(__name__)


class OmsVerbAssignment(models.AbstractModel):
    """What giving work to somebody has in common."""

    _name = "oms.verb.assignment"
    _inherit = "oms.verb"
    _description = "Assignment"

    @api.model
    def _get_assignee(self, user_id):
        """Return the user to assign; raise when there is none who works on orders."""
        user = self.env["res.users"].browse(user_id or []).exists()
        if not user or user.sudo().share:
            raise UserError(self.env._("Choose somebody who works on orders."))
        return user


class OmsVerbAssign(models.AbstractModel):
    _name = "oms.verb.assign"
    _inherit = "oms.verb.assignment"
    _description = "Assign salesperson"

    _label = _lt("Assign salesperson")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman_all_leads"
    _params = (param.USER.required(),)
    _asks = True

    @api.model
    def _can(self, orders, user_id=None):
        theirs = self.env._("It is theirs already.")
        return {order.id: theirs if user_id and order.user_id.id == user_id else "" for order in orders}

    @api.model
    def _preview(self, orders, user_id=None):
        nobody = self.env._("Nobody")
        return {
            order.id: [self.env._("%(user)s hands it over.", user=order.user_id.sudo().name or nobody)]
            for order in orders
        }

    @api.model
    def _before(self, orders):
        return {order.id: {name: order[name].id for name in ("user_id", "team_id")} for order in orders}

    @api.model
    def _do(self, orders, user_id=None):
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
    def _can_undo(self, order, documents, before):
        is_theirs = order.user_id.id in documents.get("res.users", [])
        return "" if is_theirs else self.env._("somebody else was assigned since.")

    @api.model
    def _undo(self, order, documents, before):
        self._write_salesperson(order, before)


class OmsVerbAssignIssues(models.AbstractModel):
    _name = "oms.verb.assign_issues"
    _inherit = "oms.verb.assignment"
    _description = "Assign issues"

    _label = _lt("Assign issues")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman,stock.group_stock_user,account.group_account_invoice"
    _params = (
        param.USER.required(),
        param.record("issue_type_id", _lt("Issue")),
    )
    _asks = True

    @api.model
    def _can(self, orders, user_id=None, issue_type_id=None):
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
    def _get_open_issues(self, orders, issue_type_id=None):
        """Return {order: its open issues}, of one type if that is given."""
        domain = [("order_id", "in", orders.ids), ("state", "=", "open")]
        if issue_type_id:
            domain.append(("type_id", "=", issue_type_id))
        return self.env["oms.issue"].search(domain).grouped("order_id")

    @api.model
    def _preview(self, orders, user_id=None, issue_type_id=None):
        issues = self._get_open_issues(orders, issue_type_id)
        return {
            order.id: [
                self.env._("%(issue)s gets an owner.", issue=issue.type_id.name) for issue in issues.get(order, ())
            ]
            for order in orders
        }

    @api.model
    def _before(self, orders):
        return {
            order.id: {"owners": {str(issue.id): issue.owner_id.id for issue in issues}}
            for order, issues in self._get_open_issues(orders).items()
        }

    @api.model
    def _do(self, orders, user_id=None, issue_type_id=None):
        """Make somebody the owner of what is wrong with these orders; they get an activity for each."""
        user, issues = self._get_assignee(user_id), self._get_open_issues(orders, issue_type_id)
        changed = {order: mine.filtered(lambda issue: issue.owner_id != user) for order, mine in issues.items()}
        every = self.env["oms.issue"].union(*changed.values())
        if every:
            every.action_assign(user.id)
        theirs = self.env._("They are theirs already.")
        return {order.id: changed.get(order) or theirs for order in orders}

    @api.model
    def _can_undo(self, order, documents, before):
        is_open = self._get_assigned(documents)
        return "" if is_open else self.env._("the issues are closed by now.")

    @api.model
    def _get_assigned(self, documents):
        issues = self.env["oms.issue"].browse(documents.get("oms.issue", [])).exists()
        return issues.filtered(lambda issue: issue.state == "open")

    @api.model
    def _undo(self, order, documents, before):
        for issue in self._get_assigned(documents):
            issue.action_assign(before["owners"].get(str(issue.id)) or 0)
