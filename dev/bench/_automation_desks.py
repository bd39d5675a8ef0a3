"""The competitors of the automation benchmark, each in a database of its own with the same goods and customers."""

import time

import _bench as bench
from overhead import Desk

STEPS = ("confirm", "deliver", "invoice", "post", "pay")
# What the other automation does; it leaves deliveries to people.
STEPS_WITHOUT_DELIVERY = ("confirm", "invoice", "post", "pay")
_TAKEN = 100
_IDLE = 100  # orders of the backlog: in one batch each comes once
_OTHER_COMPANY = "Bench Other Company"


class CoreDesk(Desk):
    """Bare Odoo: core's methods called for one order after the other, each step committed."""

    def work(self, order_ids):
        spent = {"seconds": 0.0, "cpu": 0.0, "queries": 0}
        for order_id in order_ids:
            subject = [order_id]
            for step in STEPS:
                subject, figures = self.measure(getattr(self, step), subject)
                spent = {figure: spent[figure] + figures[figure] for figure in spent}
        return spent


class QueueDesk(Desk):
    """Odoo with the addon: a rule takes each order all the way as soon as it is placed."""

    def __init__(self, name, steps):
        super().__init__(name)
        with self.transaction(user_id=1) as env:
            env["oms.rule"].create(
                {
                    "name": "Bench",
                    "event": "placed",
                    "mode": "live",
                    "step_ids": [(0, 0, {"verb": verb, "sequence": index}) for index, verb in enumerate(steps)],
                }
            )

    def work(self, _order_ids):
        """Match the rule, and do what it queued."""
        matched = self.match()
        _result, ran = self.measure(lambda env: env["oms.job"]._cron_run(), user_id=1)
        return {figure: matched[figure] + ran[figure] for figure in ran}

    def match(self):
        """Have the rule queue its first step for what was placed."""
        return self.refresh()

    def count_jobs(self):
        with bench.connection(self.name) as cr:
            cr.execute("SELECT state, COUNT(*) FROM oms_job GROUP BY state")
            return dict(cr.fetchall())

    def time_claim(self, served_id, tries=20):
        """Return the median milliseconds that taking a batch off the queue takes; what was taken is put back.

        :param served_id: the company that was served last
        """
        spent = []
        for _number in range(tries):
            with self.registry.cursor() as cr:
                jobs = bench.api.Environment(cr, 1, {})["oms.job"]
                started = time.perf_counter()
                jobs._take_due(served_id, _TAKEN)
                spent.append((time.perf_counter() - started) * 1000)
                jobs._let_go()
                cr.rollback()
        return bench.median(spent)

    def add_backlog(self, number):
        """Queue requests of another company, all due, which find nothing left to do."""
        with self.transaction(user_id=1) as env:
            company = env["res.company"].create({"name": _OTHER_COMPANY})
            partner = env["res.partner"].create({"name": _OTHER_COMPANY})
            values = {"partner_id": partner.id, "company_id": company.id}
            orders = env["sale.order"].with_company(company).create([values] * _IDLE)
            orders.with_company(company).state = "cancel"
            self.idle_ids, company_id = orders.ids, company.id
        self.grow_backlog(company_id, number)
        return company_id

    def grow_backlog(self, company_id, number):
        """Have a company's backlog be of so many jobs."""
        with bench.connection(self.name) as cr:
            cr.execute(
                """INSERT INTO oms_job (verb, res_model, res_id, order_id, company_id, user_id, origin, priority, state, attempts,
                                        next_try, cause)
                   SELECT 'confirm', 'sale.order', (%s::int[])[1 + number %% %s], (%s::int[])[1 + number %% %s], %s, 1,
                          'automation', 2, 'queued', 0,
                          NOW() AT TIME ZONE 'UTC' - INTERVAL '2 days' + number * INTERVAL '1 second', 'bench ' || number
                     FROM GENERATE_SERIES(1, %s) number
                       ON CONFLICT (order_id, verb, cause) WHERE cause IS NOT NULL DO NOTHING""",
                [self.idle_ids, _IDLE, self.idle_ids, _IDLE, company_id, number],
            )
            cr.execute("ANALYZE oms_job")

    def set_backlog(self, company_id, number):
        """Have a company's backlog be of so many jobs and no more."""
        with bench.connection(self.name) as cr:
            cr.execute("DELETE FROM oms_job WHERE company_id = %s", [company_id])
            cr.execute("VACUUM oms_job")
        self.grow_backlog(company_id, number)

    def count_backlog(self, company_id):
        with bench.connection(self.name) as cr:
            cr.execute("SELECT COUNT(*) FROM oms_job WHERE state = 'queued' AND company_id = %s", [company_id])
            return cr.fetchone()[0]


class OpponentDesk(Desk):
    """Bare Odoo with the OCA's sale_automatic_workflow."""

    def __init__(self, name):
        super().__init__(name)
        with self.transaction(user_id=1) as env:
            process = env["sale.workflow.process"].create(
                {
                    "name": "Bench",
                    "validate_order": True,
                    "create_invoice": True,
                    "validate_invoice": True,
                    "register_payment": True,
                    "property_journal_id": env["account.journal"].search([("type", "=", "sale")], limit=1).id,
                    "property_payment_journal_id": env["account.journal"].search([("type", "=", "bank")], limit=1).id,
                }
            )
            self.process_id = process.id

    def _prepare_order(self, index):
        return {**super()._prepare_order(index), "workflow_process_id": self.process_id}

    def work(self, _order_ids):
        _result, spent = self.measure(lambda env: env["automatic.workflow.job"].run(), user_id=1)
        return spent


def count_paid(desk, order_ids):
    """Return how many of these orders are paid in full."""
    with desk.transaction(user_id=1) as env:
        invoices = env["sale.order"].browse(order_ids).invoice_ids
        return len(invoices.filtered(lambda invoice: invoice.payment_state in ("paid", "in_payment")))
