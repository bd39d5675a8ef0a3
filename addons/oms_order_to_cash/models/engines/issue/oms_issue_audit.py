from odoo import api, models
from odoo.tools import split_every

_BATCH = 1000


class OmsIssue(models.Model):
    _inherit = "oms.issue"

    @api.model
    def _audit(self, domain=()):
        """Compare the stored issues with what detectors find now, once what is marked has been refreshed.

        :param domain: of sale orders
        :return: list of dicts ``order_id``, ``code`` and ``problem``: "not raised" or "not closed"; there must be none.
            Of what can't be read only X1 is wanted.
        """
        self.env.flush_all()
        order_ids = self.env["sale.order"].sudo().with_context(active_test=False).search(list(domain), order="id").ids
        differences = []
        for batch in split_every(_BATCH, order_ids):
            facts, unread = self.env["oms.flow"]._read_lanes_of_all(batch)
            findings, unknown = self._find(facts)
            found = {(order_id, issue_type.code) for issue_type, order_id, _finding in findings}
            found |= {(order_id, "X1") for order_id in unread}
            stored = self._read_open(batch, unknown)
            stored = {key for key in stored if key[0] not in unread or key[1] == "X1"}
            for problem, keys in (("not raised", found - stored), ("not closed", stored - found)):
                differences += [
                    {"order_id": order_id, "code": code, "problem": problem} for order_id, code in sorted(keys)
                ]
        return differences

    @api.model
    def _read_open(self, order_ids, unknown):
        """Return {(order id, code)} of what is open or dismissed, but for what nothing is known of."""
        issues = self.sudo().search([("order_id", "in", list(order_ids)), ("state", "in", ("open", "dismissed"))])
        return {
            (issue.order_id.id, issue.type_id.code)
            for issue in issues
            if (issue.order_id.id, issue.type_id.id) not in unknown
        }
