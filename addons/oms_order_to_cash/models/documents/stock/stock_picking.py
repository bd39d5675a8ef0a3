from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..asked import check_text, on_records

_WATCHED = {
    "batch_id",
    "carrier_id",
    "carrier_tracking_ref",
    "move_type",
    "oms_delivery_state",
}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    oms_delivery_state = fields.Selection(
        [
            ("shipped", "Shipped"),
            ("in_transit", "In transit"),
            ("stalled", "Stalled"),
            ("failed", "Failed"),
            ("delivered", "Delivered"),
        ],
        string="Carrier's State",
        copy=False,
        help="What the carrier tells of the shipment; empty while nothing is known.",
        groups="base.group_user",
    )
    oms_return_reminded_on = fields.Datetime(
        string="Reminded",
        readonly=True,
        copy=False,
        help="When the customer was last asked where the announced return is.",
        prefetch="oms",
        groups="base.group_user",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not self._oms_get_watched().isdisjoint(vals):
            self.env["oms.flow.dirty"]._mark("stock.picking", self._ids)
        return result

    # === ACTIONS === #

    @on_records
    def oms_record_delivery_state(self, state, note=None):
        """Record what a carrier tells of these transfers.

        :param str state: a value of ``oms_delivery_state``
        :param str note: the carrier's words, kept in the chatter
        """
        states = [key for key, _label in self._fields["oms_delivery_state"].selection]
        if state and state not in states:
            raise UserError(self.env._("A delivery is one of %(states)s.", states=", ".join(states)))
        self.oms_delivery_state = state
        if check_text(self.env, note):
            for picking in self:
                picking.message_post(body=note)

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED

    @api.model
    def _oms_read_transfers(self, picking_ids):
        """Read how these transfers stand.

        ``is_taken``: somebody is responsible for the batch it is in; Odoo makes batches by itself, too.

        :return: {picking id: dict}, dates in UTC
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT picking.id, picking.state, picking.move_type, picking.scheduled_date, picking.carrier_id,
                   batch.user_id IS NOT NULL AS is_taken
              FROM stock_picking picking
         LEFT JOIN stock_picking_batch batch ON batch.id = picking.batch_id
             WHERE picking.id = ANY(%s)
            """,
                list(picking_ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _oms_read_shipments(self, order_ids):
        """Read the done deliveries of these orders that need somebody: no label, or the carrier reports trouble.

        A carrier that only has a price gives no tracking reference: there, a label failed when core left a warning. What
        is being booked right now needs nobody.

        :return: iterable of dicts, ``problem`` "label", "stalled" or "failed"
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT picking.id, picking.sale_id AS order_id, picking.date_done,
                   CASE WHEN picking.oms_delivery_state IN ('stalled', 'failed') THEN picking.oms_delivery_state
                        ELSE 'label' END AS problem
              FROM stock_picking picking
              JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.code = 'outgoing'
         LEFT JOIN delivery_carrier carrier ON carrier.id = picking.carrier_id
             WHERE picking.sale_id = ANY(%s) AND picking.state = 'done' AND (
                   picking.oms_delivery_state IN ('stalled', 'failed')
                   OR carrier.integration_level = 'rate_and_ship' AND COALESCE(picking.carrier_tracking_ref, '') = ''
                      AND picking.oms_delivery_state IS NULL AND (
                          carrier.delivery_type NOT IN ('fixed', 'base_on_rule') AND type.print_label
                          OR EXISTS (
                              SELECT FROM mail_activity activity
                               WHERE activity.res_model = 'stock.picking' AND activity.res_id = picking.id
                                 AND activity.activity_type_id = %s AND activity.active))
                      AND NOT EXISTS (
                          SELECT FROM oms_outbox request
                           WHERE request.res_model = 'stock.picking' AND request.res_id = picking.id
                             AND request.kind = 'booking' AND request.state IN ('queued', 'calling', 'answered')))
          ORDER BY picking.id
            """,
                list(order_ids),
                self.env["ir.model.data"]._xmlid_to_res_id("mail.mail_activity_data_warning"),
            )
        )
        return self.env.cr.dictfetchall()
