from odoo import api, models
from odoo.tools.misc import formatLang


class OmsLaneSupply(models.AbstractModel):
    """Words for quantities, products and places."""

    _inherit = "oms.lane.supply"

    @api.model
    def _format(self, shortage, quantity):
        """Return a quantity in words, e.g. ``3 Units of Desk``."""
        product = self._get_product(shortage)
        return self._format_quantity(product, quantity)

    @api.model
    def _format_quantity(self, product, quantity):
        return self.env._(
            "%(number)s %(unit)s of %(product)s",
            number=self._format_number(product, quantity),
            unit=product.uom_id.name,
            product=product.name,
        )

    @api.model
    def _format_number(self, product, quantity):
        is_whole = product.uom_id.compare(quantity, round(quantity)) == 0
        return formatLang(self.env, quantity, **({"digits": 0} if is_whole else {"dp": "Product Unit"}))

    @api.model
    def _get_product(self, shortage):
        return self.env["product.product"].sudo().browse(shortage.move["product_id"])

    @api.model
    def _get_place(self, shortage):
        return self.env["stock.warehouse"].sudo().browse(shortage.move["warehouse_id"])

    @api.model
    def _get_order_text(self, move):
        order = move.sale_line_id.order_id
        return self.env._("%(order)s (%(customer)s)", order=order.name, customer=order.partner_id.name)
