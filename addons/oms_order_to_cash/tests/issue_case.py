"""What the tests of issues and their remedies share."""

from odoo.tests import tagged

from .runner_case import OmsRunnerCase


@tagged("post_install", "-at_install")
class OmsIssueCase(OmsRunnerCase):
    def _read_issues(self, order):
        """Return the open issues of an order as the next reader will see them."""
        self._drain()
        return self.env["oms.issue"].search([("order_id", "=", order.id), ("state", "=", "open")])

    def _look(self, order):
        """Have an order looked at again, as the clock does."""
        self.env.cr.flush()
        self.env["oms.flow"]._refresh(order.ids)

    def _get_issue(self, order, code):
        return self._read_issues(order).filtered(lambda issue: issue.code == code)

    def _get_chain(self, order, code):
        """Return the words of the chain that proves an issue."""
        issue = self._get_issue(order, code)
        return [link["text"] for link in issue.type_id._get_lane()._explain(issue)]

    def assertIssue(self, order, code, **values):
        """Check that an order has an open issue of this type, with these values."""
        issue = self._get_issue(order, code)
        found = self._read_issues(order).mapped("code")
        self.assertTrue(issue, f"{order.name} has no {code}, only {found}")
        self.assertEqual({name: issue[name] for name in values}, values)
        return issue

    def assertNoIssue(self, order, code):
        """Check that nothing of this type is open for an order."""
        self.assertFalse(self._get_issue(order, code), f"{order.name} has {code}")

    def assertIssuesHold(self, orders, because=""):
        """Check that what is stored is what detectors find."""
        self._drain()
        self.assertEqual(self.env["oms.issue"]._audit([("id", "in", orders.ids)]), [], because)
