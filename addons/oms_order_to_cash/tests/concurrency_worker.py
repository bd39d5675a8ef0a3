"""A process of its own beside the tests: does what it is told, one line of JSON at a time, on the tests' database.

Started by ``concurrency_case.py``; its transaction stays open from one command to the next, until it is told to commit.
"""

import json
import sys
from functools import partial

from psycopg2 import OperationalError

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config


class Worker:
    def __init__(self, db_name):
        self.registry = Registry(db_name)
        self.cr = None
        self.env = None

    def open(self):
        """Begin a transaction: from here on it sees nothing of what others commit."""
        self.cr = self.registry.cursor()
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        self.cr.execute("SELECT 1")
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

    def commit(self):
        self.cr.commit()  # pylint: disable=invalid-commit  # what others see is what is tested
        return True

    def close(self):
        self.cr.close()
        return True


def answer(message):
    """Tell the test that started this process, which reads lines."""
    sys.stdout.write(f"{json.dumps(message)}\n")
    sys.stdout.flush()


def main(db_name, options):
    config.parse_config(options)
    worker = Worker(db_name)
    answer("ready")
    for line in sys.stdin:
        command, *args = json.loads(line)
        call = partial(getattr(worker, command), *args)
        try:
            answer({"answer": call()})
        except OperationalError as error:
            worker.cr.rollback()
            answer({"error": type(error).__name__})


if __name__ == "__main__":
    odoo.netsvc.init_logger()
    main(sys.argv[1], sys.argv[2:])
