from odoo import api, models
from odoo.tools import SQL

_WATCHED = {
    "product_id",
    "product_qty",
    "product_uom_id",
    "sale_line_id",
    "order_id",
    "date_planned",
    # Cancelling a purchase cuts what leads to the order first.
    "move_dest_ids",
    "oms_bought_for",
    "oms_kept",
}


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._oms_mark()
        lines._oms_keep_confirmed()
        return lines

    def write(self, vals):
        if self._oms_get_watched().isdisjoint(vals):
            return super().write(vals)
        self._oms_mark()
        result = super().write(vals)
        self._oms_mark()
        return result

    def unlink(self):
        self._oms_mark()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _oms_get_watched(self):
        """Return the names of the fields whose change has the orders read again; an addon adds those that it reads."""
        return _WATCHED

    def _oms_mark(self):
        """Mark the products these lines bring, and the orders they were made for."""
        dirty = self.env["oms.flow.dirty"]
        dirty._mark("product.product", self.product_id._ids)
        dirty._mark("sale.order", self._oms_get_order_ids())

    @api.model
    def _oms_read_drafts(self, product_ids):
        """Read for which warehouses purchases of these products wait for their confirmation.

        :return: set of (product id, warehouse id)
        """
        if not product_ids:
            return set()
        self.env.cr.execute(
            SQL(
                """
            SELECT DISTINCT pol.product_id, picking_type.warehouse_id
              FROM purchase_order_line pol
              JOIN purchase_order po ON po.id = pol.order_id
              JOIN stock_picking_type picking_type ON picking_type.id = po.picking_type_id
             WHERE pol.product_id = ANY(%s) AND po.state IN ('draft', 'sent', 'to approve') AND pol.product_qty > 0
            """,
                list(product_ids),
            )
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _oms_read_made_for(self, order_ids):
        """Read the purchases made for lines of these orders (drop shipping, subcontracted services).

        :return: {sale line id: True when one of them waits for confirmation, else False}; cancelled ones left out
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT sol.id, BOOL_OR(po.state IN ('draft', 'sent', 'to approve'))
              FROM sale_order_line sol
              JOIN purchase_order_line pol ON pol.sale_line_id = sol.id AND pol.product_qty > 0
              JOIN purchase_order po ON po.id = pol.order_id AND po.state != 'cancel'
             WHERE sol.order_id = ANY(%s)
          GROUP BY sol.id
            """,
                list(order_ids),
            )
        )
        return dict(self.env.cr.fetchall())
