"""What has to hold whatever was done to orders, checked after each step of a history."""

import re
from unittest.mock import patch

from .oracle import Oracle
from .oracle_issue import CODES, read_issues
from .oracle_value import OracleValue
from .snapshot import get_difference, take_snapshot

_AMOUNT = re.compile(r"(-?)\D?\s?(-?)((?:\d|,)+\.\d\d)(?!\d)")
# Whose previews name the amounts of the documents that are made, one per document.
_PRICED_VERBS = {
    "invoice": "account.move",
    "post": "account.move",
    "credit": "account.move",
    "credit_difference": "account.move",
    "credit_excess": "account.move",
    "pay": "account.payment",
    "refund": "account.payment",
}
# How often a verb may go on where it stopped: a delivery by up to three steps.
_GOES_ON = {"deliver": 3}


class OmsProperties:
    """To be mixed into a test case whose ``orders`` have histories."""

    # === AFTER EACH STEP === #

    def assertPropertiesHold(self, because="", orders=None):
        """Check all that is true of any orders at any time; what costs least, and fails most, comes first.

        :param orders: which the slow oracles look at as well; all by default
        """
        self._drain()
        self.assertAuditsEmpty([("partner_id", "in", self._get_customers().ids)], because)
        self.assertNextStepsCanRun(because)
        shared = {}
        for order in self.orders if orders is None else orders:
            oracle, flow = Oracle(order), self._get_flow(order)
            expected = oracle.tell()
            stored = {field: self._to_plain(flow[field]) for field in expected}
            self.assertEqual(stored, expected, f"{order.name} {because}")
            self.assertIssuesEqual(oracle, because, shared)
            self.assertMoneyAddsUp(oracle, flow, because)

    def assertAuditsEmpty(self, domain, because=""):
        """Check that what is stored is what is read and found now; nothing is refreshed for it but what was marked."""
        flows = self.env.registry["oms.flow"]
        # Both audits read the same documents, which takes longer than the rest of a step.
        readings, read = {}, flows._read_lanes

        def read_once(flow, order_ids):
            key = tuple(order_ids)
            if key not in readings:
                readings[key] = read(flow, order_ids)
            return readings[key]

        with patch.object(flows, "_read_lanes", read_once):
            found = self.env["oms.issue"]._audit(domain)
            differences = self.env["oms.flow"]._audit(domain)
        self.assertEqual((found, differences), ([], []), because)

    def _get_customers(self):
        return self.orders.partner_id

    def assertNextStepsCanRun(self, because=""):
        """Check that what a flow calls the next step is no step that its verb would refuse."""
        verbs = self.env["oms.runner"]._get_verbs()
        for order in self.orders:
            verb = self._get_flow(order).next_action
            if verb in verbs:
                obstacles = self.env["oms.runner"]._get_obstacles(verb, order)
                self.assertFalse(obstacles.get(order.id), f"{verb} {order.name} {because}")

    def assertIssuesEqual(self, oracle, because="", shared=None):
        """Check that the issues that are open are those an independent look at the documents finds.

        :param dict shared: what orders that are looked at at the same moment have in common
        """
        issues = self.env["oms.issue"].search(
            [("order_id", "=", oracle.order.id), ("state", "in", ("open", "dismissed"))]
        )
        found = set(issues.mapped("code")) & set(CODES)
        self.assertEqual(sorted(found), sorted(read_issues(oracle, shared)), f"{oracle.order.name} {because}")

    def assertMoneyAddsUp(self, oracle, flow, because=""):
        """Check that paid + open + to invoice - owed back is what the customer is to pay for what he keeps."""
        order, money = oracle.order, OracleValue(oracle)
        if not money.is_plain():
            return
        found = money.get_paid() + money.get_spare() + flow.amount_open
        # What he gets back is open already of a cancelled order; of any other one as far as a credit note is drafted.
        if order.state != "cancel":
            owed = self.env["oms.issue"].search(
                [("order_id", "=", order.id), ("state", "=", "open"), ("code", "=", "R2")]
            )
            found += money.get_drafted() - sum(owed.mapped("amount"))
        # Each document is rounded by itself, and says a part of a dozen to two digits.
        cents = 0.01 * (1 + len(money.invoices)) + money.get_unit_rounding()
        self.assertAlmostEqual(found, money.get_value(), delta=cents, msg=f"{order.name} {because}")

    # === AROUND A VERB === #

    def _take_snapshot(self):
        return take_snapshot(self.orders, self._get_customers(), self.vendor)

    def assertPreviewHolds(self, job, preview):
        """Check that the documents a verb made are worth what its preview said, to the cent."""
        model = _PRICED_VERBS.get(job.verb)
        if not model:
            return
        documents = self.env[model].browse(job.documents[model])
        told = sum(self._read_amount(sentence) for sentence in preview if _AMOUNT.search(sentence))
        made = sum(self._get_amount(document) for document in documents)
        self.assertAlmostEqual(told, made, 2, f"{job.verb}: {preview} made {documents.mapped('display_name')}")

    def _read_amount(self, sentence):
        [before, after, digits] = _AMOUNT.findall(sentence)[-1]
        is_negative = before or after or " less: " in sentence
        return float(digits.replace(",", "")) * (-1 if is_negative else 1)

    def _get_amount(self, document):
        if document._name == "account.payment":
            return document.amount
        return document.amount_total

    def assertSecondRunChangesNothing(self, job, params):
        """Check that nothing is billed, planned, bought or paid twice by a second click on the same thing."""
        for _step in range(_GOES_ON.get(job.verb, 0)):
            self.env["oms.runner"]._run(job.verb, job.order_id, "user", params)
        once = self._take_snapshot()
        self.env["oms.runner"]._run(job.verb, job.order_id, "user", params)
        difference = get_difference(once, self._take_snapshot())
        self.assertFalse(difference, f"a second {job.verb} of {job.order_id.name} changed something")

    def assertUndoRestores(self, job, before):
        """Check that an undo brings back what was, or is refused."""
        if not job.can_undo or job._get_undo_obstacle():
            return
        job.action_undo()
        difference = get_difference(before, self._take_snapshot())
        self.assertFalse(difference, f"the undo of {job.verb} of {job.order_id.name} left something behind")
        self.assertPropertiesHold(f"after the undo of {job.verb}")
