from odoo import api, models
from odoo.tools import SQL

# Placed by the same customer within this time, the same goods are asked about.
_HOURS = 48

# Goods are added up once an order, however many others it is compared with: into one number, quantities by a hash of 64 bits
# of their products, which no other goods share but by a chance of one in many billions. Each step stands apart, or orders
# would be joined by their goods first: of what everybody buys, that are as many as the orders squared.
_TWINS = """
      WITH pair AS MATERIALIZED (
          SELECT later.id AS later_id, earlier.id AS earlier_id
            FROM sale_order later
            JOIN res_partner customer ON customer.id = later.partner_id
            JOIN res_partner member ON member.commercial_partner_id = customer.commercial_partner_id
            JOIN sale_order earlier ON earlier.partner_id = member.id AND earlier.company_id = later.company_id
                                   AND earlier.date_order BETWEEN later.date_order - %(window)s AND later.date_order
                                   AND (earlier.date_order, earlier.id) < (later.date_order, later.id)
           WHERE %(condition)s AND NOT %(later_cart)s AND NOT %(earlier_cart)s
             AND later.state IN ('draft', 'sent', 'sale') AND earlier.state IN ('draft', 'sent', 'sale')
             AND (COALESCE(later.client_order_ref, '') IN ('', earlier.client_order_ref)
                  OR COALESCE(earlier.client_order_ref, '') = '')
      ), goods AS MATERIALIZED (
          SELECT sol.order_id, SUM(ROUND((sol.product_uom_qty * uom.factor)::numeric, 4) * HASHINT8EXTENDED(sol.product_id, 0)) AS sum
            FROM sale_order_line sol
            JOIN uom_uom uom ON uom.id = sol.product_uom_id
           WHERE sol.order_id = ANY(ARRAY(SELECT later_id FROM pair UNION SELECT earlier_id FROM pair))
             AND sol.display_type IS NULL AND sol.is_downpayment IS NOT TRUE AND sol.is_delivery IS NOT TRUE
             AND sol.product_uom_qty > 0
        GROUP BY sol.order_id
      ), later AS MATERIALIZED (
          SELECT pair.*, goods.sum FROM pair JOIN goods ON goods.order_id = pair.later_id
      )
    SELECT later_id, MIN(earlier_id) FROM later
     WHERE (earlier_id, sum) IN (SELECT order_id, sum FROM goods)
  GROUP BY later_id
"""


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _oms_twins_idx = models.Index("(partner_id, date_order) WHERE state IN ('draft', 'sent', 'sale')")

    @api.model
    def _oms_read_twins(self, order_ids):
        """Read which of these orders repeat an earlier one: same commercial customer and company, products and quantities.

        Two references of the customer that differ tell two orders apart.

        :return: {order id: id of the earliest order that it repeats}
        """
        return self._oms_query_twins(SQL("later.id = ANY(%s)", list(order_ids)))

    @api.model
    def _oms_read_repeating(self, order_ids):
        """Return the ids of the orders that repeat one of these, or were found to: they change with them."""
        if not order_ids:
            return set()
        self.env.cr.execute(
            SQL(
                """
            SELECT issue.order_id FROM oms_issue issue JOIN oms_issue_type type ON type.id = issue.type_id AND type.code = 'O5'
             WHERE issue.state IN ('open', 'dismissed') AND (issue.data ->> 'earlier_id')::int = ANY(%s)
            """,
                list(order_ids),
            )
        )
        found = {order_id for (order_id,) in self.env.cr.fetchall()}
        return found | set(self._oms_query_twins(SQL("earlier.id = ANY(%s)", list(order_ids))))

    @api.model
    def _oms_query_twins(self, condition):
        carts = {f"{name}_cart": self._oms_get_cart_query(name) for name in ("later", "earlier")}
        self.env.cr.execute(SQL(_TWINS, condition=condition, window=SQL("%s * INTERVAL '1 hour'", _HOURS), **carts))
        return dict(self.env.cr.fetchall())
