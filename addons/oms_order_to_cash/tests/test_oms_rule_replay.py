import psycopg2

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .runner_case import OmsRunnerCase

# What the window of the replay keeps of itself: which rule, how many days.
_OWN = {"oms_rule_replay"}


@tagged("post_install", "-at_install")
class TestOmsRuleReplay(OmsRunnerCase):
    """A replay tells and changes nothing: PostgreSQL itself is asked to see to that."""

    def _get_all(self):
        rules = self.env["oms.rule"].search([])
        self.assertGreaterEqual(len(rules), 7)
        return rules

    def test_replay_in_a_transaction_that_can_not_write(self):
        # One of each kind of event, where there is no demo company.
        order = self._confirmed()
        self._finish(order)
        self._drain()
        self.env.cr.flush()
        # From here on every statement that would write, lock a row or take a number fails, in this transaction.
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        found = {rule: rule._replay(36500) for rule in self._get_all()}
        self.assertTrue(found[self.env.ref("oms_order_to_cash.oms_rule_invoice_on_confirmation")])
        for rule, rows in found.items():
            shown = self.env["oms.rule.replay"].new({"rule_id": rule.id, "days": 36500})
            self.assertEqual(shown.step_count, len(rows) * len(rule.step_ids))
            self.assertTrue(shown.result)
        with self.assertRaises(psycopg2.errors.ReadOnlySqlTransaction), mute_logger("odoo.sql_db"):
            self.env.cr.execute("UPDATE oms_rule SET name = name")

    def test_window_writes_no_row_but_its_own(self):
        self._finish(self._confirmed())
        self._drain()
        self.env.cr.flush()
        before = self._count_written()
        for rule in self._get_all():
            replay = self.env["oms.rule.replay"].create({"rule_id": rule.id, "days": 36500})
            self.assertTrue(replay.result)
        self.env.cr.flush()
        after = self._count_written()
        self.assertEqual({table for table in after if after[table] != before.get(table)} - _OWN, set())

    def _count_written(self):
        """Return {table: rows that this transaction inserted, updated or deleted}."""
        self.env.cr.execute(
            SQL("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS count FROM pg_stat_xact_user_tables")
        )
        return dict(self.env.cr.fetchall())
