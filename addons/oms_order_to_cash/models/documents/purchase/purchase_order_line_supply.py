from odoo import api, models
from odoo.tools import SQL


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    @api.model
    def _oms_read_drafted(self, product_ids):
        """Read the purchases of these products that wait for confirmation and are made for no order in particular.

        :return: {(product id, warehouse id): list of dicts ``line_id``, ``purchase_id``, ``vendor_id``, ``planned``, ``is_open``
            (nobody has sent or submitted it yet), ``is_joinable`` (core adds to it), ``quantity`` (product's unit of measure),
            earliest first}
        """
        if not product_ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
            SELECT pol.product_id, picking_type.warehouse_id, pol.id AS line_id, po.id AS purchase_id,
                   po.partner_id AS vendor_id, po.state = 'draft' AS is_open,
                   po.state = 'draft' AND pol.propagate_cancel IS NOT TRUE AS is_joinable, pol.date_planned AS planned,
                   pol.product_qty * line_uom.factor / product_uom.factor AS quantity
              FROM purchase_order_line pol
              JOIN purchase_order po ON po.id = pol.order_id AND po.state IN ('draft', 'sent', 'to approve')
              JOIN stock_picking_type picking_type ON picking_type.id = po.picking_type_id
              JOIN product_product product ON product.id = pol.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
              JOIN uom_uom line_uom ON line_uom.id = pol.product_uom_id
             WHERE pol.product_id = ANY(%s) AND pol.product_qty > 0 AND pol.sale_line_id IS NULL
               AND NOT EXISTS (SELECT FROM stock_move_created_purchase_line_rel WHERE created_purchase_line_id = pol.id)
          ORDER BY pol.date_planned, pol.id
            """,
                list(product_ids),
            )
        )
        drafted = {}
        for row in self.env.cr.dictfetchall():
            drafted.setdefault((row.pop("product_id"), row.pop("warehouse_id")), []).append(row)
        return drafted
