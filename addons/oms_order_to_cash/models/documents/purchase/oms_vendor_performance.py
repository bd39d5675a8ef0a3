from odoo import api, fields, models
from odoo.tools import SQL

# A vendor's own figures count from so many receipts on; below that the lead time on the product's price list does.
MIN_RECEIPTS = 3
# How much a row counts in the mean of a group.
_WEIGHTS = {
    "days_late": "late_count",
    "in_full_rate": "receipt_count",
    "lead_time": "receipt_count",
    "lead_time_late": "receipt_count",
    "on_time_rate": "receipt_count",
}
_SOURCES = {
    "purchase.order": ["company_id", "currency_rate", "date_approve", "partner_id", "state"],
    "purchase.order.line": [
        "date_planned",
        "oms_date_confirmed",
        "oms_quantity_confirmed",
        "order_id",
        "price_subtotal",
        "product_id",
        "product_uom_qty",
    ],
    "res.partner": ["commercial_partner_id"],
    "stock.move": [
        "date",
        "location_dest_id",
        "location_id",
        "origin_returned_move_id",
        "product_uom",
        "purchase_line_id",
        "quantity",
        "state",
    ],
}

# The confirmed lines: what was asked for, what came of it, and when.
_LINES = """
    SELECT line_id, partner_id, product_id, company_id, date_approve, price, received,
           CASE WHEN is_open THEN is_overdue ELSE received > 0 END AS is_judged,
           received_in_time >= ordered - 0.000001 AS is_on_time,
           received_first >= ordered - 0.000001 AS is_in_full,
           GREATEST(CASE WHEN received >= ordered - 0.000001 OR NOT is_open THEN completed - planned
                         ELSE today - planned END, 0) AS days_late,
           CASE WHEN received > 0 THEN lead_days ELSE age END AS lead_days
      FROM (
        SELECT pol.id AS line_id, vendor.commercial_partner_id AS partner_id, pol.product_id, po.company_id,
               po.date_approve, expected.planned, expected.ordered, today.today, moved.is_open, moved.completed,
               moved.lead_days, COALESCE(moved.received, 0) AS received,
               COALESCE(moved.received_in_time, 0) AS received_in_time,
               COALESCE(moved.received_first, 0) AS received_first,
               expected.planned < today.today AS is_overdue,
               EXTRACT(EPOCH FROM NOW() AT TIME ZONE 'UTC' - po.date_approve) / 86400 AS age,
               pol.price_subtotal / pol.product_uom_qty / COALESCE(NULLIF(po.currency_rate, 0), 1) AS price
          FROM purchase_order_line pol
          JOIN purchase_order po ON po.id = pol.order_id AND po.state = 'purchase'
           AND po.date_approve >= NOW() AT TIME ZONE 'UTC' - INTERVAL '12 months'
          JOIN res_partner vendor ON vendor.id = po.partner_id
          JOIN product_product product ON product.id = pol.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN uom_uom product_uom ON product_uom.id = template.uom_id
    CROSS JOIN LATERAL (SELECT (NOW() AT TIME ZONE 'UTC')::date AS today) today
    CROSS JOIN LATERAL (
        SELECT COALESCE(pol.oms_date_confirmed, pol.date_planned)::date AS planned,
               COALESCE(NULLIF(pol.oms_quantity_confirmed, 0), pol.product_uom_qty) AS ordered) expected
    CROSS JOIN LATERAL (
        SELECT COUNT(*) AS move_count, BOOL_OR(state != 'done') AS is_open, SUM(quantity) AS received,
               SUM(quantity) FILTER (WHERE day <= expected.planned) AS received_in_time,
               SUM(quantity) FILTER (WHERE day = first_day) AS received_first, MAX(day) AS completed,
               GREATEST(SUM(quantity * EXTRACT(EPOCH FROM date - po.date_approve) / 86400)
                        / NULLIF(SUM(quantity), 0), 0) AS lead_days
          FROM (
            SELECT move.state, move.date, CASE WHEN move.state = 'done' THEN move.date::date END AS day,
                   MIN(move.date::date) FILTER (WHERE move.state = 'done') OVER () AS first_day,
                   CASE WHEN move.state = 'done'
                       THEN move.quantity * move_uom.factor / product_uom.factor END AS quantity
              FROM stock_move move
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'supplier'
              JOIN stock_location dest ON dest.id = move.location_dest_id
               AND dest.usage NOT IN ('customer', 'supplier')
             WHERE move.purchase_line_id = pol.id AND move.state != 'cancel'
               AND move.product_id = pol.product_id AND move.origin_returned_move_id IS NULL) move
      ) moved
         WHERE pol.product_uom_qty > 0 AND expected.planned IS NOT NULL AND moved.move_count > 0 AND %s
      ) line"""


class OmsVendorPerformance(models.Model):
    """How vendors delivered over the last 12 months, per vendor, product and company.

    A reading of the purchases, nothing is stored. What counts is a confirmed purchase line, once: when all of it has come (or
    what is left was cancelled), or when its day has passed.
    """

    _name = "oms.vendor.performance"
    _description = "Vendor Score Card"
    _auto = False
    _rec_name = "partner_id"
    _order = "receipt_count desc, id desc"
    _depends = _SOURCES

    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    receipt_count = fields.Integer(
        string="Receipts",
        readonly=True,
        help="Purchase lines of the last 12 months that are received, or whose day has passed.",
    )
    lead_time = fields.Float(
        string="Lead Time (P50)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Half of the receipts came within so many days of the confirmation. Groups: mean by receipts.",
    )
    lead_time_late = fields.Float(
        string="Lead Time (P90)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Nine of ten receipts came within so many days of the confirmation. Groups: mean by receipts.",
    )
    on_time_count = fields.Integer(string="On Time", readonly=True)
    in_full_count = fields.Integer(string="In Full", readonly=True)
    late_count = fields.Integer(string="Late", readonly=True)
    on_time_rate = fields.Float(
        string="On-time Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="Share of the receipts of which all had come by the day expected at the confirmation.",
    )
    in_full_rate = fields.Float(
        string="In-full Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 0),
        help="Share of the receipts whose first delivery brought all that was ordered.",
    )
    days_late = fields.Float(
        string="Average Days Late",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Of those that were late.",
    )
    price_change = fields.Float(
        string="Price Change (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From the first to the last purchase of the last 12 months, per unit, in company currency, without taxes.",
    )
    price_last = fields.Float(
        string="Last Price",
        readonly=True,
        aggregator=None,
        digits="Product Price",
        help="Per unit of the product, in company currency, without taxes.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        return self._get_query(SQL("TRUE"))

    @api.model
    def _get_query(self, restriction):
        """Return the query of all figures.

        :param SQL restriction: on ``po``, ``pol`` and ``vendor``; one on the model's own columns reaches the tables as well
        """
        return SQL(
            """
            SELECT MIN(line_id) AS id, partner_id, product_id, company_id,
                   COUNT(*) FILTER (WHERE is_judged) AS receipt_count,
                   PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY lead_days) FILTER (WHERE counts) AS lead_time,
                   PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY lead_days) FILTER (WHERE counts) AS lead_time_late,
                   COUNT(*) FILTER (WHERE is_judged AND is_on_time) AS on_time_count,
                   COUNT(*) FILTER (WHERE is_judged AND is_in_full) AS in_full_count,
                   COUNT(*) FILTER (WHERE is_judged AND days_late > 0) AS late_count,
                   100.0 * COUNT(*) FILTER (WHERE is_judged AND is_on_time)
                       / NULLIF(COUNT(*) FILTER (WHERE is_judged), 0) AS on_time_rate,
                   100.0 * COUNT(*) FILTER (WHERE is_judged AND is_in_full)
                       / NULLIF(COUNT(*) FILTER (WHERE is_judged), 0) AS in_full_rate,
                   AVG(days_late) FILTER (WHERE is_judged AND days_late > 0) AS days_late,
                   (ARRAY_AGG(price ORDER BY date_approve DESC, line_id DESC))[1] AS price_last,
                   CASE WHEN COUNT(*) > 1 THEN
                       100.0 * ((ARRAY_AGG(price ORDER BY date_approve DESC, line_id DESC))[1]
                                / NULLIF((ARRAY_AGG(price ORDER BY date_approve, line_id))[1], 0) - 1) END AS price_change
              FROM (SELECT *, is_judged AND (received > 0 OR lead_days > COALESCE(
                           AVG(lead_days) FILTER (WHERE is_judged AND received > 0)
                           OVER (PARTITION BY partner_id, product_id, company_id), 0)) AS counts
                      FROM (%s) line) line
          GROUP BY partner_id, product_id, company_id""",
            SQL(_LINES, restriction),
        )

    # === READINGS === #

    @api.model
    def _oms_read_vendors(self, product_ids, company_id):
        """Read how the vendors of these products delivered them to a company.

        :return: {(vendor id, product id): dict} with ``receipt_count``, ``lead_time_late`` (days), ``on_time_rate`` (percent);
            the vendors are commercial partners
        """
        if not product_ids:
            return {}
        self._flush_sources()
        restriction = SQL("pol.product_id = ANY(%s) AND po.company_id = %s", list(product_ids), company_id)
        self.env.cr.execute(
            SQL(
                "SELECT partner_id, product_id, receipt_count, lead_time_late, on_time_rate FROM (%s) figures",
                self._get_query(restriction),
            )
        )
        return {(row["partner_id"], row["product_id"]): row for row in self.env.cr.dictfetchall()}

    @api.model
    def _oms_read_punctuality(self, partner_id, company_id):
        """Read how often a vendor, a commercial partner, delivered in time over the last 12 months.

        :return: (number of receipts on time, number of receipts)
        """
        self._flush_sources()
        restriction = SQL("vendor.commercial_partner_id = %s AND po.company_id = %s", partner_id, company_id)
        self.env.cr.execute(
            SQL(
                "SELECT COALESCE(SUM(on_time_count), 0)::int, COALESCE(SUM(receipt_count), 0)::int FROM (%s) figures",
                self._get_query(restriction),
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _flush_sources(self):
        for model, names in _SOURCES.items():
            self.env[model].flush_model(names)

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the figures of a group by the receipts behind them."""
        name, _separator, aggregator = aggregate_spec.partition(":")
        if aggregator != "avg" or name not in _WEIGHTS:
            return super()._read_group_select(aggregate_spec, query)
        value = self._field_to_sql(self._table, name, query)
        weight = self._field_to_sql(self._table, _WEIGHTS[name], query)
        return SQL("SUM(%(value)s * %(weight)s) / NULLIF(SUM(%(weight)s), 0)", value=value, weight=weight)
