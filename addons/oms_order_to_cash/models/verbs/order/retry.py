from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbRetry(models.AbstractModel):
    _name = "oms.verb.retry"
    _inherit = "oms.verb"
    _description = "Try again"

    _label = _lt("Try again")
    _lane = "order"
    _groups = "sales_team.group_sale_salesman,stock.group_stock_user,account.group_account_invoice"
    _is_for_rules = False

    @api.model
    def _can(self, orders):
        failed = self.env["sale.order"]._oms_read_failed_jobs(orders.ids).keys()
        failed |= self.env["sale.order"]._oms_read_unread(orders.ids)
        return {order.id: "" if order.id in failed else self.env._("No automation failed for it.") for order in orders}

    @api.model
    def _preview(self, orders):
        found = self.env["sale.order"]._oms_read_failed_jobs(orders.ids)
        jobs = self.env["oms.job"].sudo()  # their names only
        texts = {
            order.id: [
                self.env._("%(action)s is tried again within a minute.", action=jobs.browse(job_id).display_name)
                for job_id, _date in found.get(order.id, ())
            ]
            for order in orders
        }
        for order_id in self.env["sale.order"]._oms_read_unread(orders.ids):
            texts[order_id].append(self.env._("The order is read again."))
        return texts

    @api.model
    def _do(self, orders):
        """Have what an automation could not do tried again in the background, and what could not be read read again."""
        found = self.env["sale.order"]._oms_read_failed_jobs(orders.ids)
        unread = self.env["sale.order"]._oms_read_unread(orders.ids)
        self.env["oms.flow.dirty"]._mark("sale.order", unread)
        failed = self.env["oms.job"].browse(job_id for jobs in found.values() for job_id, _date in jobs)
        queued, again = failed._requeue(), {}
        for job in queued:
            for order in job.sudo()._get_orders():
                again[order.id] = again.get(order.id, queued.browse()) + job
        nothing = self.env._("No automation failed for it.")
        none = self.env["oms.job"]
        return {order.id: again.get(order.id, none if order.id in unread else nothing) for order in orders}
