from odoo import api, fields, models
from odoo.tools import SQL

# An order's id is older than its commit: what was being placed when the last order was looked at has an id not far below.
_MARGIN = 1000


class OmsScan(models.Model):
    """How far something that looks at all orders, in the order of their ids, has come: one row each."""

    _name = "oms.scan"
    _description = "Order Scan"
    _log_access = False

    name = fields.Char(required=True, help="What looks at the orders.")
    last_order_id = fields.Integer(required=True, help="The last order looked at.")

    _name_unique = models.UniqueIndex("(name)")

    @api.model
    def _get_last_id(self, name):
        return self.search([("name", "=", name)]).last_order_id

    @api.model
    def _get_start(self, name):
        """Return from where to look for orders that appeared since."""
        return max(self._get_last_id(name) - _MARGIN, 0)

    @api.model
    def _set_last_id(self, name, order_id):
        scan = self.search([("name", "=", name)]) or self.create({"name": name, "last_order_id": 0})
        if scan.last_order_id != order_id:
            scan.last_order_id = order_id

    @api.model
    def _get_next(self, last_id, limit):
        """Return the ids of the next orders, ascending."""
        self.env.cr.execute(SQL("SELECT id FROM sale_order WHERE id > %s ORDER BY id LIMIT %s", last_id, limit))
        return [order_id for (order_id,) in self.env.cr.fetchall()]
