"""Processes of their own beside the tests: each does what it is told, one line of JSON at a time, on a database.

Started by ``concurrency_case.py``; a process's transaction stays open from one command to the next, until it is told to
commit. They are forks of one that has loaded the database, since loading takes longer than any test.
"""

import json
import os
import signal
import socket
import sys
from contextlib import closing
from functools import partial
from http.client import HTTPConnection

from psycopg2 import InterfaceError, OperationalError

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.sql_db import close_all, db_connect
from odoo.tools import config

_QUEUE = "odoo.addons.oms_order_to_cash.models.engines.job.oms_job_queue"
_TURNS = "odoo.addons.oms_order_to_cash.models.engines.job.oms_job_turns"
# The line to the test that this process works for.
stream = None


class Worker:
    def __init__(self, registry):
        self.registry = registry
        self.cr = None
        self.env = None

    def open(self):
        """Begin a transaction: from here on it sees nothing of what others commit."""
        self.registry.check_signaling()
        self.cr = self.registry.cursor()
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        self.cr.execute("SELECT 1")
        return True

    def stop_after(self, model, method):
        """Have the next call of a method do its work, say so, and wait until this process is told to go on or killed."""
        model_class = self.registry[model]
        real = getattr(model_class, method)

        def stopping(records, *args, **kwargs):
            setattr(model_class, method, real)
            result = real(records, *args, **kwargs)
            records.env.flush_all()
            answer("stopped")
            stream.readline()
            return result

        setattr(model_class, method, stopping)
        return True

    def run(self, verb, order_ids):
        """Run a verb and leave the transaction open."""
        return self._run(verb, order_ids)

    def run_as_rpc(self, verb, order_ids):
        """Run a verb the way a call of the web client does: again when another transaction was first, then commit."""
        tries = []

        def call():
            tries.append(1)
            return self._run(verb, order_ids)

        result = retrying(call, self.env)
        return {"tries": len(tries), "jobs": result}

    def _run(self, verb, order_ids):
        orders = self.env["sale.order"].browse(order_ids)
        jobs = self.env["oms.runner"]._run(verb, orders, "user")
        return [[job.order_id.id, job.state, job.message or ""] for job in jobs.sorted("id")]

    def invoice_as_core(self, order_ids):
        """Do what the button of the sale order does, and leave the transaction open."""
        invoices = self.env["sale.order"].browse(order_ids)._create_invoices()
        self.env.flush_all()
        return invoices.ids

    def pay_as_core(self, invoice_ids):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice_ids)
        payments = wizard.create({})._create_payments()
        self.env.flush_all()
        return payments.ids

    def run_queue(self):
        """Work on the queue as a scheduled action does."""
        self.env["oms.job"]._cron_run()
        return True

    def run_cron(self, model, method):
        """Do what a scheduled action does, in a transaction of its own."""
        self.open()
        with closing(self.cr):
            getattr(self.env[model], method)()
            self.cr.commit()  # pylint: disable=invalid-commit  # as the scheduler does
        return True

    def take_at_most(self, count):
        """Have this process take no more jobs than this at a time."""
        # Loaded with the addon, whose folder is known only then.
        sys.modules[_TURNS]._BATCH = count
        return True

    def wait_for_nobody(self):
        """Have this process go ahead where another worker stands in its way, so that PostgreSQL has to decide."""
        sys.modules[_QUEUE]._PATIENCE = 0
        return True

    def use_carrier(self, port):
        """Have carriers of fixed price be booked with a server on this machine."""
        carrier_class = self.registry["delivery.carrier"]
        carrier_class._oms_is_remote = lambda carrier: True
        carrier_class.fixed_send_shipping = lambda carrier, pickings: [
            ask_carrier(port, "POST", picking.env.context["oms_client_reference"]) for picking in pickings
        ]
        carrier_class.fixed_oms_find_shipping = lambda carrier, picking, reference: ask_carrier(port, "GET", reference)
        return True

    def commit(self):
        self.cr.commit()  # pylint: disable=invalid-commit  # what others see is what is tested
        return True

    def close(self):
        self.cr.close()
        return True


def ask_carrier(port, method, reference):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        connection.request(method, f"/{reference}")
        return json.loads(connection.getresponse().read())


def answer(message):
    """Tell the test that this process works for."""
    stream.write(f"{json.dumps(message)}\n")
    stream.flush()


def serve(registry):
    """Do what the test says until it hangs up."""
    # The parent's connection names the parent as the one who uses it.
    registry._db = db_connect(registry.db_name)
    worker = Worker(registry)
    answer({"pid": os.getpid()})
    while line := stream.readline():
        command, *args = json.loads(line)
        call = partial(getattr(worker, command), *args)
        try:
            answer({"answer": call()})
        except (InterfaceError, OperationalError) as error:
            if not worker.cr.closed:
                worker.cr.rollback()
            answer({"error": type(error).__name__})


def main(db_name, path, options):
    """Load the database once, and make a process of its own for everybody who calls."""
    global stream
    config.parse_config(options)
    registry = Registry(db_name)
    close_all()  # no process may use a connection of another
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _address = listener.accept()
            with closing(connection):
                if not os.fork():
                    listener.close()
                    stream = connection.makefile("rw")
                    serve(registry)
                    os._exit(0)


if __name__ == "__main__":
    odoo.netsvc.init_logger()
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
