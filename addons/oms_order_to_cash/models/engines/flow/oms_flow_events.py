from odoo import api, fields, models
from odoo.tools import SQL


class OmsFlow(models.Model):
    _inherit = "oms.flow"

    @api.model
    def _note_transitions(self, rows, stored):
        """Enter into the timelines what no single document tells: stages entered, all goods reserved, all delivered.

        An order that has no flow yet enters nothing: what it went through before is not known by its stages.

        :param dict rows: {order id: columns of its flow} about to be stored
        :param dict stored: the same as they are stored now
        """
        noted = [
            (order_id, rows[order_id]["company_id"], kind, detail)
            for order_id, old in stored.items()
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
    def _get_transitions(self, old, new):
        """Yield (event type, detail) of what became true between two readings of an order."""
        if old["stage"] != new["stage"]:
            yield "stage", new["stage"]
        # Made and sold at once, goods can be reserved and gone between two readings.
        if new["lane_supply"] == "done" and old["lane_supply"] != "done":
            yield "reserved", None
        if new["lane_delivery"] == "done" and old["lane_delivery"] != "done":
            yield "delivered", None
