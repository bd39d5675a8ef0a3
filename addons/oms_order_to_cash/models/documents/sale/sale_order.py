from odoo import api, fields, models
from odoo.tools import SQL

_WATCHED = {
    "state",
    "locked",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "client_order_ref",
    "fiscal_position_id",
    "shipping_weight",
    "user_id",
    "team_id",
    "warehouse_id",
    "company_id",
    "currency_id",
    "carrier_id",
    "date_order",
    "validity_date",
    "commitment_date",
    "signed_on",
    "oms_date_promised",
    "oms_reminded_on",
    "oms_credit_accepted",
    "oms_credit_accepted_on",
    "oms_price_approved",
    "require_payment",
    "prepayment_percent",
    "transaction_ids",
}

_HEADERS = """
             SELECT so.id, so.state, so.locked, so.company_id, so.partner_id, so.user_id, so.team_id, so.warehouse_id, so.date_order,
                    so.validity_date, so.amount_total, COALESCE(NULLIF(so.currency_rate, 0), 1) AS currency_rate,
                    currency.rounding, company.currency_id AS company_currency_id,
                    COALESCE(commercial.oms_customer_priority, 'normal') AS customer_priority,
                    company.oms_capital_cost_rate AS capital_cost_rate, company.oms_late_interest_rate AS late_interest_rate,
                    so.signed_on IS NOT NULL OR paid.yes AS accepted, paid.yes AS paid,
                    %(cart)s AND NOT paid.yes AS is_cart,
                    EXISTS (SELECT FROM oms_hold WHERE order_id = so.id AND state = 'active') AS held,
                    so.carrier_id IS NOT NULL AND (
                        COALESCE(ship.street, '') = '' OR COALESCE(ship.city, '') = '' OR ship.country_id IS NULL
                    ) AS address_missing,
                    so.id IN (
                        SELECT sol.order_id FROM sale_order_line sol JOIN stock_move move ON move.sale_line_id = sol.id
                          JOIN stock_location source ON source.id = move.location_id
                          JOIN stock_location dest ON dest.id = move.location_dest_id
                         WHERE sol.order_id = ANY(%(order_ids)s) AND move.state != 'cancel'
                           AND source.usage = 'customer' AND dest.usage != 'customer'
                    ) AS has_return,
                    EXISTS (
                        SELECT FROM oms_job WHERE order_id = so.id AND state = 'failed' AND origin IN ('automation', 'cron')
                    ) OR EXISTS (
                        SELECT FROM oms_job_order_rel rel JOIN oms_job job ON job.id = rel.job_id
                         WHERE rel.order_id = so.id AND job.state = 'failed' AND job.origin IN ('automation', 'cron')
                    ) AS has_failed_job,
                    COALESCE(so.oms_date_promised, so.commitment_date, CASE WHEN so.state = 'sale' THEN (
                        SELECT so.date_order + MAX(COALESCE(sol.customer_lead, 0)) * INTERVAL '1 day' FROM sale_order_line sol
                         WHERE sol.order_id = so.id AND sol.display_type IS NULL AND sol.is_downpayment IS NOT TRUE
                    ) END) AS date_promised
               FROM sale_order so
               JOIN res_company company ON company.id = so.company_id
               JOIN res_currency currency ON currency.id = company.currency_id
               JOIN res_partner ship ON ship.id = so.partner_shipping_id
               JOIN res_partner partner ON partner.id = so.partner_id
          LEFT JOIN res_partner commercial ON commercial.id = partner.commercial_partner_id
    CROSS JOIN LATERAL (
                 SELECT EXISTS (
                     SELECT FROM sale_order_transaction_rel rel JOIN payment_transaction tx ON tx.id = rel.transaction_id
                      WHERE rel.sale_order_id = so.id AND tx.state IN ('done', 'authorized') AND tx.operation != 'validation'
                 ) AS yes OFFSET 0
              ) paid -- with an offset it is planned and asked once, else for each use of it
              WHERE so.id = ANY(%(order_ids)s)
"""


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_date_promised = fields.Datetime(
        string="Promised Date",
        readonly=True,
        copy=False,
        help="When the customer was promised the whole order, as it stood at confirmation.",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    def _compute_amounts(self):
        result = super()._compute_amounts()
        self.env["oms.flow.dirty"]._mark("sale.order", self._ids)
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["oms.flow.dirty"]._mark("sale.order", orders._ids)
        return orders

    def write(self, vals):
        dirty = self.env["oms.flow.dirty"]
        if "partner_id" in vals:
            confirmed = self.filtered(lambda order: order.state == "sale")
            dirty._mark("credit", confirmed.partner_id.commercial_partner_id._ids)  # who owes less now
        result = super().write(vals)
        if not self._oms_get_watched().isdisjoint(vals):
            dirty._mark("sale.order", self._ids)
        return result

    def unlink(self):
        repeating = {later_id for later_id, _earlier_id in self._oms_read_found_twins(self.ids)}
        self.env["oms.flow.dirty"]._mark("sale.order", repeating)
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED

    def _action_confirm(self):
        result = super()._action_confirm()
        self._oms_snapshot_promise()
        return result

    def _oms_snapshot_promise(self):
        """Keep what the customer was promised, per line and for the whole order: later changes of dates don't move it."""
        for order in self:
            lines = order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
            promises = lines.grouped(lambda line: line.order_id.commitment_date or line._expected_date())
            for promise, promised_lines in promises.items():
                promised_lines.oms_date_promised = promise
            order.oms_date_promised = order.commitment_date or max(promises, default=False)

    @api.model
    def _oms_read_headers(self, order_ids):
        """Read what the flow needs of these orders themselves.

        :return: {order id: dict}, amounts in the order's currency, ``currency_rate`` units of it for one of the company's
        """
        self.env.cr.execute(SQL(_HEADERS, order_ids=list(order_ids), cart=self._oms_get_cart_query("so")))
        return {row["id"]: row for row in self.env.cr.dictfetchall()}
