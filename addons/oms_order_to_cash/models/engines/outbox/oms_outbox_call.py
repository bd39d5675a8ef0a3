import json
import logging
from datetime import timedelta

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..transaction import LOST, run_and_commit, take_and_commit

_logger = logging.getLogger(__name__)

# After these minutes whoever asked is taken for dead. It has to be longer than the other system takes to answer.
_LEASE = 15
# Minutes until it is asked again; after the last one a person has to look.
_BACKOFF = (1, 5, 30, 120, 720)
# The first of the two numbers of the lock that a worker holds as long as it asks; it only has to be the addon's own.
_CALL_LOCK = 7_462_020

# Materialized, or a plan could choose again and take more than one.
_CLAIM = """
    WITH taken AS MATERIALIZED (
        SELECT id, state, is_asked FROM oms_outbox
         WHERE state IN ('queued', 'calling', 'answered') AND next_try <= %s
         ORDER BY next_try, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE oms_outbox SET state = CASE taken.state WHEN 'answered' THEN 'answered' ELSE 'calling' END, is_asked = TRUE,
                          attempts = attempts + 1, next_try = %s
      FROM taken
     WHERE oms_outbox.id = taken.id RETURNING taken.id, taken.is_asked"""


class OmsOutbox(models.Model):
    """Asking: claim, call, keep the answer, enter it; each in a transaction of its own."""

    _inherit = "oms.outbox"

    @api.model
    def _cron_run(self):
        """Ask what is due, one request after the other, until nothing is or the time is up."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._count_due())
        while claim := self._claim():
            request, was_asked = claim
            request._process(was_asked)
            if not cron._commit_progress(1, remaining=self._count_due()):
                break

    @api.model
    def _count_due(self):
        return self.search_count(
            [("state", "in", ("queued", "calling", "answered")), ("next_try", "<=", fields.Datetime.now())]
        )

    @api.model
    def _claim(self):
        """Take one request and commit that it may be done from now on, so that this is known whatever happens.

        :return: the request, and whether that was so before; None when nothing is due
        """
        row = take_and_commit(self.env, self._take_due)
        self.env.invalidate_all()
        return row and (self.browse(row[0]), row[1])

    @api.model
    def _take_due(self):
        now = fields.Datetime.now()
        self.env.cr.execute(SQL(_CLAIM, now, now + timedelta(minutes=_LEASE)), log_exceptions=False)
        return self.env.cr.fetchone()

    def _process(self, was_asked):
        """Ask, keep the answer, and enter it.

        :param bool was_asked: it may have been done already
        """
        if not self._lock_call():
            return  # who asked is alive, and takes longer than anybody would expect
        try:
            # What is read from here on is what the one before left behind, if there was one.
            self.env["ir.cron"]._commit_progress()
            self.invalidate_recordset()
            if self.state == "calling":
                self._ask(was_asked)
            if self.state == "answered":
                self._enter()
        finally:
            self._unlock_call()

    def _lock_call(self):
        """Hold this request as long as the connection lasts. It is no row's lock: only a second worker asks for it."""
        self.env.cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", _CALL_LOCK, self.id))
        return self.env.cr.fetchone()[0]

    def _unlock_call(self):
        self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", _CALL_LOCK, self.id))

    # === ASKING === #

    def _ask(self, is_unknown):
        """Ask, unless it is done already.

        :param bool is_unknown: whether it is done is not known
        """
        answer = None
        try:
            if is_unknown:
                answer = self._call("find")
                is_unknown = answer is None
            if not answer and not is_unknown:
                answer = self._call("send") or {}
            self._keep(self._prepare_answer(answer))
        except Exception as error:  # noqa: BLE001 - whatever the other system, or its addon, runs into
            self.env.cr.rollback()
            self._keep(self._prepare_lost(error, is_unknown) if answer is None else self._prepare_answer(answer))

    def _call(self, what):
        document = self.env[self.res_model].browse(self.res_id).with_company(self.company_id)
        method = getattr(document, f"_{what}_{self.kind}", None)
        return method(self.reference, self.payload or {}) if method else None

    @api.model
    def _prepare_answer(self, answer):
        if answer is None:
            return {
                "state": "unsure",
                "message": self.env._(
                    "It was asked and gave no answer. Look there for the reference: ask again if it does not know it."
                ),
            }
        return {"state": "answered", "answer": json.loads(json.dumps(answer, default=str)), "message": False}

    def _prepare_lost(self, error, is_unknown):
        """Return what is kept of a call that ended without an answer."""
        if isinstance(error, UserError) and not is_unknown:
            return {"state": "failed", "is_asked": False, "message": str(error.args[0])}
        if not isinstance(error, (OSError, *LOST)):  # the errors of requests are OSErrors
            _logger.error("The request %s failed", self.reference, exc_info=error)
        vals = {
            "message": self.env._("No answer: %(error)s", error=repr(error)),
            "is_asked": is_unknown or not self._is_never_sent(error),
        }
        if self.attempts > len(_BACKOFF):
            return {**vals, "state": "unsure" if vals["is_asked"] else "failed"}
        return {**vals, "state": "queued", "next_try": self._get_next_try()}

    def _get_next_try(self):
        return fields.Datetime.now() + timedelta(minutes=_BACKOFF[min(max(self.attempts, 1), len(_BACKOFF)) - 1])

    @api.model
    def _is_never_sent(self, error):
        """Tell whether a call failed before it reached the other system."""
        if isinstance(error, (ConnectionRefusedError, requests.ConnectTimeout)):
            return True
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        return isinstance(error, requests.ConnectionError) and isinstance(
            reason, (ConnectTimeoutError, NewConnectionError)
        )

    def _keep(self, vals):
        """Write how a call ended and commit it, before anything else is done."""
        self.write({"date_done": fields.Datetime.now() if vals["state"] in ("failed", "unsure") else False, **vals})
        self._mark_documents()
        self.env["ir.cron"]._commit_progress()
        if self.state == "queued":
            self._wake(self.next_try)
        elif self.state in ("failed", "unsure"):
            self._tell()

    # === THE ANSWER === #

    def _enter(self):
        """Enter the answer into the document. It is kept: whatever fails here is tried again without asking."""
        _result, error = run_and_commit(self.env, self._receive)
        if error:
            self._put_off(error)

    def _receive(self):
        document = self.env[self.res_model].browse(self.res_id).exists()
        if document:
            getattr(document.with_company(self.company_id), f"_receive_{self.kind}")(self.answer)
        self.write({"state": "done", "is_asked": True, "date_done": fields.Datetime.now(), "message": False})
        self._mark_documents()

    def _put_off(self, error):
        _logger.error("The answer to %s can't be entered", self.reference, exc_info=error)
        message = self.env._("Answered, but it can't be entered: %(error)s", error=error)
        self.write({"message": message, "next_try": self._get_next_try()})
        self._wake(self.next_try)
        self.env["ir.cron"]._commit_progress()

    def _tell(self):
        """Tell the document that a person has to look at its request."""
        document = self.env[self.res_model].browse(self.res_id).exists()
        tell = getattr(document, f"_miss_{self.kind}", None)
        if document and tell:
            try:
                tell(self.message)
                self.env["ir.cron"]._commit_progress()
            except LOST:
                self.env.cr.rollback()  # somebody works on the document; the request tells it all the same
