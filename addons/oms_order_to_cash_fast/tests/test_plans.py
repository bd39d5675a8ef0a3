from unittest.mock import patch

from psycopg2.errors import DivisionByZero

from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.oms_order_to_cash.tests.flow_case import FlowCase

from ..models import plans
from ..models.plans import Plans


@tagged("post_install", "-at_install")
class TestPlans(FlowCase):
    """Statements that differ in ids alone are planned once, and answer as if each were planned."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DEALLOCATE ALL")
        self.startPatcher(patch.object(plans, "_SEEN", set()))

    def _read_plans(self):
        self.env.cr.execute(
            "SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements WHERE STARTS_WITH(name, 'oms_plan_')"
        )
        return self.env.cr.fetchall()

    def _read_names(self, ids, digits=2, word="x"):
        query = "SELECT id, login, ROUND(1.005, %s), %s FROM res_users WHERE id = ANY(%s) ORDER BY id"
        self.env.cr.execute(SQL(query, digits, word, ids))
        return self.env.cr.fetchall()

    def test_planned_the_second_time(self):
        users = self.env["res.users"].search([], limit=3, order="id")
        expected = [self._read_names(users[:number].ids) for number in (1, 2, 3)]
        with Plans(self.env):
            self.assertEqual(self._read_names(users[:1].ids), expected[0])
            self.assertEqual(self._read_plans(), [])
            self.assertEqual(self._read_names(users[:2].ids), expected[1])
            self.assertEqual(self._read_names(users.ids), expected[2])
        [(statement, count)] = self._read_plans()
        self.assertIn("ROUND(1.005, 2), 'x' FROM res_users WHERE id = ANY($1::int[])", statement)
        self.assertEqual(count, 2)

    def test_other_words_are_another_statement(self):
        ids = self.env.user.ids
        with Plans(self.env):
            for word in ("x", "it's $1 %s", "x", "it's $1 %s"):
                self.assertEqual(self._read_names(ids, word=word)[0][3], word)
        self.assertEqual([count for _statement, count in self._read_plans()], [1, 1])

    def test_what_is_no_short_list_of_ids_is_put_as_it_is(self):
        many = list(range(1, 22))
        for ids in ([], many, [2**31], ["1"], [True]):
            with self.subTest(ids=ids), Plans(self.env):
                for _time in range(2):
                    self.env.cr.execute("SELECT %s", [ids])
                    self.assertEqual(self.env.cr.fetchone(), (ids or "{}",))
        with Plans(self.env):
            for _time in range(2):
                self.env.cr.execute("SELECT id FROM res_users WHERE id IN %s", [tuple(self.env.user.ids)])
                self.env.cr.execute("SELECT %(ids)s", {"ids": [1]})
        self.assertEqual(self._read_plans(), [])

    def test_plans_that_are_gone_are_made_anew(self):
        ids = self.env.user.ids
        expected = self._read_names(ids)
        for _transaction in range(2):
            with Plans(self.env):
                for _time in range(2):
                    self.assertEqual(self._read_names(ids), expected)
            self.assertEqual(len(self._read_plans()), 1)
            self.env.cr.execute("DEALLOCATE ALL")  # as a pool does that gives each transaction another connection

    def test_connection_lent_again_keeps_plans_and_nothing_else(self):
        database = db_connect(self.env.cr.dbname)
        with database.cursor() as cr:
            connection = cr.connection
            self.assertIsNot(connection, self.env.cr.connection)
            cr.execute("PREPARE oms_plan_test AS SELECT 1")
            plans.keep_plans(connection)
            cr.execute(
                "SET work_mem TO '5MB'; SET datestyle TO 'German'; LISTEN oms_test; SELECT PG_ADVISORY_LOCK(746)"
            )
            cr.execute("CREATE TEMP TABLE oms_test (id int)")
            cr.execute("DECLARE oms_test CURSOR WITH HOLD FOR SELECT 1")
        with database.cursor() as cr:
            self.assertIs(cr.connection, connection)
            cr.execute("EXECUTE oms_plan_test")
            cr.execute(
                """
                SELECT (SELECT setting = reset_val FROM pg_settings WHERE name = 'work_mem'),
                       CURRENT_SETTING('datestyle') LIKE 'ISO%', CURRENT_SETTING('client_encoding'),
                       (SELECT COUNT(*) FROM PG_LISTENING_CHANNELS()), TO_REGCLASS('oms_test') IS NULL,
                       (SELECT COUNT(*) FROM pg_cursors WHERE name = 'oms_test'), CURRENT_SETTING('transaction_isolation'),
                       (SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 746 AND pid = PG_BACKEND_PID())
                """
            )
            self.assertEqual(cr.fetchone(), (True, True, "UTF8", 0, True, 0, "repeatable read", 0))

    def test_too_many_plans_are_dropped(self):
        with Plans(self.env):
            for _time in range(2):
                self._read_names(self.env.user.ids)
        with patch.object(plans, "_MOST_PLANS", 1), Plans(self.env):
            for _time in range(2):
                self._read_names(self.env.user.ids, digits=1)
        [(statement, _count)] = self._read_plans()
        self.assertIn("ROUND(1.005, 1)", statement)

    def test_an_error_leaves_the_cursor_as_it_was(self):
        cr = self.env.cr
        before = vars(cr).get("execute")
        with self.assertRaises(DivisionByZero), cr.savepoint(), Plans(self.env):
            cr.execute(SQL("SELECT 1 / (CARDINALITY(%s) - 1)", [7]), log_exceptions=False)
        self.assertEqual(vars(cr).get("execute"), before)
        self.assertEqual(self._read_names(self.env.user.ids)[0][0], self.env.uid)

    def test_orders_are_read_alike(self):
        orders = self._confirm(self._place_order()) + self._confirm(self._place_order([(self.goods, 3)]))
        for order in orders:
            self._drain()
            for number in (1, 2, 3):
                order.order_line[0].product_uom_qty += number
                self.env.flush_all()
                self._drain()
            self._ship(order)
            self._drain()
        self.assertGreater(len(self._read_plans()), 20)
        self.assertEqual(self.env["oms.flow"]._audit([("id", "in", orders.ids)]), [])
        self.assertEqual(self.env["oms.issue"]._audit([("id", "in", orders.ids)]), [])
