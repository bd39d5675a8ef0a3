from odoo import api, fields, models
from odoo.tools import SQL


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    oms_is_freight = fields.Boolean(
        string="Freight (LTL)",
        help="It carries pallets: each product needs a weight, a volume and a freight class.",
    )

    @api.model
    def _oms_read_carriers(self, order_ids):
        """Read the carriers of confirmed orders, where a carrier is required or is a freight carrier.

        ``is_served``: the carrier goes to the delivery address; ``is_priced``: one of its price rules fits the order.

        :return: {order id: dict}
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT so.id, so.carrier_id, company.oms_carrier_required IS TRUE AS is_required,
                   carrier.oms_is_freight IS TRUE AS is_freight, %(served)s AS is_served, %(priced)s AS is_priced
              FROM sale_order so
              JOIN res_company company ON company.id = so.company_id
              JOIN res_partner ship ON ship.id = so.partner_shipping_id
         LEFT JOIN delivery_carrier carrier ON carrier.id = so.carrier_id
             WHERE so.id = ANY(%(order_ids)s) AND so.state = 'sale'
               AND (company.oms_carrier_required IS TRUE OR carrier.oms_is_freight IS TRUE)
            """,
                order_ids=list(order_ids),
                served=self._oms_get_served_sql(),
                priced=self._oms_get_priced_sql(),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _oms_get_served_sql(self):
        """Return the condition that a carrier delivers in the country and the state of an address."""
        return SQL(
            """
            (NOT EXISTS (SELECT FROM delivery_carrier_country_rel WHERE carrier_id = carrier.id)
             OR EXISTS (SELECT FROM delivery_carrier_country_rel
                         WHERE carrier_id = carrier.id AND country_id = ship.country_id))
            AND (NOT EXISTS (SELECT FROM delivery_carrier_state_rel WHERE carrier_id = carrier.id)
                 OR EXISTS (SELECT FROM delivery_carrier_state_rel
                             WHERE carrier_id = carrier.id AND state_id = ship.state_id))"""
        )

    @api.model
    def _oms_get_priced_sql(self):
        """Return the condition that a carrier has a price for an order: one of its rules fits, or it needs none."""
        return SQL(
            """
            carrier.delivery_type IS DISTINCT FROM 'base_on_rule' OR EXISTS (
                SELECT FROM (
                    SELECT COALESCE(NULLIF(so.shipping_weight, 0), SUM(goods.weight), 0) AS weight,
                           COALESCE(SUM(goods.volume), 0) AS volume, COALESCE(SUM(goods.wv), 0) AS wv,
                           COALESCE(SUM(goods.quantity), 0) AS quantity,
                           (so.amount_total - COALESCE(SUM(goods.delivery), 0))
                           / COALESCE(NULLIF(so.currency_rate, 0), 1) AS price
                      FROM (
                        SELECT piece.quantity, piece.quantity * COALESCE(product.weight, 0) AS weight,
                               piece.quantity * COALESCE(product.volume, 0) AS volume,
                               piece.quantity * COALESCE(product.weight, 0) * COALESCE(product.volume, 0) AS wv,
                               CASE WHEN sol.is_delivery THEN sol.price_total ELSE 0 END AS delivery
                          FROM sale_order_line sol
                          JOIN product_product product ON product.id = sol.product_id
                          JOIN product_template template ON template.id = product.product_tmpl_id
                          JOIN uom_uom line_uom ON line_uom.id = sol.product_uom_id
                          JOIN uom_uom uom ON uom.id = template.uom_id
                    CROSS JOIN LATERAL (
                        SELECT CASE WHEN template.type = 'service' OR sol.is_delivery THEN 0
                               ELSE sol.product_uom_qty * line_uom.factor / uom.factor END AS quantity
                       ) piece
                         WHERE sol.order_id = so.id
                      ) goods
                  ) figure
                  JOIN delivery_price_rule rule ON rule.carrier_id = carrier.id
            CROSS JOIN LATERAL (
                SELECT CASE rule.variable WHEN 'weight' THEN figure.weight WHEN 'volume' THEN figure.volume
                       WHEN 'wv' THEN figure.wv WHEN 'price' THEN figure.price ELSE figure.quantity END AS value
               ) measured
                 WHERE CASE rule.operator WHEN '==' THEN measured.value = rule.max_value
                       WHEN '<=' THEN measured.value <= rule.max_value WHEN '<' THEN measured.value < rule.max_value
                       WHEN '>=' THEN measured.value >= rule.max_value ELSE measured.value > rule.max_value END)"""
        )
