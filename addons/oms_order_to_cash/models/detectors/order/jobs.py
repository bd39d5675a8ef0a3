from odoo import api, models


class OmsDetectorX1(models.AbstractModel):
    _name = "oms.detector.x1"
    _inherit = "oms.detector"
    _description = "Automation failed"

    @api.model
    def _read_signals(self, facts):
        for order_id, jobs in self.env["sale.order"]._oms_read_failed_jobs(list(facts)).items():
            facts[order_id].signals["failed_jobs"] = jobs

    @api.model
    def _find(self, facts):
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
    def _explain(self, issue):
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
