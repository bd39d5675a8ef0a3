from odoo import api, fields, models
from odoo.tools import SQL


class OmsOrderGuard(models.Model):
    """One row per order that every verb updates before it acts.

    Locking an order does not help a transaction that began before the last one committed: it still reads the order as
    it was. Updating a row which that one updated fails instead, and what runs again reads the truth.
    """

    _name = "oms.order.guard"
    _description = "Order Guard"
    _log_access = False

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    version = fields.Integer(required=True, default=1)

    _order_unique = models.UniqueIndex("(order_id)")

    @api.model
    def _bump(self, order_ids):
        """Make every other transaction that acts on these orders at the same time fail and start again."""
        if order_ids:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO oms_order_guard (order_id, version) SELECT UNNEST(%s), 1 ORDER BY 1
                   ON CONFLICT (order_id) DO UPDATE SET version = oms_order_guard.version + 1""",
                    sorted(order_ids),
                ),
                log_exceptions=False,
            )
