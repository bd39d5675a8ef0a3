from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..asked import on_one_record


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_job_ids = fields.One2many("oms.job", "order_id", string="Actions Run", readonly=True, groups="base.group_user")
    oms_failed_job_count = fields.Integer(
        string="Failed Actions",
        compute="_compute_oms_failed_job_count",
        groups="oms_order_to_cash.oms_group_user",
    )

    # === COMPUTE METHODS === #

    def _compute_oms_failed_job_count(self):
        failed = Domain("state", "=", "failed") | Domain("is_retrying", "=", True)
        jobs = self.env["oms.job"].search(self._get_oms_jobs_domain() & failed)
        counts = Counter(order.id for job in jobs for order in job._get_orders())
        for order in self:
            order.oms_failed_job_count = counts[order._origin.id]

    # === ACTIONS === #

    @on_one_record
    def action_open_oms_jobs(self):
        """Open what was done to this order, and what could not be."""
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_job_action")
        domain = [("order_id", "=", self.id)]
        if self.env["oms.job"].search_count([("order_ids", "in", self.ids)], limit=1):
            domain = list(self._get_oms_jobs_domain())
        return {**action, "domain": domain, "context": {"search_default_failed": 1}}

    # === BUSINESS METHODS === #

    def _get_oms_jobs_domain(self):
        """Return the domain of what was done to these orders, or to something that belongs to them."""
        return Domain("order_id", "in", self.ids) | Domain("order_ids", "in", self.ids)

    @api.model
    def _oms_read_failed_jobs(self, order_ids):
        """Read what the company's automation could not do for these orders.

        :return: {order id: [(job id, datetime of its last try)]}
        """
        self.env["oms.job"].flush_model(["state", "origin", "date_done"])
        self.env.cr.execute(
            SQL(
                """
            SELECT order_id, id, COALESCE(date_done, create_date) FROM oms_job
             WHERE order_id = ANY(%(order_ids)s) AND state = 'failed' AND origin IN ('automation', 'cron')
             UNION
            SELECT rel.order_id, job.id, COALESCE(job.date_done, job.create_date)
              FROM oms_job_order_rel rel JOIN oms_job job ON job.id = rel.job_id
             WHERE rel.order_id = ANY(%(order_ids)s) AND job.state = 'failed' AND job.origin IN ('automation', 'cron')
          ORDER BY 2
            """,
                order_ids=list(order_ids),
            )
        )
        failed = {}
        for order_id, *job in self.env.cr.fetchall():
            failed.setdefault(order_id, []).append(tuple(job))
        return failed

    @api.model
    def _oms_read_unread(self, order_ids):
        """Return the ids of those of these orders of which something could not be read when that was last tried."""
        self.env.cr.execute(
            SQL(
                """
            SELECT issue.order_id FROM oms_issue issue JOIN oms_issue_type type ON type.id = issue.type_id AND type.code = 'X1'
             WHERE issue.order_id = ANY(%s) AND issue.state IN ('open', 'dismissed') AND issue.data -> 'errors' IS NOT NULL
            """,
                list(order_ids),
            )
        )
        return {order_id for (order_id,) in self.env.cr.fetchall()}
