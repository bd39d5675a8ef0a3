import logging

from odoo import api, models
from odoo.tools import SQL

from ..transaction import LOST, PASSING
from .oms_flow_refresh import SCAN

_logger = logging.getLogger(__name__)

# Marks taken at once by the scheduled refresh, and while somebody waits for a list.
_MARKS, _PATIENCE = 1000, 200
_MAX_ATTEMPTS = 5
# One transaction at a time refreshes, so that two never write the same row; the number only has to be the addon's own.
_REFRESH_LOCK = 7_462_019


class OmsFlow(models.Model):
    """When flows are read again."""

    _inherit = "oms.flow"

    # === WHAT IS MARKED === #

    @api.model
    def _catch_up(self):
        """Refresh what was marked last, for somebody who is about to look: a bounded share, the scheduled refresh does the rest."""
        return self._drain(_PATIENCE, newest=True)

    @api.model
    def _drain(self, limit=_MARKS, newest=False):
        """Refresh what documents marked as changed, unless another transaction is doing it right now.

        :param int limit: how many marks to take at most; what these lead to beyond as many orders waits for the next call
        :param newest: begin with what was marked last
        :return: number of marks taken
        """
        if not self._has_dirty() or not self._lock_refresh():
            return 0
        order_ids, scopes, taken = self.env["oms.flow.dirty"]._take(limit, newest)
        order_ids |= self._read_related(order_ids, scopes, limit)
        self.sudo()._refresh(order_ids)._notify_changed()
        return taken

    @api.model
    def _read_related(self, order_ids, scopes, limit):
        """Return the orders that change with these orders and scopes, about ``limit`` at most; the rest is put back."""
        alone = {scope_id for scope, scope_id in scopes if scope == "order"}
        shared = {key: marks for key, marks in scopes.items() if key[0] != "order"}
        try:
            with self.env.cr.savepoint(flush=False):
                repeating = sorted(self.env["sale.order"]._oms_read_repeating(order_ids) - order_ids)
                self.env["oms.flow.dirty"]._put_off(repeating[limit:])
                return alone | set(repeating[:limit]) | self._expand(shared, limit)
        except PASSING:
            raise
        except Exception:  # what was marked itself is read all the same; the regular look reads the others
            _logger.exception("Order flows: the orders that change with others can't be told")
            return alone

    @api.model
    def _has_dirty(self):
        self.env.cr.execute("SELECT EXISTS (SELECT FROM oms_flow_dirty)")
        return self.env.cr.fetchone()[0]

    @api.model
    def _lock_refresh(self):
        """Take the refresh for this transaction; a second one leaves the work to the first."""
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s)", _REFRESH_LOCK))
        return self.env.cr.fetchone()[0]

    def _notify_changed(self):
        """Tell open cockpits which rows to read again; only ids leave, each client reads what its rights show."""
        if self:
            self.env.ref("oms_order_to_cash.oms_group_user")._bus_send(
                "oms_flow_changed",
                {
                    "ids": self.ids,
                    "order_ids": self.order_id.ids,
                },
            )

    @api.model
    def _cron_refresh(self):
        """Refresh all that is marked, and fill in the orders that have no flow yet, a batch a transaction."""
        cron = self.env["ir.cron"]
        for _attempt in range(_MAX_ATTEMPTS):
            try:
                while self._drain():
                    if not cron._commit_progress(1, remaining=int(self._has_dirty())):
                        return
                self._fill(commit=self._commit_batch)
                if not self.env["oms.scan"]._get_next(self.env["oms.scan"]._get_last_id(SCAN), 1):
                    self.env["oms.event"]._fill_past(commit=self._commit_batch)
                break
            except LOST:
                # Somebody who looked at the cockpit refreshed the same rows first; a new transaction sees that.
                self.env.cr.rollback()
        if self._has_dirty():
            # Somebody who looks at the cockpit takes these marks right now, or they came meanwhile: look again.
            self.env.ref("oms_order_to_cash.oms_flow_refresh_cron")._trigger()
        cron._commit_progress(remaining=0)

    @api.model
    def _commit_batch(self, done, remaining):
        """Commit a batch of something long, and refresh what people changed meanwhile; return whether time is left."""
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(done, remaining=remaining)
        while time_left and self._drain():
            time_left = cron._commit_progress(remaining=remaining)
        return time_left
