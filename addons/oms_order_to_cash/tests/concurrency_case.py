"""Base class of tests that need more than one transaction: two processes on the tests' database, really committing.

What a test makes is committed too; it is deleted at the end, so that the other tests find the database as it was.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

_PATIENCE = 120


class WorkerProcess:
    """The tests' end of one process of ``concurrency_worker.py``."""

    def __init__(self, path):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(path)
        self.stream = self.connection.makefile("rw")
        self.pid = self.hear()["pid"]

    def tell(self, command, *args):
        self.stream.write(json.dumps([command, *args]) + "\n")
        self.stream.flush()

    def hear(self):
        """Wait for the answer to what was told."""
        readable, _writable, _failed = select.select([self.connection], [], [], _PATIENCE)
        line = readable and self.stream.readline()
        if not line:
            raise AssertionError("the other process does not answer")
        return json.loads(line)

    def ask(self, command, *args):
        self.tell(command, *args)
        return self.hear()

    def kill(self):
        """End it as a power cut does: nothing is rolled back, closed or said."""
        os.kill(self.pid, signal.SIGKILL)

    def stop(self):
        """Hang up; it ends by itself."""
        self.stream.close()
        self.connection.close()


class WorkerNursery:
    """The process of ``concurrency_worker.py`` that has loaded a database and makes the others."""

    def __init__(self, db_name):
        self.folder = tempfile.TemporaryDirectory(prefix="oms_")
        self.path = f"{self.folder.name}/workers"
        script = Path(__file__).with_name("concurrency_worker.py")
        options = [
            f"--{option}={config[name]}"
            for option, name in (
                ("db_host", "db_host"),
                ("db_port", "db_port"),
                ("db_user", "db_user"),
                ("db_password", "db_password"),
                ("data-dir", "data_dir"),
            )
            if config[name]
        ] + [f"--addons-path={','.join(config['addons_path'])}", "--log-level=critical"]
        self.process = subprocess.Popen(
            [sys.executable, str(script), db_name, self.path, *options],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def start(self):
        """Return a new worker."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            if os.path.exists(self.path):
                with contextlib.suppress(ConnectionRefusedError):  # it binds the address before it listens
                    return WorkerProcess(self.path)
            time.sleep(0.05)
        raise AssertionError("the other processes can't be started")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


@tagged("post_install", "-at_install")
class OmsConcurrencyCase(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        nursery = WorkerNursery(get_db_name())
        cls.addClassCleanup(nursery.stop)
        cls.workers = [nursery.start() for _number in range(2)]
        for worker in cls.workers:
            cls.addClassCleanup(worker.stop)

    def setUp(self):
        super().setUp()
        self.first, self.second = self.workers
        with self._committed() as env:
            kinds = [
                {"name": "Test Shared Service", "type": "service"},
                {"name": "Test Shared Goods", "type": "consu", "is_storable": False},
                {"name": "Test Other Shared Goods", "type": "consu", "is_storable": False},
            ]
            shared = {"invoice_policy": "order", "list_price": 10, "taxes_id": [Command.clear()]}
            self.product_ids = env["product.product"].create([{**shared, **kind} for kind in kinds]).ids
            self.partner_id = env["res.partner"].create({"name": "Test Shared Customer"}).id
        self.order_ids = []
        self.addCleanup(self._delete_all)

    def _committed(self):
        """Return a context manager for an environment whose changes are committed at the end."""
        return _Committed(self.registry)

    def _make_orders(self, count=1, products=(0,)):
        with self._committed() as env:
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": self.partner_id,
                        "order_line": [
                            Command.create({"product_id": self.product_ids[number], "product_uom_qty": 1})
                            for number in products
                        ],
                    }
                    for _number in range(count)
                ]
            )
            orders.action_confirm()
            self.order_ids += orders.ids
            return orders.ids

    def _open_both(self):
        for worker in self.workers:
            worker.ask("open")
            self.addCleanup(worker.ask, "close")

    def _delete_all(self):
        with self._committed() as env:
            orders = env["sale.order"].browse(self.order_ids)
            posted = orders.invoice_ids.filtered(lambda invoice: invoice.state == "posted")
            posted.matched_payment_ids.action_draft()
            posted.matched_payment_ids.unlink()
            posted.button_draft()
            orders.invoice_ids.with_context(force_delete=True).unlink()
            env["account.payment.register"].search([("partner_id", "=", self.partner_id)]).unlink()
            orders.filtered("locked").action_unlock()
            orders._action_cancel()
            orders.picking_ids.unlink()
            orders.unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            env["product.product"].browse(self.product_ids).unlink()
            env["oms.flow"]._cron_refresh()


class _Committed:
    def __init__(self, registry):
        self.registry = registry

    def __enter__(self):
        self.cr = self.registry.cursor()
        return api.Environment(self.cr, SUPERUSER_ID, {})

    def __exit__(self, exc_type, *_rest):
        try:
            if exc_type is None:
                self.cr.commit()  # pylint: disable=invalid-commit  # what others see is what is tested
        finally:
            self.cr.close()
