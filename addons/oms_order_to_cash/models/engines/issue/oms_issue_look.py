from psycopg2.errors import SerializationFailure

from odoo import api, models

_SCAN = "issues"
_MAX_LOST = 5
# Batches that one worker looks through before a second one would have started.
_FEW = 5


class OmsIssue(models.Model):
    _inherit = "oms.issue"

    @api.model
    def _wake(self, at=None):
        """Have all orders looked at again, now or at a moment."""
        self._trigger("oms_issue_cron", at)

    @api.model
    def _trigger(self, name, at=None):
        cron = self.env.ref(f"oms_order_to_cash.{name}", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(at)

    @api.model
    def _cron_detect(self):
        """Look at every order that is not finished: what is late or overdue depends on the clock and on no document.

        When its time is up it stops, and goes on there at the next call; of many orders a second worker takes its share
        (:meth:`_cron_take_part`). An order that becomes unfinished meanwhile is looked at by what makes it so.
        """
        scan, flows = self.env["oms.scan"], self.env["oms.flow"]
        if not scan._get_last_id(_SCAN):
            self._plan_look()
            if not flows._commit_batch(1, remaining=1):
                return
        if self._look(flows._commit_batch):
            scan._set_last_id(_SCAN, 0)
            self.env["ir.cron"]._commit_progress(1, remaining=0)

    @api.model
    def _cron_take_part(self):
        """Take a share of the running look at all unfinished orders, if there is one."""
        if self._look(self.env["oms.flow"]._commit_batch):
            self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _plan_look(self):
        """Begin a new look at all unfinished orders; that one runs is kept until no batch of it is left."""
        self.env["oms.issue.scale"]._update()
        batches = self.env["oms.issue.batch"]._plan()
        if len(batches) > _FEW:
            self._trigger("oms_issue_cron_second")
        self.env["oms.scan"]._set_last_id(_SCAN, max(map(max, batches.mapped("order_ids")), default=0))

    @api.model
    def _look(self, commit):
        """Look at the orders of all batches that nobody works on, each in a transaction of its own.

        :param commit: called with (1, remaining=1) after each batch; returns whether time is left
        :return: whether there was time for all
        """
        lost = []
        while True:
            batch = self.env["oms.issue.batch"]
            try:
                batch = batch._claim()
                if not batch:
                    return True
                self.env["oms.flow"]._refresh(batch.order_ids)._notify_changed()
                batch.unlink()
                if not commit(1, remaining=1):
                    return False
            except SerializationFailure:
                # Somebody's click or another worker refreshed one of the orders, or the batch is done by now: a new
                # transaction sees that. Only what is lost again and again has another reason.
                self.env.cr.rollback()
                lost.append(batch.id)
                if batch and lost.count(batch.id) == _MAX_LOST:
                    raise
