from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# What every order is when it is placed.
_PLACED = {"stage": "quotation", "lane_supply": "none", "lane_delivery": "none"}
# What was placed longer ago and is read for the first time now was forgotten, not placed just now.
_RECENT = timedelta(days=7)


class OmsFlow(models.Model):
    _inherit = "oms.flow"

    @api.model
    def _note_transitions(self, rows, stored):
        """Enter into the timelines what no single document tells: stages entered, all goods reserved, all delivered.

        An order that has no flow yet enters what it went through since it was placed, if it was placed just now; what an
        older one went through before is not known by its stages.

        :param dict rows: {order id: columns of its flow} about to be stored
        :param dict stored: the same as they are stored now
        """
        former = {**dict.fromkeys(self._read_new(rows.keys() - stored.keys()), _PLACED), **stored}
        noted = [
            (order_id, rows[order_id]["company_id"], kind, detail)
            for order_id, old in former.items()
            for kind, detail in self._get_transitions(old, rows[order_id])
        ]
        if noted:
            self.env["oms.event"]._insert(
                SQL(
                    """SELECT order_id, company_id, type, %s::timestamp, 'sale.order', order_id, NULL::int, NULL, NULL, detail,
                              NULL::float, FALSE FROM (VALUES %s) passed (order_id, company_id, type, detail)""",
                    fields.Datetime.now(),
                    SQL(", ").join(SQL("%s", row) for row in noted),
                )
            )

    @api.model
    def _read_new(self, order_ids):
        """Return those of these orders, which have no flow, that were never read before: a connector may create, confirm and
        ship one in a transaction.

        Its placing was seen, not read from its documents, and no stage was ever entered: what is read beyond a quotation
        enters one, so that a flow that was thrown away and is built anew enters nothing.
        """
        if not order_ids:
            return []
        self.env.cr.execute(
            SQL(
                """SELECT order_id FROM oms_event WHERE order_id = ANY(%s) AND type IN ('placed', 'stage', 'reserved', 'delivered')
                 GROUP BY order_id
                   HAVING BOOL_AND(type = 'placed') AND BOOL_OR(is_reconstructed IS NOT TRUE AND date > %s)""",
                list(order_ids),
                fields.Datetime.now() - _RECENT,
            )
        )
        return [order_id for (order_id,) in self.env.cr.fetchall()]

    @api.model
    def _get_transitions(self, old, new):
        """Yield (event type, detail) of what became true between two readings of an order."""
        if old["stage"] != new["stage"]:
            yield "stage", new["stage"]
        # Made and sold at once, goods can be reserved and gone between two readings.
        if new["lane_supply"] == "done" and old["lane_supply"] != "done":
            yield "reserved", None
        if new["lane_delivery"] == "done" and old["lane_delivery"] != "done":
            yield "delivered", None
