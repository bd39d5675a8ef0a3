import os
import signal
import socket
import subprocess
import sys
import time

from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.oms_order_to_cash.tests.committed_case import OmsCommittedCase

_PATIENCE = 120
_LIVE = ("wait_dependencies", "pending", "enqueued", "started")
_CHAIN = ("deliver", "invoice", "post")


@tagged("post_install", "-at_install", "oms_concurrency")
class TestConcurrencyQueueJob(OmsCommittedCase):
    """The real job runner in a server of its own, on a committed database."""

    def setUp(self):
        super().setUp()
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        options = [
            f"--{name}={config[name]}" for name in ("db_host", "db_port", "db_user", "db_password") if config[name]
        ]
        self.server = subprocess.Popen(
            [
                *(sys.executable, "-m", "odoo", f"--database={self.db_name}", *options),
                f"--addons-path={','.join(config['addons_path'])}",
                f"--data-dir={config['data_dir']}",
                *("--load=base,web,queue_job", "--http-interface=127.0.0.1", f"--http-port={port}"),
                *("--max-cron-threads=0", "--log-level=critical"),
            ],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "ODOO_QUEUE_JOB_CHANNELS": "root:2",
            },
        )
        self.addCleanup(self._stop_server)

    def _stop_server(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def _run_all(self):
        """Hand over what is due, and wait for the server to run it, until nothing is left."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            self._let_rules_look()
            self.env["oms.job"]._cron_run()
            self._commit()
            if self.server.poll() is not None:
                raise AssertionError("the server does not run")
            is_live = self.env["queue.job"].search_count([("state", "in", _LIVE)])
            if not is_live and not self.env["oms.job"].search_count([("state", "in", ("queued", "running"))]):
                return
            time.sleep(0.2)
        raise AssertionError("the queue does not end")

    def test_steps_of_a_rule_run_on_the_queue(self):
        rule = self._make_rule(_CHAIN)
        orders = self._confirm(self._place_many(30, [(self.goods, 2, 9.99)]))
        self._let_rules_look()
        self._run_all()
        self.assertEqual(self._count_jobs(rule), {(verb, "done"): 30 for verb in _CHAIN})
        self.assertEqual(orders.order_line.mapped("qty_delivered"), [2] * 30)
        self.assertEqual(orders.invoice_ids.mapped("state"), ["posted"] * 30)
        self.assertEqual(orders.invoice_ids.mapped("amount_total"), [19.98] * 30)
        ours = self.env["queue.job"].search([("model_name", "=", "oms.job")])
        self.assertEqual(set(ours.mapped("state")), {"done"})
        self.assertEqual(set(ours.mapped("channel")), {f"root.oms.{verb}" for verb in _CHAIN})
        self.assertLessEqual(len(ours), 30)
        self.assertFlowsHold(orders)
