from odoo import api, models
from odoo.tools import SQL

_INTER_COMPANY = "stock.stock_location_inter_company"


class StockMove(models.Model):
    """When goods are with the customer: the inter-company transit is where an order's delivery goes to, or on its way."""

    _inherit = "stock.move"

    # === READING === #

    @api.model
    def _oms_get_is_there(self):
        """Return, as SQL, whether the place ``dest`` is the customer's side for the order of ``sol``."""
        return self._oms_get_is_customers(SQL("dest.usage"), SQL("dest.parent_path"))

    @api.model
    def _oms_get_goes_there(self):
        """Return, as SQL, whether a move to ``dest``, or at last to ``final``, goes to the customer's side for the order of ``sol``."""
        return self._oms_get_is_customers(
            SQL("COALESCE(final.usage, dest.usage)"), SQL("COALESCE(final.parent_path, dest.parent_path)")
        )

    @api.model
    def _oms_get_is_customers(self, usage, path):
        """Return, as SQL, whether a place is a customer's, or the inter-company transit for an order that is delivered to there."""
        transit_id = self.env["ir.model.data"]._xmlid_to_res_id(_INTER_COMPANY)
        if not transit_id:
            return SQL("(%s = 'customer')", usage)
        # A subquery of EXISTS would be planned twice wherever this stands, and that takes longer than to run it.
        return SQL(
            """(%(usage)s = 'customer' OR '/' || %(path)s LIKE %(transit)s AND (
                   SELECT '/' || goal.parent_path LIKE %(transit)s
                     FROM sale_order delivered JOIN res_partner address ON address.id = delivered.partner_shipping_id
                     JOIN stock_location goal ON goal.id = (address.property_stock_customer ->> delivered.company_id::text)::int
                    WHERE delivered.id = sol.order_id) IS TRUE)""",
            usage=usage,
            path=path,
            transit=f"%/{transit_id}/%",
        )

    # === CORE'S QUANTITIES === #

    def _is_incoming(self):
        return super()._is_incoming() and not self._oms_is_passing()

    def _is_outgoing(self):
        return super()._is_outgoing() and not self._oms_is_passing()

    def _oms_is_passing(self):
        """Tell whether this move of an order takes goods into the inter-company transit, or out of it, on their way elsewhere.

        Core counts what is in that transit as delivered, also where goods only pass it between two warehouses.
        """
        self.ensure_one()
        usages = self.location_id.usage, self.location_dest_id.usage
        if "transit" not in usages or "customer" in usages or not self.sale_line_id:
            return False
        transit = self.env.ref(_INTER_COMPANY, raise_if_not_found=False)
        order = self.sudo().sale_line_id.order_id  # a warehouse user may not read sales
        goal = order.partner_shipping_id.with_company(order.company_id).property_stock_customer
        if not transit or goal._child_of(transit):
            return False
        return self.location_dest_id._child_of(transit) or self.location_id._child_of(transit)
