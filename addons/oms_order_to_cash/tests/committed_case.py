"""Base class of tests that commit more than can be deleted again: they run on a copy of the tests' database."""

import os
import shutil
from contextlib import closing
from datetime import timedelta

from psycopg2.errors import ObjectInUse

from odoo import SUPERUSER_ID, api, fields, models, sql_db
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, config

from .catalog import OmsCatalog
from .common import _QUIET
from .concurrency_case import WorkerNursery
from .verbs import OmsVerbs

# A scheduled action that is never done.
_MAX_ROUNDS = 20


@tagged("post_install", "-at_install")
class OmsCommittedCase(OmsCatalog, OmsVerbs, BaseCase):
    """``self.env`` works on the copy; what it did is seen by the workers after :meth:`_commit`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db_name = f"{get_db_name()}_copy_{os.getpid()}"
        cls._copy_database()
        cls.addClassCleanup(cls._drop_database)
        cls.nursery = WorkerNursery(cls.db_name)
        cls.addClassCleanup(cls.nursery.stop)
        cls.registry = cls._load_registry()
        cls._connect()
        cls._make_catalog()
        cls._put_in_stock(cls.goods, 900)
        cls.env["oms.rule"].search([]).mode = "off"
        cls._commit()

    # === THE COPY === #

    @classmethod
    def _copy_database(cls):
        source, copy = SQL.identifier(get_db_name()), SQL.identifier(cls.db_name)
        for is_last in (False, False, True):
            # A template may have no other user: what the tests before this one used is idle, or about to be.
            sql_db.close_db(get_db_name())
            try:
                cls._run_outside(SQL("CREATE DATABASE %s TEMPLATE %s", copy, source))
                break
            except ObjectInUse:
                if is_last:
                    raise
        # As that of the database it is a copy of: so it is swept away with it if this process is killed.
        cls._run_outside(SQL("COMMENT ON DATABASE %s IS %s", copy, cls._read_comment()))

    @classmethod
    def _read_comment(cls):
        with closing(sql_db.db_connect("postgres").cursor()) as cr:
            cr.execute(
                SQL(
                    "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                    get_db_name(),
                )
            )
            return cr.fetchone()[0]

    @classmethod
    def _load_registry(cls):
        """Load the copy as a server does; where tests are enabled, loading looks for tests to run."""
        is_testing, config["test_enable"] = config["test_enable"], False
        try:
            return Registry(cls.db_name)
        finally:
            config["test_enable"] = is_testing

    @classmethod
    def _connect(cls):
        """Begin to work on the copy, or go on after the connection was lost."""
        cls.cr = cls.registry.cursor()
        cls.addClassCleanup(cls.cr.close)
        cls.env = api.Environment(cls.cr, SUPERUSER_ID, _QUIET)
        for name, value in list(vars(cls).items()):
            if isinstance(value, models.BaseModel):
                setattr(cls, name, value.with_env(cls.env))

    @classmethod
    def _drop_database(cls):
        Registry.delete(cls.db_name)
        sql_db.close_db(cls.db_name)
        cls._run_outside(SQL("DROP DATABASE %s WITH (FORCE)", SQL.identifier(cls.db_name)))
        shutil.rmtree(config.filestore(cls.db_name), ignore_errors=True)

    @classmethod
    def _run_outside(cls, query):
        """Run what PostgreSQL does in no transaction."""
        with closing(sql_db.db_connect("postgres").cursor()) as cr:
            cr.rollback()
            cr._cnx.autocommit = True
            cr.execute(query, log_exceptions=False)

    @classmethod
    def _commit(cls):
        """Let the workers see what was done, and see what they did."""
        cls.env.flush_all()
        cls.cr.commit()  # pylint: disable=invalid-commit  # what others see is what is tested
        cls.env.invalidate_all()
        cls.registry.signal_changes()

    # === RULES AND THEIR QUEUE === #

    def _make_rule(self, steps, event="confirmed", **vals):
        """Make a rule that is on until the test ends."""
        rule = self.env["oms.rule"].create(
            {
                "name": "Test Rule",
                "event": event,
                "mode": "live",
                "date_started": fields.Datetime.now() - timedelta(days=1),
                "step_ids": [
                    Command.create({"verb": verb, "sequence": position}) for position, verb in enumerate(steps)
                ],
                **vals,
            }
        )
        self._commit()
        self.addCleanup(self._switch_off, rule)
        return rule

    def _switch_off(self, rule):
        self.cr.rollback()
        rule.with_env(self.env).mode = "off"
        self._commit()

    def _start_worker(self):
        """Return a process that works beside the test, until the test ends."""
        worker = self.nursery.start()
        self.addCleanup(worker.stop)
        return worker

    def _place_many(self, count, lines=None, **vals):
        return self.env["sale.order"].union(*(self._place_order(lines, **vals) for _number in range(count)))

    def _let_rules_look(self):
        """Have the rules look at what happened."""
        self._commit()
        self.env["oms.flow"]._cron_refresh()
        self._commit()

    def _run_together(self, *workers):
        """Have workers work on the queue at the same time until nothing is due."""
        for worker in workers:
            worker.tell("run_cron", "oms.job", "_cron_run")
        answers = [worker.hear() for worker in workers]
        self._let_rules_look()
        return answers

    def _run_to_the_end(self, *workers):
        """Have workers run what waits, and what waits to be tried again, until nothing does."""
        for _round in range(_MAX_ROUNDS):
            self._run_together(*workers)
            if not self._make_due():
                return
        raise AssertionError("the queue does not end")

    def _make_due(self):
        """Have what is to be tried again be tried now; return how much that is."""
        self.cr.execute(
            SQL(
                "UPDATE oms_job SET next_try = %s WHERE state = 'queued'",
                fields.Datetime.now(),
            )
        )
        count = self.cr.rowcount
        self._commit()
        return count

    def _count_jobs(self, rule):
        """Return {(verb, state): count} of a rule's jobs."""
        jobs = self.env["oms.job"]._read_group([("rule_id", "=", rule.id)], ["verb", "state"], ["__count"])
        return {(verb, state): count for verb, state, count in jobs}

    def assertFlowsHold(self, orders):
        """Check that the stored flows and issues are what the documents say."""
        self._let_rules_look()
        domain = [("id", "in", orders.ids)]
        self.assertEqual(self.env["oms.flow"]._audit(domain), [])
        self.assertEqual(self.env["oms.issue"]._audit(domain), [])
