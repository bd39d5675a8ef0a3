from odoo import api, fields, models


class OmsIssueScan(models.Model):
    """How far the regular look at all unfinished orders has come: one row."""

    _name = "oms.issue.scan"
    _description = "Order Issue Scan"
    _log_access = False

    last_order_id = fields.Integer(required=True, help="The last order looked at, 0 between two rounds.")

    @api.model
    def _get_last_id(self):
        return self.search([], limit=1).last_order_id

    @api.model
    def _set_last_id(self, order_id):
        scan = self.search([], limit=1) or self.create({"last_order_id": 0})
        scan.last_order_id = order_id
