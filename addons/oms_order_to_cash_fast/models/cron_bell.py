import threading
from contextlib import suppress

import psycopg2

from odoo.sql_db import db_connect
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION

from .known import is_known


class CronBell:
    """Wakes the cron workers through a connection that stays open.

    They listen in the database ``postgres``, whose connections Odoo's pool does not keep: ``ir.cron._notifydb()`` opens
    and closes one each time, which takes longer than to write what it tells of, while the user waits.
    The pool closes this one with all others before it forks and when the server stops.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._cursor = None

    def ring(self, crons):
        """Do what ``crons._notifydb()`` does.

        :param crons: ``ir.cron`` in the environment of the database that has work
        :return: whether it is done; not where that method says something else than core's
        """
        return is_known(crons, "_notifydb", ("base",)) and self._tell(crons.env.cr.dbname)

    def _tell(self, dbname):
        """:return: whether it was told; a connection that the server ended meanwhile is not, and is made anew next time"""
        query = SQL("SELECT %s('cron_trigger', %s)", SQL.identifier(ODOO_NOTIFY_FUNCTION), dbname)
        with self._lock:
            try:
                if self._cursor is None or self._cursor.closed:
                    self._cursor = db_connect("postgres").cursor()
                self._cursor.execute(query, log_exceptions=False)
                self._cursor.commit()
            except psycopg2.Error:
                with suppress(psycopg2.Error, AttributeError):  # none where the server can't be reached
                    self._cursor.close()
                self._cursor = None
                return False
        return True
