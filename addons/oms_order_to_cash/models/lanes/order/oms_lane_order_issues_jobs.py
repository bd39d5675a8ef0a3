from odoo import api, models


class OmsLaneOrder(models.AbstractModel):
    """What the company's automation could not do for an order."""

    _inherit = "oms.lane.order"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "retry": {
                "label": self.env._("Try again"),
                "groups": "sales_team.group_sale_salesman,stock.group_stock_user,account.group_account_invoice",
            },
        }

    @api.model
    def _read_signals(self, facts):
        result = super()._read_signals(facts)
        for order_id, jobs in self.env["sale.order"]._oms_read_failed_jobs(list(facts)).items():
            facts[order_id].signals["failed_jobs"] = jobs
        return result

    @api.model
    def _detect_x1(self, facts):
        """An automation failed for good and waits for a person, or something of the order can't be read."""
        return {
            order_id: self._find_failed(fact)
            for order_id, fact in facts.items()
            if fact.signals.get("failed_jobs") or fact.failures
        }

    @api.model
    def _find_failed(self, fact):
        jobs = fact.signals.get("failed_jobs", [])
        return self._prepare_finding(
            fact,
            "administrator",
            since=min((date for _job_id, date in jobs), default=None),
            job_ids=[job_id for job_id, _date in jobs],
            **({"errors": fact.failures} if fact.failures else {}),
        )

    @api.model
    def _explain_x1(self, issue):
        jobs = (
            self.env["oms.job"].sudo().browse((issue.data or {}).get("job_ids", [])).exists()
        )  # who sees the order, sees its jobs
        return [
            self._link(
                self.env._(
                    "%(action)s failed after %(count)s tries: %(reason)s",
                    action=job.display_name,
                    count=job.attempts,
                    reason=job.message,
                ),
                job,
                "danger",
            )
            for job in jobs
        ] + [
            self._link(self.env._("It could not be read: %(error)s", error=error), issue.order_id, "danger")
            for error in (issue.data or {}).get("errors", ())
        ]

    @api.model
    def _can_retry(self, orders):
        failed = self.env["sale.order"]._oms_read_failed_jobs(orders.ids).keys()
        failed |= self.env["sale.order"]._oms_read_unread(orders.ids)
        return {order.id: "" if order.id in failed else self.env._("No automation failed for it.") for order in orders}

    @api.model
    def _preview_retry(self, orders):
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
    def _do_retry(self, orders):
        """Have what an automation could not do tried again in the background, and what could not be read read again."""
        found = self.env["sale.order"]._oms_read_failed_jobs(orders.ids)
        unread = self.env["sale.order"]._oms_read_unread(orders.ids)
        self.env["oms.flow.dirty"]._mark("sale.order", unread)
        failed = self.env["oms.job"].browse(job_id for jobs in found.values() for job_id, _date in jobs)
        queued = failed._requeue().grouped("order_id")
        nothing = self.env._("No automation failed for it.")
        none = self.env["oms.job"]
        return {order.id: queued.get(order, none if order.id in unread else nothing) for order in orders}
