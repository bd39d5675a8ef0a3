from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Carts of a web shop: orders that no customer has placed, and nobody has offered."""

    _inherit = "sale.order"

    @api.model
    def _oms_has_carts(self):
        return "website_id" in self._fields  # of a web shop, which need not be installed

    @api.model
    def _oms_get_cart_query(self, alias):
        """Return, as SQL, whether an order is a cart; one that is paid online is none any more."""
        if not self._oms_has_carts():
            return SQL("FALSE")
        order = SQL.identifier(alias)
        return SQL("(%s.website_id IS NOT NULL AND %s.state = 'draft')", order, order)

    @api.model
    def _oms_get_cart_domain(self):
        """Return the domain of carts."""
        if not self._oms_has_carts():
            return Domain.FALSE
        # Who writes rules may not read payments.
        return Domain(
            "id",
            "in",
            SQL(
                """(SELECT so.id FROM sale_order so WHERE %s AND NOT EXISTS (
                    SELECT FROM sale_order_transaction_rel rel JOIN payment_transaction tx ON tx.id = rel.transaction_id
                     WHERE rel.sale_order_id = so.id AND tx.state IN ('done', 'authorized')))""",
                self._oms_get_cart_query("so"),
            ),
        )
