"""What the benchmarks share: databases, transactions with their time and their queries, and how figures are told."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2.sql import SQL, Identifier, Literal

from odoo import api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

ROOT = Path(__file__).resolve().parents[2]
ADDON = "oms_order_to_cash"
USER_ID = 2  # the administrator, who is subject to access rights and record rules as everybody is
_COMPANY_ID = 1


def start(addons=()):
    """Set Odoo up as ``./oms`` does, without servers.

    :param addons: folders of addons to have beside the usual ones
    """
    options = ["-c", os.environ["OMS_CONF"], "--no-http", "--max-cron-threads", "0", "--log-level", "warn"]
    config.parse_config(options, setup_logging=True)
    if addons:
        paths = ",".join([*config["addons_path"], *map(str, addons)])
        config.parse_config([*options, "--addons-path", paths], setup_logging=True)


def say(text):
    print(text, flush=True)


def finish(name, **parts):
    """Print the line that programs read."""
    say(json.dumps({"name": name, **parts}))


# === DATABASES === #


def oms(*arguments):
    """Run a command of the repository; its messages go where ours go."""
    subprocess.run([ROOT / "oms", *arguments], check=True, stdout=sys.stderr)


def exists(database):
    with connection("postgres") as cr:
        cr.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        return bool(cr.fetchone())


def make_database(database, *options):
    """Make a database anew."""
    drop_database(database)
    oms("newdb", database, *options)


def drop_database(database):
    if exists(database):
        oms("dropdb", database)


def rename_database(old, new):
    with connection("postgres") as cr:
        cr.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(old), Identifier(new)))
    files(old).rename(files(new))


def copy_database(source, target):
    """Copy a database of any size, with its files and the mark that says who made it."""
    drop_database(target)
    with connection("postgres") as cr:
        cr.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(target), Identifier(source)))
        cr.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [source])
        cr.execute(SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(target), Literal(cr.fetchone()[0])))
    shutil.copytree(files(source), files(target), copy_function=os.link, dirs_exist_ok=True)


def files(database):
    """Return the folder of a database's files."""
    folder = Path(config.filestore(database))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def connection(database):
    """A cursor that is none of Odoo's, each statement a transaction of its own."""
    link = psycopg2.connect(dbname=database)
    link.autocommit = True
    try:
        with link.cursor() as cr:
            yield cr
    finally:
        link.close()


# === TRANSACTIONS === #


class Database:
    """A database of Odoo and what is measured in it."""

    def __init__(self, name):
        self.name = name
        self.registry = Registry(name)

    def close(self):
        """Leave no connection open, so that the database can be copied or renamed."""
        Registry.delete(self.name)
        close_db(self.name)

    @contextmanager
    def transaction(self, user_id=USER_ID):
        """An environment as a request of the web client has it; committed at the end."""
        with self.registry.cursor() as cr:
            context = {"lang": "en_US", "tz": "UTC", "uid": user_id, "allowed_company_ids": [_COMPANY_ID]}
            yield api.Environment(cr, user_id, context)

    def measure(self, function, *arguments, user_id=USER_ID):
        """Run ``function(env, *arguments)`` in a transaction of its own.

        :return: its result, and what it took up to and including the commit
        """
        started, cpu = time.perf_counter(), time.process_time()
        with self.transaction(user_id) as env:
            backend = Backend(env.cr)
            result = function(env, *arguments)
            env.cr.commit()
            queries = env.cr.sql_log_count
            cpu = time.process_time() - cpu + backend.get_spent()
        return result, {"seconds": time.perf_counter() - started, "cpu": cpu, "queries": queries}


class Backend:
    """The server's process behind a cursor, where it runs on this machine."""

    def __init__(self, cr):
        self.path = Path(f"/proc/{cr.connection.info.backend_pid}/schedstat")
        self.started = self._read()

    def _read(self):
        """Return its seconds on a processor: unlike the clock, they don't depend on what else the machine does."""
        return int(self.path.read_text().split()[0]) / 1e9 if self.path.exists() else 0.0

    def get_spent(self):
        return self._read() - self.started


# === FIGURES === #


def median(values):
    return statistics.median(values) if values else 0.0


def spread(values):
    """Return the first and the third quartile."""
    if len(values) < 2:
        return [*values, *values] or [0.0, 0.0]
    first, _second, third = statistics.quantiles(values, n=4, method="inclusive")
    return [first, third]


def rounded(value, digits=4):
    """Round all numbers in a structure, for people and for JSON."""
    if isinstance(value, dict):
        return {key: rounded(part, digits) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part, digits) for part in value]
    return round(value, digits) if isinstance(value, float) else value
