from odoo import api, fields, models
from odoo.tools import SQL

# The classes of the National Motor Freight Classification.
FREIGHT_CLASSES = (
    *("50", "55", "60", "65", "70", "77.5", "85", "92.5", "100"),
    *("110", "125", "150", "175", "200", "250", "300", "400", "500"),
)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    oms_freight_class = fields.Selection(
        [(freight_class, freight_class) for freight_class in FREIGHT_CLASSES],
        string="Freight Class",
        help="Class of the product in the National Motor Freight Classification (NMFC), for freight carriers.",
        groups="base.group_user",
    )

    @api.model
    def _oms_read_freight_gaps(self, order_ids):
        """Read which goods of these orders lack a weight, a volume or a freight class.

        :return: {order id: [product ids]}
        """
        if not order_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.order_id, ARRAY_AGG(DISTINCT product.id)
              FROM sale_order_line sol
              JOIN product_product product ON product.id = sol.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.type = 'consu'
             WHERE sol.order_id = ANY(%s) AND sol.product_uom_qty > 0 AND sol.is_delivery IS NOT TRUE AND (
                   COALESCE(product.weight, 0) <= 0 OR COALESCE(product.volume, 0) <= 0
                   OR template.oms_freight_class IS NULL)
          GROUP BY sol.order_id
            """,
                list(order_ids),
            )
        )
        return dict(self.env.cr.fetchall())
