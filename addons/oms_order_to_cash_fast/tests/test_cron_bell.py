from contextlib import closing
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ..models import oms_flow_dirty
from ..models.cron_bell import CronBell


@tagged("post_install", "-at_install")
class TestCronBell(TransactionCase):
    """The cron workers hear of work through one connection that stays open, and through core's where that is gone."""

    def setUp(self):
        super().setUp()
        self.bell = self.enterContext(patch.object(oms_flow_dirty, "_BELL", CronBell()))
        self.addCleanup(lambda: self.bell._cursor and self.bell._cursor.close())
        self.listener = self.enterContext(closing(db_connect("postgres").cursor()))
        self.listener.execute("LISTEN cron_trigger")
        self.listener.commit()
        self.core = self.enterContext(
            patch.object(type(self.env["ir.cron"]), "_notifydb", autospec=True, side_effect=self._notify_as_core)
        )

    def _notify_as_core(self, crons):
        with db_connect("postgres").cursor() as cr:
            cr.execute("SELECT pg_notify('cron_trigger', %s)", [crons.env.cr.dbname])

    def _count_heard(self):
        self.listener.execute("SELECT 1")  # what was told until now arrives with the answer
        self.listener.commit()
        connection = self.listener.connection
        heard = [message for message in connection.notifies if message.payload == self.env.cr.dbname]
        connection.notifies.clear()
        return len(heard)

    def _ring(self):
        with patch("odoo.addons.oms_order_to_cash_fast.models.cron_bell.is_known", return_value=True):
            self.env["oms.flow.dirty"]._notify_crons()

    def test_one_connection_tells_each_time(self):
        self._ring()
        pid = self.bell._cursor.connection.info.backend_pid
        self.assertEqual(self._count_heard(), 1)
        self._ring()
        self.assertEqual(self._count_heard(), 1)
        self.assertEqual(self.bell._cursor.connection.info.backend_pid, pid)
        self.core.assert_not_called()

    def test_nothing_is_held_between_two(self):
        self._ring()
        self.listener.execute(
            "SELECT state FROM pg_stat_activity WHERE pid = %s", [self.bell._cursor.connection.info.backend_pid]
        )
        self.assertEqual(self.listener.fetchall(), [("idle",)])

    def test_a_connection_the_server_ended_is_made_anew(self):
        self._ring()
        pid = self.bell._cursor.connection.info.backend_pid
        self.listener.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        self.assertEqual(self._count_heard(), 1)
        self._ring()
        self.assertEqual(self._count_heard(), 1)
        self.core.assert_called_once()
        self._ring()
        self.assertEqual(self._count_heard(), 1)
        self.core.assert_called_once()
        self.assertNotEqual(self.bell._cursor.connection.info.backend_pid, pid)

    def test_what_another_addon_says_of_it_is_asked(self):
        self.env["oms.flow.dirty"]._notify_crons()
        self.core.assert_called_once()
        self.assertIsNone(self.bell._cursor)

    def test_a_server_that_is_down_fails_nobody(self):
        """What the user saved is committed by then; the workers look by themselves once the server is back."""
        down = OperationalError("connection refused")
        self.core.side_effect = down
        with patch("odoo.addons.oms_order_to_cash_fast.models.cron_bell.db_connect", side_effect=down):
            self._ring()
        self.core.assert_called_once()
        self.core.side_effect = self._notify_as_core
        self._ring()
        self.assertEqual(self._count_heard(), 1)
